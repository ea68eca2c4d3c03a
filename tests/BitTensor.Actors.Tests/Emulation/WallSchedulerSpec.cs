using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using BitTensor.Emulation;
using Xunit;

namespace BitTensor.Actors.Tests.Emulation;

/// <summary>Timers in wall time: their order, never how long they take.</summary>
public sealed class WallSchedulerSpec : IDisposable
{
    readonly WallScheduler _scheduler = new(Config.Empty, NoLogger.Instance);

    IActionScheduler Actions => _scheduler;

    public void Dispose() => _scheduler.Dispose();

    [Fact]
    public async Task Timers_fire_by_time_and_at_one_time_as_they_were_set()
    {
        var fired = new List<string>();
        var last = new TaskCompletionSource();

        // The first sleeps for an hour: who comes later and is due sooner wakes the thread.
        Actions.ScheduleOnce(TimeSpan.FromHours(1), () => fired.Add("hour"));
        Actions.ScheduleOnce(TimeSpan.FromMilliseconds(60), last.SetResult);
        Actions.ScheduleOnce(TimeSpan.Zero, () =>
        {
            fired.Add("now");
            Actions.ScheduleOnce(TimeSpan.FromMilliseconds(2), () => fired.Add("later"));
            Actions.ScheduleOnce(TimeSpan.FromMilliseconds(1), () => fired.Add("sooner"));
        });
        await last.Task;

        Assert.Equal(["now", "sooner", "later"], fired);
    }

    [Fact]
    public async Task No_timer_fires_before_it_is_due()
    {
        foreach (var delay in new[] { 0.3, 1, 1.7, 5 }.Select(TimeSpan.FromMilliseconds))
        {
            var at = new TaskCompletionSource<TimeSpan>();
            var due = _scheduler.MonotonicClock + delay;
            Actions.ScheduleOnce(delay, () => at.SetResult(_scheduler.MonotonicClock));
            Assert.True(await at.Task >= due);
        }
    }

    [Fact]
    public async Task What_repeats_ends_when_it_is_cancelled_and_a_failure_ends_nothing()
    {
        using var cancelled = new Cancelable(Actions);
        var third = new TaskCompletionSource<int>();
        var times = 0;
        Actions.ScheduleOnce(TimeSpan.Zero, () => throw new InvalidOperationException("one timer's failure"));
        Actions.ScheduleRepeatedly(
            TimeSpan.Zero,
            TimeSpan.FromMilliseconds(1),
            () =>
            {
                if (++times == 3)
                {
                    cancelled.Cancel();
                    Actions.ScheduleOnce(TimeSpan.FromMilliseconds(20), () => third.SetResult(times));
                }
            },
            cancelled);

        Assert.Equal(3, await third.Task);
    }

    [Fact]
    public void Nothing_fires_after_the_end()
    {
        var fired = false;
        Actions.ScheduleOnce(TimeSpan.FromMilliseconds(1), () => fired = false);
        _scheduler.Dispose();
        fired = true;
        Actions.ScheduleOnce(TimeSpan.Zero, () => fired = false);

        // Dispose waits for the thread: what has not fired by now never will.
        Assert.True(fired);
    }
}
