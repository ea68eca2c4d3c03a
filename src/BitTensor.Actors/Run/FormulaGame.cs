using BitTensor.Mechanism;

namespace BitTensor.Actors.Run;

/// <summary>
/// The game of a network of quadratic neurons, without the network: equations (15) and (16) with the exact gradients of
/// the whole market, all rows at once. Latency and loss keep a live network from its equilibrium.
/// </summary>
static class FormulaGame
{
    const int MostSteps = 50_000;
    const double AtRest = 1e-9;

    /// <summary>
    /// The rows at which no row moves by more than 1e-9, or those after 50,000 steps. Stake stands still.
    /// </summary>
    /// <param name="genesis">The market at the start.</param>
    /// <param name="losses">L_i of every neuron, over the slots of its row.</param>
    public static WeightRow[] Equilibrium(Market genesis, IReadOnlyList<QuadraticLoss> losses)
    {
        var parameters = genesis.Parameters with { Emission = false };
        WeightRow[] rows = [.. Enumerable.Range(0, genesis.Count).Select(genesis.Row)];
        var moved = double.PositiveInfinity;
        for (var step = 0; step < MostSteps && moved > AtRest; step++)
        {
            var market = Market.At(0, rows, genesis.Stake, parameters);
            var masks = new Masks(market);
            WeightRow[] next =
                [.. Enumerable.Range(0, market.Count).Select(i => Next(market, losses[i], i, masks.Row(i)))];
            moved = rows.Zip(next).Max(r => WeightRow.Distance(r.First, r.Second));
            rows = next;
        }
        return rows;
    }

    /// <summary>
    /// Total variation between two rows over the same slots: half the sum of |difference|, in [0, 1].
    /// </summary>
    public static double Distance(WeightRow a, WeightRow b)
    {
        double sum = 0;
        for (var k = 0; k < a.Count; k++)
        {
            sum += Math.Abs(a.Values[k] - b.Values[k]);
        }
        return sum / 2;
    }

    static WeightRow Next(Market market, QuadraticLoss loss, int i, double[] masks)
    {
        var (row, n, p) = (market.Row(i), market.Count, market.Parameters);
        var gradient = loss.Gradient(masks);
        for (var k = 0; k < gradient.Length; k++)
        {
            gradient[k] *= Masking.MaskDerivative(masks[k], market.Stake[i], n, p.Temperature);
        }
        var ascent = Payoff.Gradient(i, row.Targets, gradient, market.Stake[i], n, p.Alpha, p.Tau);
        return row.With(Simplex.Bounded(row.Values, Simplex.Step(row.Values, ascent, p.Step), p.Epsilon));
    }
}
