using BitTensor.Emulation;
using BitTensor.Parcels;
using CsCheck;
using Xunit;

namespace BitTensor.Actors.Tests;

/// <summary>Counters of message kinds and outcomes do what dictionaries would do.</summary>
public sealed class TrafficCounterSpec
{
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
