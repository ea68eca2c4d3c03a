using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Tools.Singleton;
using Akka.Event;
using Akka.Remote;
using BitTensor.Emulation;
using BitTensor.Protocol;
using BitTensor.Records;
using BitTensor.Transport;
using Serilog;

namespace BitTensor.Cluster;

/// <summary>The node of one process: its actor system, its router and its agent.</summary>
public sealed class NodeHost : IAsyncDisposable
{
    /// <summary>A node told to leave is gone within this time, whatever the others do.</summary>
    public static readonly TimeSpan LeavePatience = TimeSpan.FromSeconds(13);

    static readonly TimeSpan RetirePatience = TimeSpan.FromSeconds(4);
    static readonly TimeSpan FlushPatience = TimeSpan.FromSeconds(2);

    readonly ActorSystem _system;
    readonly WallCompute _compute;
    readonly IActorRef _agent;
    readonly ILogger _log;
    readonly NodeMetrics _metrics = new();
    readonly TaskCompletionSource _joined = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource<NodeExit> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    NodeHost(NodeOptions options, Func<ActorSystem, NodeRouter, Compute, RunSupervisorHost>? supervisorOf)
    {
        if (options.Identity is null && !IPAddress.IsLoopback(options.Host))
        {
            throw new ClusterException(
                $"{options.Host} is beyond loopback and there are no certificates: "
                + "make them with `bta certs` and start with --certs, or use 127.0.0.1.");
        }
        if (options.Advertise is { } advertised && Uri.CheckHostName(advertised) == UriHostNameType.Unknown)
        {
            throw new ClusterException($"'{advertised}' is neither a host name nor an address.");
        }
        if (!NodeRole.CanName(options.Name))
        {
            throw new ClusterException(
                $"'{options.Name}' cannot name a node: use 1 to 64 letters, digits, '.', '_' and '-'.");
        }
        var tally = new NodeTally(_metrics.BlockClosed);
        options.Labels.Follow(options.Name, State, tally);
        _log = options.Log.ForContext(options.Labels);
        _compute = new WallCompute(options.Cores, failure => Fail(failure));
        Outcomes = new WireOutcomes((reason, what) => _log.Warning("Refused: {Reason}: {What}", reason, what));
        _system = SystemOf(options, Outcomes);
        var cluster = Akka.Cluster.Cluster.Get(_system);
        Router = RouterOf(options, tally, cluster.SelfUniqueAddress.Uid);
        Console = new NodeConsole(options.Name, State, tally, cluster, options.LedgerOf);
        _metrics.Observe(State, tally, Router, Outcomes, cluster);
        _system.ActorOf(Props.Create(() => new AkkaLog(_log, State, Quarantined)), "akka-log");
        Supervisor = supervisorOf?.Invoke(_system, Router, _compute);
        _agent = _system.ActorOf(
            Props.Create(() => new NodeAgent(Router, _compute, State, tally, _log, Supervisor)), AkkaRemote.Agent);
        if (options.LedgerOf is { } placeOf)
        {
            SeatAuthority(placeOf);
        }
        Address = string.Create(CultureInfo.InvariantCulture, $"{cluster.SelfAddress.Host}:{cluster.SelfAddress.Port}");
        _ = _system.WhenTerminated.ContinueWith(_ => _ended.TrySetResult(ReasonOfEnd()), TaskScheduler.Default);
        Action joined = () => _joined.TrySetResult(), taken = () => End(NodeExit.NameTaken);
        _system.ActorOf(Props.Create(() => new MemberWatch(options.Met, joined, taken, _log)), "members");
        var seeds = options.Join.Select(seed => SeedAddress(seed, options.Identity is not null));
        cluster.JoinSeedNodes(options.Join.IsEmpty ? [cluster.SelfAddress] : [.. seeds]);
        _log.Information("Node {Node} at {Address}, links at {Links}", options.Name, Address, Router.Place);
    }

    /// <summary>Starts a node.</summary>
    /// <exception cref="ClusterException">
    /// The node would listen beyond loopback without certificates, its name is malformed, an address to join is
    /// malformed, or one of its own addresses is not available.
    /// </exception>
    public static NodeHost Start(NodeOptions options) => new(options, null);

    internal static NodeHost Start(
        NodeOptions options, Func<ActorSystem, NodeRouter, Compute, RunSupervisorHost> supervisorOf) =>
        new(options, supervisorOf);

    /// <summary>Name of the node.</summary>
    public string Name => Router.Place.Name;

    /// <summary>Where another node joins this one, <c>HOST:PORT</c>.</summary>
    public string Address { get; }

    /// <summary>Completed when the node is a full member of its cluster.</summary>
    public Task Joined => _joined.Task;

    /// <summary>Completed when the node has ended, whatever the reason.</summary>
    public Task<NodeExit> Ended => _ended.Task;

    /// <summary>Counts of refused messages and connections, by reason.</summary>
    public WireOutcomes Outcomes { get; }

    /// <summary>The operator's view of the node, and the operator's actions.</summary>
    public NodeConsole Console { get; }

    internal NodeState State { get; } = new();

    internal NodeRouter Router { get; }

    internal RunSupervisorHost? Supervisor { get; }

    /// <summary>
    /// Keeps the neurons' last checkpoints, hands over ledger and neurons, leaves the cluster, and ends. When leaving
    /// takes too long the node ends without it, and the others find it dead.
    /// </summary>
    public async Task LeaveAsync()
    {
        if (await Task.WhenAny(Leave(), After(LeavePatience)) is { IsFaulted: true } failed)
        {
            await failed;
        }
        End(NodeExit.Left);
    }

    async Task Leave()
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _agent.Tell(new NodeAgent.Leave(gone), ActorRefs.NoSender);
        await Task.WhenAny(gone.Task, After(RetirePatience));
        if (!await Router.Flush(FlushPatience))
        {
            _log.Warning("Other nodes did not acknowledge every message in time");
        }
        await CoordinatedShutdown.Get(_system).Run(CoordinatedShutdown.ClusterLeavingReason.Instance);
        await Ended;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _system.Terminate();
        await Router.DisposeAsync();
        _compute.Dispose();
        _metrics.Dispose();
        _system.Dispose();
    }

    static ActorSystem SystemOf(NodeOptions options, WireOutcomes outcomes)
    {
        try
        {
            return ActorSystem.Create(AkkaRemote.SystemName, AkkaRemote.SetupOf(options, outcomes));
        }
        catch (Exception failure) when (SocketExceptionIn(failure) is { } cause)
        {
            throw Unavailable("--port", options.Host, options.Port, cause);
        }
    }

    NodeRouter RouterOf(NodeOptions options, NodeTally tally, long session)
    {
        var mesh = new MeshOptions { Node = options.Name, Session = session, Identity = options.Identity };
        try
        {
            return new NodeRouter(
                _system, mesh, new IPEndPoint(options.Host, options.LinkPort),
                options.Advertise ?? options.Host.ToString(), Outcomes, tally);
        }
        catch (SocketException cause)
        {
            _ = _system.Terminate();
            throw Unavailable("--link-port", options.Host, options.LinkPort, cause);
        }
    }

    static ClusterException Unavailable(string option, IPAddress host, int port, SocketException cause)
    {
        var wrong = cause.SocketErrorCode == SocketError.AddressNotAvailable ? "--host" : option;
        return new($"{wrong}: {new IPEndPoint(host, port)} cannot be listened at: {cause.Message}", cause);
    }

    static SocketException? SocketExceptionIn(Exception? failure) => failure is null or SocketException
        ? failure as SocketException
        : (failure is AggregateException many ? many.InnerExceptions : [failure.InnerException!])
            .Select(SocketExceptionIn).FirstOrDefault(f => f is not null);

    void SeatAuthority(Func<string, LedgerPlace> placeOf)
    {
        Action<Exception> fenced = failure => End(NodeExit.Fenced);
        var props = Props.Create(() => new AuthorityActor(Router, placeOf, State, fenced, _log));
        var settings = ClusterSingletonManagerSettings.Create(_system).WithRole(NodeRole.Ledger);
        _system.ActorOf(ClusterSingletonManager.Props(props, PoisonPill.Instance, settings), AkkaRemote.Authority);
    }

    internal static async Task After(TimeSpan time)
    {
        using var timer = new PeriodicTimer(time);
        await timer.WaitForNextTickAsync();
    }

    void Quarantined() => End(NodeExit.Quarantined);

    void Fail(Exception failure)
    {
        _log.Fatal(failure, "A compute job failed: this node ends");
        _ended.TrySetException(failure);
        _system.Terminate();
    }

    void End(NodeExit exit)
    {
        _ended.TrySetResult(exit);
        _system.Terminate();
    }

    NodeExit ReasonOfEnd() => CoordinatedShutdown.Get(_system).ShutdownReason switch
    {
        CoordinatedShutdown.ClusterDowningReason => NodeExit.Downed,
        CoordinatedShutdown.ClusterLeavingReason => NodeExit.Left,
        // Akka ends a node whose own connection fails in the TLS handshake, for a reason that is not public. The other
        // side may have refused first.
        { } reason when !reason.GetType().IsVisible => NodeExit.Untrusted,
        // Or the time to join was over before that.
        _ when !Joined.IsCompleted && Outcomes[WireRefusal.WrongNode] > 0 => NodeExit.Untrusted,
        _ => Joined.IsCompleted ? NodeExit.Left : NodeExit.NotJoined,
    };

    static Address SeedAddress(string seed, bool secure)
    {
        if (!NodeOptions.CanJoin(seed))
        {
            throw new ClusterException($"'{seed}' is not an address to join; write HOST:PORT.");
        }
        var at = seed.LastIndexOf(':');
        return new Address(
            secure ? "akka.ssl.tcp" : "akka.tcp", AkkaRemote.SystemName, seed[..at],
            int.Parse(seed.AsSpan(at + 1), CultureInfo.InvariantCulture));
    }
}
