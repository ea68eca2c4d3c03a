using Xunit;
using Xunit.Abstractions;

namespace BitTensor.Cluster.Tests;

/// <summary>Nodes on hosts of their own, with latency and loss between them, under mutual TLS.</summary>
public sealed class HostsSpec(ITestOutputHelper output)
{
    [HostsFact]
    public async Task A_flapping_link_changes_nothing_and_a_ledger_cut_off_with_its_store_is_succeeded()
    {
        using var lan = new Lan(TimeSpan.FromMilliseconds(20), oneLostIn: 100, "first", "second", "laboratory");
        await lan.Certify();
        using var stage = new ClusterStage(lan.Server, output) { Hosts = lan };
        var first = await stage.Node("first");
        var second = await stage.Node("second");
        var run = stage.Run(nodes: 3, "--set", "duration=24 blocks");
        await run.Says("block 3/");
        await lan.Flap("first", times: 4);
        Assert.Single(stage.Epochs());
        var block = long.Parse(await run.Says(@"block (\d+)/")) + 1;
        // The ledger still reaches the database, and nobody else: the worst of partitions.
        lan.Isolate("first");
        var code = await first.Ends();
        lan.Heal();
        await ClusterStage.EndsWithAVerdict(run);
        output.WriteLine($"flapping: longest time between two blocks {stage.Outage(0, block).TotalSeconds:0.0} s");
        output.WriteLine($"cut off: {stage.Outage(block, 24).TotalSeconds:0.0} s; the former ledger ended with {code}");
        Assert.Contains(code, new[] { 80, 81, 82 });
        stage.AssertSound(24);
        Assert.Equal(["first", "second"], stage.Authorities());
        second.Signal(Signal.Terminate);
        Assert.Equal(0, await second.Ends());
    }
}
