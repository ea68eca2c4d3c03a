using TorchSharp;
using static TorchSharp.torch;

namespace BitTensor.Learning;

/// <summary>
/// Modules of user code in the place of the formulas of a model. A module's parameters start as it makes them itself,
/// with torch's generator seeded by the run's seed and the neuron's id; this program trains, saves and audits them. A
/// module must give the same output for the same parameters, buffers, input and random numbers: a call is repeated when
/// the garbage collector ran meanwhile.
/// </summary>
public interface IModuleFactory
{
    /// <summary>
    /// A new encoder f, rows x features to rows x representation, float32; null for that of the scenario's model.
    /// </summary>
    /// <param name="shape">The neuron's shape.</param>
    nn.Module<Tensor, Tensor>? Encoder(ModelShape shape) => null;

    /// <summary>
    /// A new head F, rows x slots x representation to rows x outputs, float32; null for that of the scenario's model. A
    /// slot without an answer is zero.
    /// </summary>
    /// <param name="shape">The neuron's shape.</param>
    nn.Module<Tensor, Tensor>? Head(ModelShape shape) => null;
}
