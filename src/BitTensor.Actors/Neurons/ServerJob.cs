using BitTensor.Actors.Models;
using BitTensor.Emulation;
using BitTensor.Mechanism;
using BitTensor.Parcels;
using BitTensor.Protocol;

namespace BitTensor.Actors.Neurons;

/// <summary>Compute that one neuron does for another, and the message that it is over.</summary>
/// <param name="state">The neuron that computes.</param>
/// <param name="from">The neuron that asked for it.</param>
/// <param name="number">Number of the parcel that asked for it.</param>
abstract class ServerJob(NeuronState state, int from, long number) : ComputeJob
{
    /// <summary>The life of the neuron in which the job began.</summary>
    public int Life { get; } = state.Life;

    /// <summary>The model as it was then: after a restart the neuron has another one.</summary>
    protected NeuronModel Model { get; } = state.Model;

    protected NeuronState State => state;

    /// <summary>The parcel that asked for it.</summary>
    public Parcel Parcel => new(from, state.Id, Kind, 0, number);

    public override bool IsInstant => Model.IsInstant;

    protected abstract ParcelKind Kind { get; }

    /// <summary>No worker takes it: its parcel ends, and the caller of a query is told.</summary>
    public abstract void Refuse(ServingRefusal reason);
}

/// <summary>The answer to a query: Y = m f(x), eq. (7), shape rows x width.</summary>
/// <param name="state">The neuron that answers.</param>
/// <param name="number">Number of the query's parcel.</param>
/// <param name="query">The query.</param>
/// <param name="batch">x, shape rows x features.</param>
/// <param name="mask">m of the caller.</param>
sealed class ForwardJob(NeuronState state, long number, QueryId query, Tensor batch, double mask)
    : ServerJob(state, query.Caller, number)
{
    Tensor? _output;

    public QueryId Query => query;

    public Tensor Batch => batch;

    public double Mask => mask;

    /// <summary>What the neuron's own peers answered about it; null where they were not asked.</summary>
    public OnwardQuery? Onward { get; init; }

    /// <summary>Y; reading it waits until it is computed.</summary>
    public Tensor Output
    {
        get
        {
            Complete();
            return _output!;
        }
    }

    protected override ParcelKind Kind => ParcelKind.Forward;

    public override void Refuse(ServingRefusal reason) => QueryServer.Refuse(State, Parcel, query, reason);

    protected override void Compute() =>
        _output = (State.Strategies.FollowsProtocol ? Answer() : Departed()).Masked(mask);

    Tensor Answer() => Model.Answer(batch, Onward?.Replies);

    Tensor Departed() => State.Strategies.Answered(batch.Rows, Answer);
}

/// <summary>One gradient step for a caller: dL/df = m dL/dY, so a caller whose mask is 0 teaches nothing.</summary>
/// <param name="state">The neuron that learns.</param>
/// <param name="from">The caller.</param>
/// <param name="number">Number of the gradient's parcel.</param>
/// <param name="answered">The query as it was answered: x and m.</param>
/// <param name="gradient">dL/dY, shape rows x width.</param>
sealed class LearnJob(NeuronState state, int from, long number, OpenQuery answered, Tensor gradient) : ServerJob(
    state, from, number)
{
    float[]?[] _onward = [];

    /// <summary>The neuron's own peers whose answers were in its answer; null where they were not asked.</summary>
    public OnwardQuery? Onward => answered.Onward;

    /// <summary>
    /// dL/dY_k of the answer of a slot, shape of that answer; null where none came. Reading it waits until it is
    /// computed.
    /// </summary>
    public Tensor? GradientOf(int slot)
    {
        Complete();
        return _onward.Length > 0 && _onward[slot] is { } values
            ? new Tensor(answered.Batch.Rows, Model.Width, values)
            : null;
    }

    protected override ParcelKind Kind => ParcelKind.Backward;

    public override void Refuse(ServingRefusal reason) => State.Links.End(Parcel, ParcelOutcome.Refused(reason));

    protected override void Compute()
    {
        if (!Model.Learns)
        {
            return;
        }
        var masked = gradient.Masked(answered.Mask);
        if (Onward is { } onward)
        {
            _onward = Model.LearnOnward(answered.Batch, onward.Replies, masked);
        }
        else
        {
            Model.Learn(answered.Batch, masked);
        }
    }
}
