using BitTensor.Actors.View;
using BitTensor.Parcels;
using BitTensor.Plans;
using BitTensor.Protocol;
using BitTensor.Scenarios;

namespace BitTensor.Actors.Neurons;

/// <summary>
/// Queries the peers about the neuron's own batches (section 1.6, step 1), and goes on to training when all have
/// answered, enough have, or the reply time-out is over. Runs inside the neuron's actor.
/// </summary>
/// <param name="state">The neuron.</param>
/// <param name="training">Trains on the replies.</param>
/// <param name="server">Gets the answers to relayed queries.</param>
/// <param name="sends">What it sends beyond its own pace.</param>
/// <param name="timers">Its timers.</param>
sealed class QueryClient(
    NeuronState state, LocalTraining training, QueryServer server, SideTraffic sends, NeuronTimers timers)
{
    const string Deadline = "deadline";
    const string AfterKMin = "after-k-min";

    readonly NeuronPlan _plan = state.Plan;
    readonly BackOff _backOff =
        new(
            state.Plan.Slots.Length, state.Plan.Population.Training.BackOff,
            state.Plan.Population.Training.BackOffMost);
    readonly PeerChoice? _choice = state.Plan.Population.Gating is { By: not GateRule.Gate } gating
        ? new(gating, state.Plan.Slots.Length, state.Plan.OwnSlot, state.Run.Scenario.Seed, state.Id)
        : null;
    readonly Exploration? _exploration = state.Plan.Population.Explore is { } explore
        ? new(explore, state.Plan.Slots.Length)
        : null;
    Iteration? _open;
    // The query of the open iteration about all examples, and its size on the wire.
    (QueryMessage.Forward Message, long Bytes) _query;

    /// <summary>Iterations that are not over.</summary>
    public int Working => (_open is null ? 0 : 1) + (training.IsRunning ? 1 : 0);

    /// <summary>Ends the open iteration.</summary>
    public void Crash()
    {
        if (_open is { } iteration)
        {
            state.Count(Happenings.QueryMissing, iteration.Asked - iteration.Heard);
        }
        _open = null;
        _choice?.Clear();
        _exploration?.Clear();
        timers.Stop(Deadline);
        timers.Stop(AfterKMin);
    }

    /// <summary>A block opens: what the iterations since the one before showed goes into the choice of peers.</summary>
    public void HandleBlock(SlotEvidence evidence) => _choice?.Learn(evidence);

    /// <summary>
    /// Sends the next batch to the peers, unless the iteration before is not over: then this one is skipped.
    /// </summary>
    public void Ask()
    {
        if (Working > 0)
        {
            state.Count(Happenings.IterationSkipped);
            return;
        }
        var iteration = _open = new Iteration(
            sends.Numbers.Next(), state.Model.NextBatch(), state.View!, _plan.Slots.Length);
        sends.Student?.NoteAsked(iteration.Batch.Inputs);
        if (_plan.Population.Gating is { By: GateRule.Gate } gate)
        {
            training.BeginChoice(iteration, all: iteration.View.Block.Height < gate.WarmUp);
        }
        else
        {
            SendQueries(iteration);
        }
    }

    /// <summary>The trained gate has chosen.</summary>
    public void HandleGateJob(GateJob job)
    {
        if (job.Iteration == _open)
        {
            job.Iteration.Choose(job.Choice, _plan.OwnSlot);
            SendQueries(job.Iteration);
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
        var slot = _plan.SlotOf(arrival.From);
        if (!iteration.Awaits(slot))
        {
            state.Links.End(arrival, Unwanted(iteration, slot));
            return;
        }
        if (TensorCheck.Judge(reply.Output, iteration.RowsAsked(slot), state.Model.Width) is { } refusal)
        {
            state.Links.End(arrival, ParcelOutcome.Refused(refusal));
            iteration.NoteRefusal(slot);
            Go(iteration, Happenings.QueryUnusable);
            return;
        }
        state.Links.End(arrival, ParcelOutcome.Used);
        training.Tally.Exchanged(state.BytesOf(reply.Output.Rows, reply.Output.Columns));
        state.Run.Observer?.Answered(state.Run.Clock.Elapsed - iteration.AskedAt(slot));
        _backOff.Answered(slot);
        iteration.NoteAnswer(slot, reply.Output);
        Go(iteration, Happenings.QueryAnswered);
    }

    public void HandleForwardRefused(Arrival<QueryMessage.ForwardRefused> arrival)
    {
        var (query, reason) = (arrival.Message.Query, arrival.Message.Reason);
        if (IterationOf(query) is not { } iteration)
        {
            HandleOtherRefusal(arrival);
            return;
        }
        var slot = _plan.SlotOf(arrival.From);
        if (!iteration.Awaits(slot))
        {
            state.Links.End(arrival, Unwanted(iteration, slot));
            return;
        }
        state.Links.End(arrival, ParcelOutcome.Noted);
        if (reason is ServingRefusal.Busy or ServingRefusal.TimedOut or ServingRefusal.Outbid)
        {
            _backOff.Refused(slot, state.Run.Clock.Elapsed);
            Spill(iteration, slot);
        }
        iteration.NoteRefusal(slot);
        Go(iteration, Happenings.QueryRefused(reason));
    }

    /// <summary>The time of a query for the student is over.</summary>
    public void HandleStudentDeadline(StudentClient.Deadline deadline)
    {
        if (sends.Student!.HandleDeadline(deadline) is { } job)
        {
            training.BeginStudy(job);
        }
    }

    /// <summary>The reply time-out is over: replies that have not come are missing.</summary>
    public void HandleDeadline(ReplyDeadline deadline) => Train(deadline.Sequence);

    void SendQueries(Iteration iteration)
    {
        var inputs = TensorPayload.Rounded(iteration.Batch.Inputs, state.Run.Encoding);
        _query = QueryOf(iteration, inputs);
        AskPeers(iteration);
        if (state.Strategies.Floods is > 0 and var floods)
        {
            var flooded = sends.Flood.Send(floods, iteration.Batch.Inputs, PeersOf(iteration.View));
            state.Count(Happenings.QueryFlooded, flooded);
        }
        state.Count(Happenings.QueryAsked, iteration.Asked);
        if (iteration.Asked == 0)
        {
            Train(iteration.Sequence);
        }
        else
        {
            timers.Start(Deadline, new ReplyDeadline(iteration.Sequence), _plan.Population.Training.ReplyTimeout);
        }
    }

    /// <summary>The peers that the row on the ledger names.</summary>
    int[] PeersOf(LedgerView view) =>
        [.. Enumerable.Range(0, _plan.Slots.Length).Where(k => k != _plan.OwnSlot && view.Names(k))
            .Select(k => _plan.Slots[k])];

    /// <summary>True when the row on the ledger names the peer of a slot, and the neuron explores it.</summary>
    bool Asks(Iteration iteration, int slot) =>
        iteration.View.Names(slot) && _exploration?.Asks(iteration.View, slot) != false;

    void AskPeers(Iteration iteration)
    {
        _exploration?.Begin(iteration.View);
        if (_choice is { } choice)
        {
            iteration.Choose(choice.Order(iteration.View), _plan.OwnSlot);
            _ = Enumerable.Range(0, choice.Top(iteration.View.Block.Height)).All(_ => AskNext(iteration));
            return;
        }
        if (_exploration is not null)
        {
            iteration.Choose(_plan.OwnSlot);
        }
        for (var k = 0; k < _plan.Slots.Length; k++)
        {
            if (k != _plan.OwnSlot && Asks(iteration, k) && iteration.RowsAsked(k) > 0 && !Spares(k))
            {
                Send(iteration, k);
            }
        }
        SpillSpared(iteration);
    }

    /// <summary>With a trained gate, other peers are asked in the place of those that are spared.</summary>
    void SpillSpared(Iteration iteration)
    {
        for (var k = 0; iteration.Choice is not null && k < _plan.Slots.Length; k++)
        {
            if (k != _plan.OwnSlot && iteration.RowsAsked(k) > 0 && _backOff.Spares(k, state.Run.Clock.Elapsed))
            {
                SpillByScore(iteration, k);
            }
        }
    }

    /// <summary>Asks the next peer in order that is not spared; false when there is none.</summary>
    bool AskNext(Iteration iteration)
    {
        while (iteration.Next() is { } slot)
        {
            if (Asks(iteration, slot) && !Spares(slot))
            {
                Send(iteration, slot);
                return true;
            }
        }
        return false;
    }

    /// <summary>A peer had no room: where the neuron asks some of its peers, the next in order is asked.</summary>
    void Spill(Iteration iteration, int full)
    {
        var before = iteration.Asked;
        if (AskNext(iteration))
        {
            state.Count(Happenings.QuerySpilled);
        }
        SpillByScore(iteration, full);
        if (iteration.Asked > before)
        {
            state.Count(Happenings.QueryAsked, iteration.Asked - before);
        }
    }

    /// <summary>Asks the peers to which a trained gate gives the examples of one without room.</summary>
    void SpillByScore(Iteration iteration, int full)
    {
        foreach (var slot in iteration.Spill(full, k => _backOff.Spares(k, state.Run.Clock.Elapsed)))
        {
            Send(iteration, slot);
            state.Count(Happenings.QuerySpilled);
        }
    }

    void Send(Iteration iteration, int slot)
    {
        var (message, bytes) = iteration.RowsOf(slot) is { } rows
            ? QueryOf(iteration, _query.Message.Batch.Taken(rows))
            : _query;
        state.Links.Send(_plan.Slots[slot], ParcelKind.Forward, bytes, message);
        iteration.NoteAsked(slot, state.Run.Clock.Elapsed);
        training.Tally.Asked(slot, message.Batch.Rows, bytes);
    }

    (QueryMessage.Forward Message, long Bytes) QueryOf(Iteration iteration, Tensor inputs) => (
        new QueryMessage.Forward(new QueryId(state.Id, iteration.Sequence), inputs),
        state.BytesOf(inputs.Rows, inputs.Columns));

    /// <summary>True when the neuron does not ask a peer because it had no room; counts that.</summary>
    bool Spares(int slot)
    {
        var spares = _backOff.Spares(slot, state.Run.Clock.Elapsed);
        if (spares)
        {
            state.Count(Happenings.BackOffSpared);
        }
        return spares;
    }

    /// <summary>The answer to a relayed query, or to one whose iteration is over.</summary>
    void HandleOtherReply(Arrival<QueryMessage.ForwardReply> arrival)
    {
        var reply = arrival.Message;
        if (sends.Student?.Takes(arrival) == true)
        {
            return;
        }
        if (sends.Onward is { } onward && onward.Takes(arrival, out var ready))
        {
            server.HandleOnward(ready);
            return;
        }
        if (sends.Relay.Take(reply.Query.Sequence) is { } relayed)
        {
            state.Links.End(arrival, ParcelOutcome.Relayed);
            server.HandleRelayed(relayed, reply.Output);
        }
        else
        {
            state.Links.End(arrival, Unexpected(reply.Query));
        }
    }

    /// <summary>The refusal of a relayed query, or of one whose iteration is over.</summary>
    void HandleOtherRefusal(Arrival<QueryMessage.ForwardRefused> arrival)
    {
        var query = arrival.Message.Query;
        if (sends.Student?.Takes(arrival) == true)
        {
            return;
        }
        if (sends.Onward is { } onward && onward.Takes(arrival, out var ready))
        {
            server.HandleOnward(ready);
            return;
        }
        if (sends.Relay.Take(query.Sequence) is { } relayed)
        {
            state.Links.End(arrival, ParcelOutcome.Noted);
            server.HandleRelayRefused(relayed);
        }
        else
        {
            state.Links.End(arrival, Unexpected(query));
        }
    }

    /// <summary>The open iteration, if the query belongs to it.</summary>
    Iteration? IterationOf(QueryId query) => _open is { } open && open.Sequence == query.Sequence ? open : null;

    ParcelOutcome Unexpected(QueryId query) =>
        sends.Flood.Has(query.Sequence) ? ParcelOutcome.Unread : ParcelOutcome.Late;

    static ParcelOutcome Unwanted(Iteration iteration, int slot) =>
        iteration.HasAsked(slot) ? ParcelOutcome.Duplicate : ParcelOutcome.Unasked;

    /// <summary>Goes on to training if all have answered or refused, or enough have answered.</summary>
    void Go(Iteration iteration, CountName outcome)
    {
        state.Count(outcome);
        if (iteration.Heard == iteration.Asked || iteration.Answered >= _plan.Population.Training.KMin)
        {
            Train(iteration.Sequence);
        }
        else if (_plan.Population.Gating?.Wait is { } wait && !iteration.IsClosing
            && iteration.FewestAnswers() >= wait.KMin)
        {
            iteration.IsClosing = true;
            timers.Start(AfterKMin, new ReplyDeadline(iteration.Sequence), wait.AfterKMin);
        }
    }

    void Train(long sequence)
    {
        if (_open is { } iteration && iteration.Sequence == sequence)
        {
            _open = null;
            training.Begin(iteration);
        }
    }

    /// <summary>The reply time-out of an iteration is over.</summary>
    public sealed record ReplyDeadline(long Sequence);
}
