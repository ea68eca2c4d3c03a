using BitTensor.Mechanism.Equilibrium;
using Xunit;

namespace BitTensor.Mechanism.Tests;

/// <summary>The accelerated solver against the descent it stands for.</summary>
public sealed class AccelerationSpec
{
    [Theory]
    [InlineData(LossReference.Connected, 1)]
    [InlineData(LossReference.Connected, 0.3)]
    [InlineData(LossReference.Initial, 1)]
    [InlineData(LossReference.Initial, 0.3)]
    [InlineData(LossReference.Gain, 1)]
    public void It_reaches_the_point_of_descent_in_far_fewer_steps(LossReference reference, double temperature)
    {
        // The stakes differ, alpha/tau runs from the corner I to the interior, and the tolerance is tight enough to
        // compare points.
        Theta Game(int k) => Theta.Draw(77, k, 6, 0.5) with
        {
            Alpha = new[] { 0, 1, 10, 25, 50 }[k % 5],
            Temperature = temperature,
            Reference = reference,
            Stake = [1, 0.5, 1.5, k % 2, 1, 1.2],
            Tolerance = 1e-10,
            Lambda = 0.1,
            MaxSteps = 200_000,
        };
        var descents = EquilibriumSolver.Solve(15, Game, SolverKind.Descent, 2, (_, _) => { });
        var accelerated = EquilibriumSolver.Solve(15, Game, SolverKind.Accelerated, 2, (_, _) => { });
        var compared = 0;
        for (var k = 0; k < 15; k++)
        {
            Assert.True(
                accelerated[k].Converged, $"game {k}: {accelerated[k].Outcome}, residual {accelerated[k].Residual}");
            Assert.InRange(accelerated[k].Residual, 0, 1e-10);
            Assert.InRange(accelerated[k].Steps, 1, 600);
            if (descents[k].Converged)
            {
                Assert.Equal(descents[k].Weights, accelerated[k].Weights, (a, b) => Math.Abs(a - b) < 1e-6);
                compared++;
            }
        }
        Assert.InRange(compared, 13, 15);
    }

    [Fact]
    public void It_converges_where_the_papers_step_limit_ends_long_before()
    {
        Theta Game(int k) => Theta.Draw(1, k, 10, 0.5) with { Alpha = 25 };
        var descents = EquilibriumSolver.Solve(8, Game, SolverKind.Descent, 2, (_, _) => { });
        var accelerated = EquilibriumSolver.Solve(8, Game, SolverKind.Accelerated, 2, (_, _) => { });
        Assert.Contains(descents, d => d.Outcome == EquilibriumOutcome.StepLimit && d.Residual > 1e-4);
        Assert.All(accelerated, a => Assert.True(a.Converged && a.Steps < 500));
        for (var k = 0; k < 8; k++)
        {
            Assert.InRange(Exploitability.Of(Game(k), accelerated[k].Weights), 0, 1e-9);
        }
    }

    [Fact]
    public void Without_a_price_of_loss_it_too_ends_in_the_identity()
    {
        var point = EquilibriumSolver.Solve(Theta.Draw(11, 0, 10, 0.5) with { Alpha = 0 }, SolverKind.Accelerated);
        Assert.True(point.Converged);
        Assert.All(Enumerable.Range(0, 100), at => Assert.Equal(at / 10 == at % 10 ? 1.0 : 0.0, point.Weights[at]));
    }

    [Fact]
    public void It_says_when_it_could_not()
    {
        // One evaluation is all it may spend.
        var point = EquilibriumSolver.Solve(
            Theta.Draw(1, 0, 6, 0.5) with { Alpha = 10, MaxSteps = 1 }, SolverKind.Accelerated);
        Assert.False(point.Converged);
        Assert.Equal(EquilibriumOutcome.StepLimit, point.Outcome);
        Assert.True(point.Residual > 1e-8);
        Assert.All(Enumerable.Range(0, 6), i => Assert.Equal(1, point.Weights.AsSpan(i * 6, 6).ToArray().Sum(), 12));
    }
}
