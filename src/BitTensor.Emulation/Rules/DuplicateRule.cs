using BitTensor.Mechanism;
using BitTensor.Parcels;

namespace BitTensor.Emulation;

/// <summary>Some parcels arrive twice: the copy after a uniformly drawn further time.</summary>
/// <param name="probability">Probability that a parcel is doubled.</param>
/// <param name="longest">Longest time between a parcel and its copy.</param>
/// <param name="correlation">
/// Correlation of the draw with the one before it on the link, in [0, 1]; see <see cref="CorrelatedDraw"/>.
/// </param>
public sealed class DuplicateRule(double probability, TimeSpan longest, double correlation = 0) : LinkRule
{
    readonly CorrelatedDraw _draw = new(correlation);

    /// <inheritdoc/>
    public override Verdict Judge(in Parcel parcel, TimeSpan now, TimeSpan so, RandomStream dice) =>
        _draw.Next(dice) < probability
            ? Verdict.Pass with { CopyAfter = TimeSpan.FromTicks((long)(longest.Ticks * dice.NextDouble())) }
            : Verdict.Pass;

    /// <inheritdoc/>
    public override LinkRule Fresh() => correlation > 0 ? new DuplicateRule(probability, longest, correlation) : this;
}
