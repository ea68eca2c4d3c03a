using System.Diagnostics;
using Xunit;
using Xunit.Abstractions;

namespace BitTensor.Cluster.Tests;

/// <summary>Nodes are restarted one after another while a run goes on.</summary>
public sealed class RollingSpec(PostgresFixture postgres, ITestOutputHelper output) : IClassFixture<PostgresFixture>
{
    [PostgresFact]
    public async Task Every_node_leaves_and_comes_back_and_the_run_goes_on()
    {
        using var stage = new ClusterStage(postgres.Server, output);
        await stage.Tell(async () =>
        {
            var (first, second, run) = await stage.RunningOnThree();
            stage.JoinAt(second);
            first = await Restart(stage, first, "first");
            stage.JoinAt(first);
            second = await Restart(stage, second, "second");
            await ClusterStage.GoesOn(run);
            var blocks = await stage.End(run);
            output.WriteLine(
                $"{blocks} blocks, longest time between two {stage.Outage().TotalSeconds:0.0} s, {stage.Epochs().Count} "
                + "epochs");
            await ClusterStage.Leave(first, second);
        });
    }

    async Task<BtaProcess> Restart(ClusterStage stage, BtaProcess node, string name)
    {
        var clock = Stopwatch.StartNew();
        await ClusterStage.Leave(node);
        output.WriteLine($"{name} left within {clock.Elapsed.TotalSeconds:0.0} s");
        var again = await stage.Node(name);
        await again.Says(@"[1-9]\d* neurons live here");
        output.WriteLine($"{name} has neurons again after {clock.Elapsed.TotalSeconds:0.0} s");
        return again;
    }
}
