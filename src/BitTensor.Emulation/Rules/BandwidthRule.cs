using BitTensor.Mechanism;
using BitTensor.Parcels;

namespace BitTensor.Emulation;

/// <summary>
/// Parcels leave one after another at a fixed rate; a parcel waits until those before it have left, and is dropped when
/// it finds no room to wait.
/// </summary>
/// <param name="bytesPerSecond">The rate.</param>
/// <param name="queueBytes">Bytes that may wait, the parcel being sent included; null for any number.</param>
public sealed class BandwidthRule(double bytesPerSecond, long? queueBytes = null) : LinkRule
{
    TimeSpan _free;

    /// <inheritdoc/>
    public override Verdict Judge(in Parcel parcel, TimeSpan now, TimeSpan so, RandomStream dice)
    {
        var comes = now + so;
        var start = _free > comes ? _free : comes;
        if (queueBytes is { } room && (start - comes).TotalSeconds * bytesPerSecond + parcel.Bytes > room)
        {
            return Verdict.Drop(ParcelOutcome.QueueFull);
        }
        _free = start + TimeSpan.FromSeconds(parcel.Bytes / bytesPerSecond);
        return Verdict.Deliver(_free - comes);
    }

    /// <inheritdoc/>
    public override LinkRule Fresh() => new BandwidthRule(bytesPerSecond, queueBytes);
}
