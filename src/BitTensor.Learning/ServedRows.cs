namespace BitTensor.Learning;

/// <summary>
/// The sample over which an audit takes the mean of a listener's loss as it was served: held-out examples, each under
/// the <see cref="ServicePattern"/> of an iteration. Up to <see cref="MostPatterns"/> patterns each example stands under
/// every pattern, weighted by its iterations, and the mean is exact. Beyond, each example stands under
/// <see cref="MostPatterns"/> iterations: a systematic sample of all, evenly spaced.
/// </summary>
sealed class ServedRows
{
    /// <summary>Most rows per example.</summary>
    public const int MostPatterns = 4;

    /// <param name="service">Patterns of the listener, at least one.</param>
    /// <param name="examples">Held-out examples.</param>
    public ServedRows(IReadOnlyList<ServicePattern> service, int examples)
    {
        var (total, rows) = (service.Sum(p => (long)p.Iterations), examples * Math.Min(service.Count, MostPatterns));
        (Examples, Patterns, Weights) = (new long[rows], new int[rows], new double[rows]);
        var (pattern, passed) = (0, 0L);
        for (var row = 0; row < rows; row++)
        {
            Examples[row] = row % examples;
            if (service.Count <= MostPatterns)
            {
                Patterns[row] = row / examples;
                Weights[row] = (double)service[row / examples].Iterations / total / examples;
                continue;
            }
            // The middle of the row's share of all iterations.
            var iteration = (long)((row + 0.5) / rows * total);
            while (iteration >= passed + service[pattern].Iterations)
            {
                passed += service[pattern++].Iterations;
            }
            (Patterns[row], Weights[row]) = (pattern, 1.0 / rows);
        }
    }

    /// <summary>Example of each row.</summary>
    public long[] Examples { get; }

    /// <summary>Position of each row's pattern.</summary>
    public int[] Patterns { get; }

    /// <summary>Weight of each row in the mean; they sum to 1.</summary>
    public double[] Weights { get; }
}
