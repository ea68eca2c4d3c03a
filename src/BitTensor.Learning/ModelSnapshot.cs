using TorchSharp;
using static TorchSharp.torch;

namespace BitTensor.Learning;

/// <summary>A copy of a model's parameters: plain arrays, row-major.</summary>
/// <param name="Shape">Shape.</param>
/// <param name="Encoder">Matrices of the encoder.</param>
/// <param name="Head">Matrices of the head.</param>
public sealed record ModelSnapshot(ModelShape Shape, float[][] Encoder, float[][] Head);
