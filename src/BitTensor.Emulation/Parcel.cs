using Akka.Dispatch;

namespace BitTensor.Emulation;

/// <summary>What travels over links, by purpose.</summary>
public enum ParcelKind
{
    /// <summary>A query.</summary>
    Forward,

    /// <summary>The answer to a query, or its refusal.</summary>
    ForwardReply,

    /// <summary>A gradient for an answered query.</summary>
    Backward,

    /// <summary>A weight submission to the ledger.</summary>
    Submission,

    /// <summary>The ledger's receipt for a submission.</summary>
    Receipt,

    /// <summary>A report or an order within a coalition.</summary>
    Coalition,
}

/// <summary>A message as the emulated network sees it: never its content.</summary>
/// <param name="From">Sender; <see cref="LedgerAddress"/> for the ledger.</param>
/// <param name="To">Receiver.</param>
/// <param name="Kind">Purpose.</param>
/// <param name="Bytes">Size on the wire.</param>
/// <param name="Sequence">Counts the parcels of this direction of this link from 0.</param>
public readonly record struct Parcel(int From, int To, ParcelKind Kind, long Bytes, long Sequence)
{
    /// <summary>The address of the ledger.</summary>
    public const int LedgerAddress = -1;
}

/// <summary>What becomes of a parcel: it arrives after a time, or it is dropped for a reason; and what else comes of it.</summary>
/// <param name="After">Emulated time until delivery.</param>
/// <param name="Dropped">Reason, or null when it arrives.</param>
public readonly record struct Verdict(TimeSpan After, string? Dropped)
{
    /// <summary>Arrives at once.</summary>
    public static Verdict Pass => default;

    /// <summary>A copy arrives this long after the parcel; null for none.</summary>
    public TimeSpan? CopyAfter { get; init; }

    /// <summary>Draw of the bits that are flipped; null when it arrives as it was sent.</summary>
    public ulong? Damage { get; init; }

    /// <summary>How many parcels before it one was sent that arrives again with it, from 0; null for none.</summary>
    public int? OldOne { get; init; }

    /// <summary>True when a parcel that is not dropped arrives once, as it was sent, and alone.</summary>
    public bool Plain => CopyAfter is null && Damage is null && OldOne is null;

    /// <summary>Arrives after <paramref name="delay"/>.</summary>
    public static Verdict Deliver(TimeSpan delay) => new(delay, null);

    /// <summary>Never arrives.</summary>
    public static Verdict Drop(string reason) => new(TimeSpan.Zero, reason);

    /// <summary>This verdict and then another rule's.</summary>
    public Verdict And(in Verdict next) => next.Dropped is not null ? next : this with
    {
        After = After + next.After,
        CopyAfter = next.CopyAfter ?? CopyAfter,
        Damage = next.Damage ?? Damage,
        OldOne = next.OldOne ?? OldOne,
    };
}

/// <summary>An arrival, whatever its message is.</summary>
public interface IArrival
{
    /// <summary>Address it came from.</summary>
    int From { get; }

    /// <summary>The message.</summary>
    object Content { get; }

    /// <summary><see cref="Parcel.Sequence"/> of the parcel it came in; 0 over a wire between processes.</summary>
    long Number { get; }
}

/// <summary>
/// What a receiver gets: the message, and the address it came from as the emulated network knows it. On its way to a receiver with a door it is its own
/// timer: a large network has more of these than of anything else.
/// </summary>
public sealed record Arrival<T>(int From, T Message) : IArrival, IRunnable
    where T : class
{
    /// <summary>Where it enters when its time comes; null where it comes by way of a mailbox.</summary>
    internal IDoor? Door { get; init; }

    /// <inheritdoc/>
    public long Number { get; init; }

    /// <inheritdoc/>
    object IArrival.Content => Message;

    void IRunnable.Run() => Door!.Enter(this);

    void IThreadPoolWorkItem.Execute() => Door!.Enter(this);
}
