using BitTensor.Mechanism;
using BitTensor.Parcels;

namespace BitTensor.Emulation;

/// <summary>Some parcels arrive twice: the copy after a uniformly drawn further time.</summary>
/// <param name="probability">Probability that a parcel is doubled.</param>
/// <param name="longest">Longest time between a parcel and its copy.</param>
public sealed class DuplicateRule(double probability, TimeSpan longest) : LinkRule
{
    /// <inheritdoc/>
    public override Verdict Judge(in Parcel parcel, TimeSpan now, TimeSpan so, RandomStream dice) =>
        dice.NextDouble() < probability
            ? Verdict.Pass with { CopyAfter = TimeSpan.FromTicks((long)(longest.Ticks * dice.NextDouble())) }
            : Verdict.Pass;
}
