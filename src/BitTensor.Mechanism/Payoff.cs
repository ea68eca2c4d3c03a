namespace BitTensor.Mechanism;

/// <summary>The payoff model of section 2: equations (12), (14) and (15).</summary>
public static class Payoff
{
    /// <summary>
    /// Eq. (12): P_i = -alpha L_i + tau R_i. The paper writes U = alpha L although L is a loss; utility falls with
    /// loss.
    /// </summary>
    public static double Value(double loss, double rank, double alpha, double tau) => -alpha * loss + tau * rank;

    /// <summary>
    /// Eq. (15) for row i: dW_i = -(alpha/tau) dL_i/dW_i + dR_i/dW_i, where dR_i/dw_ij is s_i/n for j = i and 0
    /// otherwise.
    /// </summary>
    /// <param name="self">i.</param>
    /// <param name="targets">The neurons row i names, ascending.</param>
    /// <param name="lossGradient">dL_i/dw_ij, one per target.</param>
    /// <param name="stake">s_i as in the rank.</param>
    /// <param name="count">n.</param>
    /// <param name="alpha">alpha.</param>
    /// <param name="tau">tau, above 0.</param>
    /// <returns>dW_i, one per target.</returns>
    public static double[] Gradient(
        int self, ReadOnlySpan<int> targets, ReadOnlySpan<double> lossGradient, double stake, int count, double alpha,
        double tau)
    {
        var gradient = new double[targets.Length];
        for (var k = 0; k < targets.Length; k++)
        {
            gradient[k] = -(alpha / tau) * lossGradient[k] + (targets[k] == self ? stake / count : 0.0);
        }
        return gradient;
    }
}
