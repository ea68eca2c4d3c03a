namespace BitTensor.Mechanism.Equilibrium;

/// <summary>
/// P_i(w, W_-i): the payoff of eq. (12) of one neuron as a function of its own row, with all other rows fixed.
/// </summary>
sealed class RowPayoff
{
    readonly Theta _theta;
    readonly int _neuron;
    readonly double[] _others;
    readonly double[] _reference;
    readonly double[] _masks;
    readonly double[] _offset;
    readonly double[] _product;

    /// <param name="theta">The game.</param>
    /// <param name="reference">m_ref of the whole game, shape n x n.</param>
    /// <param name="weights">W, shape n x n; its other rows stay fixed.</param>
    /// <param name="neuron">i.</param>
    public RowPayoff(Theta theta, ReadOnlySpan<double> reference, ReadOnlySpan<double> weights, int neuron)
    {
        var n = theta.Count;
        (_theta, _neuron, _reference) = (theta, neuron, reference.Slice(neuron * n, n).ToArray());
        (_others, _masks, _offset, _product) = (new double[n], new double[n], new double[n], new double[n]);
        for (var at = 0; at < weights.Length; at++)
        {
            _others[at % n] += at / n == neuron ? 0 : theta.Stake[at / n] * weights[at];
        }
    }

    /// <summary>P_i at <paramref name="row"/>, any row of n numbers, and dP_i/dw_ij: tau times eq. (15).</summary>
    public double At(ReadOnlySpan<double> row, Span<double> gradient)
    {
        var n = row.Length;
        var stake = _theta.Stake[_neuron];
        for (var j = 0; j < n; j++)
        {
            _masks[j] = Masking.Mask(stake, row[j], (_others[j] + stake * row[j]) / n, _theta.Temperature);
            _offset[j] = _masks[j] - _reference[j];
        }
        _theta.Hessians.Multiply(_neuron, _offset, _product);
        // L = scale * offset' H offset, so dL/dm = 2 scale H offset.
        var scale = _theta.Reference == LossReference.Gain ? -0.5 : 1.0;
        double loss = 0;
        for (var j = 0; j < n; j++)
        {
            loss += scale * _offset[j] * _product[j];
            var slope = Masking.MaskDerivative(_masks[j], stake, n, _theta.Temperature);
            gradient[j] = -_theta.Alpha * 2 * scale * _product[j] * slope;
        }
        gradient[_neuron] += _theta.Tau * stake / n;
        return Payoff.Value(loss, (_others[_neuron] + stake * row[_neuron]) / n, _theta.Alpha, _theta.Tau);
    }
}
