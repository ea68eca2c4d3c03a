using BitTensor.Mechanism;

namespace BitTensor.Studies;

/// <summary>A mean with its 95 % interval; NaN for undefined values.</summary>
public readonly record struct MeanInterval(double Mean, double Low, double High);

/// <summary>Percentile bootstrap (Efron) of a mean.</summary>
public static class Bootstrap
{
    const int Resamples = 2000;
    const double Tail = 0.025;

    /// <summary>
    /// The mean of <paramref name="values"/> and its interval; no mean for none, no interval for fewer than two values,
    /// nor where one is not finite, and so neither is the mean.
    /// </summary>
    /// <param name="values">Independent values.</param>
    /// <param name="dice">Draws the resamples.</param>
    public static MeanInterval Mean(IReadOnlyList<double> values, RandomStream dice)
    {
        if (values.Count < 2 || !values.All(double.IsFinite))
        {
            return new MeanInterval(values.Count == 0 ? double.NaN : values.Average(), double.NaN, double.NaN);
        }
        var means = new double[Resamples];
        foreach (ref var mean in means.AsSpan())
        {
            for (var k = 0; k < values.Count; k++)
            {
                mean += values[dice.NextInt(values.Count)];
            }
            mean /= values.Count;
        }
        Array.Sort(means);
        return new MeanInterval(
            values.Average(), means[(int)(Tail * Resamples)], means[(int)((1 - Tail) * Resamples) - 1]);
    }
}
