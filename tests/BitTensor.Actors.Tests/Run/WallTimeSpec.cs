using Akka.Actor;
using BitTensor.Actors.Run;
using BitTensor.Emulation;
using BitTensor.Records;
using BitTensor.Reports;
using Xunit;

namespace BitTensor.Actors.Tests;

/// <summary>
/// The same actors on Akka's own dispatchers and a person's clock. Nothing here depends on how fast the machine is.
/// </summary>
public sealed class WallTimeSpec
{
    static readonly string[] Short =
        [
        "duration=4 blocks", "mechanism.block-interval=300 ms", "network.default.latency=1 ms",
        "populations.honest.training.iteration-interval=80 ms",
        "populations.free-riding.training.iteration-interval=80 ms", "audit.every=2 blocks",
    ];

    [Fact]
    public void A_short_run_completes_verifies_and_balances()
    {
        using var shell = new Shell();
        var file = shell.Write("small.yaml", Stage.Small);
        var said = Shell.Bta([
            "run", file, "--out", shell.Path("run"), "--time", "wall", .. Short.SelectMany(s => new[] { "--set", s }),
        ]);
        Assert.InRange(said.Code, 0, 2);
        var verdict = RunVerdict.Read(shell.Path("run"));
        Assert.Equal((4, false), (verdict.Blocks, verdict.Interrupted));
        Shell.Bta("verify", shell.Path("run")).Ends(0);
        Assert.Equal(2, Shell.Bta("replay", shell.Path("run")).Code);
        var traffic = JournalReader.Read(shell.Path("run", RunFolder.JournalFile))
            .OfType<JournalRecord.TrafficCounted>().ToArray();
        foreach (var kind in new[] { "forward", "forward-reply", "backward", "submission", "receipt" })
        {
            var sent = traffic.Where(t => t.Kind == kind && t.Outcome == "sent").Sum(t => t.Count);
            Assert.Equal(sent, traffic.Where(t => t.Kind == kind && t.Outcome != "sent").Sum(t => t.Count));
        }
        Assert.Contains(traffic, t => t is { Kind: "forward", Outcome: "delivered/answered" });
        Assert.DoesNotContain(traffic, t => t.Outcome == "in-flight");
    }

    [Theory]
    [InlineData(TimeMode.Virtual)]
    [InlineData(TimeMode.Wall)]
    public void A_run_interrupted_before_it_begins_ends_with_its_first_block_and_a_verdict(TimeMode time)
    {
        using var folder = new TemporaryFolder();
        using var source = new CancellationTokenSource();
        source.Cancel();
        var scenario = Stage.Read(Stage.Small, [.. Short, "duration=10000 blocks"]);
        var result = EmulationRun.Execute(scenario, new RunOptions { Folder = folder.Path, Time = time }, source.Token);
        Assert.True(result.Interrupted);
        Assert.InRange(result.Blocks, 0, 1);
        Assert.Null(LedgerVerifier.Verify(folder.Ledger).Problem);
        Assert.Equal(
            result.Blocks,
            RunReport.Build(folder.Path, scenario, result.JournalHash, result.AuditHash, result.Interrupted).Blocks);
    }

    [Theory]
    [InlineData(TimeMode.Virtual)]
    [InlineData(TimeMode.Wall)]
    public void A_failure_inside_ends_the_run_with_its_cause_while_jobs_are_running(TimeMode time)
    {
        var options = new RunOptions
        {
            Time = time,
            Progress = happened =>
            {
                if (happened is RunProgress.BlockDone { Block.Height: 2 })
                {
                    throw new InvalidOperationException("the screen is gone");
                }
            },
        };
        var failure = Assert.Throws<EmulationException>(() =>
            EmulationRun.Execute(Stage.Read(Stage.Small, Short), options));
        Assert.Contains("the screen is gone", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Jobs_of_a_lane_run_one_after_another_and_never_more_than_allowed_at_once()
    {
        using var system = ActorSystem.Create("wall", EmbeddedConfig.Read(typeof(EmulationRun).Assembly, "node.conf"));
        using var done = new CountdownEvent(400);
        var counter = system.ActorOf(Props.Create<Countdown>(done));
        var (order, running, most) = (new int[10], 0, 0);
        using (var compute = new WallCompute(3, failure => Assert.Fail(failure.ToString())))
        {
            for (var k = 0; k < 400; k++)
            {
                var (lane, turn) = (k % 10, k / 10);
                compute.Submit(lane, TimeSpan.Zero, () =>
                {
                    var now = Interlocked.Increment(ref running);
                    InterlockedMax(ref most, now);
                    // Of one lane nobody else can be here: the count needs no lock.
                    Assert.Equal(turn, order[lane]++);
                    Thread.SpinWait(2000);
                    Interlocked.Decrement(ref running);
                    return "done";
                }, counter);
            }
            done.Wait();
        }
        Assert.All(order, o => Assert.Equal(40, o));
        Assert.InRange(most, 1, 3);
    }

    [Fact]
    public void Ending_waits_for_the_jobs_that_run_and_nothing_runs_after()
    {
        using var first = new ManualResetEventSlim();
        var (begun, ended) = (0, 0);
        var compute = new WallCompute(2, failure => Assert.Fail(failure.ToString()));
        for (var k = 0; k < 1000; k++)
        {
            compute.Submit(k % 4, TimeSpan.Zero, () =>
            {
                Interlocked.Increment(ref begun);
                first.Set();
                Thread.SpinWait(5000);
                Interlocked.Increment(ref ended);
                return "done";
            }, ActorRefs.Nobody);
        }
        first.Wait();
        compute.Dispose();
        var (begunThen, endedThen) = (begun, ended);
        Assert.Equal(begunThen, endedThen);
        compute.Submit(0, TimeSpan.Zero, () => throw new InvalidOperationException("after the end"), ActorRefs.Nobody);
        compute.Dispose();
        Assert.Equal((begunThen, endedThen), (begun, ended));
    }

    static void InterlockedMax(ref int most, int now)
    {
        int seen;
        while ((seen = most) < now)
        {
            Interlocked.CompareExchange(ref most, now, seen);
        }
    }

    sealed class Countdown : ReceiveActor
    {
        public Countdown(CountdownEvent done) => ReceiveAny(_ => done.Signal());
    }
}
