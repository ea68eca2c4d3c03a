using System.Collections.Immutable;
using System.Reflection;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using BitTensor.Actors.Conducting;
using BitTensor.Actors.Ledger;
using BitTensor.Actors.Neurons;
using BitTensor.Emulation;
using BitTensor.Protocol;
using BitTensor.Records;
using BitTensor.Scenarios;

namespace BitTensor.Actors;

/// <summary>A scenario, run once from its first to its last block, in either time.</summary>
public static class EmulationRun
{
    // Rounds of doubling length from 100 ms: some 29 hours of emulated time, some 26 s of a person's.
    const int VirtualRounds = 20;
    const int WallRounds = 8;

    /// <summary>Runs the scenario on the calling thread until its end.</summary>
    /// <param name="scenario">What to run.</param>
    /// <param name="options">How.</param>
    /// <param name="interrupt">Cancelled to make the next block the last one; the run then ends as it always does.</param>
    /// <exception cref="EmulationException">
    /// An invariant does not hold (the inner exception is an <see cref="InvariantException"/>), an actor failed, a job failed, or a message was lost.
    /// </exception>
    /// <exception cref="Learning.DataSetException">The data set is not there or cannot be dealt.</exception>
    /// <exception cref="IOException">The run folder cannot be written.</exception>
    public static RunResult Execute(Scenario scenario, RunOptions options, CancellationToken interrupt = default)
    {
        var plans = Roster.Draw(scenario);
        var nursery = new Nursery(scenario, plans);
        var header = HeaderOf(scenario, plans);
        using var store = LedgerStore.Create(PathIn(options.Folder, RunFolder.LedgerFile) ?? ":memory:", header);
        using var journal = new JournalWriter(
            PathIn(options.Folder, RunFolder.JournalFile) is { } path ? new FileStream(path, FileMode.CreateNew) : Stream.Null);
        var last = new EndOfRun(options.Progress);
        var parts = new Parts(scenario, plans, nursery, header, store, journal, last, options.Sabotage);
        var elapsed = options.Time == TimeMode.Virtual
            ? RunVirtual(parts, options, interrupt)
            : RunWall(parts, options.Cores, interrupt);
        return new RunResult(
            header.Run, journal.Hash, journal.AuditHash, last.Blocks, last.Blocks < scenario.Blocks, elapsed);
    }

    static TimeSpan RunVirtual(Parts parts, RunOptions options, CancellationToken interrupt)
    {
        using var kernel = new VirtualKernel();
        var config = ConfigurationFactory.ParseString($"akka.scheduler.virtual-kernel = \"{kernel.Id}\"")
            .WithFallback(Hocon("simulation.conf"));
        using var system = ActorSystem.Create("network", config);
        try
        {
            // Ends before the actors do: a job may be using what they own.
            using var compute = new VirtualCompute(kernel, options.Cores);
            var finished = new TaskCompletionSource();
            var ledger = Populate(system, parts, compute, finished, kernel.Fail, VirtualRounds);
            var told = false;
            kernel.Run(() =>
            {
                if (interrupt.IsCancellationRequested && !told)
                {
                    told = true;
                    ledger.Tell(new ControlMessage.EndAtNextBlock(), ActorRefs.NoSender);
                }
                // The last block is told of when everything has come to rest after it.
                return kernel.Now > options.MostTime && parts.End.Blocks < parts.Scenario.Blocks - 1
                    ? throw new EmulationException($"At emulated time {kernel.Now} the run has got to block {parts.End.Blocks} of {parts.Scenario.Blocks}, and takes no longer than {options.MostTime}.")
                    : finished.Task.IsCompleted;
            });
            compute.FinishAll();
            return finished.Task.IsCompleted
                ? kernel.Now
                : throw new EmulationException($"Nothing is left to do at emulated time {kernel.Now}, but the run has not ended.");
        }
        finally
        {
            kernel.RunDown(system);
        }
    }

    static TimeSpan RunWall(Parts parts, int cores, CancellationToken interrupt)
    {
        var finished = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Fail(Exception failure) => finished.TrySetException(failure);
        using var system = ActorSystem.Create("network", Hocon("node.conf"));
        try
        {
            // Ends before the actors do, as above.
            using var compute = new WallCompute(cores, Fail);
            var start = WallClock.Elapsed;
            var ledger = Populate(system, parts, compute, finished, Fail, WallRounds);
            using var registration = interrupt.Register(
                () => ledger.Tell(new ControlMessage.EndAtNextBlock(), ActorRefs.NoSender));
            finished.Task.GetAwaiter().GetResult();
            return WallClock.Elapsed - start;
        }
        finally
        {
            system.Terminate().GetAwaiter().GetResult();
        }
    }

    static IActorRef Populate(
        ActorSystem system, Parts parts, Compute compute, TaskCompletionSource finished, Action<Exception> fail, int rounds)
    {
        var world = new World(parts.Scenario, parts.Header.Run, compute, parts.Plans) { Raise = parts.Nursery.Raise, Sabotage = parts.Sabotage };
        world.Begin(system.Scheduler);
        system.ActorOf(Props.Create<Watchdog>(fail), "watchdog");
        var started = new JournalRecord.Started(
            parts.Header.Run, parts.Scenario.Seed, [.. parts.Plans.Select(p => p.Population.Name)]);
        Action<RunProgress> progress = parts.End.Note;
        var journal = system.ActorOf(Props.Create<JournalActor>(parts.Journal, started, progress, int.MaxValue, world, rounds == VirtualRounds ? JournalChecks.All : JournalChecks.AtRest), "journal");
        var auditor = new Auditor(parts.Scenario, parts.Plans, parts.Nursery);
        var audit = system.ActorOf(Props.Create(() => new AuditActor(world, auditor, journal, null)), "audit");
        var conductor = system.ActorOf(
            Props.Create(() => new ConductorActor(world, journal, audit, finished, rounds, null)), "conductor");
        var others = new LedgerActor.Collaborators(conductor, journal, audit);
        var ledger = system.ActorOf(Props.Create<LedgerActor>(world, parts.Header, parts.Store, LedgerStart.Of(parts.Header), others), "ledger");
        world.Register(Parcel.LedgerAddress, ledger);
        foreach (var plan in parts.Plans)
        {
            var neuron = Props.Create<NeuronActor>(world, plan, parts.Nursery.Raise(plan), journal);
            world.Register(plan.Id, system.ActorOf(neuron, $"neuron-{plan.Id}"));
        }
        conductor.Tell(new ControlMessage.Begin(), ActorRefs.NoSender);
        return ledger;
    }

    internal static LedgerHeader HeaderOf(Scenario scenario, ImmutableArray<NeuronPlan> plans, string? run = null)
    {
        var neurons = ImmutableArray.CreateBuilder<LedgerNeuron>(plans.Length);
        foreach (var plan in plans)
        {
            using var key = new NeuronKey(scenario.Seed, plan.Id);
            neurons.Add(new LedgerNeuron(
                plan.Id, plan.Population.Name, key.PublicKey, plan.Population.Stake, Roster.FirstRow(plan)));
        }
        return new LedgerHeader(run ?? $"{scenario.Name}-{scenario.Seed}", scenario.Seed, scenario.Mechanism, neurons.MoveToImmutable());
    }

    internal static Config Hocon(string file)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(file)!;
        using var reader = new StreamReader(stream);
        return ConfigurationFactory.ParseString(reader.ReadToEnd());
    }

    static string? PathIn(string? folder, string file) => folder is null ? null : Path.Combine(folder, file);

    /// <summary>What both runtimes put together.</summary>
    sealed record Parts(
        Scenario Scenario, ImmutableArray<NeuronPlan> Plans, Nursery Nursery, LedgerHeader Header, LedgerStore Store,
        JournalWriter Journal, EndOfRun End, Sabotage Sabotage);

    /// <summary>Remembers the last block while passing progress on.</summary>
    internal sealed class EndOfRun(Action<RunProgress> progress)
    {
        public long Blocks { get; private set; }

        public void Note(RunProgress happened)
        {
            if (happened is RunProgress.BlockDone block)
            {
                Blocks = block.Block.Height;
            }
            progress(happened);
        }
    }
}
