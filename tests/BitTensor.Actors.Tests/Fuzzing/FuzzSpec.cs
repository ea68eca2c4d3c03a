using BitTensor.Actors.Context;
using BitTensor.Actors.Run;
using BitTensor.Plans;
using BitTensor.Cli.Study;
using BitTensor.Fuzzing;
using BitTensor.Records;
using BitTensor.Scenarios;
using BitTensor.Tests;
using Xunit;
using Xunit.Abstractions;

namespace BitTensor.Actors.Tests;

/// <summary>
/// The fuzzer: what it draws, that it finds what is wrong on purpose, and that it finds nothing else.
/// </summary>
public sealed class FuzzSpec(ITestOutputHelper output) : IDisposable
{
    readonly Shell _shell = new();

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void Every_seed_draws_a_scenario_that_the_reader_accepts_and_draws_it_again()
    {
        var texts = new HashSet<string>();
        var seeds = LongStories.Wanted ? 300 : 60;
        for (var seed = 0UL; seed < (ulong)seeds; seed++)
        {
            var text = ScenarioWriter.Write(ScenarioDraw.Of(seed).Scenario);
            var read = ScenarioFile.Parse(text, "drawn.yaml", []);
            Assert.True(read.Errors.IsEmpty, $"seed {seed}: {string.Join('\n', read.Errors)}\n{text}");
            Assert.Equal(text, ScenarioWriter.Write(read.Value!));
            Assert.Equal(text, ScenarioWriter.Write(ScenarioDraw.Of(seed).Scenario));
            texts.Add(text);
        }
        Assert.Equal(seeds, texts.Count);
    }

    /// <summary>
    /// Ends of ranges that no drawn scenario can have, or hardly one. The size of a run: a campaign has a thousand.
    /// What another number of the scenario bounds: its neurons, its blocks, its classes, the other bound of a latency.
    /// </summary>
    static readonly string[] Undrawable =
    [
        "duration=1000000 blocks", "duration=100000000 s", "populations.count=1000000", "data.examples=1",
        "data.examples=10000000", "data.features=100000", "data.labels-per-neuron=1000", "strategy.queries=100000",
        "mechanism.reveal-after=1000000 blocks", "populations.model.hidden=65536",
        "populations.model.representation=4096", "populations.model.representation=1",
        "populations.training.iteration-interval=100 us", "timeline.at=1000000 blocks", "timeline.at=100000000 s",
        "timeline.from=1000000 blocks", "timeline.from=100000000 s", "link.groups=1000", "topology.degree=1000000",
        "topology.reach=500000", "coalition.tactics.at=1000000 blocks", "duration=100 us", "link.latency.high=0 s",
        "link.latency.high=1 us", "link.latency.low=100000000 s", "data.labels-per-neuron=1",
    ];

    /// <summary>
    /// Every number that a drawn scenario states is at each end of its range in some of 3,000 seeds, and four of five
    /// are in some of 450.
    /// </summary>
    [Fact]
    public void Every_range_is_drawn_at_its_ends()
    {
        static string Declared(string key, string value) => key
            .Replace("network.default", "link", StringComparison.Ordinal)
            .Replace("network.links", "link", StringComparison.Ordinal)
            .Replace("timeline.do", "link", StringComparison.Ordinal)
            .Replace("coalition.tactics.strategy", "strategy", StringComparison.Ordinal)
            .Replace("populations.strategy", "strategy", StringComparison.Ordinal) + $"={value}";
        var drawn = Enumerable.Range(0, LongStories.Wanted ? 3000 : 450).AsParallel()
            .SelectMany(seed => ScenarioDraw.Of((ulong)seed).Corners).Select(c => Declared(c.Key, c.Value)).ToHashSet();
        var stated = Enumerable.Range(0, LongStories.Wanted ? 300 : 100).AsParallel()
            .SelectMany(seed => ScenarioCorners.Of(ScenarioWriter.Write(ScenarioDraw.Of((ulong)seed).Scenario)))
            .SelectMany(n => n.Ends.Select(e => Declared(n.Key, e))).ToHashSet();
        var missing = stated.Except(drawn).Except(Undrawable).Order().ToArray();
        output.WriteLine($"{drawn.Count} of {stated.Count}");
        Assert.True(missing.Length <= (LongStories.Wanted ? 0 : stated.Count / 5), string.Join('\n', missing));
    }

    [Theory]
    [InlineData(nameof(Mistake.LedgerLosesSubmissions))]
    [InlineData(nameof(Mistake.BackwardIsDoubled))]
    public void A_mistake_made_on_purpose_is_found_within_200_seeds_and_made_small(string mistake)
    {
        var judge = new FuzzJudge((scenario, options, interrupt) =>
            Mistakes.Execute(Enum.Parse<Mistake>(mistake), scenario, options, interrupt));
        var (seed, finding) = Enumerable.Range(0, 200)
            .Select(s => (Seed: (ulong)s, Finding: judge.Judge(ScenarioDraw.Of((ulong)s).Scenario, false, default)))
            .First(f => f.Finding is not null);
        Assert.Equal(nameof(Invariant.Accounting), finding!.What);

        var shrunk = Shrinker.Shrink(
            ScenarioDraw.Of(seed).Scenario, s => judge.Judge(s, false, default)?.What == finding.What, 60);
        output.WriteLine($"{mistake}: seed {seed}, small after {shrunk.Runs} runs\n{shrunk.Text}");
        var small = ScenarioFile.Parse(shrunk.Text, "small.yaml", []).Value!;
        Assert.Equal(finding.What, judge.Judge(small, false, default)?.What);
        Assert.True(
            shrunk.Text.Split('\n').Length < ScenarioWriter.Write(ScenarioDraw.Of(seed).Scenario)
                .Split('\n').Length / 2,
            shrunk.Text);
        // The file is not what is wrong: without the mistake it runs through.
        Assert.Null(new FuzzJudge(EmulationRun.Execute).Judge(small, true, default));
    }

    [Fact]
    public void A_property_that_fails_is_a_finding()
    {
        FuzzFinding? Finding(string property) => new FuzzJudge(EmulationRun.Execute).Judge(
            Stage.Read(Stage.Small, $"expect=[{{ property: {property}, holds: always }}]"), false, default);
        Assert.Null(Finding("gini >= 0 and share with stake > 0 >= 1"));
        var finding = Finding("sum stake-share < 0.5");
        Assert.Equal("Property sum stake-share < 0.5", finding!.What);
        Assert.Contains(
            "broken at block 0: 1 against 0.5; neuron 0 (", finding.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mean loss of honest < 1", "names a population")]
    [InlineData("loss of neuron 3 < 1", "names a population or a neuron")]
    [InlineData("gini < ginni", "--property:1:8: error BTA024")]
    [InlineData("gini at block 51 < 1", "--property:1:15: error BTA021")]
    public void A_property_of_every_random_scenario_fits_all_of_them(string property, string complaint) =>
        Shell.Bta("fuzz", "--seeds", "1", "--property", property, "--out", _shell.Path("none"))
            .Complains(65, complaint);

    [Fact]
    public void What_is_not_needed_is_taken_out()
    {
        var scenario = Stage.Read(Stage.Small, "populations.honest.serving.cost=7 ms", "network.default.reorder=10%");
        var shrunk = Shrinker.Shrink(
            scenario, s => s.Network.Default.Reorder > 0 && s.Populations.Sum(p => p.Count) > 2, 1000);
        Assert.Contains("reorder: 0.1", shrunk.Text, StringComparison.Ordinal);
        Assert.Contains("count: 3", shrunk.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("cost", shrunk.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("free-ride", shrunk.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("loss", shrunk.Text, StringComparison.Ordinal);
    }

    /// <summary>Two skews of a clock at once once made it stand still; files as the fuzzer wrote them.</summary>
    [Fact]
    public void Clocks_that_are_slowed_again_and_again_go_on()
    {
        const string Slowed = """
            version: 1
            name: slowed
            seed: 819
            duration: 40 blocks
            populations: [ { name: a, count: 2, model: { kind: quadratic } } ]
            timeline:
              - { every: 11 s, do: { action: skew, drift: -0.5 } }
              - { every: 7 s, do: { action: slow, factor: 50 } }
            audit: { every: never }
            """;
        Assert.Null(new FuzzJudge(EmulationRun.Execute).Judge(Stage.Read(Slowed), true, default));
    }

    /// <summary>
    /// Waits that add up to more than a time can say, and holds that outlast the run; it ends all the same.
    /// </summary>
    [Theory]
    [InlineData("{ from: 130 s, until: 100000000 s, do: { action: pause } }", "10 s", "2 s")]
    [InlineData("{ from: 130 s, until: 100000000 s, do: { action: clog } }", "10 s", "2 s")]
    [InlineData("{ at: 0 s, do: { action: slow, factor: 1000000 } }", "100000000 s", "100000000 s")]
    [InlineData("{ at: 0 s, do: { action: skew, drift: -0.9 } }", "100000000 s", "100000000 s")]
    [InlineData("{ at: 0 s, do: { action: links, latency: 100000000 s, reorder: 1, reorder-delay: 100000000 s } }",
        "100000000 s", "100000000 s")]
    public void The_longest_times_end(string entry, string block, string iteration)
    {
        var longest = $$"""
            version: 1
            name: longest
            seed: 1
            duration: 30 blocks
            mechanism: { block-interval: {{block}} }
            populations:
              - name: a
                count: 3
                model: { kind: quadratic }
                training: { iteration-interval: {{iteration}}, step-cost: 100000000 s }
                serving: { cost: 100000000 s }
              - name: b
                count: 2
                model: { kind: quadratic }
                training: { iteration-interval: {{iteration}} }
                strategy: { name: churn, away: 1000000 blocks }
            timeline: [ {{entry}} ]
            audit: { every: never }
            """;
        Assert.Null(new FuzzJudge(EmulationRun.Execute).Judge(Stage.Read(longest), true, default));
    }

    [Fact]
    public void A_run_is_at_most_three_hundred_years_long()
    {
        const string Long = "version: 1\nname: long\nseed: 1\nduration: 101 blocks\n"
            + "mechanism: { block-interval: 100000000 s }\npopulations: [{ name: a, count: 2 }]\n";
        var error = Assert.Single(ScenarioFile.Parse(Long, "long.yaml", []).Errors);
        Assert.Equal((4, 11, ErrorCodes.Contradiction), (error.Line, error.Column, error.Code));
        Assert.Empty(ScenarioFile.Parse(Long, "long.yaml", [new ScenarioOverride("duration=100 blocks")]).Errors);
    }

    [Fact]
    public void Forty_seeds_break_nothing_and_a_campaign_goes_on_where_it_was()
    {
        var said = Shell.Bta("fuzz", "--seeds", "24", "--out", _shell.Path("campaign")).Ends(0);
        output.WriteLine(said.Out);
        said = Shell.Bta("fuzz", "--seeds", "40", "--out", _shell.Path("campaign"), "--resume").Ends(0);
        output.WriteLine(said.Out);
        Assert.Contains("trial 24/40", said.Error, StringComparison.Ordinal);
        Assert.Contains("seeds    40 of 40 from 0", said.Out, StringComparison.Ordinal);
        Assert.Contains("no invariant broken", said.Out, StringComparison.Ordinal);
        Shell.Bta("fuzz", "--first-seed", "7", "--out", _shell.Path("campaign"), "--resume").Complains(64, "another");
        Shell.Bta("fuzz", "--time", "soon").Complains(64, "--time wants");
        Shell.Bta("fuzz", "--seeds", "0").Ends(64);
    }
}
