using System.Diagnostics;

namespace BitTensor.Benchmarks;

/// <summary>
/// Two ways of doing one thing, measured in turn so that a slow moment of the machine meets both: the ratio of each
/// pair is taken, then the median of the ratios. Within pairs the order changes, so that neither always goes second.
/// </summary>
/// <param name="Candidate">Figures of the first way.</param>
/// <param name="Baseline">Figures of the second way.</param>
/// <param name="Ratio">Candidate over baseline per pair.</param>
sealed record Paired(Spread Candidate, Spread Baseline, Spread Ratio)
{
    /// <summary>
    /// Measures <paramref name="pairs"/> pairs after <paramref name="warmUps"/> that do not count (the first runs
    /// compile).
    /// </summary>
    /// <param name="pairs">Number of pairs.</param>
    /// <param name="warmUps">Pairs that do not count.</param>
    /// <param name="candidate">Runs once and returns its figure.</param>
    /// <param name="baseline">Runs once and returns its figure, in the same unit.</param>
    public static Paired Measure(int pairs, int warmUps, Func<double> candidate, Func<double> baseline)
    {
        var figures =
            Enumerable.Range(0, warmUps + pairs).Select(k => Pair(k, candidate, baseline)).ToArray()[warmUps..];
        return new Paired(
            Spread.Of([.. figures.Select(f => f.Candidate)]),
            Spread.Of([.. figures.Select(f => f.Baseline)]),
            Spread.Of([.. figures.Select(f => f.Candidate / f.Baseline)]));
    }

    /// <summary>Seconds that <paramref name="work"/> takes, starting from a collected heap.</summary>
    public static double Seconds(Action work)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var watch = Stopwatch.StartNew();
        work();
        return watch.Elapsed.TotalSeconds;
    }

    static (double Candidate, double Baseline) Pair(int number, Func<double> candidate, Func<double> baseline)
    {
        if (number % 2 == 0)
        {
            var first = candidate();
            return (first, baseline());
        }
        var second = baseline();
        return (candidate(), second);
    }
}
