using BitTensor.Mechanism;
using CsCheck;
using Xunit;

namespace BitTensor.Mechanism.Tests;

/// <summary>
/// Equations (7), (8), (12), (13), (15), (16) and the simplex: each derivative against finite differences.
/// </summary>
public sealed class FormulaSpec
{
    const double H = 1e-6;

    [Fact]
    public void The_mask_is_a_half_at_the_mean_bid_and_sharpens_as_the_temperature_falls()
    {
        Assert.Equal(0.5, Masking.Mask(2, 0.25, 0.5, 1));
        Assert.Equal(1 / (1 + Math.Exp(-1)), Masking.Mask(2, 0.75, 0.5, 1), 15);
        Assert.True(Masking.Mask(2, 0.75, 0.5, 0.1) > Masking.Mask(2, 0.75, 0.5, 1));
        Assert.Equal(0, Masking.Mask(1, 0, 1e6, 0.001), 15);
    }

    [Fact]
    public void The_masks_derivative_counts_that_the_mean_moves_with_the_bid()
    {
        // n = 4 bids s_i w_i at one server; only bid 0 moves.
        double[] bids = [0.3, 0.7, 0.2, 0.4];
        const double stake = 1.7;
        double MaskAt(double w)
        {
            var mu = (stake * w + bids[1] + bids[2] + bids[3]) / 4;
            return Masking.Mask(stake, w, mu, 0.3);
        }
        const double w = 0.3;
        var expected = (MaskAt(w + H) - MaskAt(w - H)) / (2 * H);
        Assert.Equal(expected, Masking.MaskDerivative(MaskAt(w), stake, 4, 0.3), 1e-8);
    }

    [Fact]
    public void The_quadratic_losss_gradient_is_its_finite_difference()
    {
        var loss = Draw(out var dice);
        var at = Enumerable.Range(0, loss.Count).Select(_ => dice.NextDouble()).ToArray();
        var gradient = loss.Gradient(at);
        for (var k = 0; k < at.Length; k++)
        {
            var (up, down) = ((double[])at.Clone(), (double[])at.Clone());
            (up[k], down[k]) = (at[k] + H, at[k] - H);
            Assert.Equal((loss.Value(up) - loss.Value(down)) / (2 * H), gradient[k], 1e-8);
        }
    }

    [Fact]
    public void The_quadratic_loss_is_least_where_every_input_is_connected()
    {
        var loss = Draw(out _);
        var one = Enumerable.Repeat(1.0, loss.Count).ToArray();
        Assert.Equal(0, loss.Value(one), 15);
        Assert.All(loss.Gradient(one), g => Assert.Equal(0, g, 15));
        one[3] = 0;
        Assert.Equal(loss.Significance(3), loss.Value(one), 12);
    }

    [Fact]
    public void The_payoffs_gradient_is_its_finite_difference_in_every_weight()
    {
        // P_0 = -alpha L(m(W)) + tau R_0 with everything written out for n = 3.
        const double alpha = 2, tau = 0.1, temperature = 0.5;
        double[] stake = [1.5, 0.8, 1.1];
        double[][] rows = [[0.2, 0.5, 0.3], [0.1, 0.6, 0.3], [0.3, 0.3, 0.4]];
        var loss = QuadraticLoss.Draw(new RandomStream(5, "hessian"), [0, 1, 2], [1, 2, 0.5], 3);
        double[] MasksOf(double[] row)
        {
            WeightRow[] w = [WeightRow.Dense(row), WeightRow.Dense(rows[1]), WeightRow.Dense(rows[2])];
            var mu = Ranking.Rank(w, stake);
            return [.. row.Select((v, j) => Masking.Mask(stake[0], v, mu[j], temperature))];
        }
        double PayoffOf(double[] row)
        {
            var rank = (stake[0] * row[0] + stake[1] * rows[1][0] + stake[2] * rows[2][0]) / 3;
            return Payoff.Value(loss.Value(MasksOf(row)), rank, alpha, tau);
        }
        var masks = MasksOf(rows[0]);
        var lossGradient = loss.Gradient(masks)
            .Select((g, k) => g * Masking.MaskDerivative(masks[k], stake[0], 3, temperature)).ToArray();
        // Eq. (15) is dP/dW divided by tau: lambda absorbs the factor.
        var gradient = Payoff.Gradient(0, [0, 1, 2], lossGradient, stake[0], 3, alpha, tau);
        for (var j = 0; j < 3; j++)
        {
            var (up, down) = ((double[])rows[0].Clone(), (double[])rows[0].Clone());
            (up[j], down[j]) = (rows[0][j] + H, rows[0][j] - H);
            Assert.Equal((PayoffOf(up) - PayoffOf(down)) / (2 * H) / tau, gradient[j], 1e-6);
        }
    }

    [Fact]
    public void The_projection_is_the_nearest_point_of_the_simplex() => Gen.Double[-3, 3].Array[2, 8].Sample(point =>
    {
        var projected = Simplex.Project(point);
        Assert.Equal(1, projected.Sum(), 1e-12);
        Assert.All(projected, x => Assert.True(x >= 0));
        // Optimality: point - projected may not point into the simplex: <point - p, corner - p> <= 0 for every corner.
        for (var corner = 0; corner < point.Length; corner++)
        {
            var inner = point.Select((x, j) => (x - projected[j]) * ((j == corner ? 1 : 0) - projected[j])).Sum();
            Assert.True(inner <= 1e-12, $"corner {corner} is nearer by {inner}");
        }
    });

    [Fact]
    public void A_row_on_the_simplex_is_its_own_projection()
    {
        double[] row = [0.25, 0, 0.5, 0.25];
        Assert.Equal(row, Simplex.Project(row));
        Assert.Throws<ArgumentException>(() => Simplex.Project([0.5, double.NaN]));
        Assert.Throws<ArgumentException>(() => Simplex.Project([]));
    }

    [Fact]
    public void A_bounded_step_goes_the_whole_way_when_it_may_and_epsilon_otherwise() =>
        Gen.Select(Gen.Double[0, 1].Array[4], Gen.Double[0, 1].Array[4], Gen.Double[0.01, 1]).Sample((a, b, epsilon) =>
        {
            var (from, to) = (Simplex.Project(a), Simplex.Project(b));
            var distance = WeightRow.Distance(WeightRow.Dense(from), WeightRow.Dense(to));
            var bounded = Simplex.Bounded(from, to, epsilon);
            var moved = WeightRow.Distance(WeightRow.Dense(from), WeightRow.Dense(bounded));
            Assert.Equal(1, bounded.Sum(), 1e-9);
            Assert.True(moved <= epsilon, $"moved {moved} of {epsilon}");
            Assert.Equal(Math.Min(distance, epsilon), moved, 1e-9);
        });

    [Fact]
    public void Correlations_agree_with_worked_examples()
    {
        double[] x = [1, 2, 3, 4, 5];
        Assert.Equal(1, Correlation.Pearson(x, [2, 4, 6, 8, 10]), 12);
        Assert.Equal(-1, Correlation.Spearman(x, [10, 8, 6, 4, 1]), 12);
        // Textbook: ranks 3 1 4 2 5 against 1..5 have 6 - 4... concordant 7, discordant 3 of 10 pairs.
        Assert.Equal(0.4, Correlation.Kendall(x, [3, 1, 4, 2, 5]), 12);
        // Ties: x = 1 1 2, y = 1 2 3 has tau-b = 2 / sqrt(2 * 3).
        Assert.Equal(2 / Math.Sqrt(6), Correlation.Kendall([1, 1, 2], [1, 2, 3]), 12);
    }

    /// <summary>Equal values are constant at any n and any size; values that are not finite have no rank.</summary>
    [Fact]
    public void A_correlation_of_constants_or_of_values_that_are_not_finite_is_undefined()
    {
        foreach (var n in new[] { 2, 3, 98, 301, 5000 })
        {
            double[] rising = [.. Enumerable.Range(0, n).Select(i => (double)i)];
            foreach (var value in new[] { 1.0, 0.1, 1.0 / 3, 1e-300, 1e300, 0 })
            {
                AssertUndefined([.. Enumerable.Repeat(value, n)], rising);
            }
            foreach (var value in new[] { double.NaN, double.PositiveInfinity, double.NegativeInfinity })
            {
                AssertUndefined([value, .. rising.Skip(1)], rising);
            }
        }
        AssertUndefined([], []);
        AssertUndefined([1], [1]);
    }

    [Theory]
    [InlineData(1e-300)]
    [InlineData(1e-163)]
    [InlineData(1)]
    [InlineData(1e200)]
    [InlineData(1e308)]
    public void A_correlation_does_not_depend_on_the_scale(double scale)
    {
        double[] x = [0.1, 0.5, 0.2, 1], y = [.. x.Select(v => v * scale)];
        Assert.Equal(1, Correlation.Pearson(x, y), 12);
        Assert.Equal(1, Correlation.Spearman(x, y), 12);
        Assert.Equal(1, Correlation.Kendall(x, y), 12);
    }

    static void AssertUndefined(double[] x, double[] y)
    {
        Assert.True(double.IsNaN(Correlation.Pearson(x, y)) && double.IsNaN(Correlation.Pearson(y, x)));
        Assert.True(double.IsNaN(Correlation.Spearman(x, y)) && double.IsNaN(Correlation.Spearman(y, x)));
        Assert.True(double.IsNaN(Correlation.Kendall(x, y)) && double.IsNaN(Correlation.Kendall(y, x)));
    }

    [Fact]
    public void Streams_are_told_apart_by_name_and_repeat_by_seed()
    {
        double[] Draws(RandomStream s) => [.. Enumerable.Range(0, 8).Select(_ => s.NextDouble())];
        Assert.Equal(Draws(new RandomStream(1, "a", 2)), Draws(new RandomStream(1, "a", 2)));
        Assert.NotEqual(Draws(new RandomStream(1, "a", 2)), Draws(new RandomStream(1, "a", 3)));
        Assert.NotEqual(Draws(new RandomStream(1, "a", 2)), Draws(new RandomStream(2, "a", 2)));
        Assert.NotEqual(Draws(new RandomStream(1, "a", 2)), Draws(new RandomStream(1, "b", 2)));
        var normal = new RandomStream(1, "normal");
        var sample = Enumerable.Range(0, 20_000).Select(_ => normal.NextNormal()).ToArray();
        Assert.InRange(sample.Average(), -0.03, 0.03);
        Assert.InRange(sample.Average(v => v * v), 0.96, 1.04);
    }

    static QuadraticLoss Draw(out RandomStream dice)
    {
        dice = new RandomStream(3, "quadratic");
        return QuadraticLoss.Draw(dice, [0, 2, 3, 5, 7], QuadraticLoss.Importance(dice, 8, 0.5), 4);
    }
}
