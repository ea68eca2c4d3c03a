using System.Collections.Immutable;
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

namespace BitTensor.Actors.Cluster;

/// <summary>How a node's process ended.</summary>
public enum NodeExit
{
    /// <summary>It left because it was told to.</summary>
    Left,

    /// <summary>The others have declared it dead.</summary>
    Downed,

    /// <summary>Another node refuses to speak to it ever again.</summary>
    Quarantined,

    /// <summary>Another node has taken over its ledger.</summary>
    Fenced,

    /// <summary>It did not find the cluster it was to join.</summary>
    NotJoined,

    /// <summary>It was shown a certificate it does not trust at the address of a node: of the one to join, or of a member.</summary>
    Untrusted,

    /// <summary>An older member of the cluster bears its name.</summary>
    NameTaken,
}

/// <summary>A node, as it is started.</summary>
public sealed record NodeOptions
{
    /// <summary>Name, unique in the cluster; with an identity it is the certificate's.</summary>
    public required string Name { get; init; }

    /// <summary>Address to listen at.</summary>
    public IPAddress Host { get; init; } = IPAddress.Loopback;

    /// <summary>Name or address that others reach this node at; null when it is <see cref="Host"/>.</summary>
    public string? Advertise { get; init; }

    /// <summary>Port of the cluster; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>Port of the links; 0 takes a free one.</summary>
    public int LinkPort { get; init; }

    /// <summary>
    /// Nodes of the cluster to join, <c>HOST:PORT</c>, the same list on each of them; empty begins a cluster. Where this node is the first
    /// of them and none of the others answers, it begins the cluster too.
    /// </summary>
    public ImmutableArray<string> Join { get; init; } = [];

    /// <summary>Where the ledger of a run is; null on a node that cannot seat it.</summary>
    public Func<string, LedgerPlace>? LedgerOf { get; init; }

    /// <summary>False on a node without neurons.</summary>
    public bool Neurons { get; init; } = true;

    /// <summary>Certificate and pinned authority; null speaks without TLS, which is for loopback alone.</summary>
    public NodeIdentity? Identity { get; init; }

    /// <summary>Threads that compute.</summary>
    public int Cores { get; init; } = Environment.ProcessorCount;

    /// <summary>Log.</summary>
    public ILogger Log { get; init; } = Serilog.Core.Logger.None;

    /// <summary>What the node says of itself on every line of its log.</summary>
    public NodeLabels Labels { get; init; } = new();

    /// <summary>True for what can name a node: 1 to 64 letters, digits, '.', '_' and '-', not a '.' first.</summary>
    public static bool CanName(string node) => NodeRole.CanName(node);

    /// <summary>True for <c>HOST:PORT</c>, the address of a node to join.</summary>
    public static bool CanJoin(string seed)
    {
        var at = seed.LastIndexOf(':');
        return at > 0 && int.TryParse(seed.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65536;
    }

    /// <summary>Told the name of every other node that is a member of the cluster or becomes one, but for one that is gone before word of it has come round. Called from the node's own threads.</summary>
    public Action<string> Met { get; init; } = static _ => { };
}

/// <summary>One process's node: its actor system, its post and its agent.</summary>
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

    NodeHost(NodeOptions options, Func<ActorSystem, PostOffice, Compute, Laboratory>? laboratoryOf)
    {
        if (options.Identity is null && !IPAddress.IsLoopback(options.Host))
        {
            throw new ClusterException(
                $"{options.Host} is beyond loopback and there are no certificates: make them with `bta certs` and start with --certs, or use 127.0.0.1.");
        }
        if (options.Advertise is { } advertised && Uri.CheckHostName(advertised) == UriHostNameType.Unknown)
        {
            throw new ClusterException($"'{advertised}' is neither a host name nor an address.");
        }
        if (!NodeRole.CanName(options.Name))
        {
            throw new ClusterException($"'{options.Name}' cannot name a node: use 1 to 64 letters, digits, '.', '_' and '-'.");
        }
        var tally = new NodeTally(_metrics.BlockClosed);
        options.Labels.Follow(options.Name, State, tally);
        _log = options.Log.ForContext(options.Labels);
        _compute = new WallCompute(options.Cores, failure => Fail(failure));
        Outcomes = new WireOutcomes((reason, what) => _log.Warning("Refused: {Reason}: {What}", reason, what));
        _system = SystemOf(options, Outcomes);
        var cluster = Akka.Cluster.Cluster.Get(_system);
        Post = PostOf(options, tally, cluster.SelfUniqueAddress.Uid);
        Console = new NodeConsole(options.Name, State, tally, cluster, options.LedgerOf);
        _metrics.Observe(State, tally, Post, Outcomes, cluster);
        _system.ActorOf(Props.Create(() => new AkkaLog(_log, State, Quarantined)), "akka-log");
        Laboratory = laboratoryOf?.Invoke(_system, Post, _compute);
        _agent = _system.ActorOf(Props.Create(() => new NodeAgent(Post, _compute, State, tally, _log, Laboratory)), RemoteRoad.Agent);
        if (options.LedgerOf is { } placeOf)
        {
            SeatAuthority(placeOf);
        }
        Address = string.Create(CultureInfo.InvariantCulture, $"{cluster.SelfAddress.Host}:{cluster.SelfAddress.Port}");
        _ = _system.WhenTerminated.ContinueWith(_ => _ended.TrySetResult(ReasonOfEnd()), TaskScheduler.Default);
        Action joined = () => _joined.TrySetResult(), taken = () => End(NodeExit.NameTaken);
        _system.ActorOf(Props.Create(() => new MemberWatch(options.Met, joined, taken, _log)), "members");
        cluster.JoinSeedNodes(options.Join.IsEmpty ? [cluster.SelfAddress] : [.. options.Join.Select(seed => SeedAddress(seed, options.Identity is not null))]);
        _log.Information("Node {Node} at {Address}, links at {Links}", options.Name, Address, Post.Place);
    }

    /// <summary>Starts a node.</summary>
    /// <exception cref="ClusterException">
    /// It would listen beyond loopback without certificates, its name cannot be one, the address to join is none, or one of its own cannot be listened at.
    /// </exception>
    public static NodeHost Start(NodeOptions options) => new(options, null);

    internal static NodeHost Start(NodeOptions options, Func<ActorSystem, PostOffice, Compute, Laboratory> laboratoryOf) => new(options, laboratoryOf);

    /// <summary>Name of the node.</summary>
    public string Name => Post.Place.Name;

    /// <summary>Where another node joins this one, <c>HOST:PORT</c>.</summary>
    public string Address { get; }

    /// <summary>Completed when the node is a full member of its cluster.</summary>
    public Task Joined => _joined.Task;

    /// <summary>Completed when the node has ended, whatever the reason.</summary>
    public Task<NodeExit> Ended => _ended.Task;

    /// <summary>What was refused, by reason.</summary>
    public WireOutcomes Outcomes { get; }

    /// <summary>What an operator may ask and do.</summary>
    public NodeConsole Console { get; }

    internal NodeState State { get; } = new();

    internal PostOffice Post { get; }

    internal Laboratory? Laboratory { get; }

    /// <summary>
    /// Keeps the neurons' last checkpoints, hands over what the node held, leaves the cluster, and ends. Where the cluster does not let it
    /// go in time it ends all the same, and the others find it dead.
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
        await Flushed();
        await CoordinatedShutdown.Get(_system).Run(CoordinatedShutdown.ClusterLeavingReason.Instance);
        await Ended;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _system.Terminate();
        await Post.DisposeAsync();
        _compute.Dispose();
        _metrics.Dispose();
        _system.Dispose();
    }

    static ActorSystem SystemOf(NodeOptions options, WireOutcomes outcomes)
    {
        try
        {
            return ActorSystem.Create(RemoteRoad.SystemName, RemoteRoad.SetupOf(options, outcomes));
        }
        catch (Exception failure) when (SocketExceptionIn(failure) is { } cause)
        {
            throw Unavailable("--port", options.Host, options.Port, cause);
        }
    }

    PostOffice PostOf(NodeOptions options, NodeTally tally, long session)
    {
        var mesh = new MeshOptions { Node = options.Name, Session = session, Identity = options.Identity };
        try
        {
            return new PostOffice(
                _system, mesh, new IPEndPoint(options.Host, options.LinkPort), options.Advertise ?? options.Host.ToString(), Outcomes, tally);
        }
        catch (SocketException cause)
        {
            _ = _system.Terminate();
            throw Unavailable("--link-port", options.Host, options.LinkPort, cause);
        }
    }

    static ClusterException Unavailable(string option, IPAddress host, int port, SocketException cause) =>
        new($"{(cause.SocketErrorCode == SocketError.AddressNotAvailable ? "--host" : option)}: {new IPEndPoint(host, port)} cannot be listened at: {cause.Message}", cause);

    static SocketException? SocketExceptionIn(Exception? failure) => failure is null or SocketException
        ? failure as SocketException
        : (failure is AggregateException many ? many.InnerExceptions : [failure.InnerException!]).Select(SocketExceptionIn).FirstOrDefault(f => f is not null);

    void SeatAuthority(Func<string, LedgerPlace> placeOf)
    {
        Action<Exception> fenced = failure => End(NodeExit.Fenced);
        var props = Props.Create(() => new AuthorityActor(Post, placeOf, State, fenced, _log));
        var settings = ClusterSingletonManagerSettings.Create(_system).WithRole(NodeRole.Ledger);
        _system.ActorOf(ClusterSingletonManager.Props(props, PoisonPill.Instance, settings), RemoteRoad.Authority);
    }

    async Task Flushed()
    {
        using var patience = new CancellationTokenSource(FlushPatience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        try
        {
            while (Post.HasUnsent)
            {
                await timer.WaitForNextTickAsync(patience.Token);
            }
        }
        catch (OperationCanceledException)
        {
            _log.Warning("Not everything could be sent to other nodes in time");
        }
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
        // Akka ends a node whose own call to another fails in the handshake of TLS, for a reason that is not public. The other side may have refused first.
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
            secure ? "akka.ssl.tcp" : "akka.tcp", RemoteRoad.SystemName, seed[..at], int.Parse(seed.AsSpan(at + 1), CultureInfo.InvariantCulture));
    }
}
