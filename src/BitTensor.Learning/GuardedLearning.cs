using BitTensor.Scenarios;

namespace BitTensor.Learning;

/// <summary>
/// A model that learns from its callers' gradients by a <see cref="DefenceSpec"/>. Not for two threads at once.
/// </summary>
public sealed class GuardedLearning(NeuronModel model, DefenceSpec defence)
{
    // The last lengths seen, from which the median is taken.
    const int Window = 32;

    readonly Queue<double> _lengths = [];
    readonly List<float[]> _gathered = [];

    /// <summary>Answers of peers as the model is to see them: no longer than the bound allows.</summary>
    /// <param name="slots">Y_k per slot; null is a missing one.</param>
    public float[]?[] Inputs(float[]?[] slots) =>
        defence.NormClip is { } most ? RobustAggregation.ClipToMedian(slots, most) : slots;

    /// <summary>
    /// Learns from dL/df of one caller, now or with the next ones. What is gathered is not part of a checkpoint.
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
