using BitTensor.Mechanism.Equilibrium;
using BitTensor.Scenarios;

namespace BitTensor.Studies;

/// <summary>Games as a scenario describes them.</summary>
static class Games
{
    /// <summary>The game of a trial at one alpha/tau. Payoffs are in units of tau, which is 1.</summary>
    /// <exception cref="OperationCanceledException">The draw was cancelled.</exception>
    public static Theta Draw(GameSpec game, ulong seed, int trial, double ratio, CancellationToken cancellation)
    {
        var rank = game.HessianRank ?? game.Neurons;
        // The form that moves fewer bytes per product.
        var form = 2 * rank < game.Neurons ? HessianForm.Factor : HessianForm.Dense;
        var stake = new double[game.Neurons];
        Array.Fill(stake, game.Stake);
        return Theta.Draw(seed, trial, game.Neurons, game.Sigma, rank, form, cancellation) with
        {
            Alpha = ratio,
            Tau = 1,
            Lambda = game.Step,
            Temperature = game.Temperature,
            Reference = game.Reference,
            MaxSteps = game.MaxSteps,
            Tolerance = game.Tolerance,
            Stake = stake,
        };
    }

    /// <summary>W as n rows of n.</summary>
    public static double[][] Rows(double[] weights, int n) => [.. weights.Chunk(n)];

    /// <summary>A number; null where it is undefined, NaN. Infinity is a number here.</summary>
    public static double? Defined(double value) => double.IsNaN(value) ? null : value;
}
