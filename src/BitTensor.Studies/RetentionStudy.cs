using System.Collections.Immutable;
using System.Globalization;
using BitTensor.Mechanism;
using BitTensor.Scenarios;

namespace BitTensor.Studies;

/// <summary>The contour E_H = S_H of the two-team game, for each rule, noise and share of stake.</summary>
sealed class RetentionStudy(EquilibriumScenario scenario, StudySpec.Retention spec) : Study(scenario)
{
    /// <inheritdoc/>
    protected override int Trials => spec.Trials;

    /// <inheritdoc/>
    public override void Work(IReadOnlyList<int> items, Action<TrialResult> done, CancellationToken cancellation)
    {
        foreach (var item in items)
        {
            cancellation.ThrowIfCancellationRequested();
            var (trial, at) = Place(item);
            double Number(string axis) => double.Parse(at[axis], CultureInfo.InvariantCulture);
            var teams = TwoTeams.Draw(spec.Game, Number("honest-stake"), Number("weight-noise"), Scenario.Seed, trial);
            var least = teams.LeastUtility(
                Number("self-weight"), Mechanism(Enum.Parse<RetentionRule>(at["rule"], ignoreCase: true)),
                cancellation);
            done(new TrialResult.Formula
            {
                Item = item,
                Trial = trial,
                At = at,
                Values = ImmutableSortedDictionary.Create<string, double>(StringComparer.Ordinal)
                    .Add("attained", least is null ? 0 : 1).Add("utility", least ?? 1),
            });
        }
    }

    /// <inheritdoc/>
    protected override IEnumerable<(string Metric, IEnumerable<double> Values)> Measure(
        ImmutableSortedDictionary<string, string> at, IReadOnlyList<TrialResult> trials)
    {
        var ends = trials.Cast<TrialResult.Formula>().ToArray();
        yield return ("utility", ends.Select(e => e.Values["utility"]));
        yield return ("attained", ends.Select(e => e.Values["attained"]));
    }

    MechanismParameters Mechanism(RetentionRule rule) =>
        ParametersOf(rule, spec.Game.Kappa, spec.Game.Rho, spec.Game.Dividend);

    /// <summary>The mechanism with a rule of emission.</summary>
    public static MechanismParameters ParametersOf(RetentionRule rule, double kappa, double rho, double dividend) =>
        new()
    {
        Norm = rule == RetentionRule.L1 ? InflationNorm.L1 : InflationNorm.L2,
        Rule = rule switch
        {
            RetentionRule.Trust => new RankRule.Trust(kappa, rho),
            RetentionRule.Yuma => new RankRule.Yuma(kappa, dividend),
            _ => new RankRule.Paper(),
        },
    };
}
