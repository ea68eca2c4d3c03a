using BitTensor.Mechanism.Equilibrium;
using Xunit;

namespace BitTensor.Mechanism.Tests;

/// <summary>
/// What is measured at and around an equilibrium: exploitability, regret, coordination, adaptive tau.
/// </summary>
public sealed class EquilibriumStudySpec
{
    const double H = 1e-6;

    [Fact]
    public void A_neurons_best_response_is_found_wherever_a_fine_grid_finds_one()
    {
        for (var trial = 0; trial < 10; trial++)
        {
            var theta = Theta.Draw(31, trial, 3, 0.5) with { Alpha = 60, Temperature = 0.1, Stake = [1, 2, 0.5] };
            var found = Exploitability.PerNeuron(theta, theta.Weights);
            for (var i = 0; i < 3; i++)
            {
                Assert.True(
                    found[i] >= BestOnGrid(theta, i, 60) - 1e-12,
                    $"trial {trial}: neuron {i} can gain {BestOnGrid(theta, i, 60)}, found {found[i]}");
            }
        }
    }

    [Fact]
    public void Nobody_gains_at_an_equilibrium_and_somebody_does_before_it()
    {
        var theta = Theta.Draw(31, 1, 6, 0.5) with { Alpha = 1 };
        var point = EquilibriumSolver.Solve(theta, SolverKind.Descent);
        Assert.True(point.Converged);
        Assert.InRange(Exploitability.Of(theta, point.Weights), 0, 1e-12);
        Assert.True(Exploitability.Of(theta, theta.Weights) > 1e-3);
    }

    [Theory]
    [InlineData(RegretRule.Free)]
    [InlineData(RegretRule.Simplex)]
    public void Regret_vanishes_faster_than_the_step_as_theorem_6_5_says(RegretRule rule)
    {
        var theta = Theta.Draw(3, 0, 8, 0.5) with { Alpha = 25 };
        var regret = new Regret(theta, theta.Weights, rule);
        var byDecade = new[] { 1.0, 0.1, 0.01, 0.001 }.Select(lambda => regret.At(lambda, 9, draws: 3, directions: 40))
            .ToArray();
        Assert.True(byDecade[0].Adversarial > 1e-6);
        for (var k = 1; k < byDecade.Length; k++)
        {
            // Regret over lambda falls with the square of lambda: the gradient step and the best step part by
            // O(lambda).
            Assert.InRange(byDecade[k].PerLambda / byDecade[k - 1].PerLambda, 0, 0.03);
            Assert.Equal(0, byDecade[k].Random);
        }
        Assert.Equal(0, regret.At(1e-6, 9, draws: 3, directions: 40).PerLambda);
    }

    [Theory]
    [InlineData(LossReference.Connected)]
    [InlineData(LossReference.Gain)]
    public void The_coordinated_gradient_is_the_finite_difference_of_the_sum_of_payoffs(LossReference reference)
    {
        var theta = Theta.Draw(7, 0, 4, 0.5) with
        {
            Temperature = 0.4,
            Tau = 0.3,
            Reference = reference,
            Stake = [1.5, 0.8, 0, 2.1],
        };
        var game = new ConvergenceGame(theta);
        var gradient = Coordinated.Gradient(theta, theta.Weights);
        for (var at = 0; at < 16; at++)
        {
            var (up, down) = ((double[])theta.Weights.Clone(), (double[])theta.Weights.Clone());
            (up[at], down[at]) = (up[at] + H, down[at] - H);
            Assert.Equal((game.Payoffs(up).Sum() - game.Payoffs(down).Sum()) / (2 * H), gradient[at], 7);
        }
    }

    [Fact]
    public void Competition_never_beats_coordination()
    {
        for (var trial = 0; trial < 8; trial++)
        {
            var theta = Theta.Draw(13, trial, 6, 0.5) with { Alpha = 5 * (trial + 1) };
            var equilibrium = EquilibriumSolver.Solve(theta, SolverKind.Descent);
            var together = Coordinated.Ascend(theta, equilibrium.Weights);
            var apart = new ConvergenceGame(theta).Losses(equilibrium.Weights).Sum();
            Assert.True(together.Converged);
            Assert.InRange(Coordinated.PriceOfAnarchy(apart, together.Benchmark), 1, 2);
        }
    }

    [Fact]
    public void Adaptive_tau_brings_the_ratio_to_its_target_and_keeps_it_there()
    {
        for (var trial = 0; trial < 4; trial++)
        {
            var points = AdaptiveTau.Run(Theta.Draw(3, trial, 10, 0.5) with { Alpha = 1 }, new AdaptiveTauOptions());
            Assert.Equal(0, points[0].Tau);
            Assert.All(points.Where(p => p.Step >= 20_000), p => Assert.InRange(p.Ratio, 0.95, 1.05));
            Assert.True(points.Max(p => p.Ratio) < 1.25, $"trial {trial} overshoots to {points.Max(p => p.Ratio)}");
            Assert.True(points[^1].Pearson > points[0].Pearson || points[^1].Pearson > 0.5);
            Assert.All(points, p => Assert.Equal(p.Share / (1 - p.Share), p.Ratio, 12));
        }
    }

    [Theory]
    [InlineData(1, 0, 0, 0.99, 1)]
    [InlineData(10, 0.58, 0.78, 0.76, 0.88)]
    [InlineData(25, 0.83, 0.90, 0.25, 0.40)]
    [InlineData(50, 0.84, 0.91, 0.14, 0.24)]
    public void Figure_4_the_competitive_rank_comes_to_follow_the_ideal_rank_as_loss_gains_on_inflation(
        double alphaOverTau, double leastPearson, double mostPearson, double leastDiagonal, double mostDiagonal)
    {
        Theta Game(int k) => Theta.Draw(2, k, 10, 0.5) with { Alpha = alphaOverTau };
        var points = EquilibriumSolver.Solve(104, Game, SolverKind.Descent, 2, (_, _) => { });
        var pearson = points.Select((point, k) =>
        {
            var game = new ConvergenceGame(Game(k));
            var r = Correlation.Pearson(game.Rank(point.Weights), game.IdealRank());
            // At the identity every rank is 1/n and nothing correlates.
            return double.IsNaN(r) ? 0 : r;
        }).Average();
        var diagonal = points.Select((point, k) => new ConvergenceGame(Game(k)).MeanDiagonal(point.Weights)).Average();
        Assert.InRange(pearson, leastPearson, mostPearson);
        Assert.InRange(diagonal, leastDiagonal, mostDiagonal);
    }

    static double BestOnGrid(Theta theta, int neuron, int cells)
    {
        var game = new ConvergenceGame(theta);
        var present = game.Payoffs(theta.Weights)[neuron];
        var best = 0.0;
        for (var a = 0; a <= cells; a++)
        {
            for (var b = 0; a + b <= cells; b++)
            {
                var weights = (double[])theta.Weights.Clone();
                double[] row = [(double)a / cells, (double)b / cells, (double)(cells - a - b) / cells];
                row.CopyTo(weights, neuron * 3);
                best = Math.Max(best, game.Payoffs(weights)[neuron] - present);
            }
        }
        return best;
    }
}
