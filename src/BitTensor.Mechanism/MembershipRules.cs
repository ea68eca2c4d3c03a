using System.Globalization;

namespace BitTensor.Mechanism;

/// <summary>Who may be part of an open network.</summary>
/// <param name="Capacity">Most neurons that are registered at a time, at least 1.</param>
public sealed record MembershipRules(int Capacity)
{
    /// <summary>The rules in one line, as the ledger keeps them.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"capacity={Capacity}");

    /// <summary>Parses the text of <see cref="ToString"/>; null when it is something else.</summary>
    public static MembershipRules? Parse(string text)
    {
        var rules = RankRule.Number(text, "capacity=") is >= 1 and <= int.MaxValue and var capacity
            ? new MembershipRules((int)capacity)
            : null;
        return rules?.ToString() == text ? rules : null;
    }
}
