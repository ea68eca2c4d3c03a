using BitTensor.Actors.Models;
using BitTensor.Emulation;
using BitTensor.Learning;

namespace BitTensor.Actors.Neurons;

/// <summary>
/// The choice of the peers by the model's trained gate, eq. (9), and the message that it is made. It takes no emulated
/// time of its own: the cost of a training step holds it.
/// </summary>
/// <param name="state">The neuron.</param>
/// <param name="iteration">The batch.</param>
/// <param name="all">True to ask all peers.</param>
sealed class GateJob(NeuronState state, Iteration iteration, bool all) : ComputeJob
{
    readonly NeuronModel _model = state.Model;
    readonly int _slots = state.Plan.Slots.Length;
    readonly int _ownSlot = state.Plan.OwnSlot;
    GateChoice? _choice;

    public Iteration Iteration => iteration;

    /// <summary>Who is asked about which examples; reading it waits until it is computed.</summary>
    public GateChoice Choice
    {
        get
        {
            Complete();
            return _choice!;
        }
    }

    protected override void Compute() => _choice = _model.Choose(iteration.Batch, _slots, _ownSlot, all);
}
