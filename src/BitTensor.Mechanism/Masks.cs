namespace BitTensor.Mechanism;

/// <summary>Every mask of one market, eq. (7), computed row by row on demand.</summary>
public sealed class Masks(Market market)
{
    readonly double[] _stake = market.MaskStake();
    readonly double[] _mu = market.Mu();

    /// <summary>m_ij for each target j of row i, in the order of the row.</summary>
    public double[] Row(int neuron)
    {
        var row = market.Row(neuron);
        var masks = new double[row.Count];
        for (var k = 0; k < masks.Length; k++)
        {
            masks[k] = Masking.Mask(_stake[neuron], row.Values[k], _mu[row.Targets[k]], market.Parameters.Temperature);
        }
        return masks;
    }
}
