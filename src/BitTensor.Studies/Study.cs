using System.Collections.Immutable;
using BitTensor.Mechanism;
using BitTensor.Scenarios;

namespace BitTensor.Studies;

/// <summary>
/// A study as numbered items and their results. Items are independent: each gives the same result computed alone.
/// </summary>
abstract class Study(EquilibriumScenario scenario)
{
    /// <summary>The study of a scenario.</summary>
    public static Study Of(EquilibriumScenario scenario) => scenario.Study switch
    {
        StudySpec.AdaptiveTau spec => new AdaptiveTauStudy(scenario, spec),
        StudySpec.Regret spec => new RegretStudy(scenario, spec),
        StudySpec.Retention spec => new RetentionStudy(scenario, spec),
        StudySpec.MintInflation or StudySpec.MuDilution => new FormulaStudy(scenario),
        _ => new EquilibriumStudy(scenario),
    };

    /// <summary>The scenario.</summary>
    protected EquilibriumScenario Scenario { get; } = scenario;

    /// <summary>The axes of the results.</summary>
    public ImmutableArray<StudyAxis> Axes { get; } = StudyCatalogue.AxesOf(scenario.Study);

    /// <summary>Draws at each point.</summary>
    protected abstract int Trials { get; }

    /// <summary>The axes that distinguish items; a study whose items cover an axis themselves leaves it out.</summary>
    protected virtual IEnumerable<StudyAxis> ItemAxes => Axes;

    /// <summary>How many items there are.</summary>
    public int Count => ItemAxes.Aggregate(Trials, (count, axis) => count * axis.Points.Length);

    /// <summary>Group of an item: items of one group may be computed together.</summary>
    public virtual long GroupOf(int item) => 0;

    /// <summary>Does items of one group.</summary>
    public abstract void Work(IReadOnlyList<int> items, Action<TrialResult> done, CancellationToken cancellation);

    /// <summary>
    /// Values of all items at one point of the axes, by metric; the catalogue decides which metrics get an interval.
    /// </summary>
    protected abstract IEnumerable<(string Metric, IEnumerable<double> Values)> Measure(
        ImmutableSortedDictionary<string, string> at, IReadOnlyList<TrialResult> trials);

    /// <summary>The trial and the point of an item: trials run through first, then the innermost axis.</summary>
    protected (int Trial, ImmutableSortedDictionary<string, string> At) Place(int item)
    {
        var at = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        var rest = item / Trials;
        foreach (var axis in ItemAxes.Reverse())
        {
            at[axis.Name] = axis.Points[rest % axis.Points.Length];
            rest /= axis.Points.Length;
        }
        return (item % Trials, at.ToImmutable());
    }

    /// <summary>The results as a row per combination of points.</summary>
    public StudyTable Summarize(IReadOnlyList<TrialResult> results)
    {
        var rows = Combinations().Select((at, row) =>
        {
            var trials = results.Where(r => r.At.All(p => at[p.Key] == p.Value)).ToArray();
            var numbers = trials.Length > 0 ? Numbers(row, Measure(at, trials)) : NotMeasured();
            return new StudyRow([.. Axes.Select(a => at[a.Name])], numbers);
        });
        return new StudyTable(Axes, [.. rows]);
    }

    /// <summary>The numbers of a point at which no item is finished.</summary>
    ImmutableSortedDictionary<string, double> NotMeasured() => StudyCatalogue.MetricsOf(Scenario.Study)
        .SelectMany(m => m.Names)
        .ToImmutableSortedDictionary(name => name, _ => double.NaN, StringComparer.Ordinal);

    ImmutableSortedDictionary<string, double> Numbers(
        int row, IEnumerable<(string Metric, IEnumerable<double> Values)> measured)
    {
        var numbers = ImmutableSortedDictionary.CreateBuilder<string, double>(StringComparer.Ordinal);
        foreach (var (name, values) in measured)
        {
            var metric = StudyCatalogue.MetricsOf(Scenario.Study).First(m => m.Name == name);
            var mean = Bootstrap.Mean([.. values], new RandomStream(Scenario.Seed, "bootstrap-" + name, row));
            numbers[name] = mean.Mean;
            if (metric.Interval)
            {
                (numbers[name + "-low"], numbers[name + "-high"]) = (mean.Low, mean.High);
            }
        }
        return numbers.ToImmutable();
    }

    IEnumerable<ImmutableSortedDictionary<string, string>> Combinations() => Axes.Aggregate(
        (IEnumerable<ImmutableSortedDictionary<string, string>>)[
            ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal),
        ],
        (all, axis) => all.SelectMany(at => axis.Points.Select(p => at.Add(axis.Name, p))));
}
