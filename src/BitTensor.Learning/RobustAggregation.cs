namespace BitTensor.Learning;

/// <summary>How gradients that several callers sent become one step.</summary>
public enum GradientRule
{
    /// <summary>A step per gradient, as it comes: what the paper describes.</summary>
    Each,

    /// <summary>Their mean.</summary>
    Mean,

    /// <summary>Coordinate-wise median (Yin, Chen, Ramchandran and Bartlett 2018, "Byzantine-Robust Distributed Learning").</summary>
    Median,

    /// <summary>Coordinate-wise mean without the f largest and the f smallest values (the same).</summary>
    TrimmedMean,

    /// <summary>
    /// The gradient whose n - f - 2 nearest others lie nearest (Blanchard, El Mhamdi, Guerraoui and Stainer 2017, "Machine Learning with
    /// Adversaries: Byzantine Tolerant Gradient Descent").
    /// </summary>
    Krum,
}

/// <summary>Statistics that few bad values cannot carry away. Vectors of one length each.</summary>
public static class RobustAggregation
{
    /// <summary>Fewest vectors with which a rule stands <paramref name="byzantine"/> bad ones.</summary>
    public static int Fewest(GradientRule rule, int byzantine) => rule switch
    {
        GradientRule.Krum => 2 * byzantine + 3,
        GradientRule.Median or GradientRule.TrimmedMean => 2 * byzantine + 1,
        _ => 1,
    };

    /// <summary>One vector for several.</summary>
    /// <param name="vectors">At least <see cref="Fewest"/>.</param>
    /// <param name="rule">How; not <see cref="GradientRule.Each"/>, which makes no one of them.</param>
    /// <param name="byzantine">f, how many of them may be anything.</param>
    public static float[] Aggregate(IReadOnlyList<float[]> vectors, GradientRule rule, int byzantine) => rule switch
    {
        GradientRule.Mean => PerCoordinate(vectors, static (_, sum, count) => (float)(sum / count)),
        GradientRule.Median => PerCoordinate(vectors, static (sorted, _, _) => Middle(sorted)),
        GradientRule.TrimmedMean => PerCoordinate(vectors, (sorted, _, count) => MeanOf(sorted.AsSpan(byzantine, count - 2 * byzantine))),
        GradientRule.Krum => vectors[Krum(vectors, byzantine)],
        _ => throw new ArgumentException($"{rule} makes no one vector of several."),
    };

    /// <summary>
    /// Scales vectors that are longer than <paramref name="most"/> times the median length down to it; the others, and null, are what they
    /// were. A median: fewer than half of the vectors cannot raise it above the lengths of the others.
    /// </summary>
    public static float[]?[] ClipToMedian(IReadOnlyList<float[]?> vectors, double most)
    {
        double[] lengths = [.. vectors.Select(v => v is null ? 0 : Length(v))];
        double[] there = [.. lengths.Where((_, k) => vectors[k] is not null)];
        var bound = there.Length == 0 ? 0 : most * MedianOf(there);
        return [.. vectors.Select((v, k) => v is null ? null : Clip(v, lengths[k], bound))];
    }

    /// <summary>The vector, or a copy scaled to length <paramref name="bound"/> where it is longer.</summary>
    public static float[] Clip(float[] vector, double length, double bound) =>
        length <= bound ? vector : Array.ConvertAll(vector, x => (float)(x * (bound / length)));

    /// <summary>Euclidean length.</summary>
    public static double Length(ReadOnlySpan<float> vector)
    {
        double sum = 0;
        foreach (var x in vector)
        {
            sum += (double)x * x;
        }
        return Math.Sqrt(sum);
    }

    /// <summary>The median; the mean of the two middle values of an even number.</summary>
    public static double MedianOf(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    static int Krum(IReadOnlyList<float[]> vectors, int byzantine)
    {
        var nearest = vectors.Count - byzantine - 2;
        double Score(int k) => vectors.Where((_, other) => other != k).Select(v => SquaredDistance(vectors[k], v)).Order().Take(nearest).Sum();
        return Enumerable.Range(0, vectors.Count).MinBy(Score);
    }

    static double SquaredDistance(float[] a, float[] b)
    {
        double sum = 0;
        for (var k = 0; k < a.Length; k++)
        {
            sum += ((double)a[k] - b[k]) * ((double)a[k] - b[k]);
        }
        return sum;
    }

    static float[] PerCoordinate(IReadOnlyList<float[]> vectors, Func<float[], double, int, float> combine)
    {
        var (result, column) = (new float[vectors[0].Length], new float[vectors.Count]);
        for (var c = 0; c < result.Length; c++)
        {
            double sum = 0;
            for (var k = 0; k < column.Length; k++)
            {
                sum += column[k] = vectors[k][c];
            }
            Array.Sort(column);
            result[c] = combine(column, sum, column.Length);
        }
        return result;
    }

    static float Middle(float[] sorted) => (float)(((double)sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2);

    static float MeanOf(ReadOnlySpan<float> values)
    {
        double sum = 0;
        foreach (var x in values)
        {
            sum += x;
        }
        return (float)(sum / values.Length);
    }
}

/// <summary>What a neuron does about tensors that may be anything. By default it uses them as they come, if their shape is right and they are finite.</summary>
/// <param name="NormClip">Longest tensor, in multiples of the median length of those it came with or after, at least 1; null for no bound.</param>
/// <param name="Gradients">How gradients become steps.</param>
/// <param name="Of">Gradients that are gathered for a step, at least what <see cref="RobustAggregation.Fewest"/> says; 1 for <see cref="GradientRule.Each"/>.</param>
/// <param name="Byzantine">f, how many of them may be anything, at least 0.</param>
public sealed record TensorDefence(double? NormClip, GradientRule Gradients, int Of, int Byzantine)
{
    /// <summary>The paper's: none.</summary>
    public static TensorDefence None { get; } = new(null, GradientRule.Each, 1, 0);
}

/// <summary>A model that learns from its callers' gradients by a <see cref="TensorDefence"/>. Not for two threads at once.</summary>
public sealed class GuardedLearning(NeuronModel model, TensorDefence defence)
{
    // The last lengths seen, from which the median is taken.
    const int Window = 32;

    readonly Queue<double> _lengths = [];
    readonly List<float[]> _gathered = [];

    /// <summary>Answers of peers as the model is to see them: no longer than the bound allows.</summary>
    /// <param name="slots">Y_k per slot; null is a missing one.</param>
    public float[]?[] Inputs(float[]?[] slots) => defence.NormClip is { } most ? RobustAggregation.ClipToMedian(slots, most) : slots;

    /// <summary>Learns from dL/df of one caller, now or with the next ones. What is gathered is not part of a checkpoint.</summary>
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
