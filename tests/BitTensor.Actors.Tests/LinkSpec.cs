using BitTensor.Actors;
using BitTensor.Emulation;
using BitTensor.Mechanism;
using BitTensor.Scenarios;
using Xunit;

namespace BitTensor.Actors.Tests;

/// <summary>What links do to parcels: per population pair and direction, with the distributions the scenario names.</summary>
public sealed class LinkSpec
{
    const int Many = 20_000;

    [Theory]
    [InlineData("40 ms", 40, 0)]
    [InlineData("{ distribution: constant, value: 40 ms, jitter: 10 ms }", 45, 2.887)]
    [InlineData("{ distribution: uniform, low: 10 ms, high: 30 ms }", 20, 5.774)]
    [InlineData("{ distribution: normal, mean: 50 ms, deviation: 5 ms }", 50, 5)]
    [InlineData("{ distribution: lognormal, median: 20 ms, sigma: 0.5 }", 22.66, 12.08)]
    [InlineData("{ distribution: exponential, mean: 30 ms }", 30, 30)]
    public void Latency_has_the_mean_and_spread_of_its_distribution(string latency, double mean, double deviation)
    {
        var rules = Rules($"default: {{ latency: {latency} }}").Between(0, 1);
        var ms = Enumerable.Range(0, Many).Select(k => Judge(rules, k).After.TotalMilliseconds).ToArray();
        var average = ms.Average();
        Assert.InRange(average, mean * 0.97, mean * 1.03);
        Assert.InRange(Math.Sqrt(ms.Average(v => (v - average) * (v - average))), deviation * 0.96, deviation * 1.04);
    }

    [Fact]
    public void No_latency_is_below_its_minimum()
    {
        var rules = Rules("default: { latency: { distribution: normal, mean: 5 ms, deviation: 10 ms, minimum: 2 ms } }").Between(0, 1);
        Assert.Equal(2, Enumerable.Range(0, Many).Min(k => Judge(rules, k).After.TotalMilliseconds));
    }

    [Fact]
    public void Loss_loses_the_share_it_names_and_says_so()
    {
        var rules = Rules("default: { loss: 20% }").Between(0, 1);
        var lost = Enumerable.Range(0, Many).Select(k => Judge(rules, k)).Where(v => v.Dropped is not null).ToArray();
        Assert.InRange((double)lost.Length / Many, 0.19, 0.21);
        Assert.All(lost, v => Assert.Equal("loss", v.Dropped));
    }

    [Fact]
    public void Bandwidth_sends_parcels_one_after_another()
    {
        var rule = Rules("default: { bandwidth: 10 kB/s }").Between(0, 1).Single().Fresh();
        var dice = new RandomStream(1, "test");
        TimeSpan At(int ms, long bytes) => rule.Judge(new Parcel(0, 1, ParcelKind.Forward, bytes, 0), TimeSpan.FromMilliseconds(ms), TimeSpan.Zero, dice).After;
        Assert.Equal(TimeSpan.FromMilliseconds(100), At(0, 1000));
        Assert.Equal(TimeSpan.FromMilliseconds(200), At(0, 1000));
        Assert.Equal(TimeSpan.FromMilliseconds(250), At(50, 1000));
        Assert.Equal(TimeSpan.FromMilliseconds(10), At(1000, 100));
    }

    [Fact]
    public void The_last_entry_that_matches_a_direction_replaces_the_default()
    {
        var rules = Rules(
            """
            default: { latency: 1 ms }
              links:
                - { from: a, latency: 2 ms }
                - { from: a, to: b, latency: 3 ms }
                - { to: a, latency: 4 ms }
            """);
        double Ms(int from, int to) => Judge(rules.Between(from, to), 0).After.TotalMilliseconds;
        // Neurons 0 and 1 are a, 2 is b; -1 is the ledger.
        Assert.Equal([4, 3, 4, 1, 2, 4], [Ms(0, 1), Ms(0, 2), Ms(2, 0), Ms(2, -1), Ms(0, -1), Ms(-1, 0)]);
    }

    static LinkRules Rules(string network)
    {
        var scenario = Stage.Read(
            $"version: 1\nname: x\nseed: 1\nduration: 1 blocks\npopulations:\n  - {{ name: a, count: 2 }}\n  - {{ name: b, count: 1 }}\nnetwork:\n  {network}\n");
        return new LinkRules(scenario.Network, Roster.Draw(scenario));
    }

    static Verdict Judge(IReadOnlyList<LinkRule> rules, int sequence)
    {
        var (dice, after) = (new RandomStream(7, "link", sequence), TimeSpan.Zero);
        foreach (var rule in rules)
        {
            var verdict = rule.Judge(new Parcel(0, 1, ParcelKind.Forward, 100, sequence), TimeSpan.Zero, after, dice);
            if (verdict.Dropped is not null)
            {
                return verdict;
            }
            after += verdict.After;
        }
        return Verdict.Deliver(after);
    }
}
