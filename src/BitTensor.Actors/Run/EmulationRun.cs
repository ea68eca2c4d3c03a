using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;
using BitTensor.Actors.Coalition;
using BitTensor.Actors.Context;
using BitTensor.Actors.Ledger;
using BitTensor.Actors.Neurons;
using BitTensor.Emulation;
using BitTensor.Parcels;
using BitTensor.Plans;
using BitTensor.Protocol;
using BitTensor.Records;
using BitTensor.Scenarios;

namespace BitTensor.Actors.Run;

/// <summary>Runs a scenario once from its first to its last block, in virtual or wall time.</summary>
public static class EmulationRun
{
    // Rounds of doubling length from 100 ms: in virtual time longer than any latency, in wall time some 26 s.
    internal const int VirtualRounds = 42;
    const int WallRounds = 8;

    /// <summary>Runs the scenario on the calling thread until its end.</summary>
    /// <param name="scenario">The scenario.</param>
    /// <param name="options">How.</param>
    /// <param name="interrupt">
    /// Cancelled to make the next block the last one; the run then ends as it always does.
    /// </param>
    /// <exception cref="EmulationException">
    /// An invariant does not hold (the inner exception is an <see cref="InvariantException"/>), an actor failed, a job
    /// failed, or a message was lost.
    /// </exception>
    /// <exception cref="Learning.DataSetException">The data set is missing or cannot be split.</exception>
    /// <exception cref="IOException">The run folder cannot be written.</exception>
    public static RunResult Execute(Scenario scenario, RunOptions options, CancellationToken interrupt = default)
    {
        if (options.Time == TimeMode.Virtual)
        {
            using var run = VirtualRun.Begin(scenario, options);
            run.Go(() =>
            {
                if (interrupt.IsCancellationRequested)
                {
                    run.EndAtNextBlock();
                }
                return options.Overdue.IsCancellationRequested;
            });
            return run.IsOver || !options.Overdue.IsCancellationRequested ? run.Finish() : run.Cut();
        }
        using var parts = new Parts(scenario, options);
        var (elapsed, isCut) = RunWall(parts, options.Cores, interrupt);
        return parts.Result(elapsed) with { IsCut = isCut };
    }

    static (TimeSpan Elapsed, bool IsCut) RunWall(Parts parts, int cores, CancellationToken interrupt)
    {
        var finished = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Fail(Exception failure) => finished.TrySetException(failure);
        var config = EmbeddedConfig.Read(typeof(EmulationRun).Assembly, "node.conf");
        using var system = ActorSystem.Create("network", config);
        try
        {
            // Ends before the actors do: a job may be using what they own.
            using var compute = new WallCompute(cores, Fail);
            var start = WallClock.Elapsed;
            var (_, ledger, _) = Populate(system, parts, compute, finished, Fail, WallRounds);
            using var registration = interrupt.Register(
                () => ledger.Tell(new ControlMessage.EndAtNextBlock(), ActorRefs.NoSender));
            using var overdue = parts.Options.Overdue.Register(() => finished.TrySetCanceled());
            ((Task)finished.Task).ContinueWith(static _ => { }, TaskScheduler.Default).Wait(CancellationToken.None);
            if (!finished.Task.IsCanceled)
            {
                finished.Task.GetAwaiter().GetResult();
            }
            return (WallClock.Elapsed - start, finished.Task.IsCanceled);
        }
        finally
        {
            system.Terminate().GetAwaiter().GetResult();
        }
    }

    /// <summary>Starts the actors of a run and lets them begin.</summary>
    internal static (RunContext Run, IActorRef Ledger, IActorRef Journal) Populate(
        ActorSystem system, Parts parts, Compute compute, TaskCompletionSource finished, Action<Exception> fail,
        int rounds)
    {
        var (options, virtually) = (parts.Options, parts.Options.Time == TimeMode.Virtual);
        var run = new RunContext(parts.Scenario, parts.Header.Run, parts.Plans, compute, new RunClock(system.Scheduler))
        {
            Extensions = options.Extensions,
            NewModel = parts.ModelFactory.Create,
            LastBlock = parts.LastBlock,
            Observer = virtually ? options.Watch : null,
        };
        run.Clock.Begin();
        system.ActorOf(Props.Create<Watchdog>(fail), "watchdog");
        var started = StartedOf(parts.Header.Run, parts.Scenario, parts.Plans);
        Action<RunProgress> progress = parts.End.Note;
        var checks = virtually ? JournalChecks.All : JournalChecks.AtRest;
        var journal = system.ActorOf(
            Props.Create<JournalActor>(parts.Journal, started, progress, int.MaxValue, run, checks), "journal");
        var auditor = new Auditor(parts.Scenario, parts.Plans, parts.ModelFactory);
        var audit = system.ActorOf(Props.Create(() => new AuditActor(run, auditor, journal, null)), "audit");
        var conductor = system.ActorOf(
            Props.Create(() => new ConductorActor(run, journal, audit, finished, rounds, null)), "conductor");
        var others = new LedgerActor.Collaborators(conductor, journal, audit);
        var ledger = system.ActorOf(
            Props.Create<LedgerActor>(run, parts.Header, parts.Store, LedgerStart.Of(parts.Header), others), "ledger");
        run.Actors.Register(Addresses.Ledger, ledger);
        foreach (var plan in parts.Plans)
        {
            var neuron = Props.Create<NeuronActor>(run, plan, parts.ModelFactory.Create(plan), journal);
            run.Actors.Register(plan.Id, system.ActorOf(neuron, $"neuron-{plan.Id}"));
        }
        if (parts.Scenario.Coalition is not null)
        {
            var adversary = system.ActorOf(Props.Create<AdversaryActor>(run, journal), "adversary");
            run.Actors.Register(Addresses.Adversary, adversary);
        }
        conductor.Tell(new ControlMessage.Begin(), ActorRefs.NoSender);
        return (run, ledger, journal);
    }

    internal static LedgerHeader HeaderOf(Scenario scenario, ImmutableArray<NeuronPlan> plans, string? run = null)
    {
        var (neurons, first) = (new LedgerNeuron[plans.Length], FirstState.Of(scenario, plans));
        Parallel.For(0, plans.Length, id => neurons[id] = Found(plans[id]));
        var id = run ?? $"{scenario.Name}-{scenario.Seed}";
        return new LedgerHeader(id, scenario.Seed, scenario.Mechanism, [.. neurons]);

        LedgerNeuron Found(NeuronPlan plan)
        {
            if (plan.IsOutside)
            {
                return new LedgerNeuron(plan.Id, plan.Population.Name, [], first.Stake[plan.Id], first.Rows[plan.Id]);
            }
            using var key = new NeuronKey(scenario.Seed, plan.Id);
            return new LedgerNeuron(
                plan.Id, plan.Population.Name, key.PublicKey, first.Stake[plan.Id], first.Rows[plan.Id]);
        }
    }

    /// <summary>The first line of a run's journal.</summary>
    internal static JournalRecord.Started StartedOf(string run, Scenario scenario, ImmutableArray<NeuronPlan> plans) =>
        new(run, scenario.Seed, [.. plans.Select(p => p.Population.Name)])
        {
            Outside = scenario.Mechanism.Membership is null
                ? null
                : [.. plans.Where(p => p.IsOutside).Select(p => p.Id)],
        };

    static string? PathIn(string? folder, string file) => folder is null ? null : Path.Combine(folder, file);

    /// <summary>The parts of a run that both runtimes share: everything but its actors.</summary>
    internal sealed class Parts : IDisposable
    {
        public Parts(Scenario scenario, RunOptions options)
        {
            options.Extensions.Check(scenario);
            (Scenario, Options, Plans) = (scenario, options, Roster.Draw(scenario));
            End = new EndOfRun(options.Progress);
            ModelFactory = new ModelFactory(scenario, Plans, options.Extensions);
            Header = HeaderOf(scenario, Plans);
            Store = LedgerStore.Create(PathIn(options.Folder, RunFolder.LedgerFile) ?? ":memory:", Header);
            try
            {
                Journal = new JournalWriter(
                    PathIn(options.Folder, RunFolder.JournalFile) is { } path
                        ? new FileStream(path, FileMode.CreateNew)
                        : Stream.Null);
            }
            catch
            {
                Store.Dispose();
                throw;
            }
        }

        public Scenario Scenario { get; }

        public RunOptions Options { get; }

        public ImmutableArray<NeuronPlan> Plans { get; }

        public ModelFactory ModelFactory { get; }

        public LedgerHeader Header { get; }

        public LedgerStore Store { get; }

        public JournalWriter Journal { get; }

        public EndOfRun End { get; }

        /// <summary>The last block.</summary>
        public int LastBlock => Options.EndAfter ?? Scenario.Blocks;

        /// <summary>How it ended.</summary>
        public RunResult Result(TimeSpan elapsed) =>
            new(Header.Run, Journal.Hash, Journal.AuditHash, End.Blocks, End.Blocks < LastBlock, elapsed);

        public void Dispose()
        {
            Journal.Dispose();
            Store.Dispose();
        }
    }

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
