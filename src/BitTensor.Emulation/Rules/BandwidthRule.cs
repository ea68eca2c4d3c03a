using BitTensor.Mechanism;
using BitTensor.Parcels;

namespace BitTensor.Emulation;

/// <summary>
/// Parcels leave one after another at a fixed rate; a parcel waits until those before it have left, and is dropped when
/// it finds no room to wait.
/// </summary>
/// <param name="bytesPerSecond">The rate.</param>
/// <param name="queueBytes">Bytes that may wait, the parcel being sent included; null for any number.</param>
/// <param name="queueParcels">Parcels that may wait, likewise; null for any number.</param>
public sealed class BandwidthRule(double bytesPerSecond, long? queueBytes = null, int? queueParcels = null) : LinkRule
{
    // When the last so many parcels have left, in order: the first of them has, or there is no room.
    readonly Queue<TimeSpan> _leave = new();
    TimeSpan _free;

    /// <inheritdoc/>
    public override Verdict Judge(in Parcel parcel, TimeSpan now, TimeSpan so, RandomStream dice)
    {
        var comes = now + so;
        var start = _free > comes ? _free : comes;
        if ((queueBytes is { } room && (start - comes).TotalSeconds * bytesPerSecond + parcel.Bytes > room)
            || !HasPlace(now, comes))
        {
            return Verdict.Drop(ParcelOutcome.QueueFull);
        }
        _free = EmulatedTime.After(start, TimeSpan.FromSeconds(parcel.Bytes / bytesPerSecond));
        if (queueParcels is not null)
        {
            _leave.Enqueue(_free);
        }
        return Verdict.Deliver(_free - comes);
    }

    /// <inheritdoc/>
    public override LinkRule Fresh() => new BandwidthRule(bytesPerSecond, queueBytes, queueParcels);

    bool HasPlace(TimeSpan now, TimeSpan comes)
    {
        while (_leave.TryPeek(out var gone) && gone <= now)
        {
            _leave.Dequeue();
        }
        // A rule before this one may hold parcels: they come later than now, and those that leave earlier make room.
        while (_leave.Count >= queueParcels && _leave.Peek() <= comes)
        {
            _leave.Dequeue();
        }
        return _leave.Count < (queueParcels ?? int.MaxValue);
    }
}
