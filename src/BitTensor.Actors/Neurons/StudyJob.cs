using BitTensor.Actors.Models;
using BitTensor.Emulation;
using BitTensor.Protocol;

namespace BitTensor.Actors.Neurons;

/// <summary>
/// A step of the student on answers that were asked for it, and the message that it is over. It takes no emulated time
/// of its own: the cost of a training step holds it.
/// </summary>
/// <param name="model">The neuron's model.</param>
/// <param name="inputs">What was asked, rows x features.</param>
/// <param name="replies">The answers per slot; null where none came.</param>
sealed class StudyJob(NeuronModel model, Tensor inputs, Tensor?[] replies) : ComputeJob
{
    protected override void Compute() => model.Study(inputs, replies);
}
