using BitTensor.Mechanism;
using BitTensor.Parcels;

namespace BitTensor.Emulation;

/// <summary>Some parcels are held back for a uniformly drawn time, so that later ones overtake them.</summary>
/// <param name="probability">Probability that a parcel is held back.</param>
/// <param name="longest">Longest time it waits.</param>
/// <param name="correlation">
/// Correlation of the draw with the one before it on the link, in [0, 1]; see <see cref="CorrelatedDraw"/>.
/// </param>
public sealed class ReorderRule(double probability, TimeSpan longest, double correlation = 0) : LinkRule
{
    readonly CorrelatedDraw _draw = new(correlation);

    /// <inheritdoc/>
    public override Verdict Judge(in Parcel parcel, TimeSpan now, TimeSpan so, RandomStream dice) =>
        Verdict.Deliver(
            _draw.Next(dice) < probability
                ? TimeSpan.FromTicks((long)(longest.Ticks * dice.NextDouble()))
                : TimeSpan.Zero);

    /// <inheritdoc/>
    public override LinkRule Fresh() => correlation > 0 ? new ReorderRule(probability, longest, correlation) : this;
}
