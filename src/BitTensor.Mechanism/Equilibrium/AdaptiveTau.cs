namespace BitTensor.Mechanism.Equilibrium;

/// <summary>The numbers of a run of figure 5.</summary>
public sealed record AdaptiveTauOptions
{
    /// <summary>The controller.</summary>
    public TauController Controller { get; init; } = new();

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
/// Figure 5: the network varies tau while its neurons descend. tau is 0 at first, then at its lower bound, and from
/// there a <see cref="TauController"/> moves it.
/// </summary>
public static class AdaptiveTau
{
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
            tau = tau == 0 ? options.Controller.Least : options.Controller.Next(tau, share, before);
            before = share;
        }
        return points;
    }

    static double[] Direction(Theta theta, double[] lossGradient, double tau)
    {
        for (var at = 0; at < lossGradient.Length; at++)
        {
            var rankGradient = at / theta.Count == at % theta.Count ? theta.Stake[at / theta.Count] / theta.Count : 0.0;
            lossGradient[at] = TauController.StepScale * (-lossGradient[at] + tau / theta.Alpha * rankGradient);
        }
        return lossGradient;
    }
}
