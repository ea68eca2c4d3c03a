namespace BitTensor.Mechanism.Equilibrium;

/// <summary>Why a solver stopped.</summary>
public enum EquilibriumOutcome
{
    /// <summary>The residual is within the tolerance.</summary>
    Converged,

    /// <summary>The step limit came first; the weights are those of the last step.</summary>
    StepLimit,

    /// <summary>
    /// The accelerated solver made no progress; the weights are the best it found. Descent may still continue from
    /// them.
    /// </summary>
    Stalled,
}

/// <summary>The point at which a solver ended.</summary>
/// <param name="Outcome">Why it ended there.</param>
/// <param name="Steps">
/// Number of changes of W. The accelerated solver counts gradient evaluations instead, up to the same limit.
/// </param>
/// <param name="Weights">W, row-major, shape n x n, rows on the simplex.</param>
/// <param name="Residual">max |Proj(W + dW) - W| at W.</param>
public sealed record EquilibriumPoint(EquilibriumOutcome Outcome, int Steps, double[] Weights, double Residual)
{
    /// <summary>True only when the residual is within the tolerance.</summary>
    public bool Converged => Outcome == EquilibriumOutcome.Converged;

    internal static EquilibriumPoint At(Theta theta, bool converged, int steps, double[] weights)
    {
        var game = new ConvergenceGame(theta);
        var outcome = converged ? EquilibriumOutcome.Converged : EquilibriumOutcome.StepLimit;
        return new EquilibriumPoint(outcome, steps, weights, game.Residual(weights, game.Gradient(weights)));
    }
}
