namespace BitTensor.Mechanism.Equilibrium;

/// <summary>The coordinated optimum of a game.</summary>
/// <param name="Converged">True when no admissible change of W raises the sum of payoffs to first order.</param>
/// <param name="Steps">Iterations of the ascent that led here.</param>
/// <param name="Weights">W, row-major, shape n x n.</param>
/// <param name="Benchmark">B = sum_i L_i of eq. (1) at W.</param>
public sealed record CoordinatedPoint(bool Converged, int Steps, double[] Weights, double Benchmark);

/// <summary>
/// The coordinated optimum: ascent of sum_i P_i(W) over all rows at once. Ranks sum to sum(S)/n for every W, so this is
/// the W of the least benchmark B. Each weight also moves mu_j and with it the masks of column j of all other neurons,
/// which competitive neurons ignore. The sum is not concave: the best of several starts is a lower bound of what
/// coordination can reach.
/// </summary>
public static class Coordinated
{
    const int Iterations = 5000;

    /// <summary>The best point found from the starts: W_0, equal weights, and <paramref name="equilibrium"/>.</summary>
    public static CoordinatedPoint Ascend(
        Theta theta, ReadOnlySpan<double> equilibrium, CancellationToken cancellation = default)
    {
        var n = theta.Count;
        var game = new ConvergenceGame(theta);
        var ascent = new SimplexAscent(n, n);
        var uniform = new double[n * n];
        Array.Fill(uniform, 1.0 / n);
        CoordinatedPoint? best = null;
        foreach (var start in new[] { (double[])theta.Weights.Clone(), uniform, equilibrium.ToArray() })
        {
            var (_, steps, converged) = ascent.Climb(
                (w, g) => Welfare(theta, game, w, g), start, Iterations, theta.Tolerance, cancellation);
            var point = new CoordinatedPoint(converged, steps, start, game.Losses(start).Sum());
            best = best is null || point.Benchmark < best.Benchmark ? point : best;
        }
        return best!;
    }

    /// <summary>d(sum_k P_k)/dw_ij, shape n x n.</summary>
    public static double[] Gradient(Theta theta, ReadOnlySpan<double> weights)
    {
        var gradient = new double[weights.Length];
        Welfare(theta, new ConvergenceGame(theta), weights, gradient);
        return gradient;
    }

    /// <summary>
    /// Benchmark at the equilibrium over benchmark at the coordinated optimum: at least 1 where the optimum was found;
    /// NaN where either is not above 0, as with the gain reference.
    /// </summary>
    public static double PriceOfAnarchy(double equilibriumBenchmark, double coordinatedBenchmark) =>
        equilibriumBenchmark > 0 && coordinatedBenchmark > 0 ? equilibriumBenchmark / coordinatedBenchmark : double.NaN;

    static double Welfare(Theta theta, ConvergenceGame game, ReadOnlySpan<double> weights, Span<double> gradient)
    {
        var n = theta.Count;
        var masks = game.Masks(weights);
        var pull = game.MaskGradient(masks);
        var column = new double[n];
        for (var at = 0; at < pull.Length; at++)
        {
            // dL_i/dz_ij for z_ij = s_i w_ij - mu_j.
            pull[at] *= masks[at] * (1 - masks[at]) / theta.Temperature;
            column[at % n] += pull[at] / n;
        }
        for (var at = 0; at < pull.Length; at++)
        {
            var stake = theta.Stake[at / n];
            gradient[at] = -theta.Alpha * stake * (pull[at] - column[at % n]) + theta.Tau * stake / n;
        }
        return game.Payoffs(weights).Sum();
    }
}
