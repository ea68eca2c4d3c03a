using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using BitTensor.Actors.Context;
using BitTensor.Emulation;
using BitTensor.Parcels;
using BitTensor.Protocol;

namespace BitTensor.Cluster;

/// <summary>The newest block this node has heard of.</summary>
/// <param name="Height">Height of the open block.</param>
/// <param name="Hash">Hash of the block before it, hex; null where no ledger or journal is.</param>
/// <param name="At">When it was heard of, <see cref="WallClock.Elapsed"/>.</param>
sealed record BlockHead(long Height, string? Hash, TimeSpan At);

/// <summary>
/// Counts the reports of a node's actors as they pass the node's router, for the operator. Written by many threads,
/// read from any.
/// </summary>
/// <param name="closed">Called with the seconds between two blocks that a ledger on this node closed.</param>
sealed class NodeTally(Action<double> closed)
{
    readonly ConcurrentDictionary<(string Kind, string Outcome), long> _traffic = new();
    readonly ConcurrentDictionary<string, long> _receipts = new();
    readonly ConcurrentDictionary<int, long> _checkpoints = new();
    volatile BlockHead? _head;
    (long Height, TimeSpan At) _closed = (-1, default);
    long _blocks;

    /// <summary>The newest block of the run; null before the first.</summary>
    public BlockHead? Head => _head;

    /// <summary>Blocks that a ledger on this node has closed.</summary>
    public long Blocks => Volatile.Read(ref _blocks);

    /// <summary>Messages of the actors placed here, by kind and outcome.</summary>
    public IEnumerable<KeyValuePair<(string Kind, string Outcome), long>> Traffic => _traffic;

    /// <summary>
    /// Submissions of the run that a ledger on this node judged: <c>accepted</c>, or the refusal by name.
    /// </summary>
    public IEnumerable<KeyValuePair<string, long>> Receipts => _receipts;

    /// <summary>Block of a neuron's last checkpoint, if it passed here.</summary>
    public long? CheckpointOf(int neuron) => _checkpoints.TryGetValue(neuron, out var height) ? height : null;

    /// <summary>Clears the figures of the run when another begins.</summary>
    public void Forget()
    {
        _receipts.Clear();
        _checkpoints.Clear();
        _head = null;
        _closed = (-1, default);
    }

    /// <summary>Counts a message that an actor of this node sends.</summary>
    public void Said(object message)
    {
        switch (message)
        {
            case ControlMessage.BlockRecorded recorded:
                Close(recorded);
                Count(recorded.Traffic);
                break;
            case ControlMessage.NeuronRecorded recorded:
                Count(recorded.Traffic);
                break;
            case ControlMessage.Settled settled:
                Count(settled.Traffic);
                break;
            default:
                Heard(message);
                break;
        }
    }

    /// <summary>Counts a message from another node to an actor of this node.</summary>
    public void Heard(object message)
    {
        switch (message)
        {
            case LedgerMessage.BlockOpened opened:
                Advance(opened.Height, null);
                break;
            case ControlMessage.BlockRecorded recorded:
                Advance(recorded.Block.Height + 1, recorded.Block.Hash);
                break;
            case ControlMessage.KeepState keep:
                _checkpoints[keep.Neuron] = keep.Height;
                break;
            case ControlMessage.StateRecalled recalled when !recalled.State.IsEmpty:
                _checkpoints.TryAdd(recalled.Neuron, recalled.Height);
                break;
            default:
                break;
        }
    }

    /// <summary>Counts a closed block once. A journal that lacks a block makes the ledger report it again.</summary>
    void Close(ControlMessage.BlockRecorded recorded)
    {
        var height = recorded.Block.Height;
        Advance(height + 1, recorded.Block.Hash);
        if (height <= _closed.Height || (_closed.Height < 0 && height > 0 && recorded.Traffic.IsEmpty))
        {
            return;
        }
        Interlocked.Increment(ref _blocks);
        var now = WallClock.Elapsed;
        if (_closed.Height == height - 1)
        {
            closed((now - _closed.At).TotalSeconds);
        }
        _closed = (height, now);
    }

    /// <summary>
    /// Notes the newest block. A block is announced many times; the first announcement gives its time.
    /// </summary>
    void Advance(long height, string? hash)
    {
        for (var seen = _head; IsBehind(seen, height, hash); seen = _head)
        {
            var at = seen?.Height == height ? seen.At : WallClock.Elapsed;
            if (Interlocked.CompareExchange(ref _head, new BlockHead(height, hash, at), seen) == seen)
            {
                return;
            }
        }
    }

    static bool IsBehind([NotNullWhen(false)] BlockHead? seen, long height, string? hash) =>
        seen is null || height > seen.Height || (height == seen.Height && seen.Hash is null && hash is not null);

    void Count(IEnumerable<MessageCount> traffic)
    {
        foreach (var counted in traffic)
        {
            var (kind, outcome, count) = counted;
            _traffic.AddOrUpdate((kind, outcome), static (_, n) => n, static (_, known, n) => known + n, count);
            if (counted.IsOf(ParcelKind.Submission) && ReceiptOf(counted.OfParcels) is { } receipt)
            {
                _receipts.AddOrUpdate(receipt, static (_, n) => n, static (_, known, n) => known + n, count);
            }
        }
    }

    static string? ReceiptOf(ParcelOutcome? outcome) =>
        outcome == ParcelOutcome.Accepted ? ParcelOutcome.Accepted.Reason : outcome?.RefusalReason;
}
