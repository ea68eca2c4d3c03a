using System.Diagnostics;
using Xunit;
using Xunit.Abstractions;

namespace BitTensor.Cluster.Tests;

/// <summary>
/// The ledger's process is stopped in the middle of a run and goes on later, believing it is still the ledger.
/// </summary>
public sealed class PauseSpec(PostgresFixture postgres, ITestOutputHelper output) : IClassFixture<PostgresFixture>
{
    // Suspected after 4 s without a heartbeat, declared dead 4 s later.
    static readonly TimeSpan DeclaredDead = TimeSpan.FromSeconds(8);

    /// <summary>
    /// The last stop lasts until the successor is there, and with <c>BTA_LONG_STORIES</c> also for a minute after that:
    /// then the others have forgotten the connection to it.
    /// </summary>
    [PostgresTheory]
    [InlineData(0)]
    [InlineData(60)]
    public async Task Stopped_for_seconds_it_stays_the_ledger_and_for_longer_it_has_a_successor(int secondsMore)
    {
        Skip.If(secondsMore > 0 && !LongStories.Wanted, LongStories.Reason);
        using var stage = new ClusterStage(postgres.Server, output);
        await stage.Tell(async () =>
        {
            var (first, second, run) = await stage.RunningOnThree();
            await Stop(first, seconds: 1);
            await ClusterStage.GoesOn(run);
            var stopped = await Stop(first, seconds: 5);
            await ClusterStage.GoesOn(run);
            Skip.If(
                stopped >= DeclaredDead,
                $"the machine is too slow: a stop of 5 s took {stopped.TotalSeconds:0.0} s");
            // Stopped within a transaction it may have to open the ledger again, under an epoch of its own.
            Assert.Equal(["first"], stage.Authorities());

            second.Forget();
            first.Signal(Signal.Stop);
            await second.Says(@"epoch \d+ begins");
            await ClusterStage.GoesOn(run);
            await Task.Delay(TimeSpan.FromSeconds(secondsMore));
            first.Signal(Signal.Continue);
            // Its next write found the later epoch, or the others had refused to speak to it by then.
            var code = await first.Ends();
            await ClusterStage.GoesOn(run);
            await stage.End(run);
            output.WriteLine($"longest time between two blocks {stage.Outage().TotalSeconds:0.0} s; the former ledger "
                + $"ended with {code}");
            Assert.Contains(code, new[] { 80, 81, 82 });
            Assert.True(stage.Unreachable() > 0);
            Assert.Equal(2, stage.Authorities().Count);
            await ClusterStage.Leave(second);
        });
    }

    /// <summary>Stops a process for a time; returns for how long it was really stopped.</summary>
    static async Task<TimeSpan> Stop(BtaProcess process, int seconds)
    {
        var clock = Stopwatch.StartNew();
        process.Signal(Signal.Stop);
        await Task.Delay(TimeSpan.FromSeconds(seconds));
        process.Signal(Signal.Continue);
        return clock.Elapsed;
    }
}
