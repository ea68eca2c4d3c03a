using Akka.Actor;

namespace BitTensor.Actors.Context;

/// <summary>The time of a run on one process.</summary>
/// <param name="scheduler">The actor system's time: virtual or real.</param>
/// <param name="blockInterval">
/// Time between blocks, where blocks tell a process the time of the run: neurons come and go between processes, and no
/// process knows when the run began. Null where the run begins at <see cref="Begin"/>.
/// </param>
sealed class RunClock(IScheduler scheduler, TimeSpan? blockInterval = null)
{
    long _beganTicks;

    /// <summary>Time since the start of the actor system.</summary>
    public TimeSpan Elapsed => scheduler.MonotonicClock;

    /// <summary>Time of the run, as far as this process knows it.</summary>
    public TimeSpan Now => Elapsed - TimeSpan.FromTicks(Volatile.Read(ref _beganTicks));

    public IScheduler Scheduler => scheduler;

    /// <summary>The run begins now.</summary>
    public void Begin() => Volatile.Write(ref _beganTicks, Elapsed.Ticks);

    /// <summary>A block opens now. Returns true when the clock follows blocks.</summary>
    public bool NoteBlock(long height)
    {
        if (blockInterval is not { } interval)
        {
            return false;
        }
        Volatile.Write(ref _beganTicks, (Elapsed - Math.Max(0, height - 1) * interval).Ticks);
        return true;
    }
}
