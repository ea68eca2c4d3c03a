namespace BitTensor.Mechanism;

/// <summary>
/// The row constraint of section 1.3: weights are non-negative and sum to 1; a row moves at most epsilon per block.
/// </summary>
public static class Simplex
{
    const double MostExact = 1e6;

    /// <summary>Euclidean projection of a point onto the probability simplex: the nearest admissible row.</summary>
    /// <exception cref="ArgumentException">The point is empty or has an entry that is not finite.</exception>
    public static double[] Project(ReadOnlySpan<double> point)
    {
        if (point.IsEmpty)
        {
            throw new ArgumentException("An empty point has no projection on the simplex.");
        }
        var sorted = point.ToArray();
        foreach (var x in sorted)
        {
            if (!double.IsFinite(x))
            {
                throw new ArgumentException($"A point with the entry {x} has no projection on the simplex.");
            }
        }
        var projected = point.ToArray();
        Recentre(projected);
        projected.CopyTo(sorted, 0);
        var shift = Shift(sorted);
        foreach (ref var x in projected.AsSpan())
        {
            x = Math.Max(0, x - shift);
        }
        return projected;
    }

    /// <summary>
    /// <see cref="Project(ReadOnlySpan{double})"/> in place and without allocation, for entries known to be finite: the
    /// point becomes its projection.
    /// </summary>
    /// <param name="point">The point.</param>
    /// <param name="scratch">Scratch of at least the same length; its content is lost.</param>
    internal static void Project(Span<double> point, Span<double> scratch)
    {
        Recentre(point);
        point.CopyTo(scratch);
        var shift = Shift(scratch[..point.Length]);
        foreach (ref var x in point)
        {
            x = Math.Max(0, x - shift);
        }
    }

    /// <summary>One step of eq. (13) for one row: Proj(W_i + lambda dW_i).</summary>
    public static double[] Step(ReadOnlySpan<double> row, ReadOnlySpan<double> gradient, double lambda)
    {
        var moved = new double[row.Length];
        for (var j = 0; j < moved.Length; j++)
        {
            moved[j] = row[j] + lambda * gradient[j];
        }
        return Project(moved);
    }

    /// <summary>
    /// The point nearest to <paramref name="target"/> on the segment from <paramref name="current"/> that is at most
    /// <paramref name="epsilon"/> away: the submitting side keeps |dW_i|_2 within the bound by it. Two rows on the
    /// simplex give a row on it. From a row of zeros, of a neuron that has not voted, no bound holds.
    /// </summary>
    public static double[] Bounded(ReadOnlySpan<double> current, ReadOnlySpan<double> target, double epsilon)
    {
        if (!current.ContainsAnyExcept(0.0))
        {
            return target.ToArray();
        }
        double square = 0;
        for (var j = 0; j < current.Length; j++)
        {
            square += (target[j] - current[j]) * (target[j] - current[j]);
        }
        var distance = Math.Sqrt(square);
        // A row rounded to doubles must still be within epsilon for the ledger, so the step gives up the last bits.
        var share = distance <= epsilon ? 1.0 : epsilon * (1 - 1e-12) / distance;
        var bounded = new double[current.Length];
        for (var j = 0; j < bounded.Length; j++)
        {
            bounded[j] = current[j] + share * (target[j] - current[j]);
        }
        return bounded;
    }

    /// <summary>
    /// Moves a point whose entries are so large that 1 is lost in them to where its largest entry is 0. The projection
    /// does not depend on what all entries have in common.
    /// </summary>
    static void Recentre(Span<double> point)
    {
        var largest = double.NegativeInfinity;
        foreach (var x in point)
        {
            largest = Math.Max(largest, x);
        }
        if (Math.Abs(largest) <= MostExact)
        {
            return;
        }
        foreach (ref var x in point)
        {
            x = Math.Max(x - largest, -double.MaxValue);
        }
    }

    /// <summary>The t at which sum_j max(x_j - t, 0) = 1; sorts <paramref name="point"/>.</summary>
    static double Shift(Span<double> point)
    {
        point.Sort();
        double sum = 0, shift = 0;
        for (var k = 1; k <= point.Length; k++)
        {
            sum += point[^k];
            var candidate = (sum - 1) / k;
            if (point[^k] - candidate <= 0)
            {
                break;
            }
            shift = candidate;
        }
        return shift;
    }
}
