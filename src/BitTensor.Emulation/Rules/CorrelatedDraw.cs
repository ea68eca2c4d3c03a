using BitTensor.Mechanism;

namespace BitTensor.Emulation;

/// <summary>
/// Draws in [0, 1) each of which leans on the one before it, as tc-netem defines the correlation of its percentages:
/// U_k = (1 - rho) V_k + rho U_(k-1), with V_k uniform and independent, and U_0 uniform. In the long run U has the mean
/// 1/2, the variance (1 - rho) / (12 (1 + rho)) and the autocorrelation rho^k at lag k. U is not uniform unless rho is
/// 0: it keeps nearer to 1/2, so an event of probability p (U below p) is rarer than p for p below 1/2 and more
/// frequent above. At rho = 1/2 the distribution of U is Fabius's function F with F'(x) = 2 F(2x): p = 1/4 happens in
/// 5/72 of all draws, and in 3/10 of those after one in which it happened; p = 1/8 in 1/288, p = 1/2 in 1/2. At
/// rho = 1 all draws are the first one.
/// </summary>
/// <param name="correlation">rho, in [0, 1].</param>
public sealed class CorrelatedDraw(double correlation)
{
    double _last = double.NaN;

    /// <summary>The next draw.</summary>
    /// <param name="dice">Source of V_k.</param>
    public double Next(RandomStream dice)
    {
        if (correlation <= 0)
        {
            return dice.NextDouble();
        }
        _last = double.IsNaN(_last) ? dice.NextDouble() : _last;
        return _last = (1 - correlation) * dice.NextDouble() + correlation * _last;
    }
}
