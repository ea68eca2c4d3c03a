using System.Diagnostics;

namespace BitTensor.Cluster.Tests;

/// <summary>
/// Measures for how long this machine keeps a thread waiting that could run. A thread asks to be woken every 50 ms; the
/// longest delay of a wake-up is the figure.
/// </summary>
sealed class SchedulingLag : IDisposable
{
    static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    readonly ManualResetEventSlim _over = new();
    readonly Thread _thread;
    long _longest;

    public SchedulingLag()
    {
        _thread = new Thread(Measure) { IsBackground = true };
        _thread.Start();
    }

    /// <summary>The longest delay so far.</summary>
    public TimeSpan Longest => new(Volatile.Read(ref _longest));

    public void Dispose()
    {
        _over.Set();
        _thread.Join();
        _over.Dispose();
    }

    void Measure()
    {
        for (var clock = Stopwatch.StartNew(); !_over.Wait(Interval); clock.Restart())
        {
            Volatile.Write(ref _longest, Math.Max(_longest, (clock.Elapsed - Interval).Ticks));
        }
    }
}
