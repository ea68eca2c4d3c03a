using BitTensor.Mechanism;
using BitTensor.Parcels;

namespace BitTensor.Emulation;

/// <summary>
/// A clogged path: whatever is sent waits until it is free again, and then goes on in the order of sending.
/// </summary>
/// <param name="until">Emulated time at which the path is free.</param>
public sealed class ClogRule(TimeSpan until) : LinkRule
{
    /// <inheritdoc/>
    public override Verdict Judge(in Parcel parcel, TimeSpan now, TimeSpan so, RandomStream dice) =>
        Verdict.Deliver(until > now + so ? until - now - so : TimeSpan.Zero);
}
