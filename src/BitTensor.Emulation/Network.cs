using Akka.Actor;
using BitTensor.Parcels;

namespace BitTensor.Emulation;

/// <summary>What the links of one run share.</summary>
public sealed class Network
{
    long _lastArrival;

    /// <summary>Seed of the run; draws are keyed by (seed, link, sequence).</summary>
    public required ulong Seed { get; init; }

    /// <summary>Delivers after a delay.</summary>
    public required IScheduler Scheduler { get; init; }

    /// <summary>Emulated time, as rules know it.</summary>
    public required Func<TimeSpan> Now { get; init; }

    /// <summary>
    /// Rules for parcels of a kind from a sender to a receiver at a moment; kinds for which it returns the same list
    /// share its state.
    /// </summary>
    public required Func<int, int, ParcelKind, TimeSpan, RuleList> Rules { get; init; }

    /// <summary>Actor at an address.</summary>
    public required Func<int, IActorRef> Address { get; init; }

    /// <summary>How messages become bytes, for rules that damage them.</summary>
    public required ParcelBytes Bytes { get; init; }

    /// <summary>
    /// The actor at an address as a receiver that takes parcels inline, in virtual time; null for an actor that takes
    /// them by its mailbox.
    /// </summary>
    public Func<int, IInlineReceiver?> Inline { get; init; } = static _ => null;

    /// <summary>Told of every parcel: when, which, and what becomes of it; null when nobody looks.</summary>
    public Action<TimeSpan, Parcel, ParcelOutcome>? Watch { get; init; }

    /// <summary>
    /// Moment by the scheduler's clock at which the last parcel that is on its way arrives. Kept in wall time alone.
    /// </summary>
    public TimeSpan LastArrival => TimeSpan.FromTicks(Volatile.Read(ref _lastArrival));

    internal VirtualKernel? Kernel => (Scheduler as VirtualScheduler)?.Kernel;

    /// <summary>Notes that a parcel arrives after this time.</summary>
    internal void NoteArrival(TimeSpan after)
    {
        var at = (Scheduler.MonotonicClock + after).Ticks;
        for (var known = Volatile.Read(ref _lastArrival); known < at; known = Volatile.Read(ref _lastArrival))
        {
            Interlocked.CompareExchange(ref _lastArrival, at, known);
        }
    }
}

/// <summary>How a message becomes bytes and back: what links know of content, and they use it to damage it.</summary>
public abstract class ParcelBytes
{
    /// <summary>
    /// Flips bits, drawn from <paramref name="draw"/>, in the bytes of a message, and reads what is left.
    /// </summary>
    /// <returns>
    /// The message the bytes now are; null when that they are damaged is noticed, by a checksum or because they are no
    /// message.
    /// </returns>
    public abstract object? Damaged(object message, ulong draw);

    /// <summary>What a sender is told of a parcel that ended on its way.</summary>
    public abstract object Lost(ParcelKind kind, ParcelOutcome outcome);
}
