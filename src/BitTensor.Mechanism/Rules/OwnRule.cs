using System.Collections.Immutable;
using System.Globalization;

namespace BitTensor.Mechanism;

/// <summary>A rule of one's own with the values of its parameters, as the mechanism's rule.</summary>
public sealed record OwnRule : RankRule
{
    OwnRule(IRankRule rule, ImmutableSortedDictionary<string, double> values) => (Rule, Values) = (rule, values);

    /// <summary>The rule.</summary>
    public IRankRule Rule { get; }

    /// <summary>The values of its parameters, by name.</summary>
    public ImmutableSortedDictionary<string, double> Values { get; init; }

    /// <inheritdoc/>
    public override bool StatesEmission => Rule.StatesEmission;

    /// <inheritdoc/>
    public override string Kind => Rule.Name;

    /// <summary>A rule with the defaults of its parameters.</summary>
    public static OwnRule Of(IRankRule rule) => new(
        rule,
        rule.Parameters.ToImmutableSortedDictionary(p => p.Name, p => p.Default, StringComparer.Ordinal));

    /// <inheritdoc/>
    public override double[] Scores(IReadOnlyList<WeightRow> rows, ReadOnlySpan<double> stake) =>
        Pay(rows, stake, null).Scores;

    /// <inheritdoc/>
    /// <exception cref="RuleException">The rule gave what its contract forbids.</exception>
    public override RulePay Pay(
        IReadOnlyList<WeightRow> rows, ReadOnlySpan<double> stake, object? before, double tau = 1)
    {
        var outcome = Rule.Close(new RuleBlock(rows, [.. stake], tau, Values, before));
        if (outcome.Emission is null == Rule.StatesEmission)
        {
            throw new RuleException(
                $"Rule '{Rule.Name}' says that it states its emission: {Rule.StatesEmission}, and does the opposite.");
        }
        Check("scores", outcome.Scores, rows.Count);
        Check("emission", outcome.Emission ?? outcome.Scores, rows.Count);
        return new RulePay([.. outcome.Scores], outcome.State) { Emission = outcome.Emission?.ToArray() };
    }

    /// <inheritdoc/>
    public override string ToString() => Values.Aggregate(
        Rule.Name, (text, v) => string.Create(CultureInfo.InvariantCulture, $"{text} {v.Key}={v.Value:R}"));

    /// <inheritdoc/>
    public bool Equals(OwnRule? other) => other is not null && ToString() == other.ToString();

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <summary>Parses the words of <see cref="ToString"/> of a registered rule; null for anything else.</summary>
    internal static OwnRule? Parse(string[] words)
    {
        if (RuleRegistry.Find(words[0]) is not { } rule || words.Length - 1 != rule.Values.Count)
        {
            return null;
        }
        var values = rule.Values;
        foreach (var (word, parameter) in words.Skip(1).Zip(rule.Values.Keys))
        {
            if (Number(word, $"{parameter}=") is not { } value)
            {
                return null;
            }
            values = values.SetItem(parameter, value);
        }
        return rule with { Values = values };
    }

    void Check(string what, double[] values, int count)
    {
        if (values.Length != count)
        {
            throw new RuleException(
                $"Rule '{Rule.Name}' gave {what} for {values.Length} neurons, but there are {count}.");
        }
        var bad = Array.FindIndex(values, v => !(v >= 0) || !double.IsFinite(v));
        if (bad >= 0)
        {
            throw new RuleException(string.Create(
                CultureInfo.InvariantCulture,
                $"Rule '{Rule.Name}' gave neuron {bad} {what} of {values[bad]}; they must be finite and at least 0."));
        }
    }
}
