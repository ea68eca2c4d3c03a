using System.Collections.Immutable;
using BitTensor.Mechanism;
using BitTensor.Scenarios;

namespace BitTensor.Studies;

/// <summary>A property over the seeds of one point.</summary>
/// <param name="Name">Name.</param>
/// <param name="Outcome">
/// Pass when it holds in at least the wanted share of seeds, fail when in fewer, unknown when the interval includes
/// that share.
/// </param>
/// <param name="Wanted">Share of seeds in which it must hold.</param>
/// <param name="Held">Seeds in which it held.</param>
/// <param name="Unknown">
/// Seeds in which it is unknown: it may have held in none of them or in all of them, so the share of seeds lies between
/// held / seeds and (held + unknown) / seeds.
/// </param>
/// <param name="Seeds">All seeds.</param>
/// <param name="Low">Lower end of the 95 % interval of the least such share; 0 without a seed.</param>
/// <param name="High">Upper end of the 95 % interval of the largest such share; 1 without a seed.</param>
public sealed record SweepProperty(
    string Name, Outcome Outcome, double Wanted, int Held, int Unknown, int Seeds, double Low, double High)
{
    /// <summary>The measured values; null for a property that is judged by outcomes alone.</summary>
    public SweepMeasure? Measured { get; init; }

    /// <summary>
    /// Seeds that would decide if the property went on to hold in the same share of them; null when it is decided,
    /// when no number of seeds decides, and without a seed.
    /// </summary>
    public int? SeedsToDecide => Outcome == Outcome.Unknown && Seeds > 0
        ? SweepSummary.SeedsThatDecide((double)Held / Seeds, (double)(Held + Unknown) / Seeds, Wanted)
        : null;
}

/// <summary>A metric over the seeds of one point.</summary>
/// <param name="Metric">
/// <c>metric</c>, or <c>metric of population</c>: shares are summed over it, other metrics averaged.
/// </param>
/// <param name="Seeds">Seeds that have it.</param>
/// <param name="Mean">Mean over them.</param>
/// <param name="Low">Lower end of the 95 % bootstrap interval of the mean; null for one seed.</param>
/// <param name="High">Upper end.</param>
public sealed record SweepMetric(string Metric, int Seeds, double Mean, double? Low, double? High);

/// <summary>Results of the runs of one point.</summary>
/// <param name="Values">A label per axis: a value, or the name of a point.</param>
/// <param name="Set">What was set, each <c>PATH=VALUE</c>, as <c>--set</c> takes it.</param>
/// <param name="Properties">In the order of the scenario.</param>
/// <param name="Metrics">By name.</param>
public sealed record SweepRow(
    ImmutableArray<string> Values, ImmutableArray<string> Set, ImmutableArray<SweepProperty> Properties,
    ImmutableArray<SweepMetric> Metrics);

/// <summary>Trials to means, shares and their intervals.</summary>
public static class SweepSummary
{
    // The 97.5 % point of the standard normal.
    const double Z = 1.959963984540054;

    /// <summary>A row per point.</summary>
    public static ImmutableArray<SweepRow> Of(
        ImmutableArray<SweepPoint> points, ImmutableArray<Property> properties, IReadOnlyList<SweepTrial> trials,
        ulong seed)
    {
        var byPoint = trials.ToLookup(t => t.Point);
        return [
            .. points.Select((point, k) =>
                RowOf(
                    point, properties, [.. byPoint[k]], new RandomStream(seed, "sweep-bootstrap", k),
                    new RandomStream(seed, "sweep-measured", k))),
        ];
    }

    /// <summary>Wilson's 95 % interval of a share (Wilson 1927).</summary>
    public static (double Low, double High) Wilson(int held, int judged)
    {
        if (judged == 0)
        {
            return (0, 1);
        }
        double n = judged;
        var share = held / n;
        var centre = (share + Z * Z / (2 * n)) / (1 + Z * Z / n);
        var half = Z / (1 + Z * Z / n) * Math.Sqrt(share * (1 - share) / n + Z * Z / (4 * n * n));
        return (held == 0 ? 0 : Math.Max(0, centre - half), held == judged ? 1 : Math.Min(1, centre + half));
    }

    /// <summary>
    /// Fewest seeds that decide when a property holds in a share of them: Wilson's interval of a share p excludes w
    /// where n (p - w)^2 >= z^2 w (1 - w).
    /// </summary>
    /// <param name="least">Share of the seeds in which it holds, in [0, 1].</param>
    /// <param name="most">Share of those in which it holds or is unknown.</param>
    /// <param name="wanted">Share in which it is to hold, in (0, 1).</param>
    /// <returns>Null when the wanted share lies between the two, which no number of seeds decides.</returns>
    public static int? SeedsThatDecide(double least, double most, double wanted)
    {
        var distance = least > wanted ? least - wanted : most < wanted ? wanted - most : 0;
        var seeds = Math.Ceiling(Z * Z * wanted * (1 - wanted) / (distance * distance));
        return seeds <= Sweep.MostRuns ? (int)seeds : null;
    }

    /// <summary>The outcome of a property from its share of seeds.</summary>
    public static SweepProperty Judge(Property property, IEnumerable<Outcome> outcomes)
    {
        var all = outcomes.ToArray();
        var (held, unknown) = (all.Count(o => o == Outcome.Pass), all.Count(o => o == Outcome.Unknown));
        var (low, high) = (Wilson(held, all.Length).Low, Wilson(held + unknown, all.Length).High);
        var outcome = low >= property.OfSeeds ? Outcome.Pass
            : high < property.OfSeeds ? Outcome.Fail
            : Outcome.Unknown;
        return new SweepProperty(property.Name, outcome, property.OfSeeds, held, unknown, all.Length, low, high);
    }

    static SweepRow RowOf(
        SweepPoint point, ImmutableArray<Property> properties, SweepTrial[] trials, RandomStream dice,
        RandomStream measures) =>
        new(
        point.Labels,
        point.Set,
        [.. properties.Select((p, k) => Judge(p, trials.Select(t => t.Properties[k].Outcome)) with
        {
            Measured = SweepMeasure.Of([.. trials.Select(t => t.Properties[k])], measures),
        })],
        [
            .. trials.SelectMany(t => t.Values.Keys).Distinct().Order(StringComparer.Ordinal)
                .Select(metric => MetricOf(metric, trials, dice)),
        ]);

    static SweepMetric MetricOf(string metric, SweepTrial[] trials, RandomStream dice)
    {
        double[] values = [.. trials.Where(t => t.Values.ContainsKey(metric)).Select(t => t.Values[metric])];
        var (mean, low, high) = Bootstrap.Mean(values, dice);
        return new SweepMetric(metric, values.Length, mean, Finite(low), Finite(high));
    }

    static double? Finite(double value) => double.IsFinite(value) ? value : null;
}
