using System.Collections.Immutable;
using System.Globalization;
using BitTensor.Mechanism;
using BitTensor.Mechanism.Equilibrium;
using BitTensor.Scenarios;

namespace BitTensor.Studies;

/// <summary>
/// Competitive against ideal rank at the equilibria of games: one of the user's own, figure 4, or figure 4 over a grid.
/// </summary>
sealed class EquilibriumStudy(EquilibriumScenario scenario) : Study(scenario)
{
    /// <inheritdoc/>
    protected override int Trials => Scenario.Study switch
    {
        StudySpec.Correlation c => c.Trials, StudySpec.Sensitivity s => s.Trials, _ => 1,
    };

    // A sweep over a grid measures the correlation of ranks only; other measures would cost more than the equilibria.
    bool InFull => Scenario.Study is not StudySpec.Sensitivity;

    /// <inheritdoc/>
    public override long GroupOf(int item) => Game(item, CancellationToken.None).Count;

    /// <inheritdoc/>
    public override void Work(IReadOnlyList<int> items, Action<TrialResult> done, CancellationToken cancellation)
    {
        // A game is drawn at its turn and dropped when solved: a chunk of large games is never in memory at once.
        var games = new Theta?[items.Count];
        EquilibriumSolver.Solve(
            games.Length,
            k => games[k] = Game(items[k], cancellation).Draw(),
            Scenario.Solver,
            cores: 1,
            (k, point) =>
            {
                done(Result(items[k], games[k]!, point, cancellation));
                games[k] = null;
            },
            cancellation);
    }

    /// <inheritdoc/>
    protected override IEnumerable<(string Metric, IEnumerable<double> Values)> Measure(
        ImmutableSortedDictionary<string, string> at, IReadOnlyList<TrialResult> trials)
    {
        var ends = trials.Cast<TrialResult.Solved>().ToArray();
        yield return ("pearson", ends.Select(e => e.Pearson ?? 0));
        yield return ("spearman", ends.Select(e => e.Spearman ?? 0));
        yield return ("kendall", ends.Select(e => e.Kendall ?? 0));
        yield return ("constant", ends.Select(e => Varies(e.Rank) ? 0.0 : 1.0));
        yield return ("rank-spread", ends.Select(e => Spread(e.Rank)));
        yield return ("diagonal", ends.Select(e => e.Diagonal));
        if (InFull)
        {
            yield return ("exploitability", ends.Select(e => e.Exploitability!.Value / Tau));
        }
        yield return ("converged", ends.Select(e => e.Converged ? 1.0 : 0.0));
        yield return ("steps", ends.Select(e => (double)e.Steps));
        yield return ("residual", [ends.Select(e => e.Residual).DefaultIfEmpty(double.NaN).Max()]);
    }

    double Tau => Scenario.Study is StudySpec.Own own ? own.Theta.Tau : 1;

    /// <summary>An item's game: its size, and a function that makes the game.</summary>
    (int Count, Func<Theta> Draw) Game(int item, CancellationToken cancellation)
    {
        var (trial, at) = Place(item);
        double Number(string axis) => double.Parse(at[axis], CultureInfo.InvariantCulture);
        switch (Scenario.Study)
        {
            case StudySpec.Own own:
                return (own.Theta.Count, () => own.Theta);
            case StudySpec.Correlation c:
                return (
                    c.Game.Neurons,
                    () => Games.Draw(c.Game, Scenario.Seed, trial, Number("alpha-over-tau"), cancellation));
            case StudySpec.Sensitivity s:
                var game = s.Game with
                {
                    Reference = Enum.Parse<LossReference>(at["reference"], ignoreCase: true),
                    Sigma = Number("sigma"),
                    Temperature = Number("temperature"),
                    Neurons = (int)Number("neurons"),
                };
                return (
                    game.Neurons,
                    () => Games.Draw(game, Scenario.Seed, trial, Number("alpha-over-tau"), cancellation));
            default:
                throw new InvalidOperationException($"{Scenario.Study} has no equilibria.");
        }
    }

    TrialResult.Solved Result(int item, Theta theta, EquilibriumPoint point, CancellationToken cancellation)
    {
        var (trial, at) = Place(item);
        var game = new ConvergenceGame(theta);
        var (rank, ideal) = (game.Rank(point.Weights), game.IdealRank());
        var gains = InFull ? Exploitability.PerNeuron(theta, point.Weights, cancellation) : null;
        return new TrialResult.Solved
        {
            Item = item,
            Trial = trial,
            At = at,
            AlphaOverTau = theta.Alpha / theta.Tau,
            Converged = point.Converged,
            Outcome = point.Outcome,
            Steps = point.Steps,
            Residual = point.Residual,
            Pearson = Games.Defined(Correlation.Pearson(rank, ideal)),
            Spearman = Games.Defined(Correlation.Spearman(rank, ideal)),
            Kendall = Games.Defined(Correlation.Kendall(rank, ideal)),
            Diagonal = game.MeanDiagonal(point.Weights),
            Exploitability = gains?.Max(),
            ExploitabilityPerNeuron = gains,
            Rank = rank,
            IdealRank = ideal,
            Weights = InFull ? Games.Rows(point.Weights, theta.Count) : null,
        };
    }

    static bool Varies(double[] rank) => rank.Max() - rank.Min() > 1e-12 * rank.Max();

    static double Spread(double[] rank)
    {
        var mean = rank.Average();
        return mean > 0 ? rank.Max(r => Math.Abs(r / mean - 1)) : 0;
    }
}
