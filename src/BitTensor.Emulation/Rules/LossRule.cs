using BitTensor.Mechanism;
using BitTensor.Parcels;

namespace BitTensor.Emulation;

/// <summary>Each parcel is lost with one probability, independently.</summary>
public sealed class LossRule(double probability) : LinkRule
{
    /// <inheritdoc/>
    public override Verdict Judge(in Parcel parcel, TimeSpan now, TimeSpan so, RandomStream dice) =>
        dice.NextDouble() < probability ? Verdict.Drop(ParcelOutcome.Loss) : Verdict.Deliver(TimeSpan.Zero);
}
