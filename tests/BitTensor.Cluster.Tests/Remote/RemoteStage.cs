using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Cluster;
using Akka.Configuration;
using Akka.Remote;
using Akka.Remote.Transport.DotNetty;
using Akka.Serialization;
using BitTensor.Actors.Run;
using BitTensor.Cluster;
using BitTensor.Plans;
using BitTensor.Protocol;
using BitTensor.Records;
using BitTensor.Scenarios;
using BitTensor.Transport;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Xunit;

namespace BitTensor.Cluster.Tests;

/// <summary>
/// A cluster of two real nodes with mutual TLS on which a run goes on, two blocks a second. Neurons of both submit in
/// every block.
/// </summary>
public sealed class RemoteStage : IAsyncLifetime
{
    const string Scenario =
        """
        version: 1
        name: remote
        seed: 3
        duration: 1000000 blocks
        mechanism: { block-interval: 500 ms, temperature: 0.1, step: 0.00001 }
        populations: [{ name: a, count: 4, model: { kind: quadratic }, training: { iteration-interval: 200 ms, reply-timeout: 100 ms } }]
        audit: { every: never }
        """;

    readonly TemporaryFolder _folder = new();
    readonly Channel<long> _blocks = Channel.CreateUnbounded<long>();
    readonly JournalWriter _journal = new(Stream.Null);
    NodeHost _other = null!;
    readonly ConcurrentQueue<string> _log = [];
    long _epoch;

    internal WireCertificates Certificates { get; } = new("alpha", "beta", "gamma");

    /// <summary>The node that is attacked: it has the ledger.</summary>
    internal NodeHost Node { get; private set; } = null!;

    /// <summary>Its actor system.</summary>
    internal ActorSystem System { get; private set; } = null!;

    /// <summary>An actor of that node which stands for all others.</summary>
    internal Canary Canary { get; } = new();

    internal IPEndPoint RemotePort => IPEndPoint.Parse(Node.Address);

    internal IPEndPoint LinkPort => new(IPAddress.Loopback, Node.Router.Place.Port);

    public async Task InitializeAsync()
    {
        var scenario = ScenarioFile.Parse(Scenario, "remote.yaml", []).Value!;
        var descriptor = new ClusterMessage.RunDescriptor("remote-1", ScenarioWriter.Write(scenario), 2, 0);
        var place = new LedgerPlace.File(_folder.Ledger);
        AuthorityTerm.Found(place, EmulationRun.HeaderOf(scenario, Roster.Draw(scenario), descriptor.Run), descriptor);
        var options = new NodeOptions
        {
            Name = "alpha",
            Identity = Certificates.Of("alpha"),
            LedgerOf = _ => place,
            Cores = 1,
            Log = Logger("alpha"),
        };
        Node = NodeHost.Start(options, (system, router, compute) =>
        {
            System = system;
            system.ActorOf(Props.Create(() => new CanaryActor(Canary)), "canary");
            return RunSupervisorHost.Open(system, router, compute, descriptor, _journal, Note);
        });
        _other = NodeHost.Start(
            new NodeOptions
            {
                Name = "beta", Identity = Certificates.Of("beta"), Join = [Node.Address], Cores = 1,
                Log = Logger("beta"),
            });
        await NextBlock();
        _epoch = Node.State.Epoch;
    }

    public async Task DisposeAsync()
    {
        await _other.DisposeAsync();
        await Node.DisposeAsync();
        _journal.Dispose();
        _folder.Dispose();
        Certificates.Dispose();
    }

    /// <summary>Waits until the node is a member of the cluster.</summary>
    internal async Task IsJoinedBy(NodeHost node)
    {
        using var inbox = Inbox.Create(System);
        Akka.Cluster.Cluster.Get(System).Subscribe(
            inbox.Receiver, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents,
            typeof(ClusterEvent.MemberUp));
        while (true)
        {
            var up = (ClusterEvent.MemberUp)await inbox.ReceiveAsync(TimeSpan.FromSeconds(30));
            if (up.Member.Address.Port == IPEndPoint.Parse(node.Address).Port)
            {
                return;
            }
        }
    }

    /// <summary>
    /// Blocks go on closing until one has accepted submissions of neurons of either node; every submission there ever
    /// was came from its owner; and the ledger's W and S are what these submissions make of them.
    /// </summary>
    internal async Task NobodyNoticed()
    {
        while (_blocks.Reader.TryRead(out _))
        {
        }
        // The one that is open now may have been filled before.
        await NextBlock();
        while (!OfBothNodes(Block(await NextBlock())))
        {
        }
        using var reader = LedgerReader.Open(_folder.Ledger);
        Assert.All(reader.Blocks().SelectMany(b => b.Submissions), s => Assert.Equal(s.From, s.Submission.Neuron));
        Assert.Null(LedgerVerifier.Verify(_folder.Ledger).Problem);
        Assert.False(Node.Ended.IsCompleted);
        Assert.Equal(_epoch, Node.State.Epoch);
    }

    bool OfBothNodes(LedgerBlock block) =>
        block.Submissions.Where(s => s.Refused is null).Select(s => Node.State.Placement!.Host(s.From)).Distinct()
            .Count() == 2;

    LedgerBlock Block(long height)
    {
        using var reader = LedgerReader.Open(_folder.Ledger);
        return reader.Blocks(from: height).First();
    }

    async Task<long> NextBlock()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        try
        {
            return await _blocks.Reader.ReadAsync(patience.Token);
        }
        catch (OperationCanceledException late)
        {
            throw new TimeoutException($"No block any more. The nodes logged:\n{string.Join('\n', _log)}", late);
        }
    }

    Logger Logger(string node) => new LoggerConfiguration()
        .WriteTo.Sink(new Lines(_log, node)).CreateLogger();

    /// <summary>Keeps what is logged, for a test that fails.</summary>
    sealed class Lines(ConcurrentQueue<string> lines, string node) : ILogEventSink
    {
        public void Emit(LogEvent logEvent) => lines.Enqueue(
            $"{logEvent.Timestamp:HH:mm:ss.f} {node} {logEvent.Level}: {logEvent.RenderMessage(CultureInfo.InvariantCulture)}");
    }

    void Note(RunProgress happened)
    {
        if (happened is RunProgress.BlockDone done)
        {
            _blocks.Writer.TryWrite(done.Block.Height);
        }
    }
}

/// <summary>What an actor that nobody may touch has noticed.</summary>
sealed class Canary
{
    public ConcurrentQueue<object> Heard { get; } = new();

    public bool Stopped { get; set; }
}

sealed class CanaryActor : ReceiveActor
{
    readonly Canary _canary;

    public CanaryActor(Canary canary)
    {
        _canary = canary;
        ReceiveAny(_canary.Heard.Enqueue);
    }

    protected override void PostStop() => _canary.Stopped = true;
}

/// <summary>
/// A program of somebody else with Akka.Remote as it comes: any serializer, no mistrust, and whatever certificate it
/// was given.
/// </summary>
sealed class Stranger : IAsyncDisposable
{
    readonly Channel<object> _heard = Channel.CreateUnbounded<object>();

    public Stranger(NodeHost target, X509Certificate2? certificate)
    {
        var scheme = certificate is null ? "akka.tcp" : "akka.ssl.tcp";
        Target = Address.Parse($"{scheme}://{AkkaRemote.SystemName}@{target.Address}");
        var setup = ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(ConfigurationFactory.ParseString(
            $$"""
            akka { loggers = [], stdout-loglevel = OFF, loglevel = OFF, actor.provider = remote }
            akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0, enable-ssl = {{(certificate is null ? "off" : "on")}} }
            """)), SerializationSetup.Create(system =>
            [
                SerializerDetails.Create(
                    "wire", new WireSerializer(system, ProtocolDocument.Table, _ => { }),
                    [.. ProtocolDocument.Table.Entries.Select(e => e.Type)]),
            ]));
        System = ActorSystem.Create(
            "stranger",
            certificate is null
                ? setup
                : setup.And(new DotNettySslSetup(certificate, true, true, (_, _, _, _, _) => true)));
        Self = System.ActorOf(Props.Create(() => new Ear(_heard.Writer)));
        System.EventStream.Subscribe(Self, typeof(AssociationErrorEvent));
        System.EventStream.Subscribe(Self, typeof(DisassociatedEvent));
    }

    public ActorSystem System { get; }

    public IActorRef Self { get; }

    public Address Target { get; }

    /// <summary>An actor of the target by its path, without asking.</summary>
    public IActorRef At(string path) => ((ExtendedActorSystem)System).Provider.ResolveActorRef(Target + path);

    /// <summary>
    /// True when the agent, which every node of the cluster may select, answers a roll; false when there is no way to
    /// it. That the node refuses a handshake is heard from the node itself: its peer may take a quarter of a minute to
    /// notice, or never.
    /// </summary>
    /// <param name="node">The system of the node; null hears of it from the peer only.</param>
    public async Task<bool> Reaches(ActorSystem? node = null)
    {
        node?.EventStream.Subscribe(Self, typeof(Akka.Event.Error));
        var poll = new ClusterMessage.StatusPoll(
            0, "", false, new NodePlace("gamma", "127.0.0.1", 1), 0, WireLimits.Major);
        System.ActorSelection($"{Target}/user/{AkkaRemote.Agent}").Tell(poll, Self);
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        while (true)
        {
            switch (await _heard.Reader.ReadAsync(patience.Token))
            {
                case ClusterMessage.StatusReport:
                    return true;
                case AssociationErrorEvent or DisassociatedEvent:
                case Akka.Event.Error failure when failure.ToString()
                    .Contains("TLS handshake failed", StringComparison.Ordinal):
                    return false;
                case Akka.Event.Error:
                    break;
                case var other:
                    Noticed.Enqueue(other);
                    break;
            }
        }
    }

    /// <summary>True when an answer came since.</summary>
    public bool HeardMore()
    {
        while (_heard.Reader.TryRead(out var message))
        {
            if (message is ClusterMessage.StatusReport)
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>What it heard besides.</summary>
    public ConcurrentQueue<object> Noticed { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await System.Terminate();
        System.Dispose();
    }

    sealed class Ear : ReceiveActor
    {
        public Ear(ChannelWriter<object> heard) => ReceiveAny(message => heard.TryWrite(message));
    }
}
