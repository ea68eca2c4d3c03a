using Xunit;
using Xunit.Abstractions;

namespace BitTensor.Cluster.Tests;

/// <summary>Nodes on hosts of their own, with latency and loss between them, under mutual TLS.</summary>
public sealed class HostsSpec(ITestOutputHelper output)
{
    const int Settled = 16;

    [HostsFact]
    public async Task A_flapping_link_changes_nothing_and_a_ledger_cut_off_with_its_store_is_succeeded()
    {
        using var lan = new Lan(TimeSpan.FromMilliseconds(20), oneLostIn: 100, "first", "second", "laboratory");
        await lan.Certify();
        using var stage = new ClusterStage(lan.Server, output) { Hosts = lan };
        var first = await stage.Node("first");
        var second = await stage.Node("second");
        var run = stage.Run(nodes: 3, "--set", "duration=30 blocks");
        await run.Says("block 3/");
        await lan.Flap("first", times: 4);
        // Until every connection has recovered: two nodes that a third one still reaches would both be declared dead.
        await run.Says($"block {Settled}/");
        Assert.Single(stage.Epochs());
        // The ledger still reaches the database, and nobody else: the worst of partitions.
        lan.Isolate("first");
        var code = await first.Ends();
        lan.Heal();
        await ClusterStage.EndsWithAVerdict(run);
        output.WriteLine($"flapping: longest time between two blocks {stage.Outage(0, Settled).TotalSeconds:0.0} s");
        output.WriteLine($"cut off: {stage.Outage(Settled, 30).TotalSeconds:0.0} s; the former ledger ended with {code}");
        Assert.Contains(code, new[] { 80, 81, 82 });
        stage.AssertSound(30);
        Assert.Equal(["first", "second"], stage.Authorities());
        second.Signal(Signal.Terminate);
        Assert.Equal(0, await second.Ends());
    }
}
