using System.Collections.Immutable;
using System.Globalization;
using BitTensor.Mechanism.Equilibrium;
using BitTensor.Scenarios;

namespace BitTensor.Studies;

/// <summary>
/// Theorem 6.5 at the initial weights of drawn games, the exploitability at the end of their descent, and the price of
/// anarchy.
/// </summary>
sealed class RegretStudy(EquilibriumScenario scenario, StudySpec.Regret spec) : Study(scenario)
{
    // Draws of the others' moves for each expectation of eq. (28).
    const int Draws = 4;

    /// <inheritdoc/>
    protected override int Trials => spec.Trials;

    /// <inheritdoc/>
    protected override IEnumerable<StudyAxis> ItemAxes => Axes.Where(a => a.Name == "alpha-over-tau");

    /// <inheritdoc/>
    public override void Work(IReadOnlyList<int> items, Action<TrialResult> done, CancellationToken cancellation)
    {
        foreach (var item in items)
        {
            done(Result(item, cancellation));
        }
    }

    /// <inheritdoc/>
    protected override IEnumerable<(string Metric, IEnumerable<double> Values)> Measure(
        ImmutableSortedDictionary<string, string> at, IReadOnlyList<TrialResult> trials)
    {
        var games = trials.Cast<TrialResult.Regret>().ToArray();
        var step = spec.Steps.IndexOf(double.Parse(at["step"], CultureInfo.InvariantCulture));
        yield return ("regret", games.Select(g => g.Free[step]));
        yield return ("regret-simplex", games.Select(g => g.Simplex[step]));
        yield return ("exploitability", games.Select(g => g.Exploitability));
        yield return ("price-of-anarchy", games.Select(g => g.PriceOfAnarchy).OfType<double>());
        yield return ("converged", games.Select(g => g.Converged ? 1.0 : 0.0));
    }

    TrialResult.Regret Result(int item, CancellationToken cancellation)
    {
        var (trial, at) = Place(item);
        var theta = Games.Draw(
            spec.Game, Scenario.Seed, trial, double.Parse(at["alpha-over-tau"], CultureInfo.InvariantCulture),
            cancellation);
        var point = EquilibriumSolver.Solve(theta, Scenario.Solver, cancellation);
        var benchmark = new ConvergenceGame(theta).Losses(point.Weights).Sum();
        var coordinated = Coordinated.Ascend(theta, point.Weights, cancellation);
        return new TrialResult.Regret
        {
            Item = item,
            Trial = trial,
            At = at,
            AlphaOverTau = theta.Alpha / theta.Tau,
            Lambda = [.. spec.Steps],
            Free = PerLambda(theta, RegretRule.Free, trial, cancellation),
            Simplex = PerLambda(theta, RegretRule.Simplex, trial, cancellation),
            Converged = point.Converged,
            Exploitability = Exploitability.Of(theta, point.Weights, cancellation),
            Benchmark = benchmark,
            Coordinated = coordinated.Benchmark,
            PriceOfAnarchy = Games.Defined(Coordinated.PriceOfAnarchy(benchmark, coordinated.Benchmark)),
        };
    }

    double[] PerLambda(Theta theta, RegretRule rule, int trial, CancellationToken cancellation)
    {
        var regret = new Regret(theta, theta.Weights, rule);
        return
        [
            .. spec.Steps.Select(step => regret.At(
                step, Scenario.Seed + (ulong)trial, Draws, spec.Directions, cancellation).PerLambda),
        ];
    }
}
