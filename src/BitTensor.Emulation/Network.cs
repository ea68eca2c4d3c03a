using Akka.Actor;
using BitTensor.Parcels;

namespace BitTensor.Emulation;

/// <summary>What the links of one run share.</summary>
public sealed class Network
{
    /// <summary>Seed of the run; draws are keyed by (seed, link, sequence).</summary>
    public required ulong Seed { get; init; }

    /// <summary>Delivers after a delay.</summary>
    public required IScheduler Scheduler { get; init; }

    /// <summary>Emulated time, as rules know it.</summary>
    public required Func<TimeSpan> Now { get; init; }

    /// <summary>Rules for parcels of a kind from a sender to a receiver at a moment; kinds for which it returns the same list share its state.</summary>
    public required Func<int, int, ParcelKind, TimeSpan, RuleList> Rules { get; init; }

    /// <summary>Actor at an address.</summary>
    public required Func<int, IActorRef> Address { get; init; }

    /// <summary>How messages become bytes, for rules that damage them.</summary>
    public required ParcelBytes Bytes { get; init; }

    /// <summary>
    /// The door of the inhabitant at an address for parcels of a kind, or null for none. In virtual time a parcel that is due finds nothing ready: its receiver is at rest with an
    /// empty mailbox, so that it may enter on the spot, as it would by way of the mailbox.
    /// </summary>
    public Func<int, ParcelKind, IDoor?> Door { get; init; } = static (_, _) => null;

    /// <summary>Told of every parcel: when, which, and what becomes of it; null when nobody looks.</summary>
    public Action<TimeSpan, Parcel, ParcelOutcome>? Watch { get; init; }

    internal VirtualKernel? Kernel => (Scheduler as VirtualScheduler)?.Kernel;
}

/// <summary>Where parcels of a kind enter an inhabitant that is at rest.</summary>
public interface IDoor
{
    /// <summary>The inhabitant does with a parcel's message what it does with one from its mailbox.</summary>
    void Enter(object arrival);
}

/// <summary>How a message becomes bytes and back: what links know of content, and they use it to damage it.</summary>
public abstract class ParcelBytes
{
    /// <summary>Flips bits, drawn from <paramref name="draw"/>, in the bytes of a message, and reads what is left.</summary>
    /// <returns>The message the bytes now are; null when that they are damaged is noticed, by a checksum or because they are no message.</returns>
    public abstract object? Damaged(object message, ulong draw);

    /// <summary>What a sender is told of a parcel that ended on its way.</summary>
    public abstract object Lost(ParcelKind kind, ParcelOutcome outcome);
}
