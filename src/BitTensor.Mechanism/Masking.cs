namespace BitTensor.Mechanism;

/// <summary>Competitive connectivity: equations (7) and (8) and their derivative.</summary>
public static class Masking
{
    /// <summary>
    /// Eq. (7)(8): m_ij = sigmoid((s_i w_ij - mu_j) / T), in (0, 1). The serving neuron j multiplies its answers to i
    /// by it.
    /// </summary>
    public static double Mask(double stake, double weight, double mu, double temperature) =>
        1.0 / (1.0 + Math.Exp(-(stake * weight - mu) / temperature));

    /// <summary>
    /// d m_ij / d w_ij = m_ij (1 - m_ij) s_i (1 - 1/n) / T: mu_j is a mean that contains s_i w_ij, hence the factor (1
    /// - 1/n).
    /// </summary>
    /// <param name="mask">m_ij of <see cref="Mask"/>.</param>
    /// <param name="stake">s_i as eq. (7) sees it.</param>
    /// <param name="count">n.</param>
    /// <param name="temperature">T.</param>
    public static double MaskDerivative(double mask, double stake, int count, double temperature) =>
        mask * (1 - mask) * stake * (1 - 1.0 / count) / temperature;

    /// <summary>
    /// Values times a mask, same shape. Forward it is Y = m f(x), eq. (7); backward it is dL/df = m dL/dY.
    /// </summary>
    public static float[] Apply(ReadOnlySpan<float> values, double mask)
    {
        var masked = new float[values.Length];
        for (var k = 0; k < masked.Length; k++)
        {
            masked[k] = (float)mask * values[k];
        }
        return masked;
    }

    /// <summary>
    /// Stake as eq. (7) sees it, one per id: raw, or s_i n / sum(S). All zero when no neuron holds stake.
    /// </summary>
    /// <param name="stake">S, one per id; 0 for an id that is not registered.</param>
    /// <param name="scale">Raw or as a share.</param>
    /// <param name="count">n, the registered neurons; null for all.</param>
    public static double[] Scaled(ReadOnlySpan<double> stake, StakeScale scale, int? count = null)
    {
        var scaled = stake.ToArray();
        if (scale == StakeScale.Raw)
        {
            return scaled;
        }
        var total = Ranking.Norm(stake, InflationNorm.L1);
        for (var i = 0; total > 0 && i < scaled.Length; i++)
        {
            scaled[i] *= (count ?? scaled.Length) / total;
        }
        return scaled;
    }
}
