using System.Runtime.Intrinsics;
using BitTensor.Mechanism.Equilibrium;
using Xunit;

namespace BitTensor.Mechanism.Tests;

/// <summary>The convergence game of section 6.2 and the way to its equilibrium.</summary>
public sealed class EquilibriumSpec
{
    const double H = 1e-6;

    [Theory]
    [InlineData(LossReference.Connected)]
    [InlineData(LossReference.Initial)]
    [InlineData(LossReference.Gain)]
    public void A_neurons_gradient_is_the_finite_difference_of_its_payoff_in_its_own_row(LossReference reference)
    {
        var theta = Theta.Draw(7, 0, 5, 0.5) with
        {
            Alpha = 12,
            Tau = 0.7,
            Temperature = 0.4,
            Reference = reference,
            Stake = [1.5, 0.8, 0, 2.1, 1],
        };
        var game = new ConvergenceGame(theta);
        var weights = Theta.Draw(7, 1, 5, 0).Weights;
        var gradient = game.Gradient(weights);
        for (var at = 0; at < weights.Length; at++)
        {
            var (up, down) = ((double[])weights.Clone(), (double[])weights.Clone());
            (up[at], down[at]) = (weights[at] + H, weights[at] - H);
            var difference = (game.Payoffs(up)[at / 5] - game.Payoffs(down)[at / 5]) / (2 * H);
            // Eq. (15) is dP/dW divided by tau.
            Assert.Equal(difference / theta.Tau, gradient[at], 7);
        }
    }

    [Fact]
    public void The_games_loss_is_the_quadratic_loss_of_a_live_neuron()
    {
        var dice = new RandomStream(7, "factors");
        var factors = Enumerable.Range(0, 4 * 4 * 2).Select(_ => dice.NextNormal()).ToArray();
        var theta = Theta.Draw(7, 3, 4, 0.5) with { Hessians = Hessians.LowRank(4, 2, factors) };
        var game = new ConvergenceGame(theta);
        var masks = game.Masks(theta.Weights);
        var losses = game.Losses(theta.Weights);
        for (var i = 0; i < 4; i++)
        {
            var live = new QuadraticLoss(factors[(i * 8)..(i * 8 + 8)], 2, [1, 1, 1, 1]);
            Assert.Equal(live.Value(masks.AsSpan(i * 4, 4)), losses[i], 12);
        }
    }

    [Fact]
    public void Factors_and_full_matrices_are_one_game()
    {
        var factors = Theta.Draw(7, 3, 6, 0.5, rank: 3, form: HessianForm.Factor);
        var dense = Theta.Draw(7, 3, 6, 0.5, rank: 3);
        var (a, b) = (new ConvergenceGame(factors), new ConvergenceGame(dense));
        Assert.Equal(a.Gradient(factors.Weights), b.Gradient(dense.Weights), (x, y) => Math.Abs(x - y) < 1e-14);
        Assert.Equal(a.IdealRank(), b.IdealRank(), (x, y) => Math.Abs(x - y) < 1e-15);
        Assert.All(
            Enumerable.Range(0, 6),
            i => Assert.Equal(1.0 / 6, Enumerable.Range(0, 6).Sum(j => dense.Hessians[i, j, j]), 14));
    }

    [Fact]
    public void Without_a_price_of_loss_every_neuron_keeps_its_whole_row_exactly()
    {
        var point = EquilibriumSolver.Solve(Theta.Draw(11, 0, 10, 0.5) with { Alpha = 0 }, SolverKind.Descent);
        Assert.True(point.Converged);
        for (var at = 0; at < 100; at++)
        {
            Assert.Equal(at / 10 == at % 10 ? 1.0 : 0.0, point.Weights[at]);
        }
    }

    [Theory]
    [InlineData(2, null, LossReference.Connected, 0.3)]
    [InlineData(5, null, LossReference.Initial, 0.05)]
    [InlineData(10, null, LossReference.Connected, 1)]
    [InlineData(13, 3, LossReference.Gain, 0.5)]
    [InlineData(33, null, LossReference.Connected, 0.3)]
    [InlineData(40, null, LossReference.Initial, 0.2)]
    [InlineData(43, 5, LossReference.Connected, 1)]
    [InlineData(50, 1, LossReference.Gain, 0.1)]
    public void The_fast_descent_makes_the_plain_steps(
        int count, int? rank, LossReference reference, double temperature)
    {
        var form = rank is null ? HessianForm.Dense : HessianForm.Factor;
        var theta = Theta.Draw(21, 4, count, 0.7, rank, form) with
        {
            Alpha = 3 * count,
            Temperature = temperature,
            Reference = reference,
            Stake = [.. Enumerable.Range(0, count).Select(i => 0.4 * (i % 4))],
            Lambda = 0.02,
            MaxSteps = 4000 / count,
        };
        var point = EquilibriumSolver.Solve(theta, SolverKind.Descent);
        var game = new ConvergenceGame(theta);
        var weights = theta.Weights;
        for (var step = 0; step < point.Steps; step++)
        {
            weights = game.Step(weights, game.Gradient(weights), theta.Lambda);
        }
        Assert.Equal(weights, point.Weights, (a, b) => Math.Abs(a - b) < 1e-11);
        Assert.Equal(game.Residual(weights, game.Gradient(weights)), point.Residual, 9);
        Assert.Contains(point.Weights, w => w == 0);
    }

    [Fact]
    public void A_large_game_without_a_price_of_loss_too_ends_in_the_identity()
    {
        var stake = Enumerable.Range(0, 37).Select(i => 1e4 + i).ToArray();
        var point = EquilibriumSolver.Solve(
            Theta.Draw(11, 0, 37, 0.5) with { Alpha = 0, Stake = stake }, SolverKind.Descent);
        Assert.True(point.Converged);
        Assert.All(Enumerable.Range(0, 37 * 37), at => Assert.Equal(at / 37 == at % 37 ? 1.0 : 0.0, point.Weights[at]));
    }

    [Fact]
    public void Descent_stops_at_the_first_point_within_the_tolerance_and_says_so()
    {
        var theta = Theta.Draw(11, 2, 6, 0.5) with { Alpha = 1, Tolerance = 1e-3 };
        var point = EquilibriumSolver.Solve(theta, SolverKind.Descent);
        Assert.True(point.Converged);
        Assert.InRange(point.Residual, 0, theta.Tolerance);
        var before = EquilibriumSolver.Solve(theta with { MaxSteps = point.Steps - 1 }, SolverKind.Descent);
        Assert.Equal((EquilibriumOutcome.StepLimit, point.Steps - 1), (before.Outcome, before.Steps));
        Assert.True(before.Residual > theta.Tolerance);
    }

    [Fact]
    public void A_game_ends_in_the_same_bits_alone_in_company_and_on_any_number_of_threads()
    {
        Theta Game(int k) => Theta.Draw(5, k, 7, 0.5) with { Alpha = 1 + 3 * k, MaxSteps = 300 + 50 * k };
        var together = EquilibriumSolver.Solve(21, Game, SolverKind.Descent, 1, (_, _) => { });
        var apart = EquilibriumSolver.Solve(21, Game, SolverKind.Descent, 3, (_, _) => { });
        for (var k = 0; k < 21; k++)
        {
            var alone = EquilibriumSolver.Solve(Game(k), SolverKind.Descent);
            Assert.Equal(alone.Weights, together[k].Weights);
            Assert.Equal(alone.Weights, apart[k].Weights);
            Assert.Equal(
                (alone.Outcome, alone.Steps, alone.Residual),
                (together[k].Outcome, together[k].Steps, together[k].Residual));
        }
    }

    [Fact]
    public void A_search_that_cannot_go_on_says_why()
    {
        var theta = Theta.Draw(1, 0, 4, 0.5);
        Assert.Throws<OperationCanceledException>(() =>
            EquilibriumSolver.Solve(theta, SolverKind.Descent, new CancellationToken(true)));
        Assert.Throws<UnsolvableGameException>(() =>
            EquilibriumSolver.Solve(theta with { Alpha = 1e300 }, SolverKind.Descent));
        Theta Mixed(int k) => Theta.Draw(1, 0, 4 + k, 0.5);
        Assert.Throws<ArgumentException>(() => EquilibriumSolver.Solve(3, Mixed, SolverKind.Descent, 1, (_, _) => { }));
    }

    [Fact]
    public void The_fast_sigmoid_is_the_sigmoid()
    {
        for (var x = -745.0; x < 745; x += 0.0137)
        {
            var fast = VectorMath.Sigmoid(Vector512.Create(x)).ToScalar();
            var expected = x > -700 ? 1 / (1 + Math.Exp(-x)) : fast;
            Assert.InRange(Math.Abs(fast - expected), 0, 9e-16 * expected);
        }
        Assert.Equal(0.5, VectorMath.Sigmoid(Vector512<double>.Zero).ToScalar());
        Assert.Equal(1, VectorMath.Sigmoid(Vector512.Create(1e300)).ToScalar());
        Assert.InRange(VectorMath.Sigmoid(Vector512.Create(-1e300)).ToScalar(), 0, 1e-300);
    }

    public static TheoryData<ThetaFault, string, Theta> Faults()
    {
        var good = Theta.Draw(1, 0, 3, 0.5);
        double[] With(double[] array, int at, double value)
        {
            var copy = (double[])array.Clone();
            copy[at] = value;
            return copy;
        }
        Theta Matrix(double[] h) =>
            good with { Hessians = Hessians.Dense(3, [.. Enumerable.Repeat(h, 3).SelectMany(x => x)]) };
        var asymmetric = With(new double[27], 19, 1);
        return new()
        {
            { ThetaFault.OutOfRange, "tau", good with { Tau = 0 } },
            { ThetaFault.OutOfRange, "alpha", good with { Alpha = -1 } },
            { ThetaFault.NotFinite, "lambda", good with { Lambda = double.NaN } },
            { ThetaFault.OutOfRange, "temperature", good with { Temperature = 0 } },
            { ThetaFault.OutOfRange, "maxSteps", good with { MaxSteps = 0 } },
            { ThetaFault.OutOfRange, "alpha", good with { Alpha = 1e300, Temperature = 1e-300 } },
            { ThetaFault.Shape, "stake", good with { Stake = [1, 1] } },
            { ThetaFault.OutOfRange, "stake[2]", good with { Stake = [1, 1, -1] } },
            { ThetaFault.NotFinite, "stake[0]", good with { Stake = [double.PositiveInfinity, 1, 1] } },
            { ThetaFault.Shape, "weights", good with { Weights = new double[8] } },
            { ThetaFault.NotFinite, "weights[1][2]", good with { Weights = With(good.Weights, 5, double.NaN) } },
            { ThetaFault.NotOnSimplex, "weights[2]", good with { Weights = With(good.Weights, 6, 0.9) } },
            { ThetaFault.NotOnSimplex, "weights[0][1]", good with { Weights = With(good.Weights, 1, -0.1) } },
            { ThetaFault.NotFinite, "hessians[0][1][2]", Matrix([1, 0, 0, 0, 1, double.NaN, 0, 0, 1]) },
            {
                ThetaFault.NotSymmetric, "hessians[2][1][0]",
                good with { Hessians = Hessians.Dense(3, With(asymmetric, 21, 0)) }},
            { ThetaFault.NotPositive, "hessians[0]", Matrix([1, 2, 0, 2, 1, 0, 0, 0, 1]) },
            { ThetaFault.NotPositive, "hessians[0]", Matrix([0, 1, 0, 1, 0, 0, 0, 0, 0]) },
        };
    }

    [Theory]
    [MemberData(nameof(Faults), DisableDiscoveryEnumeration = true)]
    public void A_fault_is_named_with_its_place(ThetaFault fault, string path, Theta theta)
    {
        var problem = ThetaCheck.Problems(theta)[0];
        Assert.Equal((fault, path), (problem.Fault, problem.Path));
        Assert.NotEmpty(problem.Text);
    }

    /// <summary>The first step projects a row of zeros onto the simplex.</summary>
    [Theory]
    [InlineData(SolverKind.Descent)]
    [InlineData(SolverKind.Accelerated)]
    public void A_row_of_zeros_has_no_fault_and_is_on_the_simplex_after_a_step(SolverKind solver)
    {
        var theta = Theta.Draw(3, 0, 5, 0.5);
        var weights = (double[])theta.Weights.Clone();
        weights.AsSpan(10, 5).Clear();
        var silent = theta with { Weights = weights };
        Assert.Empty(ThetaCheck.Problems(silent));
        var point = EquilibriumSolver.Solve(silent, solver);
        Assert.All(Enumerable.Range(0, 5), i => Assert.Equal(1, point.Weights.AsSpan(i * 5, 5).ToArray().Sum(), 1e-9));
    }

    [Fact]
    public void Drawn_games_and_singular_matrices_have_no_fault()
    {
        Assert.Empty(ThetaCheck.Problems(Theta.Draw(1, 0, 6, 0.5)));
        Assert.Empty(ThetaCheck.Problems(Theta.Draw(1, 0, 6, 0.5, rank: 1)));
        Assert.Empty(ThetaCheck.Problems(Theta.Draw(1, 0, 6, 0.5, rank: 2, form: HessianForm.Factor)));
        Assert.Empty(ThetaCheck.Problems(
            Theta.Draw(1, 0, 2, 0.5) with { Hessians = Hessians.Dense(2, new double[8]) }));
        Assert.Empty(ThetaCheck.Problems(Theta.Draw(1, 0, 2, 0.5) with { Alpha = 0, Stake = [0, 0] }));
    }
}
