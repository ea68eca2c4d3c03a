using BitTensor.Actors.Neurons;
using BitTensor.Protocol;
using CsCheck;
using Xunit;

namespace BitTensor.Actors.Tests;

/// <summary>Open queries do what a list would do, the oldest first.</summary>
public sealed class OpenQueriesSpec
{
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
}
