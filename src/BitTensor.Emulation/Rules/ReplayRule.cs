using BitTensor.Mechanism;
using BitTensor.Parcels;

namespace BitTensor.Emulation;

/// <summary>
/// With some parcels an old one of the same direction of the same link arrives once more, one of the last
/// <see cref="Kept"/>.
/// </summary>
/// <param name="probability">Probability that a parcel brings an old one with it.</param>
public sealed class ReplayRule(double probability) : LinkRule
{
    /// <summary>How many parcels a link remembers.</summary>
    public const int Kept = 32;

    /// <inheritdoc/>
    public override bool Remembers => true;

    /// <inheritdoc/>
    public override Verdict Judge(in Parcel parcel, TimeSpan now, TimeSpan so, RandomStream dice) =>
        dice.NextDouble() < probability ? Verdict.Pass with { OldOne = dice.NextInt(Kept) } : Verdict.Pass;
}
