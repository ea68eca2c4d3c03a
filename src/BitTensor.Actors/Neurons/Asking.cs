using Akka.Actor;
using BitTensor.Actors.Adversary;
using BitTensor.Actors.Faults;
using BitTensor.Emulation;
using BitTensor.Parcels;
using BitTensor.Learning;
using BitTensor.Protocol;
using BitTensor.Records;

namespace BitTensor.Actors.Neurons;

/// <summary>
/// The asking half of a neuron (section 1.6, steps 1 and 4): asks its peers about a batch of its own, goes on with what they answer, learns
/// from it, sends them their gradients, and keeps what the lessons show of their worth. Runs inside the neuron's actor.
/// </summary>
/// <param name="world">The run.</param>
/// <param name="plan">The neuron.</param>
/// <param name="conduct">What it follows.</param>
/// <param name="outbox">What was passed on, and what holds its gradients where they are late.</param>
/// <param name="serving">Its serving half, to which go answers to what was passed on.</param>
/// <param name="links">Its links.</param>
/// <param name="self">Its actor.</param>
/// <param name="scheduler">Its time.</param>
/// <param name="takes">False when the neuron, as it is now, does not handle a message.</param>
/// <param name="startTimer">Starts a timer by the neuron's own clock.</param>
sealed class Asking(
    World world, NeuronPlan plan, Conduct conduct, Outbox outbox, Serving serving, Links links, IActorRef self, IScheduler scheduler,
    Func<object, bool> takes, Action<string, object, TimeSpan> startTimer) : IDoor
{
    readonly BackOff _backOff = new(plan.Slots.Length, plan.Population.Training.BackOff, plan.Population.Training.BackOffMost);
    Iteration? _waiting;
    readonly List<Trained> _unread = [];
    long _sequence;
    int _life;
    bool _training;

    /// <summary>The neuron's view of the ledger; null before the first block.</summary>
    public LedgerView? View { get; set; }

    /// <summary>What computes and learns.</summary>
    public required Brain Brain { get; set; }

    /// <summary>How the neuron is.</summary>
    public NeuronHealth Health { get; set; } = NeuronHealth.Well;

    /// <summary>What the lessons showed since the last block.</summary>
    public SlotEvidence Evidence { get; } = new(plan.Slots.Length);

    /// <summary>What it did while the block was open.</summary>
    public BlockTally Tally { get; } = new();

    /// <summary>Iterations that are not through.</summary>
    public int Working => (_waiting is null ? 0 : 1) + (_training ? 1 : 0);

    /// <summary>The next number of its queries.</summary>
    public long NextNumber() => _sequence++;

    /// <summary>Numbers its queries from here on.</summary>
    public void NumberFrom(long number) => _sequence = number;

    /// <summary>Forgets what was going on; a step that is still being computed belongs to a former life and comes to nothing.</summary>
    public void Crash()
    {
        _life++;
        ReadLessons();
        if (_waiting is { } iteration)
        {
            links.Traffic.Count(Happenings.QueryMissing, iteration.Asked - iteration.HeardCount);
        }
        _waiting = null;
        Evidence.Clear();
        Tally.Crash();
        _training = false;
        View = null;
    }

    /// <summary>Asks about the next batch.</summary>
    public void Ask()
    {
        if (_waiting is not null || _training)
        {
            // Its own compute is behind: the pace gives way, the queue does not grow.
            links.Traffic.Count(Happenings.IterationSkipped, 1);
            return;
        }
        var sequence = _sequence++;
        var iteration = _waiting = new Iteration(sequence, Brain.NextQuestion(), View!, plan.Slots.Length);
        var forward = new QueryMessage.Forward(new QueryId(plan.Id, sequence), TensorPayload.Rounded(iteration.Question.Batch, world.Encoding));
        var bytes = WireSize.Of(forward.Batch.Rows, forward.Batch.Columns, world.Encoding);
        for (var k = 0; k < plan.Slots.Length; k++)
        {
            if (k != plan.OwnSlot && _backOff.Spares(k, scheduler.MonotonicClock))
            {
                links.Traffic.Count(Happenings.BackOffSpared, 1);
            }
            else if (k != plan.OwnSlot)
            {
                links.Send(plan.Slots[k], ParcelKind.Forward, bytes, forward);
                iteration.Asked++;
            }
        }
        if (conduct.Floods is > 0 and var floods)
        {
            var flooded = outbox.Flood(floods, iteration.Question.Batch, plan.Slots.Remove(plan.Id));
            links.Traffic.Count(Happenings.QueryFlooded, flooded);
        }
        Tally.Queries += iteration.Asked;
        links.Traffic.Count(Happenings.QueryAsked, iteration.Asked);
        if (iteration.Asked == 0)
        {
            Train(sequence);
        }
        else
        {
            startTimer("deadline", new ReplyDeadline(sequence), plan.Population.Training.ReplyTimeout);
        }
    }

    /// <summary>An answer or a refusal is due, in virtual time, and the neuron is at rest.</summary>
    void IDoor.Enter(object arrival)
    {
        if (!Takes(arrival))
        {
            return;
        }
        if (arrival is Arrival<QueryMessage.ForwardReply> reply)
        {
            HandleForwardReply(reply);
        }
        else
        {
            HandleForwardRefused((Arrival<QueryMessage.ForwardRefused>)arrival);
        }
    }

    public void HandleForwardReply(Arrival<QueryMessage.ForwardReply> arrival)
    {
        var reply = arrival.Message;
        if (IterationOf(reply.Query) is not { } iteration)
        {
            HandleOtherReply(arrival);
            return;
        }
        var slot = plan.SlotOf(arrival.From);
        if (slot < 0 || iteration.HasHeard(slot))
        {
            links.End(arrival, Unwanted(slot));
            return;
        }
        if (TensorCheck.Judge(reply.Output, iteration.Question.Batch.Rows, Brain.Width) is { } refusal)
        {
            links.End(arrival, ParcelOutcome.Refused(refusal));
            Hear(iteration, slot, null, Happenings.QueryUnusable);
            return;
        }
        links.End(arrival, ParcelOutcome.Used);
        _backOff.Answered(slot);
        iteration.Answered++;
        Hear(iteration, slot, reply.Output, Happenings.QueryAnswered);
    }

    public void HandleForwardRefused(Arrival<QueryMessage.ForwardRefused> arrival)
    {
        var (query, reason) = (arrival.Message.Query, arrival.Message.Reason);
        if (IterationOf(query) is not { } iteration)
        {
            HandleOtherRefusal(arrival);
            return;
        }
        var slot = plan.SlotOf(arrival.From);
        if (slot < 0 || iteration.HasHeard(slot))
        {
            links.End(arrival, Unwanted(slot));
            return;
        }
        links.End(arrival, ParcelOutcome.Noted);
        if (reason is ServingRefusal.Busy or ServingRefusal.TimedOut or ServingRefusal.Outbid)
        {
            _backOff.Refused(slot, scheduler.MonotonicClock);
        }
        Hear(iteration, slot, null, Happenings.QueryRefused(reason));
    }

    /// <summary>The answer to a query that was passed on, or to one whose iteration is through.</summary>
    void HandleOtherReply(Arrival<QueryMessage.ForwardReply> arrival)
    {
        var reply = arrival.Message;
        if (outbox.TakeRelayed(reply.Query.Sequence) is { } relayed)
        {
            links.End(arrival, ParcelOutcome.Relayed);
            serving.HandleRelayed(relayed, reply.Output);
        }
        else
        {
            links.End(arrival, Unexpected(reply.Query));
        }
    }

    /// <summary>The refusal of a query that was passed on, or of one whose iteration is through.</summary>
    void HandleOtherRefusal(Arrival<QueryMessage.ForwardRefused> arrival)
    {
        var query = arrival.Message.Query;
        if (outbox.TakeRelayed(query.Sequence) is { } relayed)
        {
            links.End(arrival, ParcelOutcome.Noted);
            serving.HandleRelayRefused(relayed);
        }
        else
        {
            links.End(arrival, Unexpected(query));
        }
    }

    /// <summary>False when the neuron, as it is now, does not handle what is due. One that is well takes everything, and where nobody looks need not be asked.</summary>
    bool Takes(object message) => (Health.IsUp && world.Watch is null) || takes(message);

    /// <summary>The batch on its way that a query was about; null when it is through, or another's.</summary>
    Iteration? IterationOf(QueryId query) => _waiting is { } waiting && waiting.Sequence == query.Sequence ? waiting : null;

    ParcelOutcome Unexpected(QueryId query) =>
        outbox.Flooded(query.Sequence) ? ParcelOutcome.Unread : ParcelOutcome.Late;

    static ParcelOutcome Unwanted(int slot) => slot < 0 ? ParcelOutcome.Unasked : ParcelOutcome.Duplicate;

    void Hear(Iteration iteration, int slot, Tensor? output, CountName outcome)
    {
        iteration.Hear(slot, output);
        links.Traffic.Count(outcome, 1);
        if (iteration.HeardCount == iteration.Asked || iteration.Answered >= plan.Population.Training.KMin)
        {
            Train(iteration.Sequence);
        }
    }

    /// <summary>Goes on with what has arrived; what has not is zero input from here on.</summary>
    public void Train(long sequence)
    {
        if (_waiting is not { } iteration || iteration.Sequence != sequence)
        {
            return;
        }
        _waiting = null;
        if (iteration.HeardCount < iteration.Asked)
        {
            links.Traffic.Count(Happenings.QueryMissing, iteration.Asked - iteration.HeardCount);
        }
        Tally.Answers += iteration.Replies.Count(r => r is not null);
        var ownMask = iteration.View.MaskFrom(plan.OwnSlot);
        _training = true;
        var cost = Health.Takes(plan.Population.Training.StepCost);
        if (Brain.Instant)
        {
            var lesson = Brain.Train(iteration.Question, iteration.Replies, ownMask);
            world.Compute.Occupy(plan.Id, cost, new Trained(_life, iteration, () => lesson), self);
        }
        else
        {
            TrainLater(Brain, _life, iteration, ownMask, cost);
        }
    }

    void TrainLater(Brain brain, int life, Iteration iteration, double ownMask, TimeSpan cost) =>
        world.Compute.SubmitLate(
            plan.Id, cost, () => brain.Train(iteration.Question, iteration.Replies, ownMask), lesson => new Trained(life, iteration, lesson), self);

    public void HandleTrained(Trained trained)
    {
        if (trained.Life != _life)
        {
            return;
        }
        _training = false;
        if (Brain.Instant)
        {
            Read(trained.Iteration, trained.Step());
        }
        else
        {
            _unread.Add(trained);
        }
        if (Brain.Instant && conduct.FollowsProtocol && world.Sabotage == Sabotage.None)
        {
            TeachAtOnce(trained);
            return;
        }
        for (var k = 0; k < plan.Slots.Length; k++)
        {
            var slot = k;
            if (trained.Iteration.Replies[slot] is null)
            {
                continue;
            }
            if (conduct.Taught(slot, () => trained.Gradient(slot)) is { } gradient)
            {
                outbox.Hold(conduct.Holds(ParcelKind.Backward), () => Teach(slot, trained, gradient));
            }
            else
            {
                links.Traffic.Count(Happenings.QueryUntaught, 1);
            }
        }
    }

    /// <summary>The lesson is no work: its gradients are sent as they are.</summary>
    void TeachAtOnce(Trained trained)
    {
        var query = new QueryId(plan.Id, trained.Iteration.Sequence);
        var bytes = WireSize.Of(trained.Iteration.Question.Batch.Rows, Brain.Width, world.Encoding);
        for (var k = 0; k < plan.Slots.Length; k++)
        {
            if (trained.Iteration.Replies[k] is not null)
            {
                var backward = new QueryMessage.Backward(query, TensorPayload.Rounded(trained.Gradient(k), world.Encoding));
                links.Send(plan.Slots[k], ParcelKind.Backward, bytes, backward);
            }
        }
    }

    void Teach(int slot, Trained trained, Func<Tensor> gradient)
    {
        QueryMessage.Backward Backward() =>
            new(new QueryId(plan.Id, trained.Iteration.Sequence), TensorPayload.Rounded(gradient(), world.Encoding));
        if (world.Sabotage == Sabotage.LinkDoublesBackward && plan.Id == 0)
        {
            var second = new Arrival<QueryMessage.Backward>(plan.Id, ParcelKind.Backward, Backward());
            world.At(plan.Slots[slot]).Tell(second, ActorRefs.NoSender);
        }
        var bytes = WireSize.Of(trained.Iteration.Question.Batch.Rows, Brain.Width, world.Encoding);
        links.SendLate(plan.Slots[slot], ParcelKind.Backward, bytes, Backward);
    }

    /// <summary>Notes what the lessons showed that came since the last block; nobody asks before the next one.</summary>
    public void ReadLessons()
    {
        _unread.ForEach(trained => Read(trained.Iteration, trained.Step()));
        _unread.Clear();
    }

    void Read(Iteration iteration, TrainingStep step)
    {
        Tally.Add(step);
        Evidence.Begin();
        for (var k = 0; k < plan.Slots.Length; k++)
        {
            if (k == plan.OwnSlot ? Brain.MasksOwnSlot : iteration.Replies[k] is not null)
            {
                Evidence.Add(k, iteration.View.LossGradient(k, step.MaskSensitivity[k]), step.Significance?[k] ?? 0);
            }
        }
    }

    /// <summary>Whoever has not answered by now is missing.</summary>
    public sealed record ReplyDeadline(long Sequence);

    /// <summary>A training step is due; its result is read where its gradients arrive and at the next block.</summary>
    public sealed record Trained(int Life, Iteration Iteration, Func<TrainingStep> Step)
    {
        /// <summary>dL/dY_k of a slot that answered, rows x width of its answer.</summary>
        public Tensor Gradient(int slot) =>
            new(Iteration.Replies[slot]!.Rows, Iteration.Replies[slot]!.Columns, Step().Gradients[slot]!);
    }

    /// <summary>A batch on its way through the peers.</summary>
    public sealed class Iteration(long sequence, Question question, LedgerView view, int slots)
    {
        bool[]? _refused;

        /// <summary>The number of its queries.</summary>
        public long Sequence => sequence;

        public Question Question { get; } = question;

        /// <summary>The ledger as it stood when the batch was asked about: its masks are the ones the replies carry.</summary>
        public LedgerView View { get; } = view;

        public Tensor?[] Replies { get; } = new Tensor?[slots];

        public int Asked { get; set; }

        public int HeardCount { get; private set; }

        public int Answered { get; set; }

        /// <summary>True when the peer of a slot has answered or refused.</summary>
        public bool HasHeard(int slot) => Replies[slot] is not null || _refused?[slot] == true;

        /// <summary>Notes an answer, or with null that there will be none.</summary>
        public void Hear(int slot, Tensor? output)
        {
            HeardCount++;
            Replies[slot] = output;
            if (output is null)
            {
                (_refused ??= new bool[slots])[slot] = true;
            }
        }
    }
}
