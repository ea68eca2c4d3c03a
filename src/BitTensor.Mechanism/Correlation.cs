namespace BitTensor.Mechanism;

/// <summary>
/// How well two rankings agree. A coefficient is undefined, NaN, where all values of one side are equal, where a value
/// is not finite, and for fewer than two pairs.
/// </summary>
public static class Correlation
{
    /// <summary>Pearson's product-moment correlation, in [-1, 1].</summary>
    public static double Pearson(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        CheckShapes(x, y);
        if (!Varies(x) || !Varies(y))
        {
            return double.NaN;
        }
        var (xy, xx, yy) = Moments(x, y);
        if (!(xx > 0 && yy > 0 && double.IsFinite(xx * yy)))
        {
            // Squares of very large or very small values leave the range of numbers; the coefficient knows no scale.
            (xy, xx, yy) = Moments(Scaled(x), Scaled(y));
        }
        return Math.Clamp(xy / Math.Sqrt(xx * yy), -1, 1);
    }

    /// <summary>Spearman's rank correlation: Pearson over ranks, ties at their mean rank.</summary>
    public static double Spearman(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        CheckShapes(x, y);
        return Varies(x) && Varies(y) ? Pearson(Ranks(x), Ranks(y)) : double.NaN;
    }

    /// <summary>Kendall's tau-b.</summary>
    public static double Kendall(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        CheckShapes(x, y);
        if (!Varies(x) || !Varies(y))
        {
            return double.NaN;
        }
        long agree = 0, tiesX = 0, tiesY = 0, pairs = 0;
        for (var i = 0; i < x.Length; i++)
        {
            for (var j = i + 1; j < x.Length; j++)
            {
                var a = x[i].CompareTo(x[j]);
                var b = y[i].CompareTo(y[j]);
                agree += a * b;
                tiesX += a == 0 ? 1 : 0;
                tiesY += b == 0 ? 1 : 0;
                pairs++;
            }
        }
        return agree / Math.Sqrt((double)(pairs - tiesX) * (pairs - tiesY));
    }

    /// <summary>True when all values are finite and not all are equal.</summary>
    static bool Varies(ReadOnlySpan<double> values)
    {
        var varies = false;
        foreach (var value in values)
        {
            if (!double.IsFinite(value))
            {
                return false;
            }
            varies |= value != values[0];
        }
        return varies;
    }

    static (double XY, double XX, double YY) Moments(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
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
        return (xy, xx, yy);
    }

    /// <summary>The values moved to 0 and scaled so that the largest magnitude is 1.</summary>
    static double[] Scaled(ReadOnlySpan<double> values)
    {
        var scaled = new double[values.Length];
        double largest = 0;
        for (var i = 0; i < scaled.Length; i++)
        {
            // Halves, so that the difference is a number.
            scaled[i] = values[i] / 2 - values[0] / 2;
            largest = Math.Max(largest, Math.Abs(scaled[i]));
        }
        for (var i = 0; i < scaled.Length && largest > 0; i++)
        {
            scaled[i] /= largest;
        }
        return scaled;
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
