using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;

namespace BitTensor.Emulation;

/// <summary>
/// Akka's scheduler in wall time, without a tick: one thread sleeps until the earliest timer is due. Akka's own wakes a
/// hundred times a second, which is most of what a node at rest costs, and is up to one tick late.
/// </summary>
public sealed class WallScheduler : TimerScheduler, IDisposable
{
    static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    readonly object _gate = new();
    readonly PriorityQueue<Entry, (long Ticks, long Order)> _timers = new();
    readonly long _startTicks = WallClock.Elapsed.Ticks;
    readonly Thread _thread;
    long _set;
    long _wakesAt = long.MaxValue;
    bool _disposed;

    /// <summary>Called by Akka.</summary>
    public WallScheduler(Config config, ILoggingAdapter log)
        : base(config, log)
    {
        _thread = new Thread(Serve) { Name = "timers", IsBackground = true };
        _thread.Start();
    }

    /// <inheritdoc/>
    public override TimeSpan MonotonicClock => new(WallClock.Elapsed.Ticks - _startTicks);

    /// <inheritdoc/>
    protected override DateTimeOffset TimeNow => WallClock.UtcNow;

    /// <summary>Ends the thread. Timers that are left never fire.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _timers.Clear();
            Monitor.PulseAll(_gate);
        }
        if (Thread.CurrentThread != _thread)
        {
            _thread.Join();
        }
    }

    private protected override void Once(TimeSpan delay, IRunnable action, ICancelable? cancelable) =>
        Set(delay, new(action, cancelable, null));

    private protected override void Repeatedly(
        TimeSpan delay, TimeSpan interval, IRunnable action, ICancelable? cancelable) =>
        Set(delay, new(action, cancelable, interval));

    void Set(TimeSpan delay, Entry entry) => SetAt(MonotonicClock.Ticks + Math.Max(0, delay.Ticks), entry);

    void SetAt(long at, Entry entry)
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }
            _timers.Enqueue(entry, (at >= 0 ? at : long.MaxValue, _set++));
            if (at < _wakesAt)
            {
                Monitor.Pulse(_gate);
            }
        }
    }

    void Serve()
    {
        while (Next(out var entry, out var at))
        {
            if (entry.Cancelable is { IsCancellationRequested: true })
            {
                continue;
            }
            Run(entry.Action);
            if (entry.Interval is { } interval)
            {
                // By the moment it was due: what repeats does not drift. After a long stall it does not catch up.
                SetAt(Math.Max(at + interval.Ticks, MonotonicClock.Ticks), entry);
            }
        }
    }

    /// <summary>Waits for the next timer that is due; false when the scheduler ends.</summary>
    bool Next(out Entry entry, out long at)
    {
        lock (_gate)
        {
            while (!_disposed)
            {
                var now = MonotonicClock.Ticks;
                if (_timers.TryPeek(out entry, out var due) && due.Ticks <= now)
                {
                    at = due.Ticks;
                    _timers.Dequeue();
                    return true;
                }
                _wakesAt = _timers.Count == 0 ? long.MaxValue : due.Ticks;
                Monitor.Wait(_gate, WaitFrom(now));
                _wakesAt = 0;
            }
            (entry, at) = (default, 0);
            return false;
        }
    }

    /// <summary>
    /// Whole milliseconds, upwards: a shorter wait would end before the timer is due, and begin again.
    /// </summary>
    TimeSpan WaitFrom(long now) => _wakesAt - now >= LongestWait.Ticks
        ? LongestWait
        : TimeSpan.FromMilliseconds(Math.Ceiling(new TimeSpan(_wakesAt - now).TotalMilliseconds));

    void Run(IRunnable action)
    {
        try
        {
            action.Run();
        }
#pragma warning disable CA1031 // One timer's failure must not end the others'.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Log.Error(failure, "A timer's action failed.");
        }
    }

    readonly record struct Entry(IRunnable Action, ICancelable? Cancelable, TimeSpan? Interval);
}
