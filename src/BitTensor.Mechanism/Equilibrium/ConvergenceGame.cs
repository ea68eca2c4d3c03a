namespace BitTensor.Mechanism.Equilibrium;

/// <summary>
/// The weight convergence game of section 6.2, written out plainly: masks (7), losses (16), payoffs (12), gradients
/// (15), ranks (2) and (4). Reference for the fast kernels. Matrices are row-major, n x n.
/// </summary>
public sealed class ConvergenceGame
{
    readonly Theta _theta;
    readonly double[] _reference;

    /// <summary>The game of <paramref name="theta"/>; W_0 fixes m_ref where the reference is initial.</summary>
    public ConvergenceGame(Theta theta)
    {
        _theta = theta;
        _reference = new double[theta.Count * theta.Count];
        if (theta.Reference == LossReference.Initial)
        {
            _reference = Masks(theta.Weights);
        }
        else if (theta.Reference == LossReference.Connected)
        {
            Array.Fill(_reference, 1.0);
        }
    }

    /// <summary>m_ref, shape n x n; zero for the gain reference.</summary>
    internal ReadOnlySpan<double> Reference => _reference;

    int Count => _theta.Count;

    /// <summary>Eq. (7), shape n x n.</summary>
    public double[] Masks(ReadOnlySpan<double> weights)
    {
        var mu = Rank(weights);
        var masks = new double[Count * Count];
        for (var at = 0; at < masks.Length; at++)
        {
            masks[at] = Masking.Mask(_theta.Stake[at / Count], weights[at], mu[at % Count], _theta.Temperature);
        }
        return masks;
    }

    /// <summary>L_i of eq. (16), shape n; for the gain reference -1/2 m' H m.</summary>
    public double[] Losses(ReadOnlySpan<double> weights)
    {
        var offset = Offset(Masks(weights));
        var product = new double[Count];
        var losses = new double[Count];
        for (var i = 0; i < Count; i++)
        {
            var row = offset.AsSpan(i * Count, Count);
            _theta.Hessians.Multiply(i, row, product);
            for (var j = 0; j < Count; j++)
            {
                losses[i] += row[j] * product[j];
            }
            losses[i] *= _theta.Reference == LossReference.Gain ? -0.5 : 1;
        }
        return losses;
    }

    /// <summary>P_i of eq. (12) = -alpha L_i + tau R_i, shape n.</summary>
    public double[] Payoffs(ReadOnlySpan<double> weights)
    {
        var rank = Rank(weights);
        var payoffs = Losses(weights);
        for (var i = 0; i < Count; i++)
        {
            payoffs[i] = Payoff.Value(payoffs[i], rank[i], _theta.Alpha, _theta.Tau);
        }
        return payoffs;
    }

    /// <summary>dL_i/dm_ij, shape n x n: 2 H_i (m_i - m_ref), or -H_i m_i for the gain reference.</summary>
    public double[] MaskGradient(ReadOnlySpan<double> masks)
    {
        var offset = Offset(masks);
        var gradient = new double[Count * Count];
        var factor = _theta.Reference == LossReference.Gain ? -1.0 : 2.0;
        for (var i = 0; i < Count; i++)
        {
            var row = gradient.AsSpan(i * Count, Count);
            _theta.Hessians.Multiply(i, offset.AsSpan(i * Count, Count), row);
            foreach (ref var entry in row)
            {
                entry *= factor;
            }
        }
        return gradient;
    }

    /// <summary>
    /// dL_i/dw_ij, shape n x n. The masks see every row's weights through mu; the derivative follows row i's own
    /// weights only, which move mu_j by 1/n.
    /// </summary>
    public double[] LossGradient(ReadOnlySpan<double> weights)
    {
        var masks = Masks(weights);
        var gradient = MaskGradient(masks);
        for (var at = 0; at < gradient.Length; at++)
        {
            gradient[at] *= Masking.MaskDerivative(masks[at], _theta.Stake[at / Count], Count, _theta.Temperature);
        }
        return gradient;
    }

    /// <summary>dW of eq. (15), shape n x n: dW_i = -(alpha/tau) dL_i/dW_i + dR_i/dW_i.</summary>
    public double[] Gradient(ReadOnlySpan<double> weights)
    {
        var gradient = LossGradient(weights);
        for (var at = 0; at < gradient.Length; at++)
        {
            var rankGradient = at / Count == at % Count ? _theta.Stake[at / Count] / Count : 0.0;
            gradient[at] = -(_theta.Alpha / _theta.Tau) * gradient[at] + rankGradient;
        }
        return gradient;
    }

    /// <summary>Proj(W + step * direction), every row on the simplex, shape n x n.</summary>
    public double[] Step(ReadOnlySpan<double> weights, ReadOnlySpan<double> direction, double step)
    {
        var moved = new double[weights.Length];
        for (var i = 0; i < Count; i++)
        {
            Simplex.Step(weights.Slice(i * Count, Count), direction.Slice(i * Count, Count), step).CopyTo(
                moved, i * Count);
        }
        return moved;
    }

    /// <summary>max |Proj(W + dW) - W|: 0 exactly where no admissible step follows any payoff gradient.</summary>
    public double Residual(ReadOnlySpan<double> weights, ReadOnlySpan<double> gradient)
    {
        var moved = Step(weights, gradient, 1);
        double residual = 0;
        for (var at = 0; at < moved.Length; at++)
        {
            residual = Math.Max(residual, Math.Abs(moved[at] - weights[at]));
        }
        return residual;
    }

    /// <summary>
    /// The competitive rank R* of eq. (4)(5), shape n: R_j = 1/n sum_i s_i w_ij. The same sum is mu_j of eq. (7).
    /// </summary>
    public double[] Rank(ReadOnlySpan<double> weights)
    {
        var rank = new double[Count];
        for (var i = 0; i < Count; i++)
        {
            for (var j = 0; j < Count; j++)
            {
                rank[j] += _theta.Stake[i] * weights[i * Count + j];
            }
        }
        for (var j = 0; j < Count; j++)
        {
            rank[j] /= Count;
        }
        return rank;
    }

    /// <summary>
    /// The ideal rank of eq. (2) for unit outputs f_i and all inputs connected: R_i = 1/n sum_j H_j,ii, shape n.
    /// </summary>
    public double[] IdealRank()
    {
        var rank = new double[Count];
        for (var i = 0; i < Count; i++)
        {
            for (var j = 0; j < Count; j++)
            {
                rank[i] += _theta.Hessians[j, i, i] / Count;
            }
        }
        return rank;
    }

    /// <summary>Mean of the diagonal of W, in [0, 1]: the share of its row that a neuron gives itself.</summary>
    public double MeanDiagonal(ReadOnlySpan<double> weights)
    {
        double sum = 0;
        for (var i = 0; i < Count; i++)
        {
            sum += weights[i * Count + i];
        }
        return sum / Count;
    }

    double[] Offset(ReadOnlySpan<double> masks)
    {
        var offset = new double[masks.Length];
        for (var at = 0; at < offset.Length; at++)
        {
            offset[at] = masks[at] - _reference[at];
        }
        return offset;
    }
}
