using BitTensor.Mechanism;
using BitTensor.Parcels;

namespace BitTensor.Emulation;

/// <summary>
/// Some parcels lose a few of their bits on the way: each is flipped in the bytes the message is encoded to.
/// </summary>
/// <param name="probability">Probability that a parcel is damaged.</param>
public sealed class CorruptRule(double probability) : LinkRule
{
    /// <inheritdoc/>
    public override Verdict Judge(in Parcel parcel, TimeSpan now, TimeSpan so, RandomStream dice) =>
        dice.NextDouble() < probability ? Verdict.Pass with { Damage = dice.NextUInt64() } : Verdict.Pass;
}
