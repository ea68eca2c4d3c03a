using BitTensor.Mechanism;

namespace BitTensor.Studies;

/// <summary>
/// What a property measures over the seeds of one point: its left side at the block that decided, which is the one that
/// broke it, the first at which one that holds eventually did, or else the last with data.
/// </summary>
/// <param name="Seeds">Seeds in which it was measured.</param>
/// <param name="Mean">Mean over them, not finite when one of them is not; null without one.</param>
/// <param name="Low">
/// Lower end of the 95 % bootstrap interval of the mean; null for fewer than two seeds, and for a mean that is not
/// finite.
/// </param>
/// <param name="High">Upper end.</param>
/// <param name="Against">Mean of the right side over the seeds in which it was measured; null without one.</param>
public sealed record SweepMeasure(int Seeds, double? Mean, double? Low, double? High, double? Against)
{
    /// <summary>The measure of a property.</summary>
    /// <param name="outcomes">Its outcome in each seed of the point.</param>
    /// <param name="dice">Draws the resamples.</param>
    public static SweepMeasure Of(IReadOnlyCollection<SweepOutcome> outcomes, RandomStream dice)
    {
        double[] left = [.. outcomes.Select(o => o.Left).OfType<double>()];
        double[] right = [.. outcomes.Select(o => o.Right).OfType<double>()];
        var (mean, low, high) = Bootstrap.Mean(left, dice);
        return new SweepMeasure(
            left.Length, left.Length > 0 ? mean : null, Finite(low), Finite(high),
            right.Length > 0 ? right.Average() : null);
    }

    static double? Finite(double value) => double.IsFinite(value) ? value : null;
}
