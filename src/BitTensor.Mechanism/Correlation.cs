namespace BitTensor.Mechanism;

/// <summary>
/// How well two rankings agree. Each coefficient is NaN when one side does not vary or fewer than two pairs exist.
/// </summary>
public static class Correlation
{
    /// <summary>Pearson's product-moment correlation.</summary>
    public static double Pearson(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        CheckShapes(x, y);
        double meanX = 0, meanY = 0;
        for (var i = 0; i < x.Length; i++)
        {
            meanX += x[i] / x.Length;
            meanY += y[i] / y.Length;
        }
        double xy = 0, xx = 0, yy = 0;
        for (var i = 0; i < x.Length; i++)
        {
            xy += (x[i] - meanX) * (y[i] - meanY);
            xx += (x[i] - meanX) * (x[i] - meanX);
            yy += (y[i] - meanY) * (y[i] - meanY);
        }
        // Rounding of the mean leaves a residue on constant data, which must not count as variation.
        var noiseX = x.Length * Math.Pow(1e-15 * Math.Abs(meanX), 2);
        var noiseY = y.Length * Math.Pow(1e-15 * Math.Abs(meanY), 2);
        return xx <= noiseX || yy <= noiseY ? double.NaN : Math.Clamp(xy / Math.Sqrt(xx * yy), -1, 1);
    }

    /// <summary>Spearman's rank correlation: Pearson over ranks, ties at their mean rank.</summary>
    public static double Spearman(ReadOnlySpan<double> x, ReadOnlySpan<double> y) => Pearson(Ranks(x), Ranks(y));

    /// <summary>Kendall's tau-b.</summary>
    public static double Kendall(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        CheckShapes(x, y);
        long agree = 0, tiesX = 0, tiesY = 0, pairs = 0;
        for (var i = 0; i < x.Length; i++)
        {
            for (var j = i + 1; j < x.Length; j++)
            {
                var a = Math.Sign(x[i] - x[j]);
                var b = Math.Sign(y[i] - y[j]);
                agree += a * b;
                tiesX += a == 0 ? 1 : 0;
                tiesY += b == 0 ? 1 : 0;
                pairs++;
            }
        }
        return tiesX == pairs || tiesY == pairs
            ? double.NaN
            : agree / Math.Sqrt((double)(pairs - tiesX) * (pairs - tiesY));
    }

    static double[] Ranks(ReadOnlySpan<double> values)
    {
        var sorted = values.ToArray();
        var order = new int[values.Length];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }
        Array.Sort(sorted, order);
        var ranks = new double[values.Length];
        for (var first = 0; first < order.Length;)
        {
            var last = first;
            while (last + 1 < order.Length && sorted[last + 1] == sorted[first])
            {
                last++;
            }
            for (var k = first; k <= last; k++)
            {
                ranks[order[k]] = 0.5 * (first + last);
            }
            first = last + 1;
        }
        return ranks;
    }

    static void CheckShapes(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        if (x.Length != y.Length)
        {
            throw new ArgumentException($"{x.Length} values against {y.Length}: a correlation needs pairs.");
        }
    }
}
