using Xunit;
using Xunit.Abstractions;

namespace BitTensor.Cluster.Tests;

/// <summary>The ledger's process is stopped in the middle of a run and goes on later, believing it is still the ledger.</summary>
public sealed class PauseSpec(PostgresServer server, ITestOutputHelper output) : IClassFixture<PostgresServer>
{
    [PostgresFact]
    public async Task Stopped_for_one_and_for_five_seconds_it_stays_the_ledger()
    {
        using var stage = new ClusterStage(server, output);
        var first = await stage.Node("first");
        var second = await stage.Node("second");
        var run = stage.Run(nodes: 3, "--set", "duration=16 blocks");
        await run.Says("block 3/");
        await Stop(first, seconds: 1);
        await run.Says("block 7/");
        await Stop(first, seconds: 5);
        await ClusterStage.EndsWithAVerdict(run);
        output.WriteLine($"longest time between two blocks {stage.Outage(0, 7).TotalSeconds:0.0} s, then {stage.Outage(7, 16).TotalSeconds:0.0} s");
        stage.AssertSound(16);
        // Stopped within a transaction it may have to open the ledger again, under an epoch of its own.
        Assert.Equal(["first"], stage.Authorities());
        first.Signal(Signal.Terminate);
        second.Signal(Signal.Terminate);
        Assert.Equal((0, 0), (await first.Ends(), await second.Ends()));
    }

    internal static async Task Stop(BtaProcess process, int seconds)
    {
        process.Signal(Signal.Stop);
        await Task.Delay(TimeSpan.FromSeconds(seconds));
        process.Signal(Signal.Continue);
    }
}

/// <summary>It is stopped so long that another takes its place. A class of its own, so that it waits beside the others.</summary>
public sealed class LongPauseSpec(PostgresServer server, ITestOutputHelper output) : IClassFixture<PostgresServer>
{
    [PostgresTheory]
    [InlineData(20)]
    [InlineData(60)]
    public async Task Stopped_for_longer_it_accepts_nothing_after_its_successor_came(int seconds)
    {
        using var stage = new ClusterStage(server, output);
        var first = await stage.Node("first");
        var second = await stage.Node("second");
        var run = stage.Run(nodes: 3);
        await run.Says("block 4/");
        await PauseSpec.Stop(first, seconds);
        // Its next write found the later epoch, or the others had refused to speak to it by then.
        var code = await first.Ends();
        await ClusterStage.EndsWithAVerdict(run);
        output.WriteLine($"stopped for {seconds} s: longest time between two blocks {stage.Outage().TotalSeconds:0.0} s; it ended with {code}");
        Assert.Contains(code, new[] { 80, 81, 82 });
        stage.AssertSound(14);
        Assert.Equal(2, stage.Authorities().Count);
        Assert.True(stage.Unreachable() > 0);
        second.Signal(Signal.Terminate);
        Assert.Equal(0, await second.Ends());
    }
}
