using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using Akka.Actor;
using BitTensor.Actors.Context;
using BitTensor.Emulation;
using BitTensor.Parcels;
using BitTensor.Protocol;
using BitTensor.Transport;

namespace BitTensor.Cluster;

/// <summary>
/// Routes the messages of one node: a message for an address reaches its actor on this node or on another. The sender
/// of an undeliverable message gets <see cref="ControlMessage.ParcelLost"/>, so that every parcel has an outcome. The
/// ledger counts for senders that no node hosts.
/// </summary>
sealed class NodeRouter : IAsyncDisposable
{
    /// <summary>
    /// Tends for which a link outlives its node's place in the routes while parcels that have arrived there are still
    /// to be acknowledged: else they would be counted as lost.
    /// </summary>
    const int TendsUntilClosed = 120;

    /// <summary>
    /// Tends for which it outlives that place when the connection is broken or nothing is on its way.
    /// </summary>
    const int TendsUntilIdleClosed = 8;

    static readonly TimeSpan FlushInterval = TimeSpan.FromMilliseconds(20);
    static readonly TimeSpan FlushPatience = TimeSpan.FromSeconds(1);

    readonly MeshOptions _options;
    readonly Listener _listener;
    readonly WireOutcomes _outcomes;
    readonly ConcurrentDictionary<int, IActorRef> _local = new();
    readonly ConcurrentDictionary<int, IActorRef> _refs = new();
    readonly ExtendedActorSystem _system;
    readonly NodeTally _tally;
    readonly Dictionary<NodePlace, int> _gone = [];
    volatile Routes? _routes;
    ImmutableHashSet<(int Neuron, string Node)> _hosts = [];
    volatile ImmutableDictionary<NodePlace, OutgoingLink> _links = ImmutableDictionary<NodePlace, OutgoingLink>.Empty;

    /// <summary>Listens at <paramref name="listen"/>.</summary>
    /// <exception cref="ArgumentException">The address is beyond loopback and there is no identity.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">The address cannot be listened at.</exception>
    public NodeRouter(
        ActorSystem system, MeshOptions options, IPEndPoint listen, string advertise, WireOutcomes outcomes,
        NodeTally tally)
    {
        _system = (ExtendedActorSystem)system;
        _options = options;
        _outcomes = outcomes;
        _tally = tally;
        _listener = new Listener(listen, options, ControlCodecs.Links, outcomes, Receive);
        Place = new NodePlace(options.Node, advertise, _listener.Endpoint.Port);
    }

    /// <summary>The address of this node's links.</summary>
    public NodePlace Place { get; }

    /// <summary>Encoding of tensors on links.</summary>
    public TensorEncoding Encoding { get; set; }

    /// <summary>The actor reference of an address, on this node or on another.</summary>
    public IActorRef RefOf(int address) =>
        _refs.GetOrAdd(address, a =>
            new RemoteAddressRef(a, this, _system.Provider.RootPath / "router" / $"{a}", _system.Provider));

    /// <summary>Registers the actor of an address on this node.</summary>
    public void Host(int address, IActorRef actor) => _local[address] = actor;

    /// <summary>Removes the actor of an address from this node.</summary>
    public void Unhost(int address, IActorRef actor) =>
        _local.TryRemove(new KeyValuePair<int, IActorRef>(address, actor));

    /// <summary>
    /// Takes new routes. Links to new nodes open; links to nodes that are gone close after a while. Called by one
    /// actor.
    /// </summary>
    public void Follow(Routes routes)
    {
        var wanted = routes.Nodes.Where(n => n.Name != Place.Name).ToHashSet();
        var links = _links;
        foreach (var node in wanted.Where(n => !links.ContainsKey(n)))
        {
            links = links.Add(node, new OutgoingLink(_options, node.Name, EndpointOf(node), Return));
        }
        foreach (var node in links.Keys)
        {
            if (wanted.Contains(node))
            {
                _gone.Remove(node);
            }
            else
            {
                _gone.TryAdd(node, TendsUntilClosed);
            }
        }
        _links = links;
        _routes = routes;
        _hosts = _hosts.Union(Enumerable.Range(0, routes.Placement.HostOf.Length)
            .Select(i => (i, routes.Placement.Host(i)?.Name ?? "")).Where(h => h.Item2.Length > 0));
        Tend();
    }

    static EndPoint EndpointOf(NodePlace node) =>
        IPAddress.TryParse(node.Host, out var address)
            ? new IPEndPoint(address, node.Port)
            : new DnsEndPoint(node.Host, node.Port);

    /// <summary>
    /// Connects open links, acknowledges arrivals to quiet peers, and closes links to nodes long gone. Called by one
    /// actor.
    /// </summary>
    public void Tend()
    {
        foreach (var link in _links.Values)
        {
            link.Tend();
        }
        _listener.Tend();
        foreach (var (node, tends) in _gone.ToList())
        {
            var link = _links[node];
            var left = (link.IsConnected && link.HasUnacknowledged ? tends : Math.Min(tends, TendsUntilIdleClosed)) - 1;
            _gone[node] = left;
            if (left < 0)
            {
                _gone.Remove(node);
                _links = _links.Remove(node);
                _ = link.DisposeAsync().AsTask();
            }
        }
    }

    /// <summary>The time of this process.</summary>
    public IScheduler Scheduler => _system.Scheduler;

    /// <summary>Links to other nodes.</summary>
    public IEnumerable<OutgoingLink> Links => _links.Values;

    /// <summary>Links that are in trouble, with the reason.</summary>
    public IEnumerable<(string Node, string Why)> Troubles() =>
        _links.Values.Where(l => l.Trouble is not null).Select(l => (l.Node, l.Trouble!.Message));

    /// <summary>Sends a message to an address.</summary>
    public void Send(int to, object message)
    {
        var (from, content) = Unwrap(message);
        _tally.Said(message);
        if (_local.TryGetValue(to, out var actor))
        {
            actor.Tell(message, from == Addresses.None ? ActorRefs.NoSender : RefOf(from));
            return;
        }
        var outcome = _routes?.NodeOf(to) is { } node && _links.TryGetValue(node, out var link)
            ? link.TrySend(ControlCodecs.Links.Of(content), content, Encoding, to, from)
            : SendOutcome.Unreachable;
        if (outcome != SendOutcome.Queued)
        {
            Lost(from, content, outcome switch
            {
                SendOutcome.NoCredit => ParcelOutcome.NoCredit,
                SendOutcome.TooLarge => ParcelOutcome.TooLarge,
                _ => ParcelOutcome.Unreachable,
            });
        }
    }

    /// <summary>
    /// Waits until the other nodes have acknowledged every message, at most for a time. Returns false when the time was
    /// too short.
    /// </summary>
    public async Task<bool> Flush(TimeSpan patience)
    {
        using var end = new CancellationTokenSource(patience);
        using var timer = new PeriodicTimer(FlushInterval);
        try
        {
            while (_links.Values.Any(l => l.HasUnacknowledged && l.IsConnected))
            {
                await timer.WaitForNextTickAsync(end.Token);
            }
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // First the listener: parcels that it still gets for actors that ended go back over the links.
        await _listener.DisposeAsync();
        await Flush(FlushPatience);
        foreach (var link in _links.Values)
        {
            await link.DisposeAsync();
        }
    }

    void Receive(Inbound inbound)
    {
        if (!SpeaksFor(inbound.Node, inbound.From, inbound.Message))
        {
            _outcomes.Note(WireRefusal.NotPlaced, $"node '{inbound.Node}' does not speak for {inbound.From}");
            BackToSender(inbound, ParcelOutcome.NotPlaced);
        }
        else if (!ControlCodecs.Links.Says(inbound.From, inbound.Message))
        {
            _outcomes.Note(
                WireRefusal.NotTheirs,
                $"{inbound.Message.GetType().Name} from {inbound.From} on node '{inbound.Node}'");
            inbound.Consumed();
        }
        else if (!_local.TryGetValue(inbound.To, out var actor))
        {
            BackToSender(inbound, ParcelOutcome.Moved);
        }
        else
        {
            _tally.Heard(inbound.Message);
            var sender = inbound.From == Addresses.None ? ActorRefs.NoSender : RefOf(inbound.From);
            actor.Tell(new FromWire(ControlCodecs.Links.Wrap(inbound.From, inbound.Message), inbound.Consumed), sender);
        }
    }

    /// <summary>
    /// True when a link has shown, by its certificate, that the node of this name is this process. Without TLS every
    /// name is accepted.
    /// </summary>
    public bool HasProven(string node, long session) =>
        _options.Identity is null || node == Place.Name || _listener.SessionOf(node) == session;

    /// <summary>
    /// True when a node may send for an address. A neuron that moves sends its last checkpoint from its former node.
    /// </summary>
    bool SpeaksFor(string node, int from, object message) =>
        _routes is { } routes
        && (from == Addresses.None
            ? _links.Keys.Any(n => n.Name == node)
            : routes.NodeOf(from)?.Name == node
                || (message is ControlMessage.KeepState && _hosts.Contains((from, node))));

    void BackToSender(Inbound inbound, ParcelOutcome outcome)
    {
        inbound.Consumed();
        if (inbound.Message is ControlMessage.ParcelLost lost && inbound.To != Addresses.Ledger)
        {
            Send(Addresses.Ledger, lost);
        }
        Lost(inbound.From, inbound.Message, outcome);
    }

    /// <summary>Tells the sender of a parcel that reached no actor.</summary>
    public void Return(IArrival arrival, ParcelOutcome outcome) => Lost(arrival.From, arrival.Content, outcome);

    void Return(int from, object content) => Lost(from, content, ParcelOutcome.Unreachable);

    void Lost(int from, object content, ParcelOutcome outcome)
    {
        if (ControlCodecs.Links.KindOf(content) is { } kind && from != Addresses.None)
        {
            var reachable = _local.ContainsKey(from) || (_routes?.NodeOf(from) is { } node && _links.ContainsKey(node));
            Send(reachable ? from : Addresses.Ledger, new ControlMessage.ParcelLost(kind, outcome));
        }
    }

    static (int From, object Content) Unwrap(object message) => message switch
    {
        IArrival arrival => (arrival.From, arrival.Content),
        _ => (ControlCodecs.Links.SenderOf(message) ?? Addresses.None, message),
    };
}
