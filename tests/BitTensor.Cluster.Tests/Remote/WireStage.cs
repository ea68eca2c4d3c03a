using System.Net;
using System.Threading.Channels;
using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit;
using BitTensor.Actors.Context;
using BitTensor.Actors.Ledger;
using BitTensor.Actors.Neurons;
using BitTensor.Actors.Run;
using BitTensor.Cluster;
using BitTensor.Emulation;
using BitTensor.Mechanism;
using BitTensor.Parcels;
using BitTensor.Plans;
using BitTensor.Protocol;
using BitTensor.Records;
using BitTensor.Transport;

namespace BitTensor.Cluster.Tests;

/// <summary>
/// A node with the ledger and neuron 1 behind its real port, mutual TLS and all, and two others: <c>a</c> with neuron
/// 0, who misbehaves, and <c>c</c> with neuron 2, who does not. Blocks close when the story says so.
/// </summary>
sealed class WireStage : IAsyncDisposable
{
    const string Scenario =
        """
        version: 1
        name: wire
        seed: 3
        duration: 100 blocks
        mechanism: { block-interval: 10 s }
        populations: [{ name: a, count: 3, model: { kind: quadratic }, training: { iteration-interval: 10000 s } }]
        """;

    readonly WireCertificates _certificates = new("a", "b", "c");
    readonly TemporaryFolder _folder = new();
    readonly Channel<WireRefusal> _refusals = Channel.CreateUnbounded<WireRefusal>();
    readonly ActorSystem _system = ActorSystem.Create(
        "stage",
        ConfigurationFactory.ParseString("akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"")
            .WithFallback(EmbeddedConfig.Read(typeof(EmulationRun).Assembly, "node.conf")));

    readonly WallCompute _compute = new(1, failure => throw failure);
    readonly LedgerStore _store;
    readonly NodeRouter _router;
    readonly LedgerHeader _header;
    readonly IActorRef _ledger;

    public WireStage()
    {
        var scenario = Stage.Read(Scenario);
        var plans = Roster.Draw(scenario);
        var mesh = new MeshOptions
        {
            Node = "b",
            Session = 1,
            Identity = _certificates.Of("b"),
            HandshakeTimeout = WirePeer.Patience,
        };
        Outcomes = new WireOutcomes((reason, _) => _refusals.Writer.TryWrite(reason));
        _router = new NodeRouter(
            _system, mesh, new IPEndPoint(IPAddress.Loopback, 0), "127.0.0.1", Outcomes, new NodeTally(_ => { }));
        (Bad, Good) = (
            new WirePeer(_certificates.Of("a"), _router.Place), new WirePeer(_certificates.Of("c"), _router.Place));
        _header = EmulationRun.HeaderOf(scenario, plans);
        _store = LedgerStore.Create(_folder.Ledger, _header);
        var run = new RunContext(scenario, _header.Run, plans, _compute, new RunClock(_system.Scheduler));
        for (var address = Addresses.Last; address < plans.Length; address++)
        {
            run.Actors.Register(address, _router.RefOf(address));
        }
        var others = new LedgerActor.Collaborators(ActorRefs.Nobody, ActorRefs.Nobody, ActorRefs.Nobody);
        _ledger = _system.ActorOf(Props.Create<LedgerActor>(run, _header, _store, LedgerStart.Of(_header), others));
        var neuron = _system.ActorOf(Props.Create<NeuronActor>(
            run, plans[1], new ModelFactory(scenario, plans).Create(plans[1]), ActorRefs.Nobody));
        _router.Host(Addresses.Ledger, _ledger);
        _router.Host(1, neuron);
        _router.Follow(new Routes(
            _router.Place, new Placement(1, [Bad.Place, _router.Place, Good.Place], [0, 1, 2], 1)));
    }

    /// <summary>Node a.</summary>
    public WirePeer Bad { get; }

    /// <summary>Node c.</summary>
    public WirePeer Good { get; }

    /// <summary>What node b has refused.</summary>
    public WireOutcomes Outcomes { get; }

    /// <summary>The block that is open.</summary>
    public long Open { get; private set; }

    /// <summary>The submission that node c has made.</summary>
    public LedgerMessage.SubmitWeights Honest { get; private set; } = null!;

    /// <summary>The genesis closes; node c submits in the block after it, and the ledger has it.</summary>
    public async Task Begins()
    {
        _ledger.Tell(new ControlMessage.Begin(), ActorRefs.NoSender);
        await HearOfBlock();
        Honest = Signed(neuron: 2);
        Good.Says(2, Addresses.Ledger, Honest);
        await LedgerHasHeard();
    }

    /// <summary>
    /// A submission that the ledger takes from the neuron's node, with some of it replaced; signed with a key of
    /// another seed if asked.
    /// </summary>
    public LedgerMessage.SubmitWeights Signed(
        int neuron = 0, string? run = null, long? block = null, WeightRow? row = null, ulong? seed = null)
    {
        using var key = new NeuronKey(seed ?? _header.Seed, neuron);
        return key.Sign(run ?? _header.Run, neuron, block ?? Open, row ?? WeightRow.Dense([0.34, 0.33, 0.33]));
    }

    /// <summary>The open block closes, and the next one opens.</summary>
    public async Task CloseBlock()
    {
        // The ledger reckons from its start on a clock that stands still here.
        ((TestScheduler)_system.Scheduler).Advance(TimeSpan.FromSeconds(10 * Open));
        await HearOfBlock();
    }

    /// <summary>How often the ledger has met this, once it has heard all that was said to it.</summary>
    public async Task<long> LedgerCounts(string kind, string outcome)
    {
        await LedgerHasHeard();
        var settled = new TaskCompletionSource<ControlMessage.Settled>(
            TaskCreationOptions.RunContinuationsAsynchronously);
        _ledger.Tell(new ControlMessage.Settle(), _system.ActorOf(Props.Create(() => new Ear(settled))));
        return (await settled.Task).Traffic.Where(t => (t.Kind, t.Outcome) == (kind, outcome)).Sum(t => t.Count);
    }

    /// <summary>The next refusal that node b notes; waits for it.</summary>
    public async Task<WireRefusal> Refuses()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        return await _refusals.Reader.ReadAsync(patience.Token);
    }

    /// <summary>
    /// Neuron 1 answers a query of node c, and c's submission is in the block; nothing but that submission has changed
    /// W and S.
    /// </summary>
    public async Task NobodyElseNoticed()
    {
        Good.Says(2, 1, new QueryMessage.Forward(new QueryId(2, 7), new Tensor(2, 1, [1, 1])));
        Xunit.Assert.Equal(new QueryId(2, 7), (await Good.Hears<QueryMessage.ForwardReply>()).Query);
        await LedgerHasHeard();
        await CloseBlock();
        using var reader = LedgerReader.Open(_folder.Ledger);
        var blocks = reader.Blocks().ToArray();
        var honest = _header.Genesis().Close([]).Next.Close([new RowChange(2, Honest.Row)]).Next;
        while (honest.Height < Open)
        {
            honest = honest.Close([]).Next;
        }
        Xunit.Assert.True(AnyMessage.Same(honest, LedgerStart.After(_header, blocks).Market), "W or S changed");
        Xunit.Assert.Equal(
            [Honest], blocks.SelectMany(b => b.Submissions).Where(s => s.Refused is null).Select(s => s.Submission));
        Xunit.Assert.Null(LedgerVerifier.Verify(_folder.Ledger).Problem);
    }

    public async ValueTask DisposeAsync()
    {
        await Bad.DisposeAsync();
        await Good.DisposeAsync();
        await _system.Terminate();
        _system.Dispose();
        await _router.DisposeAsync();
        _compute.Dispose();
        _store.Dispose();
        _folder.Dispose();
        _certificates.Dispose();
    }

    sealed class Ear : ReceiveActor
    {
        public Ear(TaskCompletionSource<ControlMessage.Settled> settled) =>
            Receive<ControlMessage.Settled>(settled.SetResult);
    }

    async Task HearOfBlock() => Open = (await Good.Hears<LedgerMessage.BlockOpened>()).Height;

    /// <summary>
    /// A link keeps its order, so an answer to a later question says that the earlier words have been heard.
    /// </summary>
    async Task LedgerHasHeard()
    {
        Good.Says(2, Addresses.Ledger, new ControlMessage.NeuronPresent(2));
        await Good.Hears<LedgerMessage.BlockOpened>();
    }
}
