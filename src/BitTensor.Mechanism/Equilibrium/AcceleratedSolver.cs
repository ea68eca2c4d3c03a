namespace BitTensor.Mechanism.Equilibrium;

/// <summary>
/// The equilibrium by implicit steps of descent, X = Proj(W + delta dW(X)), each solved by <see cref="NewtonStep"/>.
/// Small delta follows the path of descent; large delta is Newton's method on the equilibrium itself. delta grows while
/// the steps succeed and shrinks when one fails. No step moves a weight by more than 0.05, so the end is the point that
/// descent drifts to. Accepts a point by descent's residual test.
/// </summary>
sealed class AcceleratedSolver
{
    /// <summary>Largest n for which solving the linear systems pays.</summary>
    public const int MostNeurons = 128;

    const int NewtonSteps = 12;
    const int PolishSteps = 30;
    const double FirstDelta = 0.1;
    const double LeastDelta = 1e-4;
    const double MostDelta = 1e8;
    const double Growth = 2;
    const double LongestMove = 0.05;

    readonly Theta _theta;
    readonly ConvergenceGame _game;
    readonly NewtonStep _newton;
    readonly double[] _change;
    readonly double[] _sorted;
    double[] _weights;
    double[] _gradient;
    double _residual;
    int _evaluations = 1;

    AcceleratedSolver(Theta theta)
    {
        (_theta, _game) = (theta, new ConvergenceGame(theta));
        _newton = new NewtonStep(theta, _game.Reference.ToArray());
        (_change, _sorted) = (new double[theta.Weights.Length], new double[theta.Count]);
        _weights = Begun(theta);
        _gradient = _game.Gradient(_weights);
        _residual = _game.Residual(_weights, _gradient);
    }

    /// <summary>
    /// Converged, stalled, or at the limit of gradient evaluations, with the last point that was reached.
    /// </summary>
    public static EquilibriumPoint Solve(Theta theta, CancellationToken cancellation) =>
        new AcceleratedSolver(theta).Run(cancellation);

    /// <summary>W_0; a row of zeros begins at its projection onto the simplex, which a step is too short for.</summary>
    static double[] Begun(Theta theta)
    {
        var (weights, n) = ((double[])theta.Weights.Clone(), theta.Count);
        for (var i = 0; i < n; i++)
        {
            var row = weights.AsSpan(i * n, n);
            if (row.IndexOfAnyExcept(0) < 0)
            {
                Simplex.Project(row).CopyTo(row);
            }
        }
        return weights;
    }

    EquilibriumPoint Run(CancellationToken cancellation)
    {
        var delta = FirstDelta;
        while (_residual > _theta.Tolerance)
        {
            cancellation.ThrowIfCancellationRequested();
            if (delta < LeastDelta || _evaluations >= _theta.StepLimit)
            {
                var outcome = delta < LeastDelta ? EquilibriumOutcome.Stalled : EquilibriumOutcome.StepLimit;
                return new EquilibriumPoint(outcome, _evaluations, _weights, _residual);
            }
            delta = TryStep(delta) ? Math.Min(delta * Growth, MostDelta) : delta / (Growth * Growth);
        }
        Polish(delta);
        return new EquilibriumPoint(EquilibriumOutcome.Converged, _evaluations, _weights, _residual);
    }

    /// <summary>
    /// Steps past the tolerance while each step halves the residual. Near the end few steps are needed, and where the
    /// payoff is flat a residual within the tolerance still leaves W apart from the equilibrium.
    /// </summary>
    void Polish(double delta)
    {
        for (var k = 0; k < PolishSteps && _residual > 0; k++)
        {
            var before = (_weights, _gradient, _residual);
            if (!TryStep(delta) || _residual > before._residual / 2)
            {
                (_weights, _gradient, _residual) = _residual < before._residual
                    ? (_weights, _gradient, _residual)
                    : before;
                return;
            }
            delta = Math.Min(delta * Growth, MostDelta);
        }
    }

    /// <summary>
    /// Moves W to X = Proj(W + delta dW(X)); false, with W as it was, when Newton does not find X or X is far.
    /// </summary>
    bool TryStep(double delta)
    {
        var x = (double[])_weights.Clone();
        var gradient = _gradient;
        for (var k = 0; k < NewtonSteps; k++)
        {
            var projected = Projected(gradient, delta);
            if (!_newton.Solve(x, _game.Rank(x), projected, delta, _change))
            {
                return false;
            }
            var moved = Apply(x);
            gradient = _game.Gradient(x);
            _evaluations++;
            if (moved > 1 || Farthest(x) > LongestMove)
            {
                return false;
            }
            if (moved <= 1e-3 * Farthest(x) || moved < 1e-14)
            {
                return Accept(x);
            }
        }
        return false;
    }

    bool Accept(double[] x)
    {
        _weights = Normalised(x);
        _gradient = _game.Gradient(_weights);
        _residual = _game.Residual(_weights, _gradient);
        return true;
    }

    /// <summary>x += change; the largest change.</summary>
    double Apply(double[] x)
    {
        double largest = 0;
        for (var at = 0; at < x.Length; at++)
        {
            x[at] += _change[at];
            largest = Math.Max(largest, Math.Abs(_change[at]));
        }
        return largest;
    }

    double Farthest(double[] x)
    {
        double largest = 0;
        for (var at = 0; at < x.Length; at++)
        {
            largest = Math.Max(largest, Math.Abs(x[at] - _weights[at]));
        }
        return largest;
    }

    /// <summary>
    /// Proj(W + delta dW). Each row is first shifted along (1, ..., 1): the projection ignores the shift, and rounding
    /// gets smaller.
    /// </summary>
    double[] Projected(double[] gradient, double delta)
    {
        var n = _theta.Count;
        var projected = new double[gradient.Length];
        for (var i = 0; i < n; i++)
        {
            var row = projected.AsSpan(i * n, n);
            var top = double.NegativeInfinity;
            for (var j = 0; j < n; j++)
            {
                top = Math.Max(top, gradient[i * n + j]);
            }
            for (var j = 0; j < n; j++)
            {
                row[j] = _weights[i * n + j] + delta * (gradient[i * n + j] - top);
            }
            Simplex.Project(row, _sorted);
        }
        return projected;
    }

    /// <summary>Rows exactly on the simplex: Newton leaves entries of -1e-17 and sums off by as much.</summary>
    double[] Normalised(double[] x)
    {
        for (var i = 0; i < _theta.Count; i++)
        {
            Simplex.Project(x.AsSpan(i * _theta.Count, _theta.Count), _sorted);
        }
        return x;
    }
}
