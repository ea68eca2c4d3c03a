using System.Numerics;

namespace BitTensor.Mechanism.Equilibrium;

/// <summary>
/// The linear system of an implicit step of descent: semismooth Newton on G(X) = X - Proj(W + delta dW(X)). A row's
/// gradient depends on its own entries through H_i, and on all other rows only through mu, which has n entries. So each
/// row is eliminated on its own for every entry of mu (n systems of at most n unknowns), and one n x n system joins
/// them: n^4 operations instead of n^6.
/// </summary>
sealed class NewtonStep
{
    readonly Theta _theta;
    readonly int _n;
    readonly double[] _reference;
    readonly double[][] _responses;
    readonly double[] _curvature;
    readonly double[] _masks;
    readonly double[] _offset;
    readonly double[] _product;
    readonly double[] _mean;

    public NewtonStep(Theta theta, double[] reference)
    {
        (_theta, _n, _reference) = (theta, theta.Count, reference);
        _responses = [.. Enumerable.Range(0, _n).Select(_ => new double[_n * (_n + 1)])];
        _curvature = new double[_n * _n];
        (_masks, _offset, _product, _mean) = (new double[_n], new double[_n], new double[_n], new double[_n]);
    }

    /// <summary>
    /// dX with G(X) + dG dX = 0 for the piece of Proj on which exactly the positive entries of
    /// <paramref name="projected"/> are free.
    /// </summary>
    /// <param name="x">X, shape n x n.</param>
    /// <param name="mu">mu at X, shape n.</param>
    /// <param name="projected">Proj(W + delta dW(X)), shape n x n.</param>
    /// <param name="delta">Length of the implicit step.</param>
    /// <param name="change">Receives dX, shape n x n.</param>
    /// <returns>False when a system is singular.</returns>
    public bool Solve(
        ReadOnlySpan<double> x, ReadOnlySpan<double> mu, ReadOnlySpan<double> projected, double delta,
        Span<double> change)
    {
        for (var i = 0; i < _n; i++)
        {
            Curve(i, x.Slice(i * _n, _n), mu);
            if (!Respond(i, x.Slice(i * _n, _n), projected.Slice(i * _n, _n), delta / _theta.Temperature))
            {
                return false;
            }
        }
        return Join() && Distribute(change);
    }

    /// <summary>d(dW_ij)/dz_ik of row i, where z_ij = (s_i w_ij - mu_j) / T.</summary>
    void Curve(int i, ReadOnlySpan<double> row, ReadOnlySpan<double> mu)
    {
        var stake = _theta.Stake[i];
        for (var j = 0; j < _n; j++)
        {
            _masks[j] = Masking.Mask(stake, row[j], mu[j], _theta.Temperature);
            _offset[j] = _masks[j] - _reference[i * _n + j];
        }
        _theta.Hessians.Multiply(i, _offset, _product);
        var factor = _theta.Reference == LossReference.Gain ? 1.0 : -2.0;
        var scale = factor * (_theta.Alpha / _theta.Tau) * stake * (1 - 1.0 / _n) / _theta.Temperature;
        for (var j = 0; j < _n; j++)
        {
            var slope = _masks[j] * (1 - _masks[j]);
            for (var k = 0; k < _n; k++)
            {
                _curvature[j * _n + k] = scale * slope * _theta.Hessians[i, j, k] * _masks[k] * (1 - _masks[k]);
            }
            _curvature[j * _n + j] += scale * _product[j] * slope * (1 - 2 * _masks[j]);
        }
    }

    /// <summary>
    /// Row i's answer dX_i = a - B dmu: column 0 of its response is a, columns 1..n are B. With F the free entries, N
    /// the others, Q = I - 11'/|F| on F and b = delta / T: (I - b s Q K_FF) dX_F = -G_F + Q b s K_FN dX_N - Q b K_F
    /// dmu, and dX_N = -X_N.
    /// </summary>
    bool Respond(int i, ReadOnlySpan<double> row, ReadOnlySpan<double> projected, double b)
    {
        var free = new List<int>(_n);
        var response = _responses[i];
        Array.Clear(response);
        for (var j = 0; j < _n; j++)
        {
            response[j * (_n + 1)] = projected[j] > 0 ? 0 : -row[j];
            if (projected[j] > 0)
            {
                free.Add(j);
            }
        }
        var system = Centred(free, row, response, b, _theta.Stake[i]);
        for (var p = 0; p < free.Count; p++)
        {
            system[p][p] += 1;
            system[p][free.Count] += projected[free[p]] - row[free[p]];
        }
        if (!LinearSystem.Solve(system, free.Count))
        {
            return false;
        }
        for (var p = 0; p < free.Count; p++)
        {
            system[p].AsSpan(free.Count, _n + 1).CopyTo(response.AsSpan(free[p] * (_n + 1)));
        }
        return true;
    }

    /// <summary>
    /// The rows of [ -b s K_FF | b s K_FN dX_N | b K_F ], each less their mean: the part of the system under Q.
    /// </summary>
    double[][] Centred(List<int> free, ReadOnlySpan<double> row, double[] response, double b, double stake)
    {
        var system = new double[free.Count][];
        var width = free.Count + 1 + _n;
        var mean = new double[width];
        for (var p = 0; p < free.Count; p++)
        {
            var curvature = _curvature.AsSpan(free[p] * _n, _n);
            var entries = system[p] = new double[width];
            for (var q = 0; q < free.Count; q++)
            {
                entries[q] = -b * stake * curvature[free[q]];
            }
            for (var k = 0; k < _n; k++)
            {
                entries[free.Count] += b * stake * curvature[k] * response[k * (_n + 1)];
                entries[free.Count + 1 + k] = b * curvature[k];
            }
            LinearSystem.Add(mean, entries, 1.0 / free.Count);
        }
        foreach (var entries in system)
        {
            LinearSystem.Add(entries, mean, -1);
        }
        return system;
    }

    /// <summary>dmu from (I + 1/n sum_i s_i B_i) dmu = 1/n sum_i s_i a_i.</summary>
    bool Join()
    {
        var joint = new double[_n][];
        for (var j = 0; j < _n; j++)
        {
            joint[j] = new double[_n + 1];
            joint[j][j] = 1;
            for (var i = 0; i < _n; i++)
            {
                var response = _responses[i].AsSpan(j * (_n + 1), _n + 1);
                var share = _theta.Stake[i] / _n;
                joint[j][_n] += share * response[0];
                LinearSystem.Add(joint[j].AsSpan(0, _n), response[1..], share);
            }
        }
        var solved = LinearSystem.Solve(joint, _n);
        for (var j = 0; j < _n; j++)
        {
            _mean[j] = joint[j][_n];
        }
        return solved;
    }

    bool Distribute(Span<double> change)
    {
        for (var at = 0; at < change.Length; at++)
        {
            var response = _responses[at / _n].AsSpan(at % _n * (_n + 1), _n + 1);
            change[at] = response[0] - LinearSystem.Dot(response[1..], _mean);
            if (!double.IsFinite(change[at]))
            {
                return false;
            }
        }
        return true;
    }
}
