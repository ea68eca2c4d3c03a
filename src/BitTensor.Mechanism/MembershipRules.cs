using System.Globalization;

namespace BitTensor.Mechanism;

/// <summary>Who may be part of an open network, and what that costs.</summary>
/// <param name="Capacity">
/// Most neurons that are registered at a time, at least 1. Beyond it a newcomer replaces the neuron of least rank.
/// </param>
public sealed record MembershipRules(int Capacity)
{
    /// <summary>Blocks after its registration in which a neuron is not replaced, at least 0.</summary>
    public int Immunity { get; init; }

    /// <summary>True when the stake of a neuron that is gone is destroyed; else it leaves with it.</summary>
    public bool BurnsStake { get; init; }

    /// <summary>
    /// Registrations in a block, above 0. A block with more of them doubles the price of the next, one with fewer
    /// halves it, down to the registration cost (Opentensor Foundation, subtensor, "burn adjustment"). Null for a fixed
    /// price.
    /// </summary>
    public double? TargetRate { get; init; }

    /// <summary>The price of a registration in the next block.</summary>
    /// <param name="price">The price in this block.</param>
    /// <param name="joined">Registrations in this block.</param>
    /// <param name="least">The least price.</param>
    public double PriceAfter(double price, int joined, double least) =>
        joined > TargetRate ? Math.Min(double.MaxValue, 2 * price)
        : joined < TargetRate ? Math.Max(least, price / 2)
        : price;

    /// <summary>The rules in one line, as the ledger keeps them.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"capacity={Capacity} immunity={Immunity} leaving-stake={(BurnsStake ? "burned" : "kept")}")
        + (TargetRate is { } rate ? string.Create(CultureInfo.InvariantCulture, $" target-rate={rate:R}") : "");

    /// <summary>Parses the text of <see cref="ToString"/>; null when it is something else.</summary>
    public static MembershipRules? Parse(string text)
    {
        var words = text.Split(' ');
        if (words.Length is not (3 or 4)
            || RankRule.Number(words[0], "capacity=") is not (>= 1 and <= int.MaxValue and var capacity)
            || RankRule.Number(words[1], "immunity=") is not (>= 0 and <= int.MaxValue and var immunity))
        {
            return null;
        }
        var rules = new MembershipRules((int)capacity)
        {
            Immunity = (int)immunity, BurnsStake = words[2] == "leaving-stake=burned",
            TargetRate = words.Length == 4 ? RankRule.Number(words[3], "target-rate=") : null,
        };
        return rules.ToString() == text ? rules : null;
    }
}
