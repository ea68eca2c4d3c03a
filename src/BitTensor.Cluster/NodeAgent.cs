using Akka.Actor;
using Akka.Event;
using BitTensor.Actors.Context;
using BitTensor.Actors.Neurons;
using BitTensor.Emulation;
using BitTensor.Parcels;
using BitTensor.Protocol;
using Serilog;

namespace BitTensor.Cluster;

/// <summary>
/// A node's part in a run: answers the authority's polls, follows the placement, starts the neurons that are placed on
/// this node and stops the others.
/// </summary>
sealed class NodeAgent : ReceiveActor, IWithTimers
{
    static readonly TimeSpan TendEvery = TimeSpan.FromMilliseconds(500);

    // Timers fire a little late.
    static readonly TimeSpan ArrivalMargin = TimeSpan.FromMilliseconds(100);

    readonly NodeRouter _router;
    readonly Compute _compute;
    readonly NodeState _state;
    readonly NodeTally _tally;
    readonly ILogger _log;
    readonly Dictionary<int, IActorRef> _hosted = [];
    readonly Dictionary<IActorRef, int> _neuronOf = [];
    readonly RunSupervisorHost? _supervisor;
    ClusterMessage.StatusPoll? _poll;
    ClusterMessage.RunDescriptor? _descriptor;
    Placement? _placement;
    NodeRun? _nodeRun;
    TaskCompletionSource? _leaving;

    /// <param name="router">This node's router.</param>
    /// <param name="compute">Where its neurons compute.</param>
    /// <param name="state">The node's published state.</param>
    /// <param name="tally">Counts the messages of its router.</param>
    /// <param name="log">Log.</param>
    /// <param name="supervisor">The supervisor of the run; null on the other nodes.</param>
    public NodeAgent(
        NodeRouter router, Compute compute, NodeState state, NodeTally tally, ILogger log,
        RunSupervisorHost? supervisor)
    {
        _router = router;
        _compute = compute;
        _state = state;
        _tally = tally;
        _log = log;
        _supervisor = supervisor;
        if (supervisor is not null)
        {
            _descriptor = supervisor.Descriptor;
            _nodeRun = supervisor.NodeRun;
            Show(_descriptor, _nodeRun);
        }

        Receive<Tend>(_ => HandleTend());
        Receive<ClusterMessage.StatusPoll>(HandleStatusPoll);
        Receive<ClusterMessage.RunDescriptor>(HandleRunDescriptor);
        Receive<ClusterMessage.Placed>(HandlePlaced);
        Receive<Terminated>(HandleTerminated);
        Receive<Leave>(HandleLeave);
        Receive<Arrived>(_ => CompleteLeaveIfEmpty());
        Receive<DeadLetter>(letter => HandleDeadLetter(letter.Message));
    }

    /// <summary>Set by Akka.</summary>
    public ITimerScheduler Timers { get; set; } = null!;

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(failure =>
    {
        var failed = _neuronOf.TryGetValue(Sender, out var neuron) ? neuron : -1;
        _log.Error(failure, "Neuron {Neuron} failed; it comes back from its last checkpoint", failed);
        return Directive.Stop;
    });

    protected override void PreStart()
    {
        Timers.StartPeriodicTimer("tend", new Tend(), TendEvery, TendEvery);
        Context.System.EventStream.Subscribe(Self, typeof(DeadLetter));
    }

    void HandleTend()
    {
        _state.Tended();
        _router.Tend();
        foreach (var (node, why) in _router.Troubles())
        {
            _log.Verbose("Link to {Peer}: {Why}", node, why);
        }
    }

    void HandleStatusPoll(ClusterMessage.StatusPoll poll)
    {
        if (poll.Major != WireLimits.Major)
        {
            _log.Error(
                "The authority speaks version {Theirs}, this node {Ours}: run the same major version on every node",
                poll.Major, WireLimits.Major);
            return;
        }
        if (poll.Run.Length > 0 && (_supervisor is null || poll.Run == _descriptor!.Run))
        {
            Follow(poll);
        }
        else if (_poll is null)
        {
            // A link to the authority proves this node's name before any neuron is placed on it.
            _router.Follow(new Routes(poll.Authority, Placement.Nowhere(0)));
        }
        if (!poll.Finished)
        {
            Report();
        }
    }

    void Follow(ClusterMessage.StatusPoll poll)
    {
        if (poll.Finished)
        {
            Forget(poll.Run);
            return;
        }
        if (poll.Run == _poll?.Run && poll.Epoch < _poll.Epoch)
        {
            return;
        }
        if (poll.Run != _descriptor?.Run)
        {
            Forget(_descriptor?.Run);
        }
        if (poll.Run != _poll?.Run || poll.Authority != _poll.Authority)
        {
            _log.Information(
                "Run {Run}: the ledger is at node {Authority}, epoch {Epoch}",
                poll.Run, poll.Authority.Name, poll.Epoch);
            _router.Follow(new Routes(poll.Authority, _placement ?? Placement.Nowhere(0)));
        }
        _poll = poll;
        _state.Epoch = poll.Epoch;
        _state.Authority = poll.Authority;
    }

    void Report()
    {
        var done = _supervisor?.Done ?? false;
        Sender.Tell(new ClusterMessage.StatusReport(
            _router.Place, _descriptor?.Run ?? _poll?.Run ?? "", _descriptor is not null, _placement?.Version ?? 0,
            [.. _hosted.Keys.Order()], _supervisor is not null, done, _leaving is not null, _supervisor?.Recorded ?? 0,
            WireLimits.Major, WireLimits.Minor));
    }

    void HandleRunDescriptor(ClusterMessage.RunDescriptor descriptor)
    {
        if (descriptor.Run != _poll?.Run || _descriptor is not null)
        {
            return;
        }
        try
        {
            _nodeRun = NodeRun.Of(descriptor, _router, _compute);
            _descriptor = descriptor;
            Show(_descriptor, _nodeRun);
            _log.Information("Run {Run}: {Neurons} neurons in all", descriptor.Run, _nodeRun.Plans.Length);
        }
        catch (Exception refused) when (refused
            is ClusterException or Learning.DataSetException or Learning.TorchUnavailableException)
        {
            _log.Error("This node cannot take part: {Why}", refused.Message);
        }
    }

    void HandlePlaced(ClusterMessage.Placed placed)
    {
        if (_nodeRun is null || placed.Run != _descriptor!.Run || placed.Epoch < (_poll?.Epoch ?? 0)
            || placed.Placement.Version <= (_placement?.Version ?? 0)
            || placed.Placement.HostOf.Length != _nodeRun.Plans.Length)
        {
            return;
        }
        _placement = placed.Placement;
        _state.Placement = _placement;
        if (_poll is not null)
        {
            _router.Follow(new Routes(_poll.Authority, _placement));
        }
        for (var neuron = 0; neuron < _nodeRun.Plans.Length; neuron++)
        {
            Settle(neuron, _placement.Host(neuron) == _router.Place);
        }
        _log.Information("Placement {Version}: {Hosted} neurons live here", _placement.Version, _hosted.Count);
    }

    void Settle(int neuron, bool here)
    {
        if (here && _leaving is null && !_hosted.ContainsKey(neuron))
        {
            Raise(neuron);
        }
        else if (!here && _hosted.TryGetValue(neuron, out var actor))
        {
            Retire(neuron, actor);
        }
    }

    /// <summary>
    /// Stops a neuron. Messages for it go back to their senders from now on. The neuron ends after the messages it has.
    /// </summary>
    void Retire(int neuron, IActorRef actor)
    {
        _router.Unhost(neuron, actor);
        actor.Tell(new ControlMessage.Retire());
    }

    void Raise(int neuron)
    {
        var plan = _nodeRun!.Plans[neuron];
        var journal = _nodeRun.Run.Actors.At(Addresses.Journal);
        var model = _nodeRun.Models.Create(plan);
        var actor = Context.ActorOf(Props.Create<NeuronActor>(_nodeRun.Run, plan, model, journal));
        Context.Watch(actor);
        _hosted[neuron] = actor;
        _neuronOf[actor] = neuron;
        _router.Host(neuron, actor);
        _state.Hosted = [.. _hosted.Keys.Order()];
    }

    void HandleTerminated(Terminated terminated)
    {
        if (!_neuronOf.Remove(terminated.ActorRef, out var neuron))
        {
            return;
        }
        _hosted.Remove(neuron);
        _router.Unhost(neuron, terminated.ActorRef);
        _state.Hosted = [.. _hosted.Keys.Order()];
        if (_nodeRun is not null && _placement?.Host(neuron) == _router.Place && _leaving is null)
        {
            _log.Warning("Neuron {Neuron} ended; it comes back from its last checkpoint", neuron);
            Raise(neuron);
        }
        CompleteLeaveIfEmpty();
    }

    void Forget(string? run)
    {
        if (run is null || run != _descriptor?.Run)
        {
            return;
        }
        _supervisor?.Release();
        _log.Information("Run {Run} is over", run);
        foreach (var actor in _hosted.Values)
        {
            Context.Stop(actor);
        }
        _state.Placement = null;
        (_nodeRun, _placement, _poll) = (null, null, null);
        _descriptor = _supervisor?.Descriptor;
        _state.Run = "";
        _state.Authority = null;
    }

    void Show(ClusterMessage.RunDescriptor descriptor, NodeRun nodeRun)
    {
        _tally.Forget();
        _state.Populations = [.. nodeRun.Plans.Select(p => p.Population.Name)];
        _state.Run = descriptor.Run;
    }

    void HandleLeave(Leave leave)
    {
        _leaving = leave.Gone;
        foreach (var (neuron, actor) in _hosted)
        {
            Retire(neuron, actor);
        }
        CompleteLeaveIfEmpty();
    }

    /// <summary>Completes when no neuron is here and what the neurons have sent has arrived.</summary>
    void CompleteLeaveIfEmpty()
    {
        if (_leaving is null || _hosted.Count > 0)
        {
            return;
        }
        if (_nodeRun?.Run.UntilLastArrival is { } rest && rest > TimeSpan.Zero)
        {
            Timers.StartSingleTimer("arrivals", new Arrived(), rest + ArrivalMargin);
        }
        else
        {
            _leaving.TrySetResult();
        }
    }

    /// <summary>A message found its actor ended: if it carries a parcel, the sender learns of it.</summary>
    void HandleDeadLetter(object message)
    {
        if (message is FromWire wired)
        {
            wired.ReturnCredit();
            message = wired.Message;
        }
        if (message is IArrival arrival)
        {
            _router.Return(arrival, ParcelOutcome.Moved);
        }
    }

    sealed record Tend;

    /// <summary>What the neurons have sent has arrived by now.</summary>
    sealed record Arrived;

    /// <summary>Host to agent: stop every neuron, with a last checkpoint.</summary>
    /// <param name="Gone">Completed when the node hosts no neuron.</param>
    public sealed record Leave(TaskCompletionSource Gone);
}
