using BitTensor.Actors.Conducting;
using BitTensor.Actors.Neurons;
using BitTensor.Emulation;
using BitTensor.Parcels;
using BitTensor.Records;
using Akka.Actor;

namespace BitTensor.Actors.Cluster;

/// <summary>What the process that runs a scenario on a cluster has and the other nodes have not: journal, conductor and audit.</summary>
sealed class Laboratory
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // Blocks a journal waits for the reports of a machine that is gone; rounds of doubling length from 100 ms at the end.
    const int JournalPatience = 4;
    const int Rounds = 6;

    readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    long _recorded;

    Laboratory(ClusterMessage.Charter charter, Site site)
    {
        Charter = charter;
        Site = site;
    }

    public ClusterMessage.Charter Charter { get; }

    public Site Site { get; }

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

    /// <summary>Opens the laboratory on this node.</summary>
    public static Laboratory Open(
        ActorSystem system, PostOffice post, Compute compute, ClusterMessage.Charter charter, JournalWriter writer, Action<RunProgress> progress)
    {
        var site = Site.Of(charter, post, compute);
        var laboratory = new Laboratory(charter, site);
        var started = new JournalRecord.Started(charter.Run, site.Run.Scenario.Seed, [.. site.Plans.Select(p => p.Population.Name)]);
        var journal = system.ActorOf(Props.Create(() => new JournalActor(writer, started, progress, JournalPatience, site.Run, JournalChecks.None)), "journal");
        var desk = system.ActorOf(Props.Create(() => new JournalDesk(laboratory, journal)), "journal-desk");
        var auditor = new Auditor(site.Run.Scenario, site.Plans, site.Models);
        var audit = system.ActorOf(Props.Create(() => new AuditActor(site.Run, auditor, journal, Patience)), "audit");
        var conductor = system.ActorOf(
            Props.Create(() => new ConductorActor(site.Run, journal, audit, laboratory._finished, Rounds, Patience)), "conductor");
        post.Host(Addresses.Journal, desk);
        post.Host(Addresses.Audit, audit);
        post.Host(Addresses.Conductor, conductor);
        return laboratory;
    }

    /// <summary>Hands the journal every block once and in order, whoever tells of it how often.</summary>
    sealed class JournalDesk : AddressedActor
    {
        readonly Laboratory _laboratory;
        readonly IActorRef _journal;
        readonly SortedDictionary<long, ControlMessage.BlockRecorded> _early = [];

        public JournalDesk(Laboratory laboratory, IActorRef journal)
        {
            _laboratory = laboratory;
            _journal = journal;

            Receive<ControlMessage.BlockRecorded>(HandleBlockRecorded);
            Receive<ControlMessage.NeuronRecorded>(_journal.Tell);
        }

        void HandleBlockRecorded(ControlMessage.BlockRecorded recorded)
        {
            var height = recorded.Block.Height;
            if (height < _laboratory._recorded || !_early.TryAdd(height, recorded))
            {
                return;
            }
            while (_early.Remove(_laboratory._recorded, out var next))
            {
                _journal.Tell(next);
                Volatile.Write(ref _laboratory._recorded, next.Block.Height + 1);
            }
        }
    }
}
