using BitTensor.Mechanism;
using BitTensor.Parcels;

namespace BitTensor.Emulation;

/// <summary>Nothing passes.</summary>
/// <param name="outcome">The outcome of every parcel.</param>
public sealed class CutRule(ParcelOutcome outcome) : LinkRule
{
    /// <inheritdoc/>
    public override Verdict Judge(in Parcel parcel, TimeSpan now, TimeSpan so, RandomStream dice) =>
        Verdict.Drop(outcome);
}
