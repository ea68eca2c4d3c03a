using BitTensor.Mechanism;
using BitTensor.Parcels;

namespace BitTensor.Emulation;

/// <summary>Some parcels are held back for a uniformly drawn time, so that later ones overtake them.</summary>
/// <param name="probability">Probability that a parcel is held back.</param>
/// <param name="longest">Longest time it waits.</param>
public sealed class ReorderRule(double probability, TimeSpan longest) : LinkRule
{
    /// <inheritdoc/>
    public override Verdict Judge(in Parcel parcel, TimeSpan now, TimeSpan so, RandomStream dice) =>
        Verdict.Deliver(
            dice.NextDouble() < probability
                ? TimeSpan.FromTicks((long)(longest.Ticks * dice.NextDouble()))
                : TimeSpan.Zero);
}
