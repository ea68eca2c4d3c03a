using System.Collections;
using BitTensor.Mechanism;
using BitTensor.Parcels;

namespace BitTensor.Emulation;

/// <summary>The rules of a link, in the order in which they are asked.</summary>
public sealed class RuleList : IReadOnlyList<LinkRule>
{
    readonly LinkRule[] _rules;

    /// <summary>These rules, in this order.</summary>
    public RuleList(IEnumerable<LinkRule> rules)
    {
        _rules = [.. rules];
        Remembers = Array.Exists(_rules, r => r.Remembers);
        IsShared = !Remembers && Array.TrueForAll(_rules, r => ReferenceEquals(r, r.Fresh()));
    }

    /// <inheritdoc/>
    public int Count => _rules.Length;

    /// <inheritdoc/>
    public LinkRule this[int index] => _rules[index];

    /// <inheritdoc/>
    public IEnumerator<LinkRule> GetEnumerator() => _rules.AsEnumerable().GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>True when a link must keep old parcels for one of them.</summary>
    public bool Remembers { get; }

    /// <summary>True when nothing is remembered from one parcel to the next: one list serves all links.</summary>
    public bool IsShared { get; }

    /// <summary>The same rules with fresh state, for another direction of another link.</summary>
    public RuleList Fresh() => Fresh(static _ => null);

    /// <summary>The same rules, with their state where it is known and with fresh state elsewhere.</summary>
    /// <param name="known">The rule with its state for a rule of this list; null for one without.</param>
    public RuleList Fresh(Func<LinkRule, LinkRule?> known) =>
        IsShared ? this : new(_rules.Select(r => known(r) ?? r.Fresh()));

    /// <summary>These rules behind another one.</summary>
    public RuleList After(LinkRule first) => new([first, .. _rules]);

    /// <summary>These rules and then others.</summary>
    public RuleList And(RuleList others) => new([.. _rules, .. others._rules]);

    /// <summary>Asks the rules in order: the sum of their delays, or the first drop.</summary>
    /// <param name="parcel">The parcel.</param>
    /// <param name="now">Emulated time of sending.</param>
    /// <param name="so">Delay given before.</param>
    /// <param name="dice">Draws of this parcel.</param>
    public Verdict Judge(in Parcel parcel, TimeSpan now, TimeSpan so, RandomStream dice)
    {
        var all = Verdict.Pass;
        foreach (var rule in _rules)
        {
            var verdict = rule.Judge(parcel, now, so + all.After, dice);
            if (verdict.Dropped is not null)
            {
                return verdict;
            }
            all = all.And(verdict);
        }
        return all;
    }
}
