using Akka.Dispatch;
using BitTensor.Emulation;
using CsCheck;
using Xunit;

namespace BitTensor.Actors.Tests;

/// <summary>Timers come in the order of their times: the queue does what a priority queue would do.</summary>
public sealed class TimerQueueSpec
{
    [Fact]
    public void Timers_come_by_time_and_at_one_time_as_they_were_set() =>
        (from delays in Gen.OneOf(Gen.Long[0, 3], Gen.Long[0, 5000], Gen.Long[0, 1L << 40]).Array[1, 60]
         from takes in Gen.Int[0, 3].Array[60]
         select (delays, takes)).Sample(way =>
        {
            var (queue, plain, now, set) = (new TimerQueue(), new PriorityQueue<IRunnable, (long, int)>(), 0L, 0);
            void Take()
            {
                var any = plain.TryDequeue(out var expected, out var due);
                Assert.Equal(any, queue.TryTake(out var timer, out var ticks));
                if (any)
                {
                    Assert.Same(expected, timer);
                    Assert.Equal(due.Item1, ticks);
                    now = ticks;
                }
            }
            foreach (var (delay, takes) in way.delays.Zip(way.takes))
            {
                var timer = new ActionRunnable(static () => { });
                queue.Add(now + delay, timer);
                plain.Enqueue(timer, (now + delay, set++));
                for (var k = 0; k < takes; k++)
                {
                    Take();
                }
            }
            while (plain.Count > 0)
            {
                Take();
            }
            Take();
        });
}
