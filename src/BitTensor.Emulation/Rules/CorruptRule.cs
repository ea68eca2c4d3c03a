using BitTensor.Mechanism;
using BitTensor.Parcels;

namespace BitTensor.Emulation;

/// <summary>
/// Some parcels lose a few of their bits on the way: each is flipped in the bytes the message is encoded to.
/// </summary>
/// <param name="probability">Probability that a parcel is damaged.</param>
/// <param name="correlation">
/// Correlation of the draw with the one before it on the link, in [0, 1]; see <see cref="CorrelatedDraw"/>.
/// </param>
public sealed class CorruptRule(double probability, double correlation = 0) : LinkRule
{
    readonly CorrelatedDraw _draw = new(correlation);

    /// <inheritdoc/>
    public override Verdict Judge(in Parcel parcel, TimeSpan now, TimeSpan so, RandomStream dice) =>
        _draw.Next(dice) < probability ? Verdict.Pass with { Damage = dice.NextUInt64() } : Verdict.Pass;

    /// <inheritdoc/>
    public override LinkRule Fresh() => correlation > 0 ? new CorruptRule(probability, correlation) : this;
}
