using Akka.Actor;
using BitTensor.Actors.Coalition;
using BitTensor.Actors.Context;
using BitTensor.Actors.Models;
using BitTensor.Actors.Strategies;
using BitTensor.Actors.View;
using BitTensor.Emulation;
using BitTensor.Mechanism;
using BitTensor.Parcels;
using BitTensor.Plans;
using BitTensor.Plans.Faults;
using BitTensor.Protocol;

namespace BitTensor.Actors.Neurons;

/// <summary>
/// One neuron (section 1.6). It queries its peers about its own batches (<see cref="QueryClient"/>), trains on their
/// replies (<see cref="LocalTraining"/>), answers queries (<see cref="QueryServer"/>), learns from gradients
/// (<see cref="GradientServer"/>), and votes once per block (<see cref="WeightVoter"/>). The parts share one
/// <see cref="NeuronState"/>. This file holds the neuron's pace, its health and its messages.
/// </summary>
sealed class NeuronActor : AddressedActor, IWithTimers, IInlineReceiver
{
    const string IterateTimer = "iterate";
    const string FaultTimer = "faults";
    const string RestoreTimer = "restore";

    readonly RunContext _run;
    readonly NeuronState _state;
    readonly NeuronTimers _timers;
    readonly Callers _callers = new();
    readonly OpenQueries _open;
    readonly ServerLane _lane;
    readonly QueryServer _queries;
    readonly GradientServer _gradients;
    readonly LocalTraining _training;
    readonly QueryClient _client;
    readonly SideTraffic _sends;
    readonly WeightVoter _voter;
    readonly CoalitionClient? _coalition;
    readonly CheckpointClient? _checkpoints;
    readonly IActorRef _journal;
    readonly SeenNumbers _receipts = new();
    readonly Queue<object> _held = [];
    Timeline _timeline;
    FaultSchedule _faults;
    long? _reported;
    bool _losesState;
    bool _retiring;
    bool _saving;
    bool _isGone;

    public NeuronActor(RunContext run, NeuronPlan plan, NeuronModel model, IActorRef journal)
    {
        var strategies = new StrategySet(
            new StrategyContext(run.Scenario.Seed, plan, run.Plans), run.Extensions.StrategyOf(plan));
        var serving = plan.Population.Serving;
        _run = run;
        _journal = journal;
        _state = new NeuronState(run, plan, model, strategies, run.LinksOf(plan.Id));
        _timers = new NeuronTimers(_state, Timers);
        _open = new OpenQueries(serving.OpenQueries, serving.Remember);
        _sends = new SideTraffic(_state, _timers);
        _lane = new ServerLane(_state, Self, this, _timers, _sends.Onward);
        _queries = new QueryServer(_state, new QueryAdmission(_state, _callers, _lane), _lane, _open, _sends);
        _gradients = new GradientServer(_state, _callers, _lane, _open);
        _training = new LocalTraining(_state, Self, this, _sends.Delayed);
        _client = new QueryClient(_state, _training, _queries, _sends, _timers);
        _coalition = CoalitionClient.Of(run, plan, _state.Links, strategies);
        _voter = new WeightVoter(_state, _sends.Delayed, _coalition);
        _checkpoints = run.KeepsCheckpoints ? new CheckpointClient(_state, Self) : null;
        _timeline = run.Faults.Timeline;
        _faults = _timeline.Of(plan.Id);
        run.Actors.RegisterInline(plan.Id, this);
        ReceiveAny(Handle);
    }

    /// <summary>Set by Akka before the constructor runs.</summary>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>The messages of a neuron and where each is handled, the most frequent first.</summary>
    void Handle(object message)
    {
        switch (message)
        {
            case Arrival<QueryMessage.Forward> forward: _queries.HandleForward(forward); break;
            case ForwardJob job: _queries.HandleForwardJob(job); break;
            case Arrival<QueryMessage.ForwardReply> reply: _client.HandleForwardReply(reply); break;
            case Arrival<QueryMessage.Backward> backward: _gradients.HandleBackward(backward); break;
            case LearnJob job: _lane.EndLearnJob(job); break;
            case TrainJob job: _training.HandleTrainJob(job); break;
            case Iterate: HandleIterate(); break;
            case GateJob job: _client.HandleGateJob(job); break;
            case StudentClient.Deadline deadline: _client.HandleStudentDeadline(deadline); break;
            case StudyJob: break;
            case OnwardClient.Deadline deadline: _queries.HandleOnward(
                _sends.Onward!.HandleDeadline(deadline)); break;
            case QueryClient.ReplyDeadline deadline: _client.HandleDeadline(deadline); break;
            case Arrival<QueryMessage.ForwardRefused> refused: _client.HandleForwardRefused(refused); break;
            case LedgerMessage.BlockOpened block: HandleBlockOpened(block); break;
            case Arrival<LedgerMessage.SubmissionAccepted> accepted: HandleReceipt(
                accepted, 2 * accepted.Message.Block); break;
            case Arrival<LedgerMessage.SubmissionRefused> refused: HandleReceipt(
                refused, 2 * refused.Message.Block + 1); break;
            case DelayedSends.Due due: _sends.Delayed.HandleDue(due); break;
            case ServerLane.Served served: _lane.HandleServed(served); break;
            case ServerLane.InstantOver: break;
            case FaultsChanged: HandleFaultsChanged(); break;
            case ControlMessage.ParcelLost lost: _state.Links.Traffic.Count(lost.Kind, lost.Outcome); break;
            case Arrival<CoalitionMessage.Order> order: HandleArrivedOrder(order); break;
            case CoalitionMessage.Order order: HandleOrder(order); break;
            case ControlMessage.Spawn: SetPresence(null); break;
            case ControlMessage.Withdraw: SetPresence(ParcelOutcome.Retired); break;
            case ControlMessage.TakeSnapshot take: HandleTakeSnapshot(take); break;
            case ControlMessage.Settle: HandleSettle(); break;
            case CheckpointClient.RetryRestore: _checkpoints!.Request(); break;
            case ControlMessage.StateRecalled recalled: _checkpoints!.HandleStateRecalled(recalled); break;
            case CheckpointClient.Restored restored: HandleRestored(restored); break;
            case CheckpointClient.Saved saved: HandleSaved(saved); break;
            case ControlMessage.Retire: HandleRetire(); break;
            case LastSaved: HandleLastSaved(); break;
            case OldModelDisposed: break;
            default: Unhandled(message); break;
        }
        if (_retiring)
        {
            SaveLastIfIdle();
        }
    }

    /// <summary>A message that is due, in virtual time, while the neuron is at rest.</summary>
    void IInlineReceiver.Receive(object message)
    {
        if (Takes(message))
        {
            Handle(message);
        }
    }

    /// <summary>
    /// A neuron that is down loses the parcels that arrive; one that is paused holds its messages. Control messages
    /// reach both. Compute that is over by now is counted first.
    /// </summary>
    protected override bool Takes(object message)
    {
        _run.ParcelObserver?.Met(message, _state.Id, _run.Clock.Now);
        _lane.EndInstantJobs();
        if (_retiring && message is IArrival late)
        {
            _state.Links.End(late, ParcelOutcome.Moved);
            return false;
        }
        if (_state.Health.IsUp || _retiring || message is ControlMessage or FaultsChanged)
        {
            return true;
        }
        if (_state.Health.Down is { } end)
        {
            if (message is not IArrival arrival)
            {
                return true;
            }
            _state.Links.End(arrival, end);
            return false;
        }
        _held.Enqueue(message);
        return false;
    }

    protected override void PreStart()
    {
        if (_checkpoints is null)
        {
            HandleFaultsChanged();
        }
        else
        {
            // The first block tells the time of the run, and with it the faults.
            Timers.StartPeriodicTimer(
                RestoreTimer, new CheckpointClient.RetryRestore(), TimeSpan.Zero, CheckpointClient.RetryInterval);
        }
    }

    protected override void PostStop()
    {
        _voter.Dispose();
        if (_checkpoints is null)
        {
            _state.Model.Dispose();
        }
        else
        {
            // The compute outlives this actor.
            Dispose(_state.Model, ActorRefs.Nobody);
        }
    }

    void HandleFaultsChanged()
    {
        if (_timeline != _run.Faults.Timeline)
        {
            _timeline = _run.Faults.Timeline;
            _faults = _timeline.Of(_state.Id);
        }
        var now = _run.Clock.Now;
        var before = _state.Health;
        var health = _faults.At(now);
        var joins = _state.Plan.JoinsAt;
        _state.Health = health.Down is null && AbsenceAt(now) is { } absence ? health with { Down = absence } : health;
        _lane.EndInstantJobs();
        ChangeHealth(before, _state.Health);
        var change = _faults.NextAfter(now);
        if ((joins > now && !(change < joins) ? joins : change) is { } next)
        {
            Timers.StartSingleTimer(FaultTimer, new FaultsChanged(), next - now);
        }
    }

    /// <summary>The outcome of parcels while the neuron has not come yet or is sent away; null for none.</summary>
    ParcelOutcome? AbsenceAt(TimeSpan now) =>
        _coalition?.Absence ?? (now < _state.Plan.JoinsAt ? ParcelOutcome.Reserve : null);

    void ChangeHealth(NeuronHealth before, NeuronHealth health)
    {
        _losesState |= health.LosesState;
        if (before.Down is null && health.Down is { } death)
        {
            Crash(death);
        }
        if (before.Down is not null && health.Down is null && _losesState)
        {
            Restart();
        }
        while ((!health.Paused || health.Down is not null) && _held.TryDequeue(out var message))
        {
            Self.Tell(message, ActorRefs.NoSender);
        }
    }

    /// <summary>Ends what the neuron is doing.</summary>
    void Crash(ParcelOutcome death)
    {
        _state.Die(death);
        _receipts.Clear();
        _training.Crash();
        _client.Crash();
        _voter.Crash();
        _lane.Crash();
        _open.Clear();
        _callers.Clear();
        _sends.Crash();
        _timers.Stop(IterateTimer);
    }

    /// <summary>The neuron comes back as it was at the start of the run.</summary>
    void Restart()
    {
        _losesState = false;
        if (_run.NewModel is { } create)
        {
            var old = _state.Model;
            _state.Model = create(_state.Plan);
            Dispose(old, Self);
        }
    }

    /// <summary>Disposes of a model in the neuron's lane, behind the jobs that use it.</summary>
    void Dispose(NeuronModel model, IActorRef replyTo) => _run.Compute.Submit(
        _state.Id, TimeSpan.Zero,
        () =>
        {
            model.Dispose();
            return new OldModelDisposed();
        },
        replyTo);

    void HandleBlockOpened(LedgerMessage.BlockOpened block)
    {
        if (_checkpoints is { IsRestored: false } || block.Height < (_reported ?? 0))
        {
            // Not restored yet; or a block from before, on the way from one ledger to the next.
            return;
        }
        if (_run.Clock.NoteBlock(block.Height))
        {
            HandleFaultsChanged();
        }
        // An empty row: the neuron is not registered.
        var view = block.Row.Count == 0 ? null : LedgerView.Of(block, _state.Plan, _run.Scenario.Mechanism);
        _training.ReadSteps();
        if (_reported is null)
        {
            _timers.Stop(RestoreTimer);
        }
        else if (block.Height > _reported)
        {
            ReportBlock(block.Height - 1, view);
        }
        _reported = block.Height;
        _state.IsResting = block.Final || _retiring;
        if (_state.Health.Down is not null)
        {
            return;
        }
        if (view is not null)
        {
            OpenBlock(view);
        }
        else if (_state.View is not null)
        {
            // It left, or another neuron has its index. It does not register again.
            _isGone = true;
            Crash(ParcelOutcome.Left);
        }
        else if (!_state.IsResting && !_isGone && !IsLeaving)
        {
            _voter.Register(block.Height);
        }
    }

    /// <summary>True when the neuron is to leave the network: it votes no more, and says so in every block.</summary>
    bool IsLeaving => _run.Clock.Now >= _state.Plan.LeavesAt;

    void OpenBlock(LedgerView view)
    {
        if (_state.View is null)
        {
            StartIterating();
        }
        _state.View = view;
        _state.Strategies.Opens(view.Block.Height);
        _checkpoints?.HandleBlock(view.Block.Height);
        if (!_state.IsResting && IsLeaving)
        {
            _voter.Leave(view.Block.Height);
        }
        else if (!_state.IsResting)
        {
            _voter.HandleBlock(view, _training.Evidence, _training.Tally.LossBefore);
        }
        _client.HandleBlock(_training.Evidence);
        _training.Evidence.Clear();
    }

    /// <summary>
    /// The first iteration begins after a part of the interval, so that neurons do not all iterate at once.
    /// </summary>
    void StartIterating()
    {
        var interval = _state.Plan.Population.Training.IterationInterval;
        var dice = new RandomStream(_run.Scenario.Seed, "pace", _state.Id);
        _timers.Start(IterateTimer, new Iterate(), TimeSpan.FromTicks((long)(interval.Ticks * dice.NextDouble())));
    }

    void HandleIterate()
    {
        if (_state.IsResting || _state.View is null)
        {
            return;
        }
        _timers.Start(IterateTimer, new Iterate(), _state.Plan.Population.Training.IterationInterval);
        if (_state.Strategies.Asks)
        {
            _client.Ask();
        }
    }

    /// <summary>
    /// A block gives a neuron one receipt of each kind; another one is a copy, or belongs to a copy of the submission.
    /// </summary>
    void HandleReceipt(IArrival arrival, long number)
    {
        var sight = _receipts.Note(Addresses.Ledger, number);
        _state.Links.End(arrival, sight == Sight.Fresh ? ParcelOutcome.Noted : ParcelOutcome.Duplicate);
    }

    void HandleArrivedOrder(Arrival<CoalitionMessage.Order> arrival)
    {
        var isOpen = arrival.Message.Block == _state.View?.Block.Height;
        _state.Links.End(arrival, isOpen ? ParcelOutcome.Noted : ParcelOutcome.Late);
        HandleOrder(arrival.Message);
    }

    void HandleOrder(CoalitionMessage.Order order)
    {
        if (_state.View is { } view && !IsLeaving)
        {
            _voter.HandleOrder(order, view, _state.IsResting);
        }
    }

    /// <summary>The adversary calls the neuron, or sends it away.</summary>
    void SetPresence(ParcelOutcome? absence)
    {
        _coalition!.Absence = absence;
        HandleFaultsChanged();
    }

    void HandleRestored(CheckpointClient.Restored restored)
    {
        // Numbers above those of the life before: a late answer to one of its queries must not be taken for a new one.
        _sends.Numbers.From((restored.Height + 1) << 24);
        _checkpoints!.HandleRestored();
    }

    void HandleSaved(CheckpointClient.Saved saved)
    {
        _checkpoints!.HandleSaved(saved);
        if (saved.Last)
        {
            // Parcels that came in the meantime are ahead of this message and count.
            Self.Tell(new LastSaved(), ActorRefs.NoSender);
        }
    }

    /// <summary>
    /// Begins the move to another node: from now on a parcel that arrives ends as moved, and the open iteration is
    /// over. What is computed is computed to its end, so that the last checkpoint holds it.
    /// </summary>
    void HandleRetire()
    {
        _retiring = true;
        _state.IsResting = true;
        _client.Crash();
        _lane.EndWaiting(ParcelOutcome.Moved);
        _sends.Onward?.End(ParcelOutcome.Moved);
        while (_held.TryDequeue(out var held))
        {
            Self.Tell(held, ActorRefs.NoSender);
        }
    }

    void SaveLastIfIdle()
    {
        if (!_saving && _lane.IsIdle && !_training.IsRunning)
        {
            _saving = true;
            _checkpoints!.Save(_reported ?? 0, last: true);
        }
    }

    void HandleLastSaved()
    {
        ReportBlock(_reported ?? 0, _state.View);
        Context.Stop(Self);
    }

    void HandleTakeSnapshot(ControlMessage.TakeSnapshot take)
    {
        var (model, service) = (_state.Model, _training.Service?.Take(take.Height) ?? []);
        _run.Compute.Submit(
            _state.Id, TimeSpan.Zero,
            () => new ControlMessage.SnapshotTaken(take.Height, _state.Id, model.Snapshot(), service), Sender);
    }

    void HandleSettle()
    {
        var traffic = _state.Links.Traffic;
        var onTheirWay = _run.UntilLastArrival > TimeSpan.Zero ? 1 : 0;
        var working = _client.Working + _sends.Delayed.Held + (_sends.Onward?.Count ?? 0) + onTheirWay;
        Sender.Tell(new ControlMessage.Settled(traffic.Sent, traffic.Ended, working, traffic.Take()));
    }

    void ReportBlock(long height, LedgerView? view)
    {
        var age = _state.Ages.Take();
        var report = _training.Tally.Report(height, view?.MeanMask(_state.Plan.OwnSlot) ?? 0) with
        {
            // Runs in which nobody chooses or distils keep the bytes that they had before there was this figure.
            AnswerAge = _run.Scenario.Populations.Any(p => p.Gating is not null || p.Student is not null) ? age : null,
        };
        _journal.Tell(new ControlMessage.NeuronRecorded(report, _state.Links.Traffic.Take()));
        _training.Tally.Clear();
    }

    /// <summary>The next iteration is due.</summary>
    sealed record Iterate;

    /// <summary>The last checkpoint before the move is taken.</summary>
    sealed record LastSaved;

    /// <summary>The model of an earlier life is disposed of.</summary>
    sealed record OldModelDisposed;
}
