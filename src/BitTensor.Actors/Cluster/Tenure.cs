using System.Data.Common;
using Akka.Actor;
using BitTensor.Actors.Ledger;
using BitTensor.Actors.Neurons;
using BitTensor.Emulation;
using BitTensor.Parcels;
using BitTensor.Protocol.Wire;
using BitTensor.Records;
using Google.Protobuf;
using Serilog;

namespace BitTensor.Actors.Cluster;

/// <summary>The time of one authority over one run: its epoch, its ledger and archive, and what it has placed.</summary>
sealed class Tenure
{
    const string CharterState = "charter";

    readonly LedgerStore _store;
    readonly IActorRef _archive;

    Tenure(ClusterMessage.Charter charter, LedgerStore store, Placement placement, long height, IActorRef ledger, IActorRef archive)
    {
        Charter = charter;
        Placement = placement;
        Height = height;
        Ledger = ledger;
        _store = store;
        _archive = archive;
    }

    public ClusterMessage.Charter Charter { get; }

    public string Run => Charter.Run;

    public long Epoch => _store.Epoch;

    /// <summary>The block that was open when it began.</summary>
    public long Height { get; }

    public IActorRef Ledger { get; }

    public Placement Placement { get; private set; }

    /// <summary>True when the blocks run.</summary>
    public bool Begun { get; set; }

    /// <summary>Set when the last block is closed.</summary>
    public ControlMessage.LastBlockClosed? Last { get; set; }

    /// <summary>Roll at which the last block was closed.</summary>
    public long LastSince { get; set; }

    /// <summary>Founds the ledger of a new run and keeps its charter beside it.</summary>
    /// <exception cref="LedgerException">There is one already.</exception>
    /// <exception cref="DbException">The place cannot be reached or written.</exception>
    public static void Found(LedgerPlace place, LedgerHeader header, ClusterMessage.Charter charter)
    {
        using var store = LedgerStore.Create(place, header);
        using var states = new StateStore(place, store.Epoch);
        states.Keep(CharterState, new KeptState(0, ControlEntries.Of(charter).ToByteArray()));
    }

    /// <summary>Takes over the run's ledger.</summary>
    /// <exception cref="DbException">The place cannot be reached.</exception>
    /// <exception cref="LedgerException">It cannot be read.</exception>
    /// <exception cref="ClusterException">It has no charter, or one of another version.</exception>
    /// <returns>Null when the run is over.</returns>
    public static Tenure? Begin(string run, LedgerPlace place, long? held, PostOffice post, IActorContext context)
    {
        var store = LedgerStore.TakeOver(place, held);
        var states = new StateStore(place, store.Epoch);
        try
        {
            var kept = states.Recall(CharterState) ?? throw new ClusterException($"{place} has no charter: it is not the ledger of a cluster's run.");
            if (states.Recall(ArchiveActor.FinishedState) is not null)
            {
                states.Dispose();
                store.Dispose();
                return null;
            }
            var charter = ControlEntries.To(CharterBody.Parser.ParseFrom(kept.Bytes));
            var scenario = Site.Read(charter);
            var plans = Roster.Draw(scenario);
            // The ledger computes nothing; its links alone are its own.
            var shared = Site.ContextOf(run, scenario, plans, post, NoCompute.Instance);
            using var reader = LedgerReader.Open(place);
            var start = LedgerStart.After(reader.Header, reader.Blocks());
            var placement = states.Recall(ArchiveActor.PlacementState) is { } placed
                ? ControlEntries.To(PlacementBody.Parser.ParseFrom(placed.Bytes)).Placement : Placement.Nowhere(plans.Length);
            // Above every version of an earlier epoch, whether or not that one was kept.
            placement = placement with { Version = store.Epoch << 24 };
            var others = new LedgerActor.Collaborators(
                context.Self, shared.Actors.At(Addresses.Journal), shared.Actors.At(Addresses.Audit));
            var ledger = context.ActorOf(Props.Create<LedgerActor>(shared, reader.Header, store, start, others));
            var archive = context.ActorOf(Props.Create<ArchiveActor>(shared, states));
            context.Watch(ledger);
            post.Host(Addresses.Ledger, ledger);
            post.Host(Addresses.Archive, archive);
            return new Tenure(charter, store, placement, start.Market.Height, ledger, archive);
        }
        catch
        {
            states.Dispose();
            store.Dispose();
            throw;
        }
    }

    /// <summary>Places the neurons on who is there, if that changes anything, and keeps the placement.</summary>
    public void Place(IEnumerable<NodePlace> nodes, IReadOnlySet<string> hosts, string? laboratory, ILogger log)
    {
        var next = Placement.Next(nodes, hosts, laboratory);
        if (next != Placement)
        {
            Placement = next;
            var bytes = ControlEntries.Of(new ClusterMessage.Placed(Run, Epoch, next)).ToByteArray();
            _archive.Tell(new ArchiveActor.KeepNote(ArchiveActor.PlacementState, [.. bytes]));
            log.Information(
                "Placement {Version}: {Neurons} neurons on {Nodes}", next.Version, next.HostOf.Count(h => h >= 0), next.Nodes.Select(n => n.Name));
        }
    }

    /// <summary>Keeps that the run is over.</summary>
    public void KeepFinished() => _archive.Tell(new ArchiveActor.KeepNote(ArchiveActor.FinishedState, []));

    /// <summary>Lets go of the store; called when the ledger has stopped.</summary>
    public void Close() => _store.Dispose();

    /// <summary>Stops ledger and archive.</summary>
    public void End(IActorContext context, PostOffice post)
    {
        post.Unhost(Addresses.Ledger, Ledger);
        post.Unhost(Addresses.Archive, _archive);
        context.Stop(Ledger);
        // After what it was told before.
        _archive.Tell(PoisonPill.Instance);
    }

    sealed class NoCompute : Compute
    {
        public static readonly NoCompute Instance = new();

        public override void Submit(int lane, TimeSpan cost, ComputeJob job, IActorRef owner, IInlineReceiver? inline = null) =>
            throw Nothing();

        public override Func<T> RunOffLane<T>(Func<T> work) => throw Nothing();

        protected override void Dispose(bool disposing) { }

        static InvalidOperationException Nothing() => new("A ledger computes nothing.");
    }
}
