namespace BitTensor.Mechanism.Equilibrium;

/// <summary>A function of rows on the simplex with its gradient.</summary>
/// <param name="rows">The rows, one after another.</param>
/// <param name="gradient">Receives the derivative by every entry.</param>
/// <returns>The value to maximise.</returns>
delegate double RowObjective(ReadOnlySpan<double> rows, Span<double> gradient);

/// <summary>
/// Spectral projected gradient ascent over a product of simplices (Birgin, Martinez and Raydan, 2000): steps of the
/// Barzilai-Borwein length, projected, with a line search against the worst of the last few values. Finds a local
/// maximum.
/// </summary>
/// <param name="length">Entries per row.</param>
/// <param name="rows">Number of rows.</param>
sealed class SimplexAscent(int length, int rows)
{
    const int Memory = 8;

    /// <summary>The farthest a step aims from the simplex: beyond it the projection loses digits.</summary>
    const double Reach = 1e3;

    readonly double[] _gradient = new double[length * rows];
    readonly double[] _direction = new double[length * rows];
    readonly double[] _trial = new double[length * rows];
    readonly double[] _trialGradient = new double[length * rows];
    readonly double[] _sorted = new double[length];
    readonly double[] _recent = new double[Memory];

    /// <summary>Climbs from <paramref name="point"/>, which becomes the maximum found.</summary>
    /// <returns>
    /// The value there, the iterations made and whether max |Proj(x + gradient) - x| came within the tolerance.
    /// </returns>
    public (double Value, int Iterations, bool Converged) Climb(
        RowObjective objective, Span<double> point, int iterations, double tolerance,
        CancellationToken cancellation = default)
    {
        var value = objective(point, _gradient);
        Array.Fill(_recent, value);
        var step = 1.0;
        for (var k = 0; k < iterations; k++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (Aim(point, 1) <= tolerance)
            {
                return (value, k, true);
            }
            Aim(point, step);
            if (!Search(objective, point, ref value))
            {
                return (value, k, false);
            }
            step = SpectralStep(point);
            _trial.CopyTo(point);
            _trialGradient.CopyTo(_gradient, 0);
            _recent[k % Memory] = value;
        }
        return (value, iterations, false);
    }

    /// <summary>direction = Proj(x + step * gradient) - x; its largest entry.</summary>
    double Aim(ReadOnlySpan<double> point, double step)
    {
        double largest = 0;
        for (var at = 0; at < _direction.Length; at++)
        {
            _direction[at] = point[at] + step * _gradient[at];
        }
        for (var row = 0; row < rows; row++)
        {
            Simplex.Project(_direction.AsSpan(row * length, length), _sorted);
        }
        for (var at = 0; at < _direction.Length; at++)
        {
            _direction[at] -= point[at];
            largest = Math.Max(largest, Math.Abs(_direction[at]));
        }
        return largest;
    }

    /// <summary>
    /// Halves the step along the direction until it gains enough; false when rounding leaves nothing to gain.
    /// </summary>
    bool Search(RowObjective objective, ReadOnlySpan<double> point, ref double value)
    {
        double slope = 0, floor = double.PositiveInfinity;
        for (var at = 0; at < _direction.Length; at++)
        {
            slope += _direction[at] * _gradient[at];
        }
        foreach (var recent in _recent)
        {
            floor = Math.Min(floor, recent);
        }
        for (var share = 1.0; share > 1e-12; share /= 2)
        {
            for (var at = 0; at < _trial.Length; at++)
            {
                _trial[at] = point[at] + share * _direction[at];
            }
            var reached = objective(_trial, _trialGradient);
            if (reached >= floor + 1e-4 * share * slope)
            {
                value = reached;
                return true;
            }
        }
        return false;
    }

    /// <summary>
    /// s's / -s'y for the change s of the point and y of the gradient: the inverse of the mean curvature along s.
    /// </summary>
    double SpectralStep(ReadOnlySpan<double> point)
    {
        double moved = 0, curved = 0, steepest = 1e-300;
        for (var at = 0; at < _trial.Length; at++)
        {
            var s = _trial[at] - point[at];
            moved += s * s;
            curved -= s * (_trialGradient[at] - _gradient[at]);
            steepest = Math.Max(steepest, Math.Abs(_trialGradient[at]));
        }
        return Math.Min(curved > 0 ? moved / curved : double.MaxValue, Reach / steepest);
    }
}
