using Akka.Actor;
using BitTensor.Actors.Context;
using BitTensor.Actors.Run;
using BitTensor.Emulation;
using BitTensor.Parcels;
using BitTensor.Records;

namespace BitTensor.Cluster;

/// <summary>
/// Journal, conductor and audit of a run on a cluster. Only the process that starts the run has them.
/// </summary>
sealed class RunSupervisorHost
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // Blocks for which the journal waits for the reports of a machine that is gone.
    const int JournalPatience = 4;

    // Rounds of doubling length from 100 ms at the end.
    const int Rounds = 6;

    readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    long _recorded;

    RunSupervisorHost(ClusterMessage.RunDescriptor descriptor, NodeRun nodeRun)
    {
        Descriptor = descriptor;
        NodeRun = nodeRun;
    }

    public ClusterMessage.RunDescriptor Descriptor { get; }

    public NodeRun NodeRun { get; }

    /// <summary>Completed when the journal is closed.</summary>
    public Task Finished => _finished.Task;

    /// <summary>Completed when the authority knows that the run is over.</summary>
    public Task Released => _released.Task;

    /// <summary>True when the journal is closed.</summary>
    public bool Done => Finished.IsCompleted;

    /// <summary>Blocks the journal has without a gap.</summary>
    public long Recorded => Volatile.Read(ref _recorded);

    /// <summary>Gives the run up before its first block: the authority learns that it is over.</summary>
    public void GiveUp()
    {
        GivenUp = true;
        _finished.TrySetResult();
    }

    /// <summary>True when the run was given up before its first block.</summary>
    public bool GivenUp { get; private set; }

    /// <summary>The authority knows that the run is over.</summary>
    public void Release() => _released.TrySetResult();

    /// <summary>Starts journal, conductor and audit on this node.</summary>
    public static RunSupervisorHost Open(
        ActorSystem system, NodeRouter router, Compute compute, ClusterMessage.RunDescriptor descriptor,
        JournalWriter writer, Action<RunProgress> progress)
    {
        var nodeRun = NodeRun.Of(descriptor, router, compute);
        var supervisor = new RunSupervisorHost(descriptor, nodeRun);
        var (run, plans) = (nodeRun.Run, nodeRun.Plans);
        var started = EmulationRun.StartedOf(descriptor.Run, run.Scenario, plans);
        var journal = system.ActorOf(
            Props.Create(() => new JournalActor(writer, started, progress, JournalPatience, run, JournalChecks.None)),
            "journal");
        var desk = system.ActorOf(Props.Create(() => new JournalDesk(supervisor, journal)), "journal-desk");
        var auditor = new Auditor(run.Scenario, plans, nodeRun.Models);
        var audit = system.ActorOf(Props.Create(() => new AuditActor(run, auditor, journal, Patience)), "audit");
        var conductor = system.ActorOf(
            Props.Create(() => new ConductorActor(run, journal, audit, supervisor._finished, Rounds, Patience)),
            "conductor");
        router.Host(Addresses.Journal, desk);
        router.Host(Addresses.Audit, audit);
        router.Host(Addresses.Conductor, conductor);
        return supervisor;
    }

    /// <summary>Passes every block to the journal once and in order, however often the ledger reports it.</summary>
    sealed class JournalDesk : AddressedActor
    {
        readonly RunSupervisorHost _supervisor;
        readonly IActorRef _journal;
        readonly SortedDictionary<long, ControlMessage.BlockRecorded> _early = [];

        public JournalDesk(RunSupervisorHost supervisor, IActorRef journal)
        {
            _supervisor = supervisor;
            _journal = journal;

            Receive<ControlMessage.BlockRecorded>(HandleBlockRecorded);
            Receive<ControlMessage.NeuronRecorded>(_journal.Tell);
        }

        void HandleBlockRecorded(ControlMessage.BlockRecorded recorded)
        {
            var height = recorded.Block.Height;
            if (height < _supervisor._recorded || !_early.TryAdd(height, recorded))
            {
                return;
            }
            while (_early.Remove(_supervisor._recorded, out var next))
            {
                _journal.Tell(next);
                Volatile.Write(ref _supervisor._recorded, next.Block.Height + 1);
            }
        }
    }
}
