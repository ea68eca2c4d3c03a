using Akka.Actor;
using Akka.Configuration;
using BitTensor.Emulation;
using Xunit;

namespace BitTensor.Actors.Tests;

/// <summary>The kernel: one queue, one clock, one driver; compute in parallel with the same trace.</summary>
public sealed class VirtualTimeSpec
{
    [Fact]
    public void Timers_fire_by_time_then_by_order_and_what_they_cause_runs_first()
    {
        var said = Play(1, (context, say) =>
        {
            context.System.Scheduler.ScheduleTellOnce(20, context.Self, "late", ActorRefs.NoSender);
            context.System.Scheduler.ScheduleTellOnce(10, context.Self, "first", ActorRefs.NoSender);
            context.System.Scheduler.ScheduleTellOnce(10, context.Self, "second", ActorRefs.NoSender);
        }, (context, message, say) =>
        {
            say(message);
            if (message == "first")
            {
                context.Self.Tell("caused by first");
            }
        });
        Assert.Equal(["10 first", "10 caused by first", "10 second", "20 late"], said);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    public void Jobs_end_at_their_due_time_in_their_lane_whatever_the_cores(int cores)
    {
        // Lane 1 takes its two jobs one after the other; lane 2 is due between them, twice; the free job of lane 3 is
        // due at once.
        var said = Play(cores, null, null, (compute, self) =>
        {
            compute.Submit(1, TimeSpan.FromMilliseconds(30), () => Busy("lane 1, first"), self);
            compute.Submit(1, TimeSpan.FromMilliseconds(30), () => Busy("lane 1, second"), self);
            compute.Submit(2, TimeSpan.FromMilliseconds(45), () => Busy("lane 2"), self);
            compute.Submit(
                2, TimeSpan.FromMilliseconds(5), new StringJob(() => "lane 2, at hand") { Instant = true }, self);
            compute.Submit(3, TimeSpan.Zero, () => Busy("lane 3"), self);
        });
        Assert.Equal(["0 lane 3", "30 lane 1, first", "45 lane 2", "50 lane 2, at hand", "60 lane 1, second"], said);
    }

    [Fact]
    public void A_job_that_fails_fails_the_run()
    {
        var failure = Assert.Throws<EmulationException>(() => Play(2, null, null, (compute, self) =>
            compute.Submit(
                1, TimeSpan.FromMilliseconds(1), () => throw new InvalidOperationException("no such tensor"), self)));
        Assert.Contains("no such tensor", failure.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    public void A_job_is_told_when_due_and_done_when_its_result_is_read_or_before_the_next_of_its_lane(int cores)
    {
        var done = new List<string>();
        string Noted(string name)
        {
            done.Add(name);
            return name;
        }
        var said = Play(cores, null, null, (compute, self) =>
        {
            var first = new StringJob(() => Busy("first")) { Told = "told" };
            compute.Submit(1, TimeSpan.FromMilliseconds(30), first, self);
            compute.Submit(2, TimeSpan.FromMilliseconds(40), () => "meanwhile", self);
            compute.Submit(
                1, TimeSpan.FromMilliseconds(20), new StringJob(() => Noted(Busy("silent"))) { Told = "told too" },
                self);
            compute.Submit(1, TimeSpan.FromMilliseconds(30), () => $"{done.Single()} before this", self);
            compute.Submit(
                1, TimeSpan.FromMilliseconds(30),
                new StringJob(() => Noted($"{first.Result} is kept")) { Told = "told last" }, self);
        }, finish: true);
        Assert.Equal(["30 told", "40 meanwhile", "50 told too", "80 silent before this", "110 told last"], said);
        Assert.Equal(["silent", "first is kept"], done);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_job_whose_result_is_not_read_and_that_fails_fails_the_next_of_its_lane_or_the_end(int cores)
    {
        void Failing(VirtualCompute compute, IActorRef self) => compute.Submit(
            1, TimeSpan.FromMilliseconds(1),
            new StringJob(() => throw new InvalidOperationException("no such tensor")) { Told = "told" }, self);
        var atNext = Assert.Throws<EmulationException>(() => Play(cores, null, null, (compute, self) =>
        {
            Failing(compute, self);
            compute.Submit(1, TimeSpan.FromMilliseconds(1), () => "never", self);
        }));
        var atEnd = Assert.Throws<EmulationException>(() => Play(cores, null, null, Failing, finish: true));
        Assert.All([atNext, atEnd], e => Assert.Contains("no such tensor", e.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    public void Work_outside_the_lanes_takes_no_time_and_is_there_when_it_is_read(int cores)
    {
        Func<string>[] ways = [];
        var (over, early) = ((TimeSpan?)null, true);
        var said = Play(cores, null, null, (compute, self) =>
        {
            ways = [
                .. Enumerable.Range(0, 100).Select(k => compute.RunOffLane(() => Busy($"{k}"))),
                compute.RunOffLane<string>(() => throw new InvalidOperationException("no such key")),
            ];
            over = compute.RunInstant(1, TimeSpan.FromMilliseconds(30), new StringJob(() => "instant"));
            early = over is { } moment && compute.HasElapsed(moment);
            compute.Submit(1, TimeSpan.FromMilliseconds(5), () => $"{ways[99]()}, {ways[0]()}, {ways[0]()}", self);
        });
        Assert.Equal(["35 99, 0, 0"], said);
        Assert.Equal((TimeSpan.FromMilliseconds(30), false), (over, early));
        Assert.Equal("57", ways[57]());
        Assert.Contains(
            "no such key", Assert.Throws<EmulationException>(() => ways[100]()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Work_from_a_foreign_thread_fails_the_run()
    {
        var failure = Assert.Throws<EmulationException>(() => Play(1, null, null, (compute, self) =>
            compute.Submit(1, TimeSpan.FromMilliseconds(1), () =>
            {
                var foreign = new Thread(() => self.Tell("from outside"));
                foreign.Start();
                foreign.Join();
                return "done";
            }, self)));
        Assert.Contains("foreign thread", failure.Message, StringComparison.Ordinal);
    }

    static string Busy(string name)
    {
        double sum = 0;
        for (var k = 1; k < 200_000; k++)
        {
            sum += 1.0 / k;
        }
        return sum > 0 ? name : "";
    }

    /// <summary>Runs one actor in virtual time and returns what it said, each with its millisecond.</summary>
    static List<string> Play(
        int cores, Action<IActorContext, Action<string>>? start, Action<IActorContext, string, Action<string>>? receive,
        Action<VirtualCompute, IActorRef>? submit = null, bool finish = false)
    {
        using var kernel = new VirtualKernel();
        using var compute = new VirtualCompute(kernel, cores);
        var config = ConfigurationFactory.ParseString($$"""
            akka {
              loggers = []
              stdout-loglevel = OFF
              loglevel = OFF
              scheduler { implementation = "BitTensor.Emulation.VirtualScheduler, BitTensor.Emulation", virtual-kernel = "{{kernel.Id}}" }
              coordinated-shutdown { run-by-clr-shutdown-hook = off, run-by-actor-system-terminate = off }
              actor {
                default-dispatcher { executor = "BitTensor.Emulation.VirtualExecutorConfigurator, BitTensor.Emulation", throughput = 1 }
                default-blocking-io-dispatcher { type = Dispatcher, executor = "BitTensor.Emulation.VirtualExecutorConfigurator, BitTensor.Emulation", throughput = 1 }
                internal-dispatcher { type = Dispatcher, executor = "BitTensor.Emulation.VirtualExecutorConfigurator, BitTensor.Emulation", throughput = 1 }
              }
            }
            """);
        using var system = ActorSystem.Create("play", config);
        try
        {
            var said = new List<string>();
            void Say(string message) => said.Add($"{kernel.Now.TotalMilliseconds} {message}");
            var actor = system.ActorOf(Props.Create<Player>(
                start, receive ?? ((_, message, say) => say(message)), (Action<string>)Say));
            submit?.Invoke(compute, actor);
            kernel.Run(() => false);
            if (finish)
            {
                compute.FinishAll();
            }
            return said;
        }
        finally
        {
            kernel.RunDown(system);
        }
    }

    /// <summary>A job with a string as its result. Its owner is told the job, or a string in its place.</summary>
    sealed class StringJob(Func<string> work) : ComputeJob
    {
        string? _result;

        public bool Instant { get; init; }

        public override bool IsInstant => Instant;

        public string? Told { get; init; }

        public string Result
        {
            get
            {
                Complete();
                return _result!;
            }
        }

        protected override object Message => Told ?? Result;

        protected internal override void Compute() => _result = work();
    }

    sealed class Player : ReceiveActor
    {
        readonly Action<IActorContext, Action<string>>? _start;
        readonly Action<string> _say;

        public Player(
            Action<IActorContext, Action<string>>? start, Action<IActorContext, string, Action<string>> receive,
            Action<string> say)
        {
            (_start, _say) = (start, say);
            Receive<string>(message => receive(Context, message, say));
        }

        protected override void PreStart() => _start?.Invoke(Context, _say);
    }
}
