using Akka.Actor;
using BitTensor.Actors.Adversary;
using BitTensor.Actors.Cluster;
using BitTensor.Actors.Faults;
using BitTensor.Emulation;
using BitTensor.Mechanism;
using BitTensor.Parcels;
using BitTensor.Protocol;
using BitTensor.Records;

namespace BitTensor.Actors.Neurons;

/// <summary>
/// One neuron (section 1.6): asks its peers about its own batches, learns from what they answer, serves theirs, and moves its row on
/// the ledger once per block. This file holds its pace and its health; <see cref="Asking"/> is towards its peers, <see cref="Serving"/> towards
/// its callers, <see cref="Voting"/> towards the ledger, <see cref="Lifeline"/> what makes it outlive its process, and its
/// <see cref="Fate"/> says when it is to be ill.
/// </summary>
sealed class NeuronActor : Inhabitant, IWithTimers
{
    readonly World _world;
    readonly NeuronPlan _plan;
    Fate _fate;
    Timeline _known;
    readonly Conduct _conduct;
    readonly Outbox _outbox;
    readonly Membership? _membership;
    readonly Voting _voting;
    readonly IActorRef _journal;
    readonly Links _links;
    readonly IScheduler _scheduler;
    readonly Asking _asking;
    readonly Serving _serving;
    readonly Lifeline _lifeline;
    readonly MechanismParameters _mechanism;
    readonly SeenNumbers _receipts = new();
    readonly Queue<object> _held = [];
    Brain _brain;
    NeuronHealth _health = NeuronHealth.Well;
    LedgerView? _view;
    long? _reported;
    bool _losesState;
    bool _resting;
    bool _retiring;

    public NeuronActor(World world, NeuronPlan plan, Brain brain, IActorRef journal)
    {
        _world = world;
        _plan = plan;
        _brain = brain;
        _journal = journal;
        _mechanism = world.Scenario.Mechanism;
        _conduct = new Conduct(new Follower(world.Scenario.Seed, plan, world.Plans), world.Extensions.StrategyOf(plan));
        _links = world.LinksOf(plan.Id, Context.System.Scheduler);
        _membership = Membership.Of(world, plan, _links, _conduct);
        _outbox = new Outbox(plan.Id, _links, world.Encoding, () => _asking!.NextNumber(), Later);
        _voting = new Voting(world, plan, _conduct, _outbox, _links, _membership);
        _scheduler = Context.System.Scheduler;
        _serving = new Serving(world, plan, _conduct, _outbox, _links, Self, _scheduler, Takes, Later) { Brain = brain };
        _asking = new Asking(world, plan, _conduct, _outbox, _serving, _links, Self, _scheduler, Takes, StartTimer) { Brain = brain };
        _lifeline = new Lifeline(world, plan, () => _brain, Self);
        _known = world.Timeline;
        _fate = _known.Of(plan.Id);
        world.Open(plan.Id, toServing: _serving, toAsking: _asking);

        Receive<LedgerMessage.BlockOpened>(HandleBlockOpened);
        Receive<Iterate>(_ => HandleIterate());
        Receive<Arrival<QueryMessage.ForwardReply>>(_asking.HandleForwardReply);
        Receive<Arrival<QueryMessage.ForwardRefused>>(_asking.HandleForwardRefused);
        Receive<Asking.ReplyDeadline>(deadline => _asking.Train(deadline.Sequence));
        Receive<Asking.Trained>(_asking.HandleTrained);
        Receive<Arrival<QueryMessage.Forward>>(_serving.HandleForward);
        Receive<Outbox.Due>(_outbox.HandleDue);
        Receive<Serving.Represented>(_serving.HandleRepresented);
        Receive<Arrival<QueryMessage.Backward>>(_serving.HandleBackward);
        Receive<Serving.Learned>(_serving.HandleLearned);
        Receive<Serving.LessonOver>(_ => _serving.CatchUp());
        Receive<Serving.Served>(_serving.HandleServed);
        Receive<Arrival<LedgerMessage.SubmissionAccepted>>(arrival => NoteReceipt(arrival, 2 * arrival.Message.Block));
        Receive<Arrival<LedgerMessage.SubmissionRefused>>(arrival => NoteReceipt(arrival, 2 * arrival.Message.Block + 1));
        Receive<ControlMessage.ParcelLost>(lost => _links.Traffic.Count(lost.Kind, lost.Outcome));
        Receive<Lifeline.KnockAgain>(_ => _lifeline.Knock());
        Receive<ControlMessage.StateRecalled>(_lifeline.HandleStateRecalled);
        Receive<Lifeline.Revived>(HandleRevived);
        Receive<Lifeline.Saved>(HandleSaved);
        Receive<ControlMessage.Retire>(_ => HandleRetire());
        Receive<FateTurns>(_ => HandleFateTurns());
        Receive<Buried>(static _ => { });
        Receive<Arrival<CoalitionMessage.Order>>(HandleArrivedOrder);
        Receive<CoalitionMessage.Order>(HandleOrder);
        Receive<ControlMessage.Spawn>(_ => Appear(null));
        Receive<ControlMessage.Withdraw>(_ => Appear(ParcelOutcome.Retired));
        Receive<ControlMessage.TakeSnapshot>(HandleTakeSnapshot);
        Receive<ControlMessage.Settle>(_ => HandleSettle());
    }

    /// <summary>Set by Akka.</summary>
    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        if (_world.Durable)
        {
            // What time it is in the run the first block will tell.
            Timers.StartPeriodicTimer("knock", new Lifeline.KnockAgain(), TimeSpan.Zero, Lifeline.KnockEvery);
        }
        else
        {
            HandleFateTurns();
        }
    }

    /// <summary>A neuron that is down loses what arrives; one that stands still keeps it for later. The laboratory reaches both.</summary>
    protected override bool Takes(object message)
    {
        _world.Watch?.Met(message, _plan.Id, _world.Now(_scheduler));
        if (message is ControlMessage or FateTurns || _health.IsUp)
        {
            return true;
        }
        if (_health.Down is { } end)
        {
            if (message is not IArrival arrival)
            {
                return true;
            }
            _links.End(arrival, end);
            return false;
        }
        _held.Enqueue(message);
        return false;
    }

    protected override void PostStop()
    {
        _voting.Dispose();
        if (_world.Durable)
        {
            // Behind the jobs that still use it: the compute outlives this actor.
            _world.Compute.Submit(_plan.Id, TimeSpan.Zero, _lifeline.End, ActorRefs.Nobody);
        }
        else
        {
            _brain.Dispose();
        }
    }

    void HandleFateTurns()
    {
        if (_known != _world.Timeline)
        {
            _known = _world.Timeline;
            _fate = _known.Of(_plan.Id);
        }
        var now = _world.Now(Context.System.Scheduler);
        var before = _health;
        _serving.CatchUp();
        _health = _fate.At(now);
        if (_health.Down is null && _membership?.Absence is { } absence)
        {
            _health = _health with { Down = absence };
        }
        _serving.Health = _asking.Health = _health;
        _serving.CatchUp();
        _losesState |= _health.LosesState;
        if (before.Down is null && _health.Down is { } end)
        {
            Crash(end);
        }
        if (before.Down is not null && _health.Down is null && _losesState)
        {
            BeBornAgain();
        }
        if (!_health.Paused || _health.Down is not null)
        {
            while (_held.TryDequeue(out var message))
            {
                Self.Tell(message, ActorRefs.NoSender);
            }
        }
        if (_fate.NextAfter(now) is { } next)
        {
            Timers.StartSingleTimer("fate", new FateTurns(), next - now);
        }
    }

    /// <summary>What it was doing comes to nothing.</summary>
    void Crash(ParcelOutcome end)
    {
        _receipts.Clear();
        _view = null;
        _asking.Crash();
        _voting.Crash();
        _serving.Crash(end);
        _outbox.Crash();
        Timers.Cancel("iterate");
        Timers.Cancel("deadline");
    }

    /// <summary>It comes back as it was at the start of the run.</summary>
    void BeBornAgain()
    {
        _losesState = false;
        if (_world.Raise is not { } raise)
        {
            return;
        }
        var old = _brain;
        _brain = _serving.Brain = _asking.Brain = raise(_plan);
        // Behind the jobs that still use it.
        _world.Compute.SubmitLate(_plan.Id, TimeSpan.Zero, () => { old.Dispose(); return ""; }, static _ => new Buried(), Self);
    }

    void HandleBlockOpened(LedgerMessage.BlockOpened block)
    {
        if (_lifeline.IsAsking || block.Height < (_reported ?? 0))
        {
            // Not yet who it was before, or told of an older block on the way from one ledger to the next.
            return;
        }
        _world.NoteBlock(block.Height, Context.System.Scheduler);
        if (_world.Durable)
        {
            HandleFateTurns();
        }
        var view = new LedgerView(block, _mechanism);
        _asking.ReadLessons();
        if (_reported is null)
        {
            Timers.Cancel("knock");
        }
        else if (block.Height > _reported)
        {
            ReportBlock(block.Height - 1, view);
        }
        _reported = block.Height;
        _resting = block.Final || _retiring;
        if (_health.Down is null)
        {
            LiveOn(view);
        }
    }

    void LiveOn(LedgerView view)
    {
        if (_view is null)
        {
            var interval = _plan.Population.Training.IterationInterval;
            var dice = new RandomStream(_world.Scenario.Seed, "pace", _plan.Id);
            StartTimer("iterate", new Iterate(), TimeSpan.FromTicks((long)(interval.Ticks * dice.NextDouble())));
        }
        _view = view;
        _serving.View = _asking.View = view;
        _conduct.Opens(view.Block.Height);
        _lifeline.HandleBlock(view.Block.Height);
        if (!_resting)
        {
            _voting.HandleBlock(view, _asking.Evidence, _asking.Tally.LossBefore);
        }
        _asking.Evidence.Clear();
    }

    void Later(TimeSpan after, object message) => Timers.StartSingleTimer(new object(), message, after);

    /// <summary>A timer by the neuron's own clock.</summary>
    void StartTimer(string name, object message, TimeSpan span) => Timers.StartSingleTimer(name, message, _health.Lasts(span));

    void HandleArrivedOrder(Arrival<CoalitionMessage.Order> arrival)
    {
        _links.End(arrival, arrival.Message.Block == _view?.Block.Height ? ParcelOutcome.Noted : ParcelOutcome.Late);
        HandleOrder(arrival.Message);
    }

    void HandleOrder(CoalitionMessage.Order order)
    {
        if (_view is { } view)
        {
            _voting.HandleOrder(order, view, _resting);
        }
    }

    /// <summary>The adversary calls the neuron, or sends it away.</summary>
    void Appear(ParcelOutcome? absence)
    {
        _membership!.Absence = absence;
        HandleFateTurns();
    }

    void HandleIterate()
    {
        if (_resting || _view is null)
        {
            return;
        }
        StartTimer("iterate", new Iterate(), _plan.Population.Training.IterationInterval);
        if (_conduct.Asks)
        {
            _asking.Ask();
        }
    }

    /// <summary>A block gives a neuron one receipt of each kind: what comes again was doubled on its way, or is of a submission that was.</summary>
    void NoteReceipt(IArrival arrival, long number)
    {
        var sight = _receipts.Note(Addresses.Ledger, number);
        _links.End(arrival, sight == Sight.Fresh ? ParcelOutcome.Noted : ParcelOutcome.Duplicate);
    }

    void HandleRevived(Lifeline.Revived revived)
    {
        // Queries of the former life must not be taken for its own.
        _asking.NumberFrom((revived.Height + 1) << 24);
        _lifeline.HandleRevived();
        _lifeline.Knock();
    }

    void HandleSaved(Lifeline.Saved saved)
    {
        _lifeline.HandleSaved(saved);
        if (saved.Last)
        {
            ReportBlock(_reported ?? 0, _view);
            Context.Stop(Self);
        }
    }

    void HandleRetire()
    {
        _retiring = true;
        _resting = true;
        _lifeline.Save(_reported ?? 0, last: true);
    }

    void HandleTakeSnapshot(ControlMessage.TakeSnapshot take)
    {
        var brain = _brain;
        _world.Compute.Submit(
            _plan.Id, TimeSpan.Zero, () => new ControlMessage.SnapshotTaken(take.Height, _plan.Id, brain.Snapshot()), Sender);
    }

    void HandleSettle()
    {
        _serving.CatchUp();
        var working = _asking.Working + _outbox.Held;
        var traffic = _links.Traffic;
        Sender.Tell(new ControlMessage.Settled(traffic.Sent, traffic.Ended, working, traffic.Take()));
    }

    void ReportBlock(long height, LedgerView? view)
    {
        _serving.CatchUp();
        var report = _asking.Tally.Report(height, _plan.Id, view?.MeanMask(_plan.OwnSlot) ?? 0);
        _journal.Tell(new ControlMessage.NeuronRecorded(report, _links.Traffic.Take()));
        _asking.Tally.Clear();
    }

    sealed record Iterate;

    /// <summary>A former life's brain is gone.</summary>
    sealed record Buried;
}
