using Akka.Dispatch;
using BitTensor.Actors.Neurons;
using BitTensor.Actors.View;
using BitTensor.Emulation;
using BitTensor.Mechanism;
using BitTensor.Parcels;
using BitTensor.Protocol;
using CsCheck;
using Xunit;

namespace BitTensor.Actors.Tests;

/// <summary>What a large network is made of does what the plain thing in its place would do.</summary>
public sealed class CompactSpec
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

    [Fact]
    public void A_table_by_address_is_a_dictionary() =>
        Gen.OneOf(Gen.Int, Gen.Int[-3, 40]).Array[0, 300].Sample(addresses =>
        {
            var (table, plain) = (new ByAddress<int>(), new Dictionary<int, int>());
            for (var k = 0; k < addresses.Length; k++)
            {
                ref var value = ref table.Of(addresses[k], out var known);
                Assert.Equal(plain.TryGetValue(addresses[k], out var before), known);
                Assert.Equal(before, value);
                value = plain[addresses[k]] = k;
            }
            table.Clear();
            Assert.All(addresses.Distinct(), address =>
            {
                Assert.Equal(0, table.Of(address, out var known));
                Assert.False(known);
            });
        });

    [Fact]
    public void A_short_queue_is_a_queue() =>
        Gen.Int[-1, 9].Array[0, 60].Sample(steps =>
        {
            var (queue, plain) = (new ShortQueue<int>(), new Queue<int>());
            foreach (var step in steps)
            {
                if (step >= 4)
                {
                    queue.Enqueue(step);
                    plain.Enqueue(step);
                }
                else
                {
                    Assert.Equal(plain.TryDequeue(out var first), queue.TryDequeue(out var item));
                    Assert.Equal(first, item);
                }
                Assert.Equal(plain.TryPeek(out var next) ? next : null, queue.First);
            }
        });

    [Fact]
    public void Open_queries_are_a_list_with_the_oldest_first() =>
        (from capacity in Gen.Int[1, 20]
         from steps in Gen.Select(Gen.Bool, Gen.Int[0, 2], Gen.Long[0, 9], Gen.Int[0, 900]).Array[0, 200]
         select (capacity, steps)).Sample(way =>
        {
            var remember = TimeSpan.FromMilliseconds(3000);
            var (open, plain, now) =
                (
                    new OpenQueries(way.capacity, remember), new List<(QueryId Query, OpenQuery Answered)>(),
                    TimeSpan.Zero);
            foreach (var (adds, caller, number, ms) in way.steps)
            {
                now += TimeSpan.FromMilliseconds(ms);
                var query = new QueryId(caller, number);
                if (adds)
                {
                    plain.RemoveAll(o => o.Query == query || o.Answered.AnsweredAt < now - remember);
                    plain.RemoveRange(0, Math.Max(0, plain.Count - (way.capacity - 1)));
                    plain.Add((query, new OpenQuery(new Tensor(1, 1, [ms]), 1, now)));
                    open.Add(query, plain[^1].Answered);
                }
                else
                {
                    plain.RemoveAll(o => o.Answered.AnsweredAt < now - remember);
                    var expected = plain.Find(o => o.Query == query);
                    Assert.Equal(plain.Remove(expected) ? expected.Answered : null, open.Take(query, now));
                }
                Assert.InRange(open.Count, plain.Count, way.capacity);
            }
        });

    [Fact]
    public void A_mask_is_that_of_the_block_that_is_open() =>
        (from callers in Gen.Int[0, 40].Array[0, 12]
         from steps in Gen.Select(Gen.Int[0, 9], Gen.Int[0, 45]).Array[1, 60]
         select (Callers: callers.Distinct().Order().ToArray(), steps)).Sample(way =>
        {
            LedgerView Seen(int height) => new(
                new LedgerMessage.BlockOpened(
                    height, 50, 1, 1, WeightRow.Of([0], [1]), [0.01], [.. way.Callers],
                    [.. way.Callers.Select(c => 0.001 * (c + height))], 0.01 * height, false),
                new MechanismParameters());
            var (callers, view) = (new Callers(), Seen(0));
            for (var k = 0; k < way.steps.Length; k++)
            {
                var (what, caller) = way.steps[k];
                if (what == 0)
                {
                    view = Seen(k);
                }
                if (what == 1)
                {
                    callers.Clear();
                }
                Assert.Equal(view.MaskFor(caller), callers.MaskOf(caller, view));
                callers.NoteAsked(new QueryId(caller, k));
            }
        });

    [Fact]
    public void Counters_that_share_their_names_count_each_for_itself() =>
        Gen.Select(Gen.Int[0, 2], Gen.Int[0, 5], Gen.Int[0, 9], Gen.Long[0, 3]).Array[0, 200].Sample(steps =>
        {
            // Names are not always the same objects.
            static string Name(string stem, int number) => $"{stem}-{number}";
            var counters = Enumerable.Range(0, 3)
                .Select(_ => (Real: new TrafficCounter(), Plain: new Dictionary<(string, string), long>())).ToArray();
            foreach (var (which, kind, outcome, count) in steps)
            {
                var (real, plain) = counters[which];
                if (kind == 5)
                {
                    Take(real, plain);
                    continue;
                }
                real.Count(CountName.Of(Name("kind", kind), Name("outcome", outcome)), count);
                var key = (Name("kind", kind), Name("outcome", outcome));
                plain[key] = plain.GetValueOrDefault(key) + count;
            }
            Assert.All(counters, c => Take(c.Real, c.Plain));

            static void Take(TrafficCounter real, Dictionary<(string, string), long> plain)
            {
                var expected = plain.OrderBy(p => p.Key.Item1, StringComparer.Ordinal)
                    .ThenBy(p => p.Key.Item2, StringComparer.Ordinal);
                Assert.Equal(expected.Select(p => new MessageCount(p.Key.Item1, p.Key.Item2, p.Value)), real.Take());
                plain.Clear();
            }
        });
}
