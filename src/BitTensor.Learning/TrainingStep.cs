namespace BitTensor.Learning;

/// <summary>The result of one training step.</summary>
/// <param name="Loss">Mean loss of the batch before the step.</param>
/// <param name="Accuracy">
/// Share of the batch classified correctly before the step, in [0, 1]; null without classes.
/// </param>
/// <param name="Gradients">
/// dL/dY_k per slot, row-major, rows x width of an answer; null for a slot without an answer.
/// </param>
/// <param name="MaskSensitivity">
/// Inner product of dL/dY_k and Y_k per slot; 0 without an answer. With Y = m f it is m dL/dm (10b).
/// </param>
/// <param name="Significance">
/// Eq. (3) per slot on the neuron's own batch, by a <see cref="WorthMeasure"/>; null when it was not estimated.
/// </param>
public sealed record TrainingStep(
    double Loss, double? Accuracy, float[]?[] Gradients, double[] MaskSensitivity, double[]? Significance)
{
    /// <summary>
    /// Mean weight g of a trained gate per slot, over the examples. They sum to 1, or to less where weights are
    /// renormalised and no answer came to some examples. Null without such a gate.
    /// </summary>
    public double[]? Importance { get; init; }

    /// <summary>Mean entropy of the examples' weights g, nats; null without a trained gate.</summary>
    public double? GateEntropy { get; init; }
}
