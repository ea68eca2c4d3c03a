using Akka.Actor;
using BitTensor.Actors.Neurons;
using BitTensor.Emulation;
using BitTensor.Parcels;
using BitTensor.Protocol;
using Serilog;

namespace BitTensor.Actors.Cluster;

/// <summary>
/// A node's part in a run: answers the authority's roll, follows the placement, raises the neurons that are placed here and lets go of
/// those that are not.
/// </summary>
sealed class NodeAgent : ReceiveActor, IWithTimers
{
    static readonly TimeSpan TendEvery = TimeSpan.FromMilliseconds(500);

    readonly PostOffice _post;
    readonly Compute _compute;
    readonly NodeState _state;
    readonly NodeTally _tally;
    readonly ILogger _log;
    readonly Dictionary<int, IActorRef> _hosted = [];
    readonly Dictionary<IActorRef, int> _neuronOf = [];
    readonly Laboratory? _laboratory;
    ClusterMessage.Roll? _roll;
    ClusterMessage.Charter? _charter;
    Placement? _placement;
    Site? _site;
    TaskCompletionSource? _leaving;

    /// <param name="post">This node's post.</param>
    /// <param name="compute">Where its neurons compute.</param>
    /// <param name="state">What it shows of itself.</param>
    /// <param name="tally">What passes its post.</param>
    /// <param name="log">Log.</param>
    /// <param name="laboratory">The laboratory, on the node that has it.</param>
    public NodeAgent(PostOffice post, Compute compute, NodeState state, NodeTally tally, ILogger log, Laboratory? laboratory)
    {
        _post = post;
        _compute = compute;
        _state = state;
        _tally = tally;
        _log = log;
        _laboratory = laboratory;
        if (laboratory is not null)
        {
            _charter = laboratory.Charter;
            _site = laboratory.Site;
            Show(_charter, _site);
        }

        Receive<Tend>(_ => HandleTend());
        Receive<ClusterMessage.Roll>(HandleRoll);
        Receive<ClusterMessage.Charter>(HandleCharter);
        Receive<ClusterMessage.Placed>(HandlePlaced);
        Receive<Terminated>(HandleTerminated);
        Receive<Leave>(HandleLeave);
    }

    /// <summary>Set by Akka.</summary>
    public ITimerScheduler Timers { get; set; } = null!;

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(failure =>
    {
        _log.Error(failure, "Neuron {Neuron} failed; it comes back from its last checkpoint", _neuronOf.TryGetValue(Sender, out var neuron) ? neuron : -1);
        return Directive.Stop;
    });

    protected override void PreStart() => Timers.StartPeriodicTimer("tend", new Tend(), TendEvery, TendEvery);

    void HandleTend()
    {
        _state.Tended();
        _post.Tend();
        foreach (var (node, why) in _post.Troubles())
        {
            _log.Verbose("Link to {Peer}: {Why}", node, why);
        }
    }

    void HandleRoll(ClusterMessage.Roll roll)
    {
        if (roll.Major != WireLimits.Major)
        {
            _log.Error("The authority speaks version {Theirs}, this node {Ours}: run the same major version on every node", roll.Major, WireLimits.Major);
            return;
        }
        if (roll.Run.Length > 0 && (_laboratory is null || roll.Run == _charter!.Run))
        {
            Follow(roll);
        }
        else if (_roll is null)
        {
            // A link to the authority proves who this node is before anything is placed on it.
            _post.Follow(new Routes(roll.Authority, Placement.Nowhere(0)));
        }
        if (!roll.Finished)
        {
            Answer();
        }
    }

    void Follow(ClusterMessage.Roll roll)
    {
        if (roll.Finished)
        {
            Forget(roll.Run);
            return;
        }
        if (roll.Run == _roll?.Run && roll.Epoch < _roll.Epoch)
        {
            return;
        }
        if (roll.Run != _charter?.Run)
        {
            Forget(_charter?.Run);
        }
        if (roll.Run != _roll?.Run || roll.Authority != _roll.Authority)
        {
            _log.Information("Run {Run}: the ledger is at node {Authority}, epoch {Epoch}", roll.Run, roll.Authority.Name, roll.Epoch);
            _post.Follow(new Routes(roll.Authority, _placement ?? Placement.Nowhere(0)));
        }
        _roll = roll;
        _state.Epoch = roll.Epoch;
        _state.Authority = roll.Authority;
    }

    void Answer()
    {
        var done = _laboratory?.Done ?? false;
        Sender.Tell(new ClusterMessage.RollAnswer(
            _post.Place, _charter?.Run ?? _roll?.Run ?? "", _charter is not null, _placement?.Version ?? 0, [.. _hosted.Keys.Order()],
            _laboratory is not null, done, _leaving is not null, _laboratory?.Recorded ?? 0, WireLimits.Major, WireLimits.Minor));
    }

    void HandleCharter(ClusterMessage.Charter charter)
    {
        if (charter.Run != _roll?.Run || _charter is not null)
        {
            return;
        }
        try
        {
            _site = Site.Of(charter, _post, _compute);
            _charter = charter;
            Show(_charter, _site);
            _log.Information("Run {Run}: {Neurons} neurons in all", charter.Run, _site.Plans.Length);
        }
        catch (Exception refused) when (refused is ClusterException or Learning.DataSetException or Learning.TorchUnavailableException)
        {
            _log.Error("This node cannot take part: {Why}", refused.Message);
        }
    }

    void HandlePlaced(ClusterMessage.Placed placed)
    {
        if (_site is null || placed.Run != _charter!.Run || placed.Epoch < (_roll?.Epoch ?? 0) || placed.Placement.Version <= (_placement?.Version ?? 0)
            || placed.Placement.HostOf.Length != _site.Plans.Length)
        {
            return;
        }
        _placement = placed.Placement;
        _state.Placement = _placement;
        if (_roll is not null)
        {
            _post.Follow(new Routes(_roll.Authority, _placement));
        }
        for (var neuron = 0; neuron < _site.Plans.Length; neuron++)
        {
            Settle(neuron, _placement.Host(neuron) == _post.Place);
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

    /// <summary>Nothing more reaches the neuron: what comes for it goes back, and it ends when it is done with what came before.</summary>
    void Retire(int neuron, IActorRef actor)
    {
        _post.Unhost(neuron, actor);
        actor.Tell(new ControlMessage.Retire());
    }

    void Raise(int neuron)
    {
        var plan = _site!.Plans[neuron];
        var journal = _site.Run.Actors.At(Addresses.Journal);
        var actor = Context.ActorOf(Props.Create<NeuronActor>(_site.Run, plan, _site.Models.Create(plan), journal));
        Context.Watch(actor);
        _hosted[neuron] = actor;
        _neuronOf[actor] = neuron;
        _post.Host(neuron, actor);
        _state.Hosted = [.. _hosted.Keys.Order()];
    }

    void HandleTerminated(Terminated terminated)
    {
        if (!_neuronOf.Remove(terminated.ActorRef, out var neuron))
        {
            return;
        }
        _hosted.Remove(neuron);
        _post.Unhost(neuron, terminated.ActorRef);
        _state.Hosted = [.. _hosted.Keys.Order()];
        if (_site is not null && _placement?.Host(neuron) == _post.Place && _leaving is null)
        {
            _log.Warning("Neuron {Neuron} ended; it comes back from its last checkpoint", neuron);
            Raise(neuron);
        }
        AnswerIfGone();
    }

    void Forget(string? run)
    {
        if (run is null || run != _charter?.Run)
        {
            return;
        }
        _laboratory?.Release();
        _log.Information("Run {Run} is over", run);
        foreach (var actor in _hosted.Values)
        {
            Context.Stop(actor);
        }
        _state.Placement = null;
        (_site, _placement, _roll) = (null, null, null);
        _charter = _laboratory?.Charter;
        _state.Run = "";
        _state.Authority = null;
    }

    void Show(ClusterMessage.Charter charter, Site site)
    {
        _tally.Forget();
        _state.Populations = [.. site.Plans.Select(p => p.Population.Name)];
        _state.Run = charter.Run;
    }

    void HandleLeave(Leave leave)
    {
        _leaving = leave.Gone;
        foreach (var (neuron, actor) in _hosted)
        {
            Retire(neuron, actor);
        }
        AnswerIfGone();
    }

    void AnswerIfGone()
    {
        if (_hosted.Count == 0)
        {
            _leaving?.TrySetResult();
        }
    }

    sealed record Tend;

    /// <summary>Host to agent: let go of every neuron, with a last checkpoint.</summary>
    /// <param name="Gone">Completed when nobody lives here any more.</param>
    public sealed record Leave(TaskCompletionSource Gone);
}
