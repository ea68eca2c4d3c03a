using System.Numerics;
using Akka.Dispatch;

namespace BitTensor.Emulation;

/// <summary>
/// Timers of a clock that never goes back, in the order of their times and, at one time, in the order in which they
/// were set. A radix heap (Ahuja, Mehlhorn, Orlin and Tarjan, 1990): bucket b holds the times whose highest bit that
/// differs from the time taken last is bit b - 1, so that setting a timer is one write, and taking one moves each timer
/// a few times along arrays, where a binary heap jumps about in memory.
/// </summary>
sealed class TimerQueue
{
    // Few enough for the caches.
    const int Soon = 256;

    readonly Bucket[] _buckets = [.. Enumerable.Range(0, 65).Select(_ => new Bucket())];
    long _last;

    /// <summary>Sets a timer.</summary>
    /// <param name="ticks">When; not before the time taken last.</param>
    /// <param name="timer">What.</param>
    public void Add(long ticks, IRunnable timer) => BucketOf(ticks).Add((ticks, timer));

    /// <summary>Takes the next timer; false when there is none.</summary>
    public bool TryTake(out IRunnable timer, out long ticks)
    {
        if (_buckets[0].IsEmpty && !Fill())
        {
            (timer, ticks) = (null!, 0);
            return false;
        }
        (ticks, timer) = _buckets[0].Take();
        return true;
    }

    /// <summary>Moves on to the earliest time there is: its bucket is dealt to those below, which are empty.</summary>
    bool Fill()
    {
        var next = Array.Find(_buckets, static b => !b.IsEmpty);
        if (next is null)
        {
            return false;
        }
        var timers = next.Span;
        if (timers.Length <= Soon)
        {
            Fetch(timers);
        }
        _last = long.MaxValue;
        foreach (var (ticks, _) in timers)
        {
            _last = Math.Min(_last, ticks);
        }
        foreach (var timer in timers)
        {
            BucketOf(timer.Ticks).Add(timer);
        }
        next.Clear();
        return true;
    }

    /// <summary>
    /// They fire soon, and most were set so long ago that they have left the caches: where all are looked at at once,
    /// the waits for memory overlap, and where each is when it fires, they do not.
    /// </summary>
    static void Fetch(ReadOnlySpan<(long Ticks, IRunnable Timer)> timers)
    {
        foreach (var (_, timer) in timers)
        {
            // Reads the first word of it.
            _ = timer.GetType();
        }
    }

    Bucket BucketOf(long ticks) => _buckets[64 - BitOperations.LeadingZeroCount((ulong)(ticks ^ _last))];

    /// <summary>Timers in the order in which they came.</summary>
    sealed class Bucket
    {
        (long Ticks, IRunnable Timer)[] _timers = new (long, IRunnable)[4];
        int _from;
        int _to;

        public bool IsEmpty => _from == _to;

        public ReadOnlySpan<(long Ticks, IRunnable Timer)> Span => _timers.AsSpan(_from, _to - _from);

        public void Add((long Ticks, IRunnable Timer) timer)
        {
            if (_to == _timers.Length)
            {
                Array.Resize(ref _timers, 2 * _to);
            }
            _timers[_to++] = timer;
        }

        public (long Ticks, IRunnable Timer) Take()
        {
            var timer = _timers[_from];
            _timers[_from++].Timer = null!;
            if (IsEmpty)
            {
                (_from, _to) = (0, 0);
            }
            return timer;
        }

        /// <summary>Without what it held: a timer that is gone must not be kept alive.</summary>
        public void Clear()
        {
            Array.Clear(_timers, _from, _to - _from);
            (_from, _to) = (0, 0);
        }
    }
}
