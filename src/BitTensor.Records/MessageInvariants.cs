using System.Collections.Immutable;
using BitTensor.Parcels;

namespace BitTensor.Records;

/// <summary>Counts of messages over a run, block by block, and what must hold of them.</summary>
public sealed class MessageAccounts
{
    readonly SortedDictionary<(string Kind, string Outcome), long> _counts = [];
    readonly SortedDictionary<string, long> _open = new(StringComparer.Ordinal);
    SortedDictionary<string, long> _ended = new(StringComparer.Ordinal);

    /// <summary>Messages of each kind that are on their way.</summary>
    public IReadOnlyDictionary<string, long> InFlight => _open;

    /// <summary>Adds what was counted in one block. Happenings are not balanced.</summary>
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
    /// More has ended than had begun: null when not. Neurons report a block one after the other within the moment of its close, so what had ended by
    /// the block before is compared with what has begun by this one.
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
            ? Broken(block, $"{before[more]} messages of kind {more} ended by block {block - 1}, but {Begun(more)} had begun by block {block}")
            : null;
    }

    /// <summary>Something is on its way though the run is over, or less than nothing: null when not.</summary>
    /// <param name="block">Last block.</param>
    public Violation? AtEnd(long block) =>
        _open.FirstOrDefault(o => o.Value != 0) is ({ } kind, var open)
            ? Broken(block, $"{Begun(kind)} messages of kind {kind} began and {Begun(kind) - open} ended")
            : null;

    static bool Begins(string outcome) => ParcelOutcome.Find(outcome) is { Begins: true };

    long Begun(string kind) => _counts.Where(c => c.Key.Kind == kind && Begins(c.Key.Outcome)).Sum(c => c.Value);

    Violation Broken(long block, string what) =>
        new(Invariant.Accounting, block, null, what, [.. _counts.Select(c => $"{c.Key.Kind} {c.Key.Outcome} {c.Value}")]);
}

/// <summary>
/// After every time of faults that ends, within <see cref="Patience"/> blocks without any, queries are answered, if they were answered in every
/// one of the <see cref="Patience"/> blocks before it, <see cref="Enough"/> in all: links that lose nearly everything by themselves promise nothing.
/// </summary>
/// <param name="faults">Emulated time from which to which each fault goes on, milliseconds.</param>
public sealed class HealingWatch(IReadOnlyList<(double FromMs, double UntilMs)> faults)
{
    /// <summary>Blocks.</summary>
    public const int Patience = 10;

    /// <summary>Answers.</summary>
    public const int Enough = 100;

    readonly Queue<long> _before = [];
    bool _answeredBefore;
    bool _ill;
    int _quiet;

    /// <summary>Emulated time from which to which each fault goes on, milliseconds.</summary>
    public IReadOnlyList<(double FromMs, double UntilMs)> Faults { get; set; } = faults;

    /// <summary>Notes a block: when it closed, and how many queries were answered while it was open.</summary>
    public Violation? AtBlock(long block, double fromMs, double atMs, long answered)
    {
        if (Faults.Any(f => f.FromMs < atMs && f.UntilMs > fromMs))
        {
            _answeredBefore = _ill ? _answeredBefore : _before.Sum() >= Enough && !_before.Contains(0);
            (_ill, _quiet) = (true, 0);
            _before.Clear();
            return null;
        }
        _before.Enqueue(answered);
        if (_before.Count > Patience)
        {
            _before.Dequeue();
        }
        _quiet++;
        if (answered > 0)
        {
            _ill = false;
        }
        return _ill && _answeredBefore && _quiet >= Patience
            ? new Violation(Invariant.Progress, block, null, $"all faults are over for {_quiet} blocks, and no query is answered though some were before", [])
            : null;
    }
}
