using BitTensor.Mechanism;
using BitTensor.Parcels;

namespace BitTensor.Emulation;

/// <summary>
/// Each parcel is lost when a draw falls below a probability. With a correlation losses come in runs, and the share
/// that is lost is that of <see cref="CorrelatedDraw"/>, not the probability.
/// </summary>
/// <param name="probability">The probability, in [0, 1].</param>
/// <param name="correlation">Correlation of a draw with the one before it on the link, in [0, 1].</param>
public sealed class LossRule(double probability, double correlation = 0) : LinkRule
{
    readonly CorrelatedDraw _draw = new(correlation);

    /// <inheritdoc/>
    public override Verdict Judge(in Parcel parcel, TimeSpan now, TimeSpan so, RandomStream dice) =>
        _draw.Next(dice) < probability ? Verdict.Drop(ParcelOutcome.Loss) : Verdict.Deliver(TimeSpan.Zero);

    /// <inheritdoc/>
    public override LinkRule Fresh() => correlation > 0 ? new LossRule(probability, correlation) : this;
}
