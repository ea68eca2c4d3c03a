using Akka.Actor;
using BitTensor.Actors.Adversary;
using BitTensor.Actors.Cluster;
using BitTensor.Actors.Faults;
using BitTensor.Emulation;
using BitTensor.Mechanism;
using BitTensor.Protocol;
using BitTensor.Records;

namespace BitTensor.Actors.Neurons;

/// <summary>
/// One neuron (section 1.6): asks its peers about its own batches, learns from what they answer, serves theirs, and moves its row on
/// the ledger once per block. This file holds its own pace; <see cref="Serving"/> is its other half, towards its callers,
/// <see cref="Lifeline"/> what makes it outlive its process, and its <see cref="Fate"/> says when it is to be ill.
/// </summary>
sealed class NeuronActor : Inhabitant, IWithTimers
{
    readonly World _world;
    readonly NeuronPlan _plan;
    Fate _fate;
    Timeline _known;
    readonly BackOff _backOff;
    readonly Conduct _conduct;
    readonly Outbox _outbox;
    readonly Membership? _membership;
    readonly Voting _voting;
    readonly IActorRef _journal;
    readonly Links _links;
    readonly IScheduler _scheduler;
    readonly Serving _serving;
    readonly Lifeline _lifeline;
    readonly MechanismParameters _mechanism;
    readonly SlotEvidence _evidence;
    readonly BlockTally _tally = new();
    readonly Dictionary<long, Iteration> _waiting = [];
    readonly List<Trained> _unread = [];
    readonly SeenNumbers _receipts = new();
    readonly Queue<object> _held = [];
    Brain _brain;
    NeuronHealth _health = NeuronHealth.Well;
    LedgerView? _view;
    long _sequence;
    long? _reported;
    int _life;
    bool _losesState;
    bool _training;
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
        _outbox = new Outbox(plan.Id, _links, world.Encoding, () => _sequence++, Later);
        _voting = new Voting(world, plan, _conduct, _outbox, _links, _membership);
        var scheduler = _scheduler = Context.System.Scheduler;
        _serving = new Serving(world, plan, _conduct, _outbox, _links, Self, Takes, () => _health.Reads(scheduler.MonotonicClock), Later) { Brain = brain };
        _lifeline = new Lifeline(world, plan, () => _brain, Self);
        _known = world.Timeline;
        _fate = _known.Of(plan.Id);
        _backOff = new BackOff(plan.Slots.Length, plan.Population.Training.BackOff, plan.Population.Training.BackOffMost);
        _evidence = new SlotEvidence(plan.Slots.Length);

        Receive<LedgerMessage.BlockOpened>(HandleBlockOpened);
        Receive<Iterate>(_ => HandleIterate());
        Receive<Arrival<QueryMessage.ForwardReply>>(HandleForwardReply);
        Receive<Arrival<QueryMessage.ForwardRefused>>(HandleForwardRefused);
        Receive<ReplyDeadline>(deadline => Train(deadline.Sequence));
        Receive<Trained>(HandleTrained);
        Receive<Arrival<QueryMessage.Forward>>(_serving.HandleForward);
        Receive<Outbox.Due>(_outbox.HandleDue);
        Receive<Serving.Represented>(_serving.HandleRepresented);
        Receive<Arrival<QueryMessage.Backward>>(_serving.HandleBackward);
        Receive<Serving.Learned>(_serving.HandleLearned);
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
        Receive<ControlMessage.Withdraw>(_ => Appear("retired"));
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
        if (message is ControlMessage or FateTurns || (_health.Down is null && !_health.Paused))
        {
            return true;
        }
        if (_health.Down is { } why)
        {
            if (message is not IArrival arrival)
            {
                return true;
            }
            _links.End(arrival, Parcels.KindOf(arrival.Content)!.Value, "dead/" + why);
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
        _health = _fate.At(now);
        _health = _health with { Down = _health.Down ?? _membership?.Absence };
        _serving.Health = _health;
        _losesState |= _health.LosesState;
        if (before.Down is null && _health.Down is { } why)
        {
            Crash(why);
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
    void Crash(string why)
    {
        _life++;
        foreach (var iteration in _waiting.Values)
        {
            _links.Traffic.Count("query", "missing", iteration.Asked - iteration.HeardCount);
        }
        _waiting.Clear();
        _unread.Clear();
        _evidence.Clear();
        _receipts.Clear();
        _training = false;
        _view = null;
        _voting.Crash();
        _serving.Crash(why);
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
        _brain = _serving.Brain = raise(_plan);
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
        ReadLessons();
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
        _serving.View = view;
        _conduct.Opens(view.Block.Height);
        _lifeline.HandleBlock(view.Block.Height);
        if (!_resting)
        {
            _voting.HandleBlock(view, _evidence, _tally.LossBefore);
        }
        _evidence.Clear();
    }

    void Later(TimeSpan after, object message) => Timers.StartSingleTimer(new object(), message, after);

    /// <summary>A timer by the neuron's own clock.</summary>
    void StartTimer(string name, object message, TimeSpan span) => Timers.StartSingleTimer(name, message, _health.Lasts(span));

    void HandleArrivedOrder(Arrival<CoalitionMessage.Order> arrival)
    {
        _links.End(arrival, ParcelKind.Coalition, arrival.Message.Block == _view?.Block.Height ? "delivered/noted" : "delivered/late");
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
    void Appear(string? absence)
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
        if (!_conduct.Asks)
        {
            return;
        }
        if (_waiting.Count > 0 || _training)
        {
            // Its own compute is behind: the pace gives way, the queue does not grow.
            _links.Traffic.Count("iteration", "skipped", 1);
            return;
        }
        var iteration = new Iteration(_brain.NextQuestion(), _view!, _plan.Slots.Length);
        var sequence = _sequence++;
        _waiting[sequence] = iteration;
        var forward = new QueryMessage.Forward(new QueryId(_plan.Id, sequence), TensorPayload.Rounded(iteration.Question.Batch, _world.Encoding));
        var bytes = WireSize.Of(forward.Batch.Rows, forward.Batch.Columns, _world.Encoding);
        for (var k = 0; k < _plan.Slots.Length; k++)
        {
            if (k != _plan.OwnSlot && _backOff.Spares(k, Context.System.Scheduler.MonotonicClock))
            {
                _links.Traffic.Count("back-off", "spared", 1);
            }
            else if (k != _plan.OwnSlot)
            {
                _links.Send(_plan.Slots[k], ParcelKind.Forward, bytes, forward);
                iteration.Asked++;
            }
        }
        if (_conduct.Floods is > 0 and var floods)
        {
            _links.Traffic.Count("query", "flooded", _outbox.Flood(floods, iteration.Question.Batch, _plan.Slots.Remove(_plan.Id)));
        }
        _tally.Queries += iteration.Asked;
        _links.Traffic.Count("query", "asked", iteration.Asked);
        if (iteration.Asked == 0)
        {
            Train(sequence);
        }
        else
        {
            StartTimer("deadline", new ReplyDeadline(sequence), _plan.Population.Training.ReplyTimeout);
        }
    }

    void HandleForwardReply(Arrival<QueryMessage.ForwardReply> arrival)
    {
        var reply = arrival.Message;
        var slot = _plan.SlotOf(arrival.From);
        if (_outbox.TakeRelayed(reply.Query.Sequence) is { } relayed)
        {
            _links.End(arrival, ParcelKind.ForwardReply, "delivered/relayed");
            _serving.HandleRelayed(relayed, reply.Output);
            return;
        }
        if (!_waiting.TryGetValue(reply.Query.Sequence, out var iteration) || slot < 0 || iteration.Heard[slot])
        {
            _links.End(arrival, ParcelKind.ForwardReply, Unwanted(reply.Query, iteration, slot));
            return;
        }
        if (TensorCheck.Judge(reply.Output, iteration.Question.Batch.Rows, _brain.Width) is { } refusal)
        {
            _links.End(arrival, ParcelKind.ForwardReply, $"delivered/refused-{refusal}");
            Hear(reply.Query.Sequence, iteration, slot, null, "unusable");
            return;
        }
        _links.End(arrival, ParcelKind.ForwardReply, "delivered/used");
        _backOff.Answered(slot);
        iteration.Answered++;
        Hear(reply.Query.Sequence, iteration, slot, reply.Output, "answered");
    }

    void HandleForwardRefused(Arrival<QueryMessage.ForwardRefused> arrival)
    {
        var query = arrival.Message.Query;
        if (_outbox.TakeRelayed(query.Sequence) is { } relayed)
        {
            _links.End(arrival, ParcelKind.ForwardReply, "delivered/noted");
            _serving.HandleRelayRefused(relayed);
            return;
        }
        var slot = _plan.SlotOf(arrival.From);
        var known = _waiting.TryGetValue(query.Sequence, out var iteration) && slot >= 0 && !iteration.Heard[slot];
        _links.End(arrival, ParcelKind.ForwardReply, known ? "delivered/noted" : Unwanted(query, iteration, slot));
        if (known)
        {
            if (arrival.Message.Reason is ServingRefusal.Busy or ServingRefusal.TimedOut or ServingRefusal.Outbid)
            {
                _backOff.Refused(slot, Context.System.Scheduler.MonotonicClock);
            }
            Hear(query.Sequence, iteration!, slot, null, "refused-" + arrival.Message.Reason);
        }
    }

    /// <summary>A block gives a neuron one receipt of each kind: what comes again was doubled on its way, or is of a submission that was.</summary>
    void NoteReceipt(IArrival arrival, long number)
    {
        var sight = _receipts.Note(Parcel.LedgerAddress, number);
        _links.End(arrival, ParcelKind.Receipt, sight == Sight.Fresh ? "delivered/noted" : "delivered/duplicate");
    }

    string Unwanted(QueryId query, Iteration? iteration, int slot) =>
        iteration is null ? _outbox.Flooded(query.Sequence) ? "delivered/unread" : "delivered/late" : slot < 0 ? "delivered/unasked" : "delivered/duplicate";

    void Hear(long sequence, Iteration iteration, int slot, Tensor? output, string outcome)
    {
        iteration.Heard[slot] = true;
        iteration.Replies[slot] = output;
        iteration.HeardCount++;
        _links.Traffic.Count("query", outcome, 1);
        if (iteration.HeardCount == iteration.Asked || iteration.Answered >= _plan.Population.Training.KMin)
        {
            Train(sequence);
        }
    }

    /// <summary>Goes on with what has arrived; what has not is zero input from here on.</summary>
    void Train(long sequence)
    {
        if (!_waiting.Remove(sequence, out var iteration))
        {
            return;
        }
        if (iteration.HeardCount < iteration.Asked)
        {
            _links.Traffic.Count("query", "missing", iteration.Asked - iteration.HeardCount);
        }
        _tally.Answers += iteration.Replies.Count(r => r is not null);
        var ownMask = iteration.View.MaskFrom(_plan.OwnSlot);
        var (brain, life) = (_brain, _life);
        _training = true;
        _world.Compute.SubmitLate(
            _plan.Id, _health.Takes(_plan.Population.Training.StepCost), () => brain.Train(iteration.Question, iteration.Replies, ownMask),
            lesson => new Trained(life, sequence, iteration, lesson), Self);
    }

    void HandleTrained(Trained trained)
    {
        if (trained.Life != _life)
        {
            return;
        }
        _training = false;
        _unread.Add(trained);
        if (_brain.Instant && _conduct.FollowsProtocol && _world.Sabotage == Sabotage.None)
        {
            TeachAtOnce(trained);
            return;
        }
        for (var k = 0; k < _plan.Slots.Length; k++)
        {
            var slot = k;
            if (trained.Iteration.Replies[slot] is null)
            {
                continue;
            }
            if (_conduct.Taught(slot, () => trained.Lesson().Gradients[slot]!) is { } gradient)
            {
                _outbox.Hold(_conduct.Holds(ParcelKind.Backward), () => Teach(slot, trained, gradient));
            }
            else
            {
                _links.Traffic.Count("query", "untaught", 1);
            }
        }
    }

    /// <summary>The lesson is no work: its gradients are sent as they are.</summary>
    void TeachAtOnce(Trained trained)
    {
        var (query, gradients) = (new QueryId(_plan.Id, trained.Sequence), trained.Lesson().Gradients);
        var bytes = WireSize.Of(trained.Iteration.Question.Batch.Rows, _brain.Width, _world.Encoding);
        for (var k = 0; k < _plan.Slots.Length; k++)
        {
            if (trained.Iteration.Replies[k] is not null)
            {
                var backward = new QueryMessage.Backward(query, TensorPayload.Rounded(gradients[k]!, _world.Encoding));
                _links.Send(_plan.Slots[k], ParcelKind.Backward, bytes, backward);
            }
        }
    }

    void Teach(int slot, Trained trained, Func<Tensor> gradient)
    {
        QueryMessage.Backward Backward() =>
            new(new QueryId(_plan.Id, trained.Sequence), TensorPayload.Rounded(gradient(), _world.Encoding));
        if (_world.Sabotage == Sabotage.LinkDoublesBackward && _plan.Id == 0)
        {
            _world.At(_plan.Slots[slot]).Tell(new Arrival<QueryMessage.Backward>(_plan.Id, Backward()), ActorRefs.NoSender);
        }
        var bytes = WireSize.Of(trained.Iteration.Question.Batch.Rows, _brain.Width, _world.Encoding);
        _links.SendLate(_plan.Slots[slot], ParcelKind.Backward, bytes, Backward);
    }

    /// <summary>Notes what the lessons showed that came since the last block; nobody asks before the next one.</summary>
    void ReadLessons()
    {
        foreach (var (_, _, iteration, result) in _unread)
        {
            var lesson = result();
            _tally.Add(lesson);
            _evidence.Begin();
            for (var k = 0; k < _plan.Slots.Length; k++)
            {
                if (k == _plan.OwnSlot ? _brain.MasksOwnSlot : iteration.Replies[k] is not null)
                {
                    _evidence.Add(k, iteration.View.LossGradient(k, lesson.Sensitivity[k]), lesson.Significance?[k] ?? 0);
                }
            }
        }
        _unread.Clear();
    }

    void HandleRevived(Lifeline.Revived revived)
    {
        // Queries of the former life must not be taken for its own.
        _sequence = (revived.Height + 1) << 24;
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
        var working = _waiting.Count + (_training ? 1 : 0) + _outbox.Held;
        Sender.Tell(new ControlMessage.Settled(_links.Traffic.Sent, _links.Traffic.Ended, working, Traffic.Of(_links.Traffic)));
    }

    void ReportBlock(long height, LedgerView? view)
    {
        var report = _tally.Report(height, _plan.Id, view?.MeanMask(_plan.OwnSlot) ?? 0);
        _journal.Tell(new ControlMessage.NeuronRecorded(report, Traffic.Of(_links.Traffic)));
        _tally.Clear();
    }

    sealed record Iterate;

    /// <summary>A former life's brain is gone.</summary>
    sealed record Buried;

    sealed record ReplyDeadline(long Sequence);

    /// <summary>A step is due; its lesson is looked at where its gradients arrive and at the next block.</summary>
    sealed record Trained(int Life, long Sequence, Iteration Iteration, Func<Lesson> Lesson);

    /// <summary>A batch on its way through the peers.</summary>
    sealed class Iteration(Question question, LedgerView view, int slots)
    {
        public Question Question { get; } = question;

        /// <summary>The ledger as it stood when the batch was asked about: its masks are the ones the replies carry.</summary>
        public LedgerView View { get; } = view;

        public Tensor?[] Replies { get; } = new Tensor?[slots];

        public bool[] Heard { get; } = new bool[slots];

        public int Asked { get; set; }

        public int HeardCount { get; set; }

        public int Answered { get; set; }
    }

    /// <summary>What the neuron did while a block was open.</summary>
    sealed class BlockTally
    {
        double _loss;
        double _accuracy;
        int _iterations;
        int _graded;

        public long Queries { get; set; }

        public long Answers { get; set; }

        public void Add(Lesson lesson)
        {
            _iterations++;
            _loss += lesson.Loss;
            _graded += lesson.Accuracy is null ? 0 : 1;
            _accuracy += lesson.Accuracy ?? 0;
        }

        public JournalRecord.NeuronReported Report(long block, int neuron, double mask) => new(
            block, neuron, _iterations, _iterations == 0 ? null : _loss / _iterations,
            _graded == 0 ? null : _accuracy / _graded, Queries, Answers, mask);

        /// <summary>Mean loss of the block that was reported last; null without an iteration.</summary>
        public double? LossBefore { get; private set; }

        public void Clear()
        {
            LossBefore = _iterations == 0 ? null : _loss / _iterations;
            (_loss, _accuracy, _iterations, _graded) = (0, 0, 0, 0);
            (Queries, Answers) = (0, 0);
        }
    }
}
