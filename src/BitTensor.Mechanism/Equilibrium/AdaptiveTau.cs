namespace BitTensor.Mechanism.Equilibrium;

/// <summary>The numbers of the controller of figure 5.</summary>
public sealed record AdaptiveTauOptions
{
    /// <summary>Ratio of the diagonal of W to the rest that the controller steers to; above 0.</summary>
    public double Target { get; init; } = 1;

    /// <summary>Lower bound of tau once inflation has begun; above 0.</summary>
    public double LeastTau { get; init; } = 1e-3;

    /// <summary>Upper bound of tau.</summary>
    public double MostTau { get; init; } = 10;

    /// <summary>Change of ln tau per change of the error ln(target / ratio).</summary>
    public double Proportional { get; init; } = 1;

    /// <summary>Change of ln tau per step and unit of error.</summary>
    public double Integral { get; init; } = 5e-4;

    /// <summary>Steps of descent.</summary>
    public int Steps { get; init; } = 40_000;

    /// <summary>Steps between the points that are kept; at least 1.</summary>
    public int Every { get; init; } = 50;
}

/// <summary>One point of figure 5.</summary>
/// <param name="Step">Steps of descent made.</param>
/// <param name="Ratio">sum(diag W) / (sum W - sum(diag W)): the caption's ratio, which the controller steers.</param>
/// <param name="Share">sum(diag W) / sum W: the text's sparsity, in [0, 1].</param>
/// <param name="Tau">Inflation tau in force.</param>
/// <param name="Pearson">Correlation of the competitive rank with the ideal rank; NaN where one does not vary.</param>
/// <param name="Spearman">The same over ranks.</param>
public sealed record AdaptiveTauPoint(
    int Step, double Ratio, double Share, double Tau, double Pearson, double Spearman);

/// <summary>
/// Figure 5: the network varies tau while its neurons descend. tau is 0 at first, then at its lower bound. From there a
/// proportional-integral controller moves ln tau within its bounds by the error ln(target / ratio): more inflation
/// draws weight to the diagonal. At tau = 0 eq. (15) divides by zero, so the steps follow the payoff itself in fixed
/// units: dW = c (-dL/dW + (tau / alpha) dR/dW), which is eq. (15) where alpha / tau = c = 10.
/// </summary>
public static class AdaptiveTau
{
    /// <summary>c: the ratio alpha / tau at which a step is that of eq. (15).</summary>
    public const double StepScale = 10;

    /// <summary>
    /// Runs the controller from W_0. alpha must be above 0; tau of <paramref name="theta"/> plays no part.
    /// </summary>
    public static IReadOnlyList<AdaptiveTauPoint> Run(
        Theta theta, AdaptiveTauOptions options, CancellationToken cancellation = default)
    {
        var game = new ConvergenceGame(theta);
        var ideal = game.IdealRank();
        var weights = theta.Weights;
        var points = new List<AdaptiveTauPoint>();
        double tau = 0, before = double.NaN;
        for (var step = 0; step <= options.Steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            var share = game.MeanDiagonal(weights);
            if (step % options.Every == 0)
            {
                var rank = game.Rank(weights);
                points.Add(new(
                    step, share / (1 - share), share, tau, Correlation.Pearson(rank, ideal),
                    Correlation.Spearman(rank, ideal)));
            }
            weights = game.Step(weights, Direction(theta, game.LossGradient(weights), tau), theta.Lambda);
            var error = Error(share, options.Target);
            tau = Next(tau, error, before, options);
            before = error;
        }
        return points;
    }

    /// <summary>ln(target / ratio), with the ratio clamped to 1e-6..1e6.</summary>
    static double Error(double share, double target) =>
        Math.Log(target) - Math.Log(Math.Clamp(share / (1 - share), 1e-6, 1e6));

    /// <summary>The controller in its velocity form: at a bound no integral winds up.</summary>
    static double Next(double tau, double error, double before, AdaptiveTauOptions options)
    {
        if (tau == 0)
        {
            return options.LeastTau;
        }
        var change = options.Proportional * (error - before) + options.Integral * error;
        return Math.Clamp(tau * Math.Exp(change), options.LeastTau, options.MostTau);
    }

    static double[] Direction(Theta theta, double[] lossGradient, double tau)
    {
        for (var at = 0; at < lossGradient.Length; at++)
        {
            var rankGradient = at / theta.Count == at % theta.Count ? theta.Stake[at / theta.Count] / theta.Count : 0.0;
            lossGradient[at] = StepScale * (-lossGradient[at] + tau / theta.Alpha * rankGradient);
        }
        return lossGradient;
    }
}
