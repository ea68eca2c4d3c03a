using BitTensor.Records;
using Xunit;
using Xunit.Abstractions;

namespace BitTensor.Cluster.Tests;

/// <summary>Nodes are killed in the middle of a run. A class per story, so that each waits beside the others.</summary>
public sealed class NodeDeathSpec(PostgresFixture postgres, ITestOutputHelper output) : IClassFixture<PostgresFixture>
{
    [PostgresFact]
    public async Task The_seed_dies_with_its_neurons_and_then_the_ledger()
    {
        using var stage = new ClusterStage(postgres.Server, output);
        await stage.Tell(async () =>
        {
            var seed = await stage.Node("seed", ledger: false);
            var ledger = await stage.Node("ledger");
            var heir = await stage.Node("heir");
            var run = stage.Run(nodes: 4);
            await ClusterStage.Progress(run);
            seed.Signal(Signal.Kill);
            // Until the seed is no member any more: two dead of four would be no minority.
            await ledger.Says("Node seed is no longer a member");
            await heir.Says("Node seed is no longer a member");
            await ledger.Says(@"Placement .* neurons on (?!.*seed)");
            await ClusterStage.GoesOn(run);
            Assert.Single(stage.Epochs());
            ledger.Signal(Signal.Kill);
            await heir.Says(@"epoch \d+ begins");
            await ClusterStage.GoesOn(run);
            await stage.End(run);
            output.WriteLine($"longest time between two blocks {stage.Outage().TotalSeconds:0.0} s");
            // What the dead had counted is said to be unknown, and nothing else is.
            var traffic = stage.Journal().OfType<JournalRecord.TrafficCounted>().ToList();
            Assert.Contains(traffic, t => (t.Kind, t.Outcome) == ("report", "missing"));
            Assert.All(traffic, t => Assert.True(t.Count > 0 && t.Outcome != "in-flight", $"{t}"));
            Assert.Equal(2, stage.Epochs().Count);
            await ClusterStage.Leave(heir);
        });
    }
}

/// <summary>The process of a run is killed in the middle of it.</summary>
public sealed class RunDeathSpec(PostgresFixture postgres, ITestOutputHelper output) : IClassFixture<PostgresFixture>
{
    [PostgresFact]
    public async Task The_process_of_the_run_dies_and_the_blocks_go_on_to_the_last()
    {
        const int Blocks = 20;
        using var stage = new ClusterStage(postgres.Server, output);
        await stage.Tell(async () =>
        {
            var (first, second, run) = await stage.RunningOnThree("--set", $"duration={Blocks} blocks");
            run.Signal(Signal.Kill);
            await run.Ends();
            Skip.If(
                run.Lines.Any(l => l.StartsWith($"block {Blocks}/", StringComparison.Ordinal)),
                "the machine is too slow: the run was over before its process could be killed");
            await second.Says("Run .* is over");
            output.WriteLine($"run killed: longest time between two blocks {stage.Outage().TotalSeconds:0.0} s");
            var found = LedgerVerifier.Verify(stage.Ledger());
            Assert.True(found.Ok, found.Problem);
            Assert.Equal(Blocks + 1, found.Blocks);
            await ClusterStage.Leave(first, second);
        });
    }
}
