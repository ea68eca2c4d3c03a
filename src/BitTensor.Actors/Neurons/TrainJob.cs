using BitTensor.Actors.Models;
using BitTensor.Emulation;
using BitTensor.Learning;
using BitTensor.Protocol;

namespace BitTensor.Actors.Neurons;

/// <summary>One training iteration over the replies of the peers, and the message that it is over.</summary>
/// <param name="state">The neuron.</param>
/// <param name="iteration">The batch and its replies.</param>
/// <param name="ownMask">m_ii, for losses in which the neuron's own slot is masked too.</param>
sealed class TrainJob(NeuronState state, Iteration iteration, double ownMask) : ComputeJob
{
    readonly NeuronModel _model = state.Model;
    TrainingStep? _step;

    public int Life { get; } = state.Life;

    public Iteration Iteration => iteration;

    public override bool IsInstant => _model.IsInstant;

    /// <summary>What the iteration gave; reading it waits until it is computed.</summary>
    public TrainingStep Step
    {
        get
        {
            Complete();
            return _step!;
        }
    }

    /// <summary>dL/dY_k of a slot that answered, shape of its answer; reading it waits until it is computed.</summary>
    public Tensor GradientOf(int slot) =>
        new Tensor(iteration.Batch.Inputs.Rows, iteration.Replies[slot]!.Columns, Step.Gradients[slot]!)
            .Taken(iteration.RowsOf(slot));

    protected override void Compute() =>
        _step = _model.Train(iteration.AskedBatch(), iteration.PlacedReplies(), ownMask);
}
