using System.Data.Common;
using Akka.Actor;
using BitTensor.Actors.Context;
using BitTensor.Actors.Ledger;
using BitTensor.Emulation;
using BitTensor.Parcels;
using BitTensor.Plans;
using BitTensor.Protocol.Wire;
using BitTensor.Records;
using Google.Protobuf;
using Serilog;

namespace BitTensor.Cluster;

/// <summary>One authority's term over one run: its epoch, its ledger and archive, and its placement.</summary>
sealed class AuthorityTerm
{
    const string DescriptorState = "charter";

    readonly LedgerStore _store;
    readonly IActorRef _archive;

    AuthorityTerm(
        ClusterMessage.RunDescriptor descriptor, LedgerStore store, Placement placement, long height, IActorRef ledger,
        IActorRef archive)
    {
        Descriptor = descriptor;
        Placement = placement;
        Height = height;
        Ledger = ledger;
        _store = store;
        _archive = archive;
    }

    public ClusterMessage.RunDescriptor Descriptor { get; }

    public string Run => Descriptor.Run;

    public long Epoch => _store.Epoch;

    /// <summary>The block that was open when it began.</summary>
    public long Height { get; }

    public IActorRef Ledger { get; }

    public Placement Placement { get; private set; }

    /// <summary>True when the blocks run.</summary>
    public bool Begun { get; set; }

    /// <summary>Set when the last block is closed.</summary>
    public ControlMessage.LastBlockClosed? Last { get; set; }

    /// <summary>Poll at which the last block was closed.</summary>
    public long LastSince { get; set; }

    /// <summary>Where the supervisor of the run last was; null until it has reported.</summary>
    public Address? Supervisor { get; set; }

    /// <summary>Creates the ledger of a new run and keeps its descriptor beside it.</summary>
    /// <exception cref="LedgerException">There is one already.</exception>
    /// <exception cref="DbException">The place cannot be reached or written.</exception>
    public static void Found(LedgerPlace place, LedgerHeader header, ClusterMessage.RunDescriptor descriptor)
    {
        using var store = LedgerStore.Create(place, header);
        using var states = new StateStore(place, store.Epoch);
        states.Keep(DescriptorState, new KeptState(0, ControlCodecs.Of(descriptor).ToByteArray()));
    }

    /// <summary>Takes over the run's ledger.</summary>
    /// <exception cref="DbException">The place cannot be reached.</exception>
    /// <exception cref="LedgerException">It cannot be read.</exception>
    /// <exception cref="ClusterException">It has no descriptor, or one of another version.</exception>
    /// <returns>Null when the run is over.</returns>
    public static AuthorityTerm? Begin(
        string run, LedgerPlace place, long? held, NodeRouter router, IActorContext context)
    {
        var store = LedgerStore.TakeOver(place, held);
        var states = new StateStore(place, store.Epoch);
        try
        {
            var kept = states.Recall(DescriptorState)
                ?? throw new ClusterException(
                    $"{place} has no run descriptor: it is not the ledger of a cluster's run.");
            if (states.Recall(ArchiveActor.FinishedState) is not null)
            {
                states.Dispose();
                store.Dispose();
                return null;
            }
            var descriptor = ControlCodecs.To(CharterBody.Parser.ParseFrom(kept.Bytes));
            var scenario = NodeRun.Read(descriptor);
            var plans = Roster.Draw(scenario);
            // The ledger computes nothing; its links alone are its own.
            var shared = NodeRun.ContextOf(run, scenario, plans, router, NoCompute.Instance);
            using var reader = LedgerReader.Open(place);
            var start = LedgerStart.After(reader.Header, reader.Blocks());
            var placement = states.Recall(ArchiveActor.PlacementState) is { } placed
                ? ControlCodecs.To(PlacementBody.Parser.ParseFrom(placed.Bytes)).Placement
                : Placement.Nowhere(plans.Length);
            // Above every version of an earlier epoch, kept or not.
            placement = placement with { Version = store.Epoch << 24 };
            var others = new LedgerActor.Collaborators(
                context.Self, shared.Actors.At(Addresses.Journal), shared.Actors.At(Addresses.Audit));
            var ledger = context.ActorOf(Props.Create<LedgerActor>(shared, reader.Header, store, start, others));
            var archive = context.ActorOf(Props.Create<ArchiveActor>(shared, states));
            context.Watch(ledger);
            router.Host(Addresses.Ledger, ledger);
            router.Host(Addresses.Archive, archive);
            return new AuthorityTerm(descriptor, store, placement, start.Market.Height, ledger, archive);
        }
        catch
        {
            states.Dispose();
            store.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Places the neurons on the present nodes. Keeps the placement when it differs from the one before.
    /// </summary>
    public void Place(IEnumerable<NodePlace> nodes, IReadOnlySet<string> hosts, string? supervisor, ILogger log)
    {
        var next = Placement.Next(nodes, hosts, supervisor);
        if (next != Placement)
        {
            Placement = next;
            var bytes = ControlCodecs.Of(new ClusterMessage.Placed(Run, Epoch, next)).ToByteArray();
            _archive.Tell(new ArchiveActor.KeepNote(ArchiveActor.PlacementState, [.. bytes]));
            log.Information(
                "Placement {Version}: {Neurons} neurons on {Nodes}",
                next.Version, next.HostOf.Count(h => h >= 0), next.Nodes.Select(n => n.Name));
        }
    }

    /// <summary>Keeps that the run is over.</summary>
    public void KeepFinished() => _archive.Tell(new ArchiveActor.KeepNote(ArchiveActor.FinishedState, []));

    /// <summary>Lets go of the store; called when the ledger has stopped.</summary>
    public void Close() => _store.Dispose();

    /// <summary>Stops ledger and archive.</summary>
    public void End(IActorContext context, NodeRouter router)
    {
        router.Unhost(Addresses.Ledger, Ledger);
        router.Unhost(Addresses.Archive, _archive);
        context.Stop(Ledger);
        // After the messages it has in its mailbox.
        _archive.Tell(PoisonPill.Instance);
    }

    sealed class NoCompute : Compute
    {
        public static readonly NoCompute Instance = new();

        public override void Submit(
            int lane, TimeSpan cost, ComputeJob job, IActorRef owner, IInlineReceiver? inline = null) =>
            throw Nothing();

        public override Func<T> RunOffLane<T>(Func<T> work) => throw Nothing();

        protected override void Dispose(bool disposing) { }

        static InvalidOperationException Nothing() => new("A ledger computes nothing.");
    }
}
