using BitTensor.Scenarios;

namespace BitTensor.Learning;

/// <summary>
/// A model that learns from its callers' gradients under a <see cref="DefenceSpec"/>. Not thread-safe.
/// </summary>
public sealed class GuardedLearning(SlotModel model, DefenceSpec defence)
{
    // Number of recent gradient lengths over which the median runs.
    const int Window = 32;

    readonly Queue<double> _lengths = [];
    readonly List<float[]> _gathered = [];

    /// <summary>The answers of peers, clipped to the bound where there is one.</summary>
    /// <param name="slots">Y_k per slot; null where no answer came.</param>
    public float[]?[] Inputs(float[]?[] slots) =>
        defence.NormClip is { } most ? RobustAggregation.ClipToMedian(slots, most) : slots;

    /// <summary>
    /// Learns from dL/df of one caller, at once or when enough gradients are gathered. Gathered gradients are not part
    /// of a checkpoint.
    /// </summary>
    /// <param name="batch">x, rows x features.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="gradient">dL/df, rows x representation.</param>
    /// <param name="slots">The answers of the neuron's own peers that were in its answer; null for none.</param>
    /// <returns>dL/dY_k of those answers, per slot; empty for a gradient that is gathered.</returns>
    public float[]?[] Learn(float[] batch, int rows, float[] gradient, IReadOnlyList<float[]?>? slots = null)
    {
        var bounded = Bounded(gradient);
        if (defence.Gradients == GradientRule.Each)
        {
            return model.Learn(batch, rows, bounded, slots);
        }
        _gathered.Add(model.GradientOf(batch, rows, bounded, slots));
        if (_gathered.Count == defence.Of)
        {
            model.Step(RobustAggregation.Aggregate(_gathered, defence.Gradients, defence.Byzantine));
            _gathered.Clear();
        }
        return [];
    }

    float[] Bounded(float[] gradient)
    {
        if (defence.NormClip is not { } most)
        {
            return gradient;
        }
        var length = RobustAggregation.Length(gradient);
        _lengths.Enqueue(length);
        if (_lengths.Count > Window)
        {
            _lengths.Dequeue();
        }
        return RobustAggregation.Clip(gradient, length, most * RobustAggregation.MedianOf(_lengths));
    }
}
