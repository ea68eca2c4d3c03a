using System.Diagnostics;
using Xunit;
using Xunit.Abstractions;

namespace BitTensor.Cluster.Tests;

/// <summary>Nodes are restarted one after another while a run goes on.</summary>
public sealed class RollingSpec(PostgresServer server, ITestOutputHelper output) : IClassFixture<PostgresServer>
{
    [PostgresFact]
    public async Task Every_node_leaves_and_comes_back_and_the_run_goes_on()
    {
        using var stage = new ClusterStage(server, output);
        var first = await stage.Node("first");
        var second = await stage.Node("second");
        var run = stage.Run(nodes: 3, "--set", "duration=40 blocks");
        await run.Says("block 4/");
        stage.JoinAt(second);
        first = await Restart(stage, first, "first");
        stage.JoinAt(first);
        second = await Restart(stage, second, "second");
        await ClusterStage.EndsWithAVerdict(run);
        output.WriteLine($"longest time between two blocks {stage.Outage().TotalSeconds:0.0} s, {stage.Epochs().Count} epochs");
        stage.AssertSound(40);
        foreach (var node in (BtaProcess[])[first, second])
        {
            node.Signal(Signal.Terminate);
            Assert.Equal(0, await node.Ends());
        }
    }

    async Task<BtaProcess> Restart(ClusterStage stage, BtaProcess node, string name)
    {
        var clock = Stopwatch.StartNew();
        node.Signal(Signal.Terminate);
        Assert.Equal(0, await node.Ends());
        output.WriteLine($"{name} left within {clock.Elapsed.TotalSeconds:0.0} s");
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 15);
        var again = await stage.Node(name);
        await again.Says(@"[1-9]\d* neurons live here");
        output.WriteLine($"{name} has neurons again after {clock.Elapsed.TotalSeconds:0.0} s");
        return again;
    }
}
