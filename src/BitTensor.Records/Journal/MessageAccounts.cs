namespace BitTensor.Records;

/// <summary>Counts of messages over a run, block by block, and what must hold of them.</summary>
/// <param name="kinds">The kinds of messages that travel; others are happenings and are not balanced.</param>
/// <param name="begins">True for outcomes with which a message begins.</param>
public sealed class MessageAccounts(IReadOnlyCollection<string> kinds, Func<string, bool> begins)
{
    readonly SortedDictionary<(string Kind, string Outcome), long> _counts = [];
    readonly SortedDictionary<string, long> _open = new(StringComparer.Ordinal);
    SortedDictionary<string, long> _ended = new(StringComparer.Ordinal);

    /// <summary>Messages of each kind that are on their way.</summary>
    public IReadOnlyDictionary<string, long> InFlight => _open;

    /// <summary>Adds what was counted in one block.</summary>
    public void Add(string kind, string outcome, long count)
    {
        if (!kinds.Contains(kind))
        {
            return;
        }
        _counts[(kind, outcome)] = _counts.GetValueOrDefault((kind, outcome)) + count;
        _open[kind] = _open.GetValueOrDefault(kind) + (begins(outcome) ? count : -count);
    }

    /// <summary>
    /// More has ended than had begun: null when not. Neurons report a block one after the other within the moment of
    /// its close, so what had ended by the block before is compared with what has begun by this one.
    /// </summary>
    public Violation? AtBlock(long block)
    {
        var ended = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var ((kind, outcome), count) in _counts.Where(c => !begins(c.Key.Outcome)))
        {
            ended[kind] = ended.GetValueOrDefault(kind) + count;
        }
        var before = _ended;
        _ended = ended;
        return kinds.FirstOrDefault(k => before.GetValueOrDefault(k) > Begun(k)) is { } more
            ? Broken(
                block,
                $"{before[more]} messages of kind {more} ended by block {block - 1}, but {Begun(more)} had begun by "
                + $"block {block}")
            : null;
    }

    /// <summary>Something is on its way though the run is over, or less than nothing: null when not.</summary>
    /// <param name="block">Last block.</param>
    public Violation? AtEnd(long block) =>
        _open.FirstOrDefault(o => o.Value != 0) is ({ } kind, var open)
            ? Broken(block, $"{Begun(kind)} messages of kind {kind} began and {Begun(kind) - open} ended")
            : null;

    long Begun(string kind) => _counts.Where(c => c.Key.Kind == kind && begins(c.Key.Outcome)).Sum(c => c.Value);

    Violation Broken(long block, string what) =>
        new(
            Invariant.Accounting, block, null, what,
            [.. _counts.Select(c => $"{c.Key.Kind} {c.Key.Outcome} {c.Value}")]);
}
