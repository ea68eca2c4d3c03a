using BitTensor.Records;
using Xunit;
using Xunit.Abstractions;

namespace BitTensor.Cluster.Tests;

/// <summary>Processes are killed in the middle of a run.</summary>
public sealed class DeathSpec(PostgresServer server, ITestOutputHelper output) : IClassFixture<PostgresServer>
{
    const int Removed = 20;

    [PostgresFact]
    public async Task The_seed_dies_and_then_the_ledger()
    {
        using var stage = new ClusterStage(server, output);
        var seed = await stage.Node("seed", ledger: false);
        var ledger = await stage.Node("ledger");
        var heir = await stage.Node("heir");
        var run = stage.Run(nodes: 4, "--set", "duration=32 blocks");
        await run.Says("block 4/");
        seed.Signal(Signal.Kill);
        await ledger.Says(@"Placement .* neurons on (?!.*seed)");
        // Until the seed is no member any more: two dead of four would be no minority.
        await run.Says($"block {Removed}/");
        ledger.Signal(Signal.Kill);
        await ClusterStage.EndsWithAVerdict(run);
        output.WriteLine($"seed killed: longest time between two blocks {stage.Outage(0, Removed).TotalSeconds:0.0} s");
        output.WriteLine($"ledger killed: {stage.Outage(Removed, 32).TotalSeconds:0.0} s; {Missing(stage)}");
        stage.AssertSound(32);
        Assert.Equal(2, stage.Epochs().Count);
        heir.Signal(Signal.Terminate);
        Assert.Equal(0, await heir.Ends());
    }

    [PostgresFact]
    public async Task A_process_with_neurons_dies_and_what_it_had_counted_is_said_to_be_unknown()
    {
        using var stage = new ClusterStage(server, output);
        var first = await stage.Node("first");
        var second = await stage.Node("second", ledger: false);
        var run = stage.Run(nodes: 3, "--set", "duration=20 blocks");
        await run.Says("block 4/");
        second.Signal(Signal.Kill);
        await first.Says(@"Placement .* neurons on (?!.*second)");
        await ClusterStage.EndsWithAVerdict(run);
        output.WriteLine($"neurons killed: longest time between two blocks {stage.Outage().TotalSeconds:0.0} s; {Missing(stage)}");
        stage.AssertSound(20);
        Assert.Single(stage.Epochs());
        var traffic = stage.Journal().OfType<JournalRecord.TrafficCounted>().ToList();
        Assert.Contains(traffic, t => (t.Kind, t.Outcome) == ("report", "missing"));
        Assert.All(traffic, t => Assert.True(t.Count > 0 && t.Outcome != "in-flight", $"{t}"));
        first.Signal(Signal.Terminate);
        Assert.Equal(0, await first.Ends());
    }

    [PostgresFact]
    public async Task The_process_of_the_run_dies_and_the_blocks_go_on_to_the_last()
    {
        using var stage = new ClusterStage(server, output);
        var first = await stage.Node("first");
        var second = await stage.Node("second");
        var run = stage.Run(nodes: 3);
        await run.Says("block 4/");
        run.Signal(Signal.Kill);
        await second.Says("Run .* is over");
        output.WriteLine($"run killed: longest time between two blocks {stage.Outage().TotalSeconds:0.0} s");
        var found = LedgerVerifier.Verify(stage.Ledger());
        Assert.True(found.Ok, found.Problem);
        Assert.Equal(15, found.Blocks);
        first.Signal(Signal.Terminate);
        second.Signal(Signal.Terminate);
        Assert.Equal((0, 0), (await first.Ends(), await second.Ends()));
    }

    static string Missing(ClusterStage stage)
    {
        var missing = stage.Journal().OfType<JournalRecord.TrafficCounted>().Where(t => t.Kind == "report").ToList();
        return $"{missing.Sum(t => t.Count)} reports missing in {missing.Count} blocks";
    }
}
