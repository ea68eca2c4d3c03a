namespace BitTensor.Records;

/// <summary>
/// Watches <see cref="Invariant.Progress"/>: within <see cref="Patience"/> blocks without faults, queries are answered
/// again. A span of faults counts only when queries were answered in every one of the <see cref="Patience"/> blocks
/// before it, <see cref="Enough"/> in all, so that links that lose nearly everything by themselves are not judged.
/// </summary>
/// <param name="faults">Begin and end of each fault in emulated milliseconds.</param>
public sealed class HealingWatch(IReadOnlyList<(double FromMs, double UntilMs)> faults)
{
    /// <summary>Blocks.</summary>
    public const int Patience = 10;

    /// <summary>Answers.</summary>
    public const int Enough = 100;

    readonly Queue<long> _before = [];
    bool _answeredBefore;
    bool _stopped;
    bool _ill;
    int _quiet;

    /// <summary>Begin and end of each fault in emulated milliseconds.</summary>
    public IReadOnlyList<(double FromMs, double UntilMs)> Faults { get; set; } = faults;

    /// <summary>
    /// Judges no further block: neurons were ordered to behave otherwise, so what was answered before says nothing of
    /// what is answered now.
    /// </summary>
    public void Stop() => _stopped = true;

    /// <summary>
    /// Judges a block by its span in emulated milliseconds and the queries answered in it; null while the invariant
    /// holds.
    /// </summary>
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
        return !_stopped && _ill && _answeredBefore && _quiet >= Patience
            ? new Violation(
                Invariant.Progress, block, null,
                $"all faults are over for {_quiet} blocks, and no query is answered though some were before", [])
            : null;
    }
}
