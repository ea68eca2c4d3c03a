using BitTensor.Mechanism;
using BitTensor.Parcels;
using BitTensor.Protocol;
using BitTensor.Scenarios;

namespace BitTensor.Actors.Neurons;

/// <summary>
/// Queries the peers for the student (section 1.8), about inputs that are not the neuron's own batches, every few
/// iterations. Their answers carry no gradients. Runs inside the neuron's actor.
/// </summary>
/// <param name="state">The neuron.</param>
/// <param name="spec">Section <c>student</c>.</param>
/// <param name="numbers">Numbers of its queries.</param>
/// <param name="timers">Its timers.</param>
sealed class StudentClient(NeuronState state, StudentSpec spec, QueryNumbers numbers, NeuronTimers timers)
{
    const string DeadlineTimer = "study";

    readonly StudentInputSource _source = new(
        spec.Inputs, state.Plan.Population.Training.BatchSize,
        new RandomStream(state.Run.Scenario.Seed, "student-inputs", state.Id));
    long _iterations;
    Open? _open;

    /// <summary>A student that queries; null for a neuron without one.</summary>
    public static StudentClient? Of(NeuronState state, QueryNumbers numbers, NeuronTimers timers) =>
        state.Plan.Population.Student is { Inputs: not StudentInputs.Own } spec
            ? new StudentClient(state, spec, numbers, timers)
            : null;

    /// <summary>The neuron asks its peers about an own batch: every few times it also asks for the student.</summary>
    public void NoteAsked(Tensor batch)
    {
        if (spec.Inputs == StudentInputs.Mixed)
        {
            _source.Show(batch);
        }
        if (_iterations++ % spec.Every == 0 && _open is null && _source.Next() is { } inputs)
        {
            Ask(inputs);
        }
    }

    /// <summary>The neuron serves a query.</summary>
    public void NoteServed(Tensor batch)
    {
        if (spec.Inputs == StudentInputs.Served)
        {
            _source.Show(batch);
        }
    }

    /// <summary>Takes the answer to a query for the student; false when it belongs to no such query.</summary>
    public bool Takes(Arrival<QueryMessage.ForwardReply> arrival)
    {
        var slot = state.Plan.SlotOf(arrival.From);
        if (_open is not { } open || open.Number != arrival.Message.Query.Sequence || slot < 0 || open.Heard[slot])
        {
            return false;
        }
        open.Heard[slot] = true;
        if (TensorCheck.Judge(arrival.Message.Output, open.Inputs.Rows, state.Model.Width) is { } refusal)
        {
            state.Links.End(arrival, ParcelOutcome.Refused(refusal));
        }
        else
        {
            state.Links.End(arrival, ParcelOutcome.Used);
            open.Replies[slot] = arrival.Message.Output;
        }
        return true;
    }

    /// <summary>Takes the refusal of a query for the student; false when it belongs to no such query.</summary>
    public bool Takes(Arrival<QueryMessage.ForwardRefused> arrival)
    {
        var slot = state.Plan.SlotOf(arrival.From);
        if (_open is not { } open || open.Number != arrival.Message.Query.Sequence || slot < 0 || open.Heard[slot])
        {
            return false;
        }
        open.Heard[slot] = true;
        state.Links.End(arrival, ParcelOutcome.Noted);
        return true;
    }

    /// <summary>The time of a query is over: the step on what has come; null for a query of an earlier life.</summary>
    public StudyJob? HandleDeadline(Deadline deadline)
    {
        if (_open is not { } open || open.Number != deadline.Number)
        {
            return null;
        }
        _open = null;
        return new StudyJob(state.Model, open.Inputs, open.Replies);
    }

    /// <summary>Forgets all.</summary>
    public void Crash()
    {
        _open = null;
        _source.Clear();
        timers.Stop(DeadlineTimer);
    }

    void Ask(Tensor inputs)
    {
        var open = _open = new Open(numbers.Next(), inputs, state.Plan.Slots.Length);
        bool IsAsked(int peer, int slot) => peer != state.Id && state.View?.Names(slot) != false;
        foreach (var peer in state.Plan.Slots.Where(IsAsked))
        {
            SideQuery.Send(state, peer, open.Number, inputs);
            state.Count(Happenings.QueryStudied);
        }
        timers.Start(DeadlineTimer, new Deadline(open.Number), state.Plan.Population.Training.ReplyTimeout);
    }

    /// <summary>The time of a query for the student is over.</summary>
    public sealed record Deadline(long Number);

    /// <summary>A query for the student that is not over.</summary>
    sealed class Open(long number, Tensor inputs, int slots)
    {
        public long Number => number;

        public Tensor Inputs => inputs;

        public Tensor?[] Replies { get; } = new Tensor?[slots];

        public bool[] Heard { get; } = new bool[slots];
    }
}
