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
        await stage.Tell(async () =>
        {
            var (first, second, run) = await stage.RunningOnThree();
            for (var k = 0; k < 4; k++)
            {
                await lan.Flap("first");
                // Until blocks arrive again. What TCP sends anew waits twice as long each time, so that cuts at a fixed
                // rhythm may swallow it again and again: then heartbeats are away for longer than a cut.
                await ClusterStage.GoesOn(run);
            }
            // Until every connection has recovered: two nodes that a third one still reaches would both be
            // declared dead.
            await ClusterStage.GoesOn(run);
            Assert.Single(stage.Epochs());
            // The ledger still reaches the database, and no other node reaches the ledger: the worst of partitions.
            lan.Isolate("first");
            var code = await first.Ends();
            lan.Heal();
            await second.Says(@"epoch \d+ begins");
            await ClusterStage.GoesOn(run);
            await stage.End(run);
            output.WriteLine($"longest time between two blocks {stage.Outage().TotalSeconds:0.0} s; the former ledger "
                + $"ended with {code}");
            Assert.Contains(code, new[] { 80, 81, 82 });
            Assert.Equal(["first", "second"], stage.Authorities());
            await ClusterStage.Leave(second);
        },
        // A cut of a second, and as long again until TCP sends anew what was lost in it.
        cut: TimeSpan.FromSeconds(2));
    }
}
