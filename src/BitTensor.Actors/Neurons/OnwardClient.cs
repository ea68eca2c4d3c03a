using BitTensor.Emulation;
using BitTensor.Parcels;
using BitTensor.Protocol;
using BitTensor.Scenarios;

namespace BitTensor.Actors.Neurons;

/// <summary>What a neuron's own peers answered about a query that it serves.</summary>
/// <param name="Number">Number of its queries to them.</param>
/// <param name="Replies">Answers per slot, masked; null where none came.</param>
sealed record OnwardQuery(long Number, Tensor?[] Replies);

/// <summary>
/// Queries a neuron's own peers about the queries that it serves, at depth 2 (figure 3), and sends them their
/// gradients. Runs inside the neuron's actor.
/// </summary>
/// <param name="state">The neuron.</param>
/// <param name="numbers">Numbers of its queries.</param>
/// <param name="timers">Its timers.</param>
sealed class OnwardClient(NeuronState state, QueryNumbers numbers, NeuronTimers timers)
{
    readonly SortedDictionary<long, Open> _open = [];

    /// <summary>A client of a neuron at depth 2; null for any other.</summary>
    public static OnwardClient? Of(NeuronState state, QueryNumbers numbers, NeuronTimers timers) =>
        state.Plan.Population.Depth == 2 && state.Plan.Slots.Length > 1
            ? new OnwardClient(state, numbers, timers)
            : null;

    /// <summary>Queries that wait for the answers of peers.</summary>
    public int Count => _open.Count;

    /// <summary>Asks all peers but the caller about a query; false when as many as it may hold are open.</summary>
    public bool Ask(ForwardJob job)
    {
        int[] peers = [.. state.Plan.Slots.Where(peer => peer != state.Id && peer != job.Query.Caller)];
        if (peers.Length == 0 || _open.Count >= state.Plan.Population.Serving.OpenQueries)
        {
            return false;
        }
        var number = numbers.Next();
        bool[] heard = [.. state.Plan.Slots.Select(peer => !peers.Contains(peer))];
        _open[number] = new Open(job, heard) { Waits = peers.Length };
        foreach (var peer in peers)
        {
            SideQuery.Send(state, peer, number, job.Batch, last: true);
            state.Count(Happenings.QueryRecursed);
        }
        timers.After(state.Plan.Population.Training.ReplyTimeout / 2, new Deadline(state.Life, number));
        return true;
    }

    /// <summary>Takes an answer; false when it belongs to no open query.</summary>
    /// <param name="arrival">The answer.</param>
    /// <param name="ready">The job whose last answer it was; else null.</param>
    public bool Takes(Arrival<QueryMessage.ForwardReply> arrival, out ForwardJob? ready)
    {
        var number = arrival.Message.Query.Sequence;
        var open = OpenOf(number, arrival.From);
        ready = null;
        if (open is null)
        {
            return false;
        }
        var output = arrival.Message.Output;
        if (TensorCheck.Judge(output, open.Job.Batch.Rows, state.Model.Width) is { } refusal)
        {
            state.Links.End(arrival, ParcelOutcome.Refused(refusal));
        }
        else
        {
            state.Links.End(arrival, ParcelOutcome.Used);
            open.Replies[state.Plan.SlotOf(arrival.From)] = output;
        }
        ready = Heard(number, open);
        return true;
    }

    /// <summary>Takes a refusal, likewise.</summary>
    public bool Takes(Arrival<QueryMessage.ForwardRefused> arrival, out ForwardJob? ready)
    {
        var number = arrival.Message.Query.Sequence;
        var open = OpenOf(number, arrival.From);
        ready = null;
        if (open is null)
        {
            return false;
        }
        state.Links.End(arrival, ParcelOutcome.Noted);
        ready = Heard(number, open);
        return true;
    }

    /// <summary>The time of a query is over: the job with what has come; null where it is over already.</summary>
    public ForwardJob? HandleDeadline(Deadline deadline) =>
        deadline.Life == state.Life && _open.TryGetValue(deadline.Number, out var open)
            ? Ready(deadline.Number, open)
            : null;

    /// <summary>Sends the peers of an answer their gradients.</summary>
    public void SendGradients(LearnJob job)
    {
        // Gradients that are gathered make one step for several callers: none of them goes on.
        if (job.Onward is not { } onward || state.Plan.Population.Defence.Gradients != GradientRule.Each)
        {
            return;
        }
        for (var k = 0; k < onward.Replies.Length; k++)
        {
            if (onward.Replies[k] is { } reply)
            {
                Send(job, onward.Number, k, reply);
            }
        }
    }

    /// <summary>Ends the parcels of all open queries and forgets them.</summary>
    public void End(ParcelOutcome outcome)
    {
        foreach (var open in _open.Values)
        {
            state.Links.End(open.Job.Parcel, outcome);
        }
        _open.Clear();
    }

    void Send(LearnJob job, long number, int slot, Tensor reply) => state.Links.Send(
        state.Plan.Slots[slot], ParcelKind.Backward, state.BytesOf(reply.Rows, reply.Columns),
        new Deferred<QueryMessage.Backward>(() => new QueryMessage.Backward(
            new QueryId(state.Id, number), TensorPayload.Rounded(job.GradientOf(slot)!, state.Run.Encoding))));

    Open? OpenOf(long number, int from)
    {
        var slot = state.Plan.SlotOf(from);
        return slot >= 0 && _open.TryGetValue(number, out var open) && open.Hears(slot) ? open : null;
    }

    ForwardJob? Heard(long number, Open open) => --open.Waits == 0 ? Ready(number, open) : null;

    ForwardJob Ready(long number, Open open)
    {
        _open.Remove(number);
        var job = open.Job;
        return new ForwardJob(state, job.Parcel.Sequence, job.Query, job.Batch, job.Mask)
        {
            Onward = new OnwardQuery(number, open.Replies),
        };
    }

    /// <summary>The time of a query is over.</summary>
    public sealed record Deadline(int Life, long Number);

    /// <summary>A query that waits for the answers of peers.</summary>
    /// <param name="job">The job that computes the answer to it.</param>
    /// <param name="heard">Slots that are not asked, or have answered or refused.</param>
    sealed class Open(ForwardJob job, bool[] heard)
    {
        public ForwardJob Job => job;

        /// <summary>Answers per slot, masked; null where none came.</summary>
        public Tensor?[] Replies { get; } = new Tensor?[heard.Length];

        /// <summary>Peers that have neither answered nor refused.</summary>
        public int Waits { get; set; }

        /// <summary>Notes that a slot is heard of; false for one that was before, or was not asked.</summary>
        public bool Hears(int slot) => !heard[slot] && (heard[slot] = true);
    }
}
