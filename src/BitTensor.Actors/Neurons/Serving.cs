using Akka.Actor;
using BitTensor.Actors.Adversary;
using BitTensor.Actors.Faults;
using BitTensor.Emulation;
using BitTensor.Mechanism;
using BitTensor.Parcels;
using BitTensor.Protocol;
using BitTensor.Scenarios;

namespace BitTensor.Actors.Neurons;

/// <summary>
/// The serving half of a neuron (section 1.6, steps 2 and 3): answers at depth 1, masks its answers with (7), remembers them for a
/// while, and learns from the gradients that come back. Runs inside the neuron's actor.
/// </summary>
sealed class Serving(
    World world, NeuronPlan plan, Conduct conduct, Outbox outbox, Links links, IActorRef self, IScheduler scheduler, Func<object, bool> takes,
    Action<TimeSpan, object> later) : IDoor
{
    readonly int _id = plan.Id;
    readonly ServingSpec _spec = plan.Population.Serving;
    readonly OpenQueries _open = new(plan.Population.Serving.OpenQueries, plan.Population.Serving.Remember);
    readonly Callers _callers = new();
    // Lessons that take time and nothing else, the oldest first: they are counted when somebody wants to know.
    ShortQueue<(TimeSpan Over, int From, long Number)> _lessons;
    ServiceQueue? _service;
    int _queued;
    int _life;
    ParcelOutcome _end = ParcelOutcome.Crashed;

    /// <summary>The neuron's view of the ledger; null before the first block.</summary>
    public LedgerView? View
    {
        get;
        set
        {
            field = value;
            _callers.ForgetMasks();
        }
    }

    /// <summary>What computes answers and learns.</summary>
    public required Brain Brain { get; set; }

    /// <summary>How the neuron is.</summary>
    public NeuronHealth Health { get; set; } = NeuronHealth.Well;

    /// <summary>Forgets everything; what is still being computed belongs to a former life and comes to nothing.</summary>
    /// <param name="end">The outcome of the parcels it worked on.</param>
    public void Crash(ParcelOutcome end)
    {
        _end = end;
        _life++;
        _service?.Clear().ForEach(work => links.End(work.Parcel, _end));
        while (_lessons.TryDequeue(out var lesson))
        {
            links.End(LessonOf(lesson.From, lesson.Number), _end);
        }
        _queued = 0;
        View = null;
        _open.Clear();
        _callers.Clear();
    }

    /// <summary>Counts the lessons whose time is over. A neuron that stands still gets to none.</summary>
    public void CatchUp()
    {
        while (!Health.Paused && _lessons.First is { } lesson && world.Compute.HasCome(lesson.Over))
        {
            _lessons.TryDequeue(out _);
            _queued--;
            links.End(LessonOf(lesson.From, lesson.Number), ParcelOutcome.Trained);
        }
    }

    /// <summary>A query or a gradient is due, in virtual time, and the neuron is at rest.</summary>
    void IDoor.Enter(object arrival)
    {
        if (!Takes(arrival))
        {
            return;
        }
        if (arrival is Arrival<QueryMessage.Forward> forward)
        {
            HandleForward(forward);
        }
        else
        {
            HandleBackward((Arrival<QueryMessage.Backward>)arrival);
        }
    }

    public void HandleForward(Arrival<QueryMessage.Forward> arrival)
    {
        CatchUp();
        var (query, batch) = (arrival.Message.Query, arrival.Message.Batch);
        if (query.Caller == arrival.From && _callers.NoteAsked(query) is not Sight.Fresh and var sight)
        {
            links.End(arrival, sight == Sight.Duplicate ? ParcelOutcome.Duplicate : ParcelOutcome.Stale);
            return;
        }
        var parcel = new Parcel(arrival.From, _id, ParcelKind.Forward, 0, arrival.Number);
        if ((Judge(arrival.From, query, batch) ?? RefusalOf(query.Caller)) is { } refusal)
        {
            Refuse(parcel, query, refusal);
            return;
        }
        var mask = _callers.MaskOf(query.Caller, View!);
        if (IsSimple)
        {
            _queued++;
            var output = Masked(Brain.Represent(batch), mask);
            var answer = new Represented(_life, arrival.Number, query, batch, mask, output, null) { At = this };
            world.Compute.Occupy(_id, Health.Takes(_spec.Cost), answer, self);
        }
        else if (conduct.Relays(query.Caller) is { } other)
        {
            if (!outbox.Relay(other, new RelayedQuery(query, batch, mask, Now), _spec.OpenQueries, _spec.Remember))
            {
                Refuse(parcel, query, ServingRefusal.Busy);
                return;
            }
            links.End(parcel, ParcelOutcome.Relayed);
        }
        else if (conduct.Fake(query, batch.Rows, Brain.Width) is { } fake)
        {
            Answer(new Represented(_life, arrival.Number, query, batch, mask, Masked(fake, mask), null) { At = this });
        }
        else
        {
            Represent(parcel, query, batch, mask);
        }
    }

    /// <summary>What a relay was answered goes to who asked it.</summary>
    public void HandleRelayed(RelayedQuery relayed, Tensor output) =>
        Reply(new Represented(_life, 0, relayed.Query, relayed.Batch, relayed.Mask, Masked(output, relayed.Mask), null) { At = this });

    /// <summary>What a relay was refused it refuses too.</summary>
    public void HandleRelayRefused(RelayedQuery relayed) => SendRefusal(relayed.Query.Caller, relayed.Query, ServingRefusal.Busy);

    public void HandleRepresented(Represented answer)
    {
        if (answer.Life != _life)
        {
            links.End(ParcelOf(answer), _end);
            return;
        }
        _queued--;
        Answer(answer);
    }

    public void HandleBackward(Arrival<QueryMessage.Backward> arrival)
    {
        CatchUp();
        var (query, gradient) = (arrival.Message.Query, arrival.Message.Gradient);
        if (query.Caller != arrival.From)
        {
            links.End(arrival, ParcelOutcome.Refused(ServingRefusal.WrongCaller));
            return;
        }
        var sight = _callers.NoteTaught(query);
        if (_open.Take(query, Now) is not { } asked)
        {
            links.End(arrival, sight == Sight.Duplicate ? ParcelOutcome.Duplicate : ParcelOutcome.Forgotten);
            return;
        }
        if (TensorCheck.Judge(gradient, asked.Batch.Rows, Brain.Width) is { } refusal)
        {
            links.End(arrival, ParcelOutcome.Refused(refusal));
            return;
        }
        if (!conduct.Learns)
        {
            links.End(arrival, ParcelOutcome.Ignored);
            return;
        }
        if (IsSimple && world.Compute.Occupy(_id, Health.Takes(_spec.Cost)) is { } over)
        {
            _queued++;
            Learn(Brain, asked, gradient);
            _lessons.Enqueue((over, arrival.From, arrival.Number));
            if (world.Watch is not null)
            {
                // Who looks on sees it end when it does.
                later(over - scheduler.MonotonicClock, new LessonOver());
            }
        }
        else
        {
            LearnLater(new Learned(_life, arrival.From, arrival.Number), asked, gradient);
        }
    }

    public void HandleLearned(Learned learned)
    {
        if (learned.Life != _life)
        {
            links.End(LessonOf(learned.From, learned.Number), _end);
            return;
        }
        _queued--;
        links.End(LessonOf(learned.From, learned.Number), ParcelOutcome.Trained);
    }

    /// <summary>A worker's time is over.</summary>
    public void HandleServed(Served served)
    {
        if (served.Life != _life)
        {
            links.End(served.Work.Parcel, _end);
            return;
        }
        served.Work.Finish();
        _service!.Done(Now);
    }

    /// <summary>What time it is by the neuron's own clock.</summary>
    TimeSpan Now => Health.Reads(scheduler.MonotonicClock);

    Parcel ParcelOf(Represented answer) => new(answer.Query.Caller, _id, ParcelKind.Forward, 0, answer.Number);

    Parcel LessonOf(int from, long number) => new(from, _id, ParcelKind.Backward, 0, number);

    ServingRefusal? RefusalOf(int caller) => conduct.FollowsProtocol ? null : conduct.Refuses(caller, View!.BidOf(caller));

    /// <summary>True when answers and lessons are no work, nothing waits for a worker, and nothing is done but what the protocol says: most of a large network.</summary>
    bool IsSimple => Brain.Instant && _spec.Limits is null && conduct.FollowsProtocol;

    /// <summary>False when the neuron, as it is now, does not handle what is due. One that is well takes everything, and where nobody looks need not be asked.</summary>
    bool Takes(object message) => (Health.IsUp && world.Watch is null) || takes(message);

    void Refuse(in Parcel parcel, QueryId query, ServingRefusal reason)
    {
        links.End(parcel, ParcelOutcome.Refused(reason));
        SendRefusal(parcel.From, query, reason);
    }

    void LearnLater(Learned learned, OpenQuery asked, Tensor gradient)
    {
        var (brain, parcel) = (Brain, LessonOf(learned.From, learned.Number));
        Serve(
            parcel, reason => links.End(parcel, ParcelOutcome.Refused(reason)),
            cost => Compute(cost, () => Learn(brain, asked, gradient), _ => learned));
    }

    void Represent(Parcel parcel, QueryId query, Tensor batch, double mask)
    {
        var (brain, life) = (Brain, _life);
        Tensor Job() => Masked(conduct.Answered(batch.Rows, () => brain.Represent(batch)), mask);
        Serve(
            parcel, reason => Refuse(parcel, query, reason),
            cost => Compute(conduct.Computes() ? cost : TimeSpan.Zero, Job, output => new Represented(life, parcel.Sequence, query, batch, mask, null, output) { At = this }));
    }

    /// <summary>Takes the neuron's own time, or that of a worker, if there is one.</summary>
    void Serve(Parcel parcel, Action<ServingRefusal> refuse, Action<TimeSpan> compute)
    {
        var cost = Health.Takes(_spec.Cost);
        if (_spec.Limits is not { } limits)
        {
            compute(cost);
            return;
        }
        _service ??= new ServiceQueue(limits, Begin);
        _service.Offer(new Work(parcel, View!.BidOf(parcel.From), Now, () => compute(TimeSpan.Zero), refuse), Now);
    }

    void Begin(Work work) => later(Health.Takes(_spec.Cost), new Served(_life, work));

    /// <summary>Takes time of the neuron's lane; the result is looked at when it is needed.</summary>
    void Compute<T>(TimeSpan cost, Func<T> job, Func<Func<T>, object> message)
        where T : class
    {
        _queued++;
        if (Brain.Instant)
        {
            var result = job();
            world.Compute.Occupy(_id, cost, message(() => result), self);
        }
        else
        {
            world.Compute.SubmitLate(_id, cost, job, message, self);
        }
    }

    ServingRefusal? Judge(int from, QueryId query, Tensor batch) =>
        query.Caller != from ? ServingRefusal.WrongCaller
        : View is null ? ServingRefusal.NotReady
        : _queued >= _spec.OpenQueries ? ServingRefusal.Busy
        : TensorCheck.Judge(batch, null, Brain.Features);

    void Answer(Represented answer)
    {
        links.End(ParcelOf(answer), ParcelOutcome.Answered);
        Reply(answer);
    }

    void Reply(Represented answer)
    {
        if (conduct.FollowsProtocol)
        {
            ReplyNow(answer);
        }
        else
        {
            ReplyInTime(answer);
        }
    }

    void ReplyInTime(Represented answer) => outbox.Hold(conduct.Holds(ParcelKind.ForwardReply), () => ReplyNow(answer));

    void ReplyNow(Represented answer)
    {
        var (query, bytes) = (answer.Query, WireSize.Of(answer.Batch.Rows, Brain.Width, world.Encoding));
        _open.Add(query, new OpenQuery(answer.Batch, answer.Mask, Now));
        if (answer.Output is not null)
        {
            links.Send(query.Caller, ParcelKind.ForwardReply, bytes, ReplyOf(query, answer.Output));
        }
        else
        {
            SendLate(query, bytes, answer.Late!);
        }
    }

    void SendLate(QueryId query, long bytes, Func<Tensor> output) =>
        links.SendLate(query.Caller, ParcelKind.ForwardReply, bytes, () => ReplyOf(query, output()));

    QueryMessage.ForwardReply ReplyOf(QueryId query, Tensor output) => new(query, _id, TensorPayload.Rounded(output, world.Encoding));

    void SendRefusal(int to, QueryId query, ServingRefusal reason) =>
        links.Send(to, ParcelKind.ForwardReply, WireSize.Header, new QueryMessage.ForwardRefused(query, _id, reason));

    static Tensor Learn(Brain brain, OpenQuery asked, Tensor gradient)
    {
        if (brain.Learns)
        {
            // Y = m f(x), so dL/df = m dL/dY: a masked-out caller teaches nothing.
            brain.Learn(asked.Batch, Masked(gradient, asked.Mask));
        }
        return gradient;
    }

    static Tensor Masked(Tensor tensor, double mask)
    {
        var values = new float[tensor.Values.Length];
        for (var k = 0; k < values.Length; k++)
        {
            values[k] = (float)mask * tensor.Values[k];
        }
        return new Tensor(tensor.Rows, tensor.Columns, values);
    }

    /// <summary>
    /// The answer is due: it is there, or it is looked at where it arrives, so that it may be computed on the way. A neuron that stands still or is down does
    /// with it what it does with every message.
    /// </summary>
    public sealed record Represented(int Life, long Number, QueryId Query, Tensor Batch, double Mask, Tensor? Output, Func<Tensor>? Late) : IHandedOver
    {
        public required Serving At { get; init; }

        public void Run()
        {
            if (At.Takes(this))
            {
                At.HandleRepresented(this);
            }
        }

        public void Execute() => Run();
    }

    public sealed record Learned(int Life, int From, long Number);

    public sealed record LessonOver;

    public sealed record Served(int Life, Work Work);
}
