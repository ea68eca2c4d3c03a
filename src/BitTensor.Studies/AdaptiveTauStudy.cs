using System.Collections.Immutable;
using BitTensor.Mechanism;
using BitTensor.Mechanism.Equilibrium;
using BitTensor.Scenarios;

namespace BitTensor.Studies;

/// <summary>Figure 5: the controller of tau, run over several games.</summary>
sealed class AdaptiveTauStudy(EquilibriumScenario scenario, StudySpec.AdaptiveTau spec) : Study(scenario)
{
    /// <summary>Largest deviation from the target that counts as on target.</summary>
    public const double Band = 0.05;

    /// <inheritdoc/>
    protected override int Trials => spec.Trials;

    /// <inheritdoc/>
    public override void Work(IReadOnlyList<int> items, Action<TrialResult> done, CancellationToken cancellation)
    {
        foreach (var item in items)
        {
            var theta = Games.Draw(spec.Game, Scenario.Seed, item, spec.Alpha, cancellation);
            var controller = new TauController { Target = spec.Target };
            var options = new AdaptiveTauOptions
            {
                Controller = controller, Steps = spec.Steps, Every = spec.RecordEvery,
            };
            done(Result(item, AdaptiveTau.Run(theta, options, cancellation)));
        }
    }

    /// <inheritdoc/>
    protected override IEnumerable<(string Metric, IEnumerable<double> Values)> Measure(
        ImmutableSortedDictionary<string, string> at, IReadOnlyList<TrialResult> trials)
    {
        var runs = trials.Cast<TrialResult.AdaptiveTau>().ToArray();
        var settled = runs.Select(SettledAt).ToArray();
        yield return ("settled", settled.Select(s => s is null ? 0.0 : 1.0));
        yield return ("settled-step", settled.OfType<int>().Select(s => (double)s));
        yield return ("ratio", runs.Select(r => r.Ratio[^1]));
        yield return ("overshoot", runs.Select(Overshoot));
        yield return ("tau", runs.Select(r => r.Tau[^1]));
        yield return ("pearson", runs.Select(r => r.Pearson[^1] ?? 0));
    }

    /// <summary>
    /// The recorded step from which the ratio stays on target; null when the ratio is off target at the end.
    /// </summary>
    int? SettledAt(TrialResult.AdaptiveTau run)
    {
        var last = Array.FindLastIndex(run.Ratio, r => !(Math.Abs(r / spec.Target - 1) <= Band));
        return last + 1 < run.Steps.Length ? run.Steps[last + 1] : null;
    }

    double Overshoot(TrialResult.AdaptiveTau run)
    {
        var crossed = Array.FindIndex(run.Ratio, r => r >= spec.Target);
        return crossed < 0
            ? 1
            : run.Ratio[crossed..].Max(r => r / spec.Target);
    }

    TrialResult.AdaptiveTau Result(int item, IReadOnlyList<AdaptiveTauPoint> points)
    {
        var (trial, at) = Place(item);
        return new TrialResult.AdaptiveTau
        {
            Item = item,
            Trial = trial,
            At = at,
            Steps = [.. points.Select(p => p.Step)],
            Ratio = [.. points.Select(p => p.Ratio)],
            Share = [.. points.Select(p => p.Share)],
            Tau = [.. points.Select(p => p.Tau)],
            Pearson = [.. points.Select(p => Games.Defined(p.Pearson))],
            Spearman = [.. points.Select(p => Games.Defined(p.Spearman))],
        };
    }
}
