using BitTensor.Scenarios;

namespace BitTensor.Learning;

/// <summary>Robust statistics over vectors of one length: few bad values cannot move them far.</summary>
public static class RobustAggregation
{
    /// <summary>Fewest vectors with which a rule tolerates <paramref name="byzantine"/> bad ones.</summary>
    public static int Fewest(GradientRule rule, int byzantine) => rule switch
    {
        GradientRule.Krum => 2 * byzantine + 3,
        GradientRule.Median or GradientRule.TrimmedMean => 2 * byzantine + 1,
        _ => 1,
    };

    /// <summary>
    /// Combines n vectors of one length into one. Median and trimmed mean: Yin, Chen, Ramchandran and Bartlett 2018,
    /// "Byzantine-Robust Distributed Learning". Krum takes the vector whose n - f - 2 nearest others lie nearest:
    /// Blanchard, El Mhamdi, Guerraoui and Stainer 2017, "Machine Learning with Adversaries: Byzantine Tolerant
    /// Gradient Descent".
    /// </summary>
    /// <param name="vectors">At least <see cref="Fewest"/>.</param>
    /// <param name="rule">The statistic; not <see cref="GradientRule.Each"/>, which combines nothing.</param>
    /// <param name="byzantine">
    /// f, the number of vectors with arbitrary values; a trimmed mean drops f at either end.
    /// </param>
    /// <exception cref="ArgumentException">The rule is <see cref="GradientRule.Each"/>.</exception>
    public static float[] Aggregate(IReadOnlyList<float[]> vectors, GradientRule rule, int byzantine) => rule switch
    {
        GradientRule.Mean => PerCoordinate(vectors, static (_, sum, count) => (float)(sum / count)),
        GradientRule.Median => PerCoordinate(vectors, static (sorted, _, _) => Middle(sorted)),
        GradientRule.TrimmedMean =>
            PerCoordinate(vectors, (sorted, _, count) => MeanOf(sorted.AsSpan(byzantine, count - 2 * byzantine))),
        GradientRule.Krum => vectors[Krum(vectors, byzantine)],
        _ => throw new ArgumentException($"{rule} makes no one vector of several."),
    };

    /// <summary>
    /// Scales vectors longer than <paramref name="most"/> times the median length down to that length; all others, and
    /// null, stay unchanged. Fewer than half of the vectors cannot raise the median above the lengths of the rest.
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
        double Score(int k) =>
            vectors.Where((_, other) => other != k).Select(v => SquaredDistance(vectors[k], v)).Order().Take(nearest)
                .Sum();
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

    static float Middle(float[] sorted) =>
        (float)(((double)sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2);

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
