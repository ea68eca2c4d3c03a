using BitTensor.Actors.Models;
using BitTensor.Actors.Run;
using BitTensor.Actors.Strategies;
using BitTensor.Emulation;
using BitTensor.Learning;
using BitTensor.Mechanism;
using BitTensor.Parcels;
using BitTensor.Protocol;
using BitTensor.Reports;
using BitTensor.Scenarios;
using BitTensor.TestKit;
using Xunit;
using Xunit.Abstractions;

namespace BitTensor.Actors.Tests;

/// <summary>
/// The test kit: steps change nothing, what a test makes happen is a scenario, and failures say where they are.
/// </summary>
public sealed class TestKitSpec(ITestOutputHelper output) : EmulationSpec(output)
{
    /// <summary>Six quadratic neurons, three blocks in a moment.</summary>
    const string Six =
        """
        version: 1
        name: six
        seed: 4
        duration: 20 blocks
        mechanism: { block-interval: 10 s, temperature: 0.1 }
        populations:
          - { name: steady, count: 4, model: { kind: quadratic }, training: { iteration-interval: 2 s, reply-timeout: 800 ms } }
          - { name: other, count: 2, model: { kind: quadratic }, training: { iteration-interval: 2 s, reply-timeout: 800 ms } }
        network: { default: { latency: { distribution: exponential, mean: 40 ms }, loss: 5% } }
        audit: { every: 5 blocks }
        expect:
          - { property: delivered > 0.8, holds: always }
          - { property: mean answered of other > 0.5, holds: from block 2 }
          - { property: sum rank-share of other > 0.1, holds: always }
        """;

    [Fact]
    public void The_example_of_the_document_is_the_one_that_is_tested()
    {
        string Read(string name) =>
            File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", name)).ReplaceLineEndings("\n");
        Assert.Contains($"```csharp\n{Read("FlappingStory.cs")}```", Read("TESTKIT.md"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_in_steps_is_the_same_bytes_as_one_in_one_go_and_its_verdict_that_of_the_report()
    {
        using var folder = new TemporaryFolder();
        var whole = Stage.Run(Six, new RunOptions { Folder = folder.Path });
        var report = PropertyJudge.Judge(Stage.Read(Six).Expect, RunMetrics.Build(RunData.Load(folder.Path)));

        await using var run = await RunText(Six);
        var (heights, messages) = (new List<long>(), 0);
        for (var height = 0; height < 20; height += 3)
        {
            await run.UntilBlock(height);
            heights.Add(run.Ledger.Height);
            await run.UntilMessage(_ => ++messages % 40 == 0);
        }
        var verdict = await run.Finish();
        Assert.Equal([0, 3, 6, 9, 12, 15, 18], heights);
        Assert.Equal((whole.JournalHash, whole.Blocks), (verdict.JournalHash, verdict.Blocks));
        Assert.Equal(report.AsEnumerable(), verdict.Properties);
    }

    [Fact]
    public async Task What_a_test_makes_happen_is_a_scenario_that_comes_to_the_same_bytes_by_itself()
    {
        await using var run = await RunText(Six);
        await run.UntilBlock(2);
        run.Partition("other", PartitionKind.Isolate);
        run.SetLinks("from: steady, loss: 20%", blocks: 4.5);
        await run.UntilBlock(5);
        run.Heal();
        run.Crash("neurons 0,5", losesState: true, blocks: 2);
        await run.UntilMessage(m => m is { Outcome: "arrived", To: -1 });
        run.Pause("neuron 1", blocks: 1.25);
        await run.UntilBlock(9);
        run.Do("{ action: ledger-outage }", blocks: 1.5);
        var verdict = await run.Finish();

        Assert.Equal(6, run.Scenario.Timeline.Length);
        var alone = Stage.Run(ScenarioWriter.Write(run.Scenario));
        Assert.Equal(verdict.JournalHash, alone.JournalHash);
        Assert.NotEqual(Stage.Run(Six).JournalHash, alone.JournalHash);
        Assert.True(run.Messages("forward", "dropped/partition") > 0);
        Assert.True(run.Messages("forward", "dead/") > 0);
    }

    [Fact]
    public async Task Everything_about_a_run_can_be_read_while_it_stands_still()
    {
        await using var run = await RunText(Six);
        Assert.Equal(-1, run.Block);
        await run.UntilBlock(7);
        var (steady, other) = (run.Population("steady"), run.Population("other"));
        Assert.Equal([4, 5], other.Neurons.AsEnumerable());
        Assert.Equal(1, steady.StakeShare + other.StakeShare, 12);
        Assert.Equal(1, steady.RankShare + other.RankShare, 12);
        Assert.True(other.Min("loss") <= other.MeanLoss && other.MeanLoss <= other.Max("loss"));
        Assert.Equal(run.Ledger.Stake[4] + run.Ledger.Stake[5], other.Sum("stake")!.Value, 12);
        Assert.Equal(run.Ledger.Weights[5], run.Neuron(5).Row);
        Assert.Equal((7, 70.0), (run.Ledger.Height, run.Now.TotalSeconds));
        Assert.InRange(run.Network("delivered")!.Value, 0.9, 1);
        var (sent, ended) =
            (
                run.Messages("forward", "sent"),
                run.Messages("forward", "delivered/") + run.Messages("forward", "dropped/"));
        Assert.InRange(ended, sent - 30, sent);
        Assert.Throws<ArgumentException>(() => other.Mean("delivered"));
        Assert.Throws<ArgumentException>(() => run.Population("nobody"));
    }

    [Fact]
    public async Task A_probe_hears_what_arrives_at_a_neuron()
    {
        await using var run = await RunText(Six);
        await run.UntilBlock(1);
        var (neuron, ledger) = (run.Probe(3), run.Probe(-1));
        await run.UntilBlock(2);
        var query = await neuron.FishForMessageAsync(m => m is QueryMessage.Forward);
        Assert.NotEqual(3, ((QueryMessage.Forward)query).Query.Caller);
        Assert.Equal(2, (await ledger.ExpectMsgAsync<LedgerMessage.SubmitWeights>()).Block);
    }

    [Fact]
    public async Task A_test_brings_its_own_model_rule_strategy_and_property()
    {
        await using var run = await RunText(
            Six, seed: 9,
            setup =>
                setup.Model("other", _ => new Deaf()).LinkRule(new NoGradients())
                    .Always("ranks are never negative", r => r.Population("other").Min("rank") >= 0),
            "audit.every=never");
        await run.UntilBlock(3);
        Assert.Equal(0.25, run.Population("other").MeanLoss);
        Assert.Equal(run.Messages("backward", "sent"), run.Messages("backward", "dropped/no-gradients"));

        await using var idle = await RunText(Six, setup: setup => setup.Strategy("other", _ => new Idle()));
        await idle.UntilBlock(5);
        Assert.All(idle.Population("other").Neurons, i => Assert.Equal(0, idle.Neuron(i).Value("iterations")));
        idle.Holds("min iterations of steady > 3");

        await using var broken = await RunText(
            Six, setup: setup => setup.Always("there is no block 4", r => r.Block < 4));
        var failure = await Assert.ThrowsAsync<TestRunException>(() => broken.UntilBlock(10));
        Assert.StartsWith(
            "'there is no block 4' does not hold\nscenario six, seed 4, block 4, 40 s\nagain    bta run ",
            failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failures_say_what_where_and_how_to_see_it_again()
    {
        await using var run = await RunText(Six, seed: 6);
        await run.UntilBlock(2);
        Assert.Contains(
            "block 2", Assert.Throws<TestRunException>(() => run.Holds("mean answered of other > 1.5")).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "metric", Assert.Throws<ScenarioException>(() => run.Holds("happiness > 1")).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "nobody", Assert.Throws<ScenarioException>(() => run.Crash("nobody")).Message, StringComparison.Ordinal);
        run.Crash("other");
        var failure = await Assert.ThrowsAsync<TestRunException>(() => run.Until(r => r.Block > 100));
        Assert.Contains("it never came to r => r.Block > 100", failure.Message, StringComparison.Ordinal);
        var file = failure.Message.Split("bta run ")[1];
        Assert.Single(ScenarioFile.Load(file, []).Value!.Timeline);
        Assert.Contains("steered", file, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ScenarioException>(() => RunText("version: 1"));
        await Assert.ThrowsAsync<ArgumentException>(() =>
            RunText(Six, setup: s => s.Model("nobody", _ => new Deaf()), changes: "audit.every=never"));
        await Assert.ThrowsAsync<ArgumentException>(() => RunText(Six, setup: s => s.Model("other", _ => new Deaf())));
    }

    /// <summary>A model that learns nothing and always says one half.</summary>
    sealed class Deaf : NeuronModel
    {
        public override int Features => 1;

        public override int Width => 1;

        public override bool MasksOwnSlot => false;

        public override QueryBatch NextBatch() => new(new Tensor(1, 1, [1f]), "");

        public override Tensor Represent(Tensor batch) => new(1, 1, [0.5f]);

        public override void Learn(Tensor batch, Tensor gradient) { }

        public override TrainingStep Train(QueryBatch batch, Tensor?[] replies, double ownMask) =>
            new(
                0.25, null, Array.ConvertAll(replies, r => r is null ? null : new float[1]), new double[replies.Length],
                null);

        public override object Snapshot() => this;
    }

    /// <summary>It asks nobody anything.</summary>
    sealed class Idle : Strategy
    {
        public override bool Asks => false;
    }

    sealed class NoGradients : LinkRule
    {
        public override Verdict Judge(in Parcel parcel, TimeSpan now, TimeSpan so, RandomStream dice) =>
            parcel.Kind == ParcelKind.Backward ? Verdict.Drop(ParcelOutcome.DroppedBy("no-gradients")) : Verdict.Pass;
    }
}
