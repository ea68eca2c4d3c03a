using System.Collections.Immutable;
using BitTensor.Emulation;
using BitTensor.Parcels;
using BitTensor.Plans;
using BitTensor.Plans.Faults;
using BitTensor.Scenarios;
using Xunit;

namespace BitTensor.Actors.Tests;

/// <summary>A timeline is a function of the scenario: what happens when, to whom, and what is over when.</summary>
public sealed class TimelineSpec
{
    [Fact]
    public void Moments_are_blocks_or_durations_and_lengths_too()
    {
        var timeline = Draw(
            """
              - { at: 3 blocks, for: 10 s, do: { action: pause, who: a } }
              - { from: 45 s, until: 6 blocks, do: { action: slow, who: neuron 2, factor: 3 } }
              - { every: 4 blocks, from: 1 block, until: 10 blocks, for: 1 block, do: { action: leave, who: zone south } }
            """);
        Assert.Equal(
            [("leave", 10, 20), ("pause", 30, 40), ("slow", 45, 60), ("leave", 50, 60), ("leave", 90, 100)],
            timeline.Effects.Select(e => (e.What.Action, (int)e.Start.TotalSeconds, (int)e.End.TotalSeconds)));
        Assert.Equal("0 1 2 3 4 5", string.Join(' ', timeline.Effects[1].Neurons));
        Assert.Equal("6 7 8 9", string.Join(' ', timeline.Effects[0].Neurons));
    }

    [Fact]
    public void A_rate_has_its_mean_and_its_draws_belong_to_the_seed()
    {
        const string often = "  - { rate: 2 per block, for: 1 s, do: { action: pause, take: one } }\n";
        var timeline = Draw(often, "duration=1000 blocks");
        Assert.InRange(timeline.Effects.Length, 1900, 2100);
        Assert.Equal(10, timeline.Effects.Select(e => e.Neurons.Single()).Distinct().Count());
        Assert.Equal(
            timeline.Effects.Select(e => (e.Start, e.Neurons[0])),
            Draw(often, "duration=1000 blocks").Effects.Select(e => (e.Start, e.Neurons[0])));
        Assert.NotEqual(timeline.Effects[0].Start, Draw(often, "duration=1000 blocks", "seed=2").Effects[0].Start);
    }

    [Theory]
    [InlineData("any", "all", 10)]
    [InlineData("any", "one", 1)]
    [InlineData("b", "3", 3)]
    [InlineData("b", "9", 4)]
    [InlineData("any", "25%", 2)]
    [InlineData("a", "1%", 1)]
    [InlineData("zone south", "50%", 2)]
    [InlineData("role free-ride", "all", 4)]
    [InlineData("neurons 1, 3-5", "all", 4)]
    public void Whom_it_concerns_is_chosen_among_the_candidates(string who, string take, int count)
    {
        var chosen = Draw(
            $"  - {{ at: 1 block, do: {{ action: pause, who: \"{who}\", take: {take} }} }}\n").Effects.Single().Neurons;
        Assert.Equal(count, chosen.Distinct().Count());
        var candidates = who switch {
            "any" => Enumerable.Range(0, 10), "a" => Enumerable.Range(0, 6), "neurons 1, 3-5" => [1, 3, 4, 5],
            _ => [6, 7, 8, 9]};
        Assert.Subset(candidates.ToHashSet(), chosen.ToHashSet());
    }

    [Fact]
    public void What_ends_others_ends_them_for_those_it_names()
    {
        var timeline = Draw(
            """
              - { at: 1 block, do: { action: crash, who: "neurons 0-3" } }
              - { at: 2 blocks, do: { action: partition, who: a } }
              - { at: 3 blocks, do: { action: restart, who: "neurons 1,2" } }
              - { at: 4 blocks, do: { action: heal } }
            """);
        Assert.Null(timeline.Of(1).At(Seconds(30)).Down);
        Assert.Equal(ParcelOutcome.Crashed, timeline.Of(0).At(Seconds(99)).Down);
        Assert.Equal(ParcelOutcome.Crashed, timeline.Of(1).At(Seconds(29.9)).Down);
        Assert.Equal(1, timeline.OnLinks(Seconds(20)).Length);
        Assert.Equal(0, timeline.OnLinks(Seconds(40)).Length);
        Assert.Equal(Seconds(30), timeline.Of(1).NextAfter(Seconds(10)));
        Assert.Null(timeline.Of(9).NextAfter(TimeSpan.Zero));
        Assert.Equal(
            [(10, true), (10, true), (20, true), (30, false), (40, false)],
            timeline.Edges.Select(t => ((int)t.At.TotalSeconds, t.Begins)));
    }

    [Fact]
    public void Those_who_are_down_are_not_chosen_to_go_down()
    {
        var timeline = Draw(
            "  - { every: 1 block, for: 3 blocks, do: { action: crash, take: 2 } }\n", "duration=60 blocks");
        for (var block = 1; block < 60; block++)
        {
            var down = Enumerable.Range(0, 10).Count(i => timeline.Of(i).At(Seconds(10 * block + 5)).Down is not null);
            Assert.Equal(Math.Min(6, 2 * (block + 1)), down);
        }
    }

    [Theory]
    [InlineData("kind: split, who: a", "0>9 9>0 0>L L>0", "0>1 9>8 9>L L>9")]
    [InlineData("kind: split, who: a, ledger: reachable", "0>9 9>0", "0>1 0>L L>0 9>L")]
    [InlineData("kind: one-way, who: a", "0>9 0>L", "9>0 L>0 0>1 9>8")]
    [InlineData("kind: isolate, who: \"neurons 0-1\"", "0>1 1>0 0>9 9>1 1>L", "9>8 9>L 5>9")]
    public void A_partition_cuts_what_crosses_it(string partition, string cut, string whole)
    {
        var rules = Rules($"  - {{ from: 1 block, until: 2 blocks, do: {{ action: partition, {partition} }} }}\n");
        bool Cut(string way, double second)
        {
            var ends = Array.ConvertAll(way.Split('>'), e => e == "L" ? Addresses.Ledger : int.Parse(e));
            return rules.Between(ends[0], ends[1], ParcelKind.Forward, Seconds(second)).Any(r => r is CutRule);
        }
        Assert.All(cut.Split(' '), way => Assert.True(Cut(way, 10) && Cut(way, 19.9), way));
        Assert.All(cut.Split(' '), way => Assert.False(Cut(way, 9.9) || Cut(way, 20), way));
        Assert.All(whole.Split(' '), way => Assert.False(Cut(way, 15), way));
    }

    [Fact]
    public void Uniform_groups_are_of_equal_size()
    {
        var sides =
            Draw("  - { at: 1 block, do: { action: partition, kind: groups, groups: 3 } }\n").Effects.Single().SideOf;
        Assert.Equal([3, 3, 4], sides.GroupBy(s => s).Select(g => g.Count()).Order());
    }

    [Fact]
    public void Rules_of_the_timeline_stand_after_those_of_the_network_and_a_clog_before_both()
    {
        var rules = Rules(
            """
              - { from: 1 block, until: 4 blocks, do: { action: links, from: a, loss: 50% } }
              - { from: 2 blocks, until: 3 blocks, do: { action: clog, who: neuron 0, side: from } }
            """);
        string Of(int from, int to, double second) =>
            string.Join(
                ' ', rules.Between(from, to, ParcelKind.Forward, Seconds(second)).Select(r => r.GetType().Name));
        Assert.Equal(
            [
                "LatencyRule", "LatencyRule LossRule", "ClogRule LatencyRule LossRule", "LatencyRule LossRule",
                "LatencyRule",
            ],
            [Of(0, 9, 5), Of(0, 9, 10), Of(0, 9, 25), Of(0, 9, 30), Of(0, 9, 40)]);
        Assert.Equal(("LatencyRule", "LatencyRule LossRule"), (Of(9, 0, 25), Of(1, 9, 25)));
        Assert.Same(
            rules.Between(0, 9, ParcelKind.Forward, Seconds(25)), rules.Between(0, 8, ParcelKind.Forward, Seconds(26)));
    }

    static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    static LinkRules Rules(string timeline)
    {
        var (scenario, plans) = Read(timeline);
        return new LinkRules(scenario.Network, plans, TimelineDraw.Of(scenario, plans));
    }

    static Timeline Draw(string timeline, params string[] overrides)
    {
        var (scenario, plans) = Read(timeline, overrides);
        return TimelineDraw.Of(scenario, plans);
    }

    static (Scenario Scenario, ImmutableArray<NeuronPlan> Plans) Read(string timeline, params string[] overrides)
    {
        var scenario = Stage.Read(
            "version: 1\nname: x\nseed: 1\nduration: 20 blocks\nnetwork: { default: { latency: 1 ms } }\npopulations:\n"
            + "  - { name: a, count: 6, zone: north }\n  - { name: b, count: 4, zone: south, strategy: free-ride }\ntimeline:\n" + timeline, overrides);
        return (scenario, Roster.Draw(scenario));
    }
}
