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
    public void Learn(float[] batch, int rows, float[] gradient)
    {
        var bounded = Bounded(gradient);
        if (defence.Gradients == GradientRule.Each)
        {
            model.Learn(batch, rows, bounded);
            return;
        }
        _gathered.Add(model.GradientOf(batch, rows, bounded));
        if (_gathered.Count == defence.Of)
        {
            model.Step(RobustAggregation.Aggregate(_gathered, defence.Gradients, defence.Byzantine));
            _gathered.Clear();
        }
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
