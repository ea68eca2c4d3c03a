using BitTensor.Actors.Context;
using BitTensor.Actors.Run;
using BitTensor.Plans;
using BitTensor.Cli.Study;
using BitTensor.Fuzzing;
using BitTensor.Records;
using BitTensor.Scenarios;
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
        for (ulong seed = 0; seed < 300; seed++)
        {
            var text = ScenarioWriter.Write(ScenarioDraw.Of(seed));
            var read = ScenarioFile.Parse(text, "drawn.yaml", []);
            Assert.True(read.Errors.IsEmpty, $"seed {seed}: {string.Join('\n', read.Errors)}\n{text}");
            Assert.Equal(text, ScenarioWriter.Write(read.Value!));
            Assert.Equal(text, ScenarioWriter.Write(ScenarioDraw.Of(seed)));
            Assert.InRange(read.Value!.Populations.Sum(p => p.Count), 16, 64);
            Assert.InRange(read.Value!.Blocks, 50, 100);
            texts.Add(text);
        }
        Assert.Equal(300, texts.Count);
    }

    [Theory]
    [InlineData(nameof(Mistake.LedgerLosesSubmissions))]
    [InlineData(nameof(Mistake.BackwardIsDoubled))]
    public void A_mistake_made_on_purpose_is_found_within_200_seeds_and_made_small(string mistake)
    {
        var judge = new FuzzJudge((scenario, options, interrupt) =>
            Mistakes.Execute(Enum.Parse<Mistake>(mistake), scenario, options, interrupt));
        var (seed, finding) = Enumerable.Range(0, 200)
            .Select(s => (Seed: (ulong)s, Finding: judge.Judge(ScenarioDraw.Of((ulong)s), false, default)))
            .First(f => f.Finding is not null);
        Assert.Equal(nameof(Invariant.Accounting), finding!.What);

        var shrunk = Shrinker.Shrink(
            ScenarioDraw.Of(seed), s => judge.Judge(s, false, default)?.What == finding.What, 60);
        output.WriteLine($"{mistake}: seed {seed}, small after {shrunk.Runs} runs\n{shrunk.Text}");
        var small = ScenarioFile.Parse(shrunk.Text, "small.yaml", []).Value!;
        Assert.Equal(finding.What, judge.Judge(small, false, default)?.What);
        Assert.True(
            shrunk.Text.Split('\n').Length < ScenarioWriter.Write(ScenarioDraw.Of(seed)).Split('\n').Length / 2,
            shrunk.Text);
        // The file is not what is wrong: without the mistake it runs through.
        Assert.Null(new FuzzJudge(EmulationRun.Execute).Judge(small, true, default));
    }

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
