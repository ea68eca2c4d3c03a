using BitTensor.Parcels;

namespace BitTensor.Records;

/// <summary>Balances the messages of a run, block by block: <see cref="Invariant.Accounting"/>.</summary>
public sealed class MessageAccounts
{
    readonly SortedDictionary<(string Kind, string Outcome), long> _counts = [];
    readonly SortedDictionary<string, long> _open = new(StringComparer.Ordinal);
    SortedDictionary<string, long> _ended = new(StringComparer.Ordinal);

    /// <summary>Messages in flight, by kind.</summary>
    public IReadOnlyDictionary<string, long> InFlight => _open;

    /// <summary>Adds a count of one block. Happenings are not balanced.</summary>
    public void Add(MessageCount counted)
    {
        var (kind, outcome, count) = counted;
        if (ParcelKinds.Find(kind) is null)
        {
            return;
        }
        _counts[(kind, outcome)] = _counts.GetValueOrDefault((kind, outcome)) + count;
        _open[kind] = _open.GetValueOrDefault(kind) + (Begins(outcome) ? count : -count);
    }

    /// <summary>
    /// A violation when more messages of a kind have ended than begun; else null. Neurons report a block one after the
    /// other at its close, so ends up to the block before are compared with begins up to this block.
    /// </summary>
    public Violation? AtBlock(long block)
    {
        var ended = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var ((kind, outcome), count) in _counts.Where(c => !Begins(c.Key.Outcome)))
        {
            ended[kind] = ended.GetValueOrDefault(kind) + count;
        }
        var before = _ended;
        _ended = ended;
        return ParcelKinds.Names.FirstOrDefault(k => before.GetValueOrDefault(k) > Begun(k)) is { } more
            ? Broken(
                block,
                $"{before[more]} messages of kind {more} ended by block {block - 1}, but {Begun(more)} had begun by "
                + $"block {block}")
            : null;
    }

    /// <summary>A violation when messages are in flight at the end of the run, or fewer than none; else null.</summary>
    /// <param name="block">Last block.</param>
    public Violation? AtEnd(long block) =>
        _open.FirstOrDefault(o => o.Value != 0) is ({ } kind, var open)
            ? Broken(block, $"{Begun(kind)} messages of kind {kind} began and {Begun(kind) - open} ended")
            : null;

    static bool Begins(string outcome) => ParcelOutcome.Find(outcome) is { Begins: true };

    long Begun(string kind) => _counts.Where(c => c.Key.Kind == kind && Begins(c.Key.Outcome)).Sum(c => c.Value);

    Violation Broken(long block, string what) =>
        new(
            Invariant.Accounting, block, null, what,
            [.. _counts.Select(c => $"{c.Key.Kind} {c.Key.Outcome} {c.Value}")]);
}
