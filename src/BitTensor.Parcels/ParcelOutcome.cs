using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace BitTensor.Parcels;

/// <summary>The part of a parcel's life that an outcome belongs to.</summary>
public enum Phase
{
    /// <summary>The parcel begins.</summary>
    Sent,

    /// <summary>The parcel is at its receiver, which has not handled it yet.</summary>
    Arrived,

    /// <summary>The parcel ends: its receiver handled it.</summary>
    Delivered,

    /// <summary>The parcel ends: it never arrived.</summary>
    Dropped,

    /// <summary>The parcel ends: its receiver did not live.</summary>
    Dead,

    /// <summary>The parcel has not ended.</summary>
    Open,

    /// <summary>A count is lost, because the process that held it died.</summary>
    Uncounted,
}

/// <summary>
/// What becomes of a parcel. A parcel begins with one outcome of <see cref="Phase.Sent"/> and ends with exactly one
/// outcome of <see cref="Phase.Delivered"/>, <see cref="Phase.Dropped"/> or <see cref="Phase.Dead"/>. Two outcomes are
/// equal when their names are. docs/RUN-FOLDER.md lists the outcomes, made from the summaries below.
/// </summary>
public sealed record ParcelOutcome
{
    const string RefusedPrefix = "refused-";

    static readonly string[] Stems = ["sent", "arrived", "delivered", "dropped", "dead", "in-flight", "uncounted"];

    static readonly ConcurrentDictionary<string, ParcelOutcome> Known = new();

    readonly CountName?[] _counts = new CountName?[ParcelKinds.Names.Count];

    ParcelOutcome(Phase phase, string reason, ImmutableArray<ParcelKind> kinds)
    {
        (Phase, Reason, Kinds) = (phase, reason, kinds);
        Name = reason.Length == 0 ? Stems[(int)phase] : $"{Stems[(int)phase]}/{reason}";
        IsRefusal = phase == Phase.Delivered && reason.StartsWith(RefusedPrefix, StringComparison.Ordinal);
    }

    /// <summary>The message was sent.</summary>
    public static ParcelOutcome Sent { get; } = Declare(Phase.Sent, "");

    /// <summary>A copy a link made of a message.</summary>
    public static ParcelOutcome Duplicated { get; } = Declare(Phase.Sent, "duplicated");

    /// <summary>An old message a link delivers once more.</summary>
    public static ParcelOutcome Replayed { get; } = Declare(Phase.Sent, "replayed");

    /// <summary>A link lost it, by the rule of independent losses.</summary>
    public static ParcelOutcome Loss { get; } = Declare(Phase.Dropped, "loss");

    /// <summary>A link lost it in a burst.</summary>
    public static ParcelOutcome BurstLoss { get; } = Declare(Phase.Dropped, "burst-loss");

    /// <summary>It found no room to wait for the bandwidth of its link.</summary>
    public static ParcelOutcome QueueFull { get; } = Declare(Phase.Dropped, "queue-full");

    /// <summary>A partition stood between sender and receiver.</summary>
    public static ParcelOutcome Partition { get; } = Declare(Phase.Dropped, "partition");

    /// <summary>Its bytes were damaged, and a checksum noticed.</summary>
    public static ParcelOutcome Corrupted { get; } = Declare(Phase.Dropped, "corrupted");

    /// <summary>On a cluster: the receiving node granted no room for it.</summary>
    public static ParcelOutcome NoCredit { get; } = Declare(Phase.Dropped, "no-credit");

    /// <summary>On a cluster: it is larger than the wire allows.</summary>
    public static ParcelOutcome TooLarge { get; } = Declare(Phase.Dropped, "too-large");

    /// <summary>
    /// On a cluster: no link leads to the receiver's node, or the link ended before the message arrived.
    /// </summary>
    public static ParcelOutcome Unreachable { get; } = Declare(Phase.Dropped, "unreachable");

    /// <summary>On a cluster: the sender is not placed on the node that sent it.</summary>
    public static ParcelOutcome NotPlaced { get; } = Declare(Phase.Dropped, "not-placed");

    /// <summary>On a cluster: the receiver no longer lives on the node where the message arrived.</summary>
    public static ParcelOutcome Moved { get; } = Declare(Phase.Dropped, "moved");

    /// <summary>A reply was sent.</summary>
    public static ParcelOutcome Answered { get; } = Declare(Phase.Delivered, "answered", ParcelKind.Forward);

    /// <summary>The reply went into a training iteration.</summary>
    public static ParcelOutcome Used { get; } = Declare(Phase.Delivered, "used", ParcelKind.ForwardReply);

    /// <summary>A relay passed the query on; or the relay got the answer to such a query.</summary>
    public static ParcelOutcome Relayed { get; } =
        Declare(Phase.Delivered, "relayed", ParcelKind.Forward, ParcelKind.ForwardReply);

    /// <summary>
    /// A refusal of a query of the open iteration; a receipt; a report or an order of the open block.
    /// </summary>
    public static ParcelOutcome Noted { get; } =
        Declare(Phase.Delivered, "noted", ParcelKind.ForwardReply, ParcelKind.Receipt, ParcelKind.Coalition);

    /// <summary>
    /// A reply whose iteration was over: it counts as missing there. A coalition's report or order of another block; an
    /// order still counts.
    /// </summary>
    public static ParcelOutcome Late { get; } =
        Declare(Phase.Delivered, "late", ParcelKind.ForwardReply, ParcelKind.Coalition);

    /// <summary>The answer to a query of a flood.</summary>
    public static ParcelOutcome Unread { get; } = Declare(Phase.Delivered, "unread", ParcelKind.ForwardReply);

    /// <summary>It had come before: nothing happens twice. A reply: its peer had answered this query already.</summary>
    public static ParcelOutcome Duplicate { get; } = Declare(
        Phase.Delivered, "duplicate",
        ParcelKind.Forward, ParcelKind.ForwardReply, ParcelKind.Backward, ParcelKind.Submission, ParcelKind.Receipt);

    /// <summary>64 or more queries behind its caller's newest: the caller no longer waits for the answer.</summary>
    public static ParcelOutcome Stale { get; } = Declare(Phase.Delivered, "stale", ParcelKind.Forward);

    /// <summary>The receiver had not asked that neuron.</summary>
    public static ParcelOutcome Unasked { get; } = Declare(Phase.Delivered, "unasked", ParcelKind.ForwardReply);

    /// <summary>The server learned from it.</summary>
    public static ParcelOutcome Trained { get; } = Declare(Phase.Delivered, "trained", ParcelKind.Backward);

    /// <summary>The server remembers no such query (any more).</summary>
    public static ParcelOutcome Forgotten { get; } = Declare(Phase.Delivered, "forgotten", ParcelKind.Backward);

    /// <summary>The server's strategy learns from nobody.</summary>
    public static ParcelOutcome Ignored { get; } = Declare(Phase.Delivered, "ignored", ParcelKind.Backward);

    /// <summary>Part of the block.</summary>
    public static ParcelOutcome Accepted { get; } = Declare(Phase.Delivered, "accepted", ParcelKind.Submission);

    /// <summary>A commitment that is part of a block.</summary>
    public static ParcelOutcome Committed { get; } = Declare(Phase.Delivered, "committed", ParcelKind.Submission);

    /// <summary>Its receiver had crashed, or crashed while it computed the answer.</summary>
    public static ParcelOutcome Crashed { get; } = Declare(Phase.Dead, "crashed");

    /// <summary>Its receiver had left.</summary>
    public static ParcelOutcome Left { get; } = Declare(Phase.Dead, "left");

    /// <summary>The coalition of its receiver had not called it yet.</summary>
    public static ParcelOutcome Reserve { get; } = Declare(Phase.Dead, "reserve");

    /// <summary>The coalition of its receiver had sent it away.</summary>
    public static ParcelOutcome Retired { get; } = Declare(Phase.Dead, "retired");

    /// <summary>The ledger was down, or went down before the block closed.</summary>
    public static ParcelOutcome Outage { get; } = Declare(Phase.Dead, "outage");

    /// <summary>At the last block: still on its way when the program gave up waiting for it.</summary>
    public static ParcelOutcome InFlight { get; } = Declare(Phase.Open, "");

    /// <summary>At the last block, on a cluster: sent, and the count of its end died with a process.</summary>
    public static ParcelOutcome UncountedEnd { get; } = Declare(Phase.Uncounted, "end");

    /// <summary>At the last block, on a cluster: ended, and the count of its sending died with a process.</summary>
    public static ParcelOutcome UncountedSending { get; } = Declare(Phase.Uncounted, "sending");

    /// <summary>For observers alone, and never counted: the message is at its receiver.</summary>
    public static ParcelOutcome Arrived { get; } = Declare(Phase.Arrived, "");

    /// <summary>The part of a parcel's life.</summary>
    public Phase Phase { get; }

    /// <summary>Why or how; empty where the phase says it all.</summary>
    public string Reason { get; }

    /// <summary>The name in journals and traces: the phase, and behind a slash the reason.</summary>
    public string Name { get; }

    /// <summary>The kinds of parcels that it happens to; empty for all.</summary>
    public ImmutableArray<ParcelKind> Kinds { get; }

    /// <summary>True when a parcel begins with it.</summary>
    public bool Begins => Phase == Phase.Sent;

    /// <summary>True when the parcel never arrived.</summary>
    public bool IsLost => Phase == Phase.Dropped;

    /// <summary>True when the receiver refused the parcel.</summary>
    public bool IsRefusal { get; }

    /// <summary>The name of the reason for a refusal; null when it is none.</summary>
    public string? RefusalReason => IsRefusal ? Reason[RefusedPrefix.Length..] : null;

    /// <summary>
    /// True when the parcel arrived and its receiver had no use for it: refused, too late, a second time, or dead.
    /// </summary>
    public bool IsInVain =>
        Phase == Phase.Dead || IsRefusal
        || this == Late || this == Duplicate || this == Stale || this == Forgotten || this == Unasked;

    /// <summary>A rule of links that a program brings with it dropped it; REASON is the rule's own word.</summary>
    public static ParcelOutcome DroppedBy(string rule) =>
        Known.GetOrAdd(
            $"{Stems[(int)Phase.Dropped]}/{rule}", static (_, r) => new ParcelOutcome(Phase.Dropped, r, []), rule);

    /// <summary>
    /// A query: <c>BadShape</c>, <c>NotFinite</c>, <c>WrongCaller</c>, <c>NotReady</c>, <c>Busy</c>, <c>TimedOut</c> or
    /// <c>Outbid</c>, and a refusal was sent as <c>forward-reply</c>. A reply: <c>BadShape</c> or <c>NotFinite</c>, and
    /// it counts as no answer. A gradient: <c>BadShape</c>, <c>NotFinite</c>, <c>WrongCaller</c>, <c>Busy</c>,
    /// <c>TimedOut</c> or <c>Outbid</c>. A submission: by the names of <c>submissions.refused</c> below; a damaged one
    /// is one whose signature does not verify.
    /// </summary>
    public static ParcelOutcome Refused<TReason>(TReason reason)
        where TReason : struct, Enum => Refusals<TReason>.Of[reason];

    /// <summary>The outcome of a name; null when the name begins with no phase.</summary>
    public static ParcelOutcome? Find(string name)
    {
        if (Known.TryGetValue(name, out var known))
        {
            return known;
        }
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        var phase = slash < 0 ? -1 : Array.IndexOf(Stems, name[..slash]);
        return phase < 0 ? null : new ParcelOutcome((Phase)phase, name[(slash + 1)..], []);
    }

    /// <summary>The name under which it is counted for a kind of parcels.</summary>
    public CountName Of(ParcelKind kind) => _counts[(int)kind] ??= CountName.Of(kind.Name(), Name);

    /// <inheritdoc/>
    public bool Equals(ParcelOutcome? other) => other is not null && Name == other.Name;

    /// <inheritdoc/>
    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Name;

    static ParcelOutcome Declare(Phase phase, string reason, params ImmutableArray<ParcelKind> kinds)
    {
        var outcome = new ParcelOutcome(phase, reason, kinds);
        Known[outcome.Name] = outcome;
        return outcome;
    }

    /// <summary>The refusals by one enumeration of reasons.</summary>
    static class Refusals<TReason>
        where TReason : struct, Enum
    {
        public static readonly Dictionary<TReason, ParcelOutcome> Of =
            Enum.GetValues<TReason>()
                .ToDictionary(r => r, r => new ParcelOutcome(Phase.Delivered, $"{RefusedPrefix}{r}", []));
    }
}
