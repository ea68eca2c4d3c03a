using BitTensor.Emulation;
using BitTensor.Parcels;
using BitTensor.Protocol;

namespace BitTensor.Actors.Neurons;

/// <summary>
/// Answers queries (section 1.6, step 2): at depth 1, masked by (7). An answered query stays open for its gradient
/// (<see cref="GradientServer"/>). Runs inside the neuron's actor.
/// </summary>
/// <param name="state">The neuron.</param>
/// <param name="admission">Which queries it answers.</param>
/// <param name="lane">Where it computes.</param>
/// <param name="open">Answered queries that wait for their gradients.</param>
/// <param name="sends">What it sends beyond its own pace.</param>
sealed class QueryServer(
    NeuronState state, QueryAdmission admission, ServerLane lane, OpenQueries open, SideTraffic sends)
{
    public void HandleForward(Arrival<QueryMessage.Forward> arrival)
    {
        if (admission.Repeated(arrival) is { } repeated)
        {
            state.Links.End(arrival, repeated);
            return;
        }
        var (query, batch) = (arrival.Message.Query, arrival.Message.Batch);
        if (admission.RefusalOf(arrival.From, query, batch) is { } refusal)
        {
            Refuse(state, new Parcel(arrival.From, state.Id, ParcelKind.Forward, 0, arrival.Number), query, refusal);
            return;
        }
        sends.Student?.NoteServed(batch);
        var job = new ForwardJob(state, arrival.Number, query, batch, admission.MaskOf(query.Caller));
        if (!state.Strategies.FollowsProtocol)
        {
            Depart(job);
        }
        else if (arrival.Message.Last || state.IsResting || sends.Onward?.Ask(job) != true)
        {
            lane.Run(job);
        }
    }

    /// <summary>The peers have answered about a query, or their time is over.</summary>
    public void HandleOnward(ForwardJob? ready)
    {
        if (ready is not null)
        {
            lane.Run(ready);
        }
    }

    /// <summary>An answer is computed, or its compute time is over and reading it computes it.</summary>
    public void HandleForwardJob(ForwardJob job)
    {
        if (lane.Ends(job))
        {
            state.Links.End(job.Parcel, ParcelOutcome.Answered);
            Reply(job.Query, new OpenQuery(job.Batch, job.Mask, default) { Onward = job.Onward }, OutputOf(job));
        }
    }

    /// <summary>Ends the parcel of a query and tells its sender why it is refused.</summary>
    public static void Refuse(NeuronState state, in Parcel parcel, QueryId query, ServingRefusal reason)
    {
        state.Links.End(parcel, ParcelOutcome.Refused(reason));
        SendRefusal(state, parcel.From, query, reason);
    }

    /// <summary>The answer to a query that was relayed goes to the caller.</summary>
    public void HandleRelayed(RelayedQuery relayed, Tensor output) =>
        Reply(
            relayed.Query, new OpenQuery(relayed.Batch, relayed.Mask, default), new(output.Masked(relayed.Mask)));

    /// <summary>The refusal of a query that was relayed goes to the caller.</summary>
    public void HandleRelayRefused(RelayedQuery relayed) =>
        SendRefusal(state, relayed.Query.Caller, relayed.Query, ServingRefusal.Busy);

    /// <summary>Answers as the neuron's strategies have it: relayed, made up, or computed otherwise.</summary>
    void Depart(ForwardJob job)
    {
        if (state.Strategies.Relays(job.Query.Caller) is { } other)
        {
            Relay(job, other);
        }
        else if (state.Strategies.Fake(job.Query, job.Batch.Rows, state.Model.Width) is { } fake)
        {
            state.Links.End(job.Parcel, ParcelOutcome.Answered);
            Reply(job.Query, new OpenQuery(job.Batch, job.Mask, default), new(fake.Masked(job.Mask)));
        }
        else
        {
            lane.Run(job, costs: state.Strategies.Computes());
        }
    }

    void Relay(ForwardJob job, int other)
    {
        // Relays that ask one another would pass a query on for ever, and the run would not come to rest.
        if (!state.IsResting && sends.Relay.Send(other, new RelayedQuery(job.Query, job.Batch, job.Mask, state.Now)))
        {
            state.Links.End(job.Parcel, ParcelOutcome.Relayed);
        }
        else
        {
            job.Refuse(ServingRefusal.Busy);
        }
    }

    static void SendRefusal(NeuronState state, int to, QueryId query, ServingRefusal reason) => state.Links.Send(
        to, ParcelKind.ForwardReply, WireSize.Header, new QueryMessage.ForwardRefused(query, state.Id, reason));

    void Reply(QueryId query, OpenQuery answered, Deferred<Tensor> output)
    {
        if (state.Strategies.FollowsProtocol)
        {
            ReplyNow(query, answered, output);
        }
        else
        {
            ReplyDelayed(query, answered, output);
        }
    }

    void ReplyDelayed(QueryId query, OpenQuery answered, Deferred<Tensor> output) => sends.Delayed.After(
        state.Strategies.Holds(ParcelKind.ForwardReply), () => ReplyNow(query, answered, output));

    void ReplyNow(QueryId query, OpenQuery answered, Deferred<Tensor> output)
    {
        open.Add(query, answered with { AnsweredAt = state.Now, Step = state.Steps });
        state.Links.Send(
            query.Caller, ParcelKind.ForwardReply, state.BytesOf(answered.Batch.Rows, state.Model.Width),
            MessageOf(query, output));
    }

    Deferred<QueryMessage.ForwardReply> MessageOf(QueryId query, in Deferred<Tensor> output) =>
        output.Ready is { } ready ? new(MessageOf(query, ready)) : DeferredMessageOf(query, output);

    // Apart: C# makes the closures of a method at its entry, and answers that are there need none.
    Deferred<QueryMessage.ForwardReply> DeferredMessageOf(QueryId query, Deferred<Tensor> output) =>
        new(() => MessageOf(query, output.Read()));

    QueryMessage.ForwardReply MessageOf(QueryId query, Tensor output) =>
        new(query, state.Id, TensorPayload.Rounded(output, state.Run.Encoding));

    static Deferred<Tensor> OutputOf(ForwardJob job) => job.IsInstant ? new(job.Output) : new(() => job.Output);
}
