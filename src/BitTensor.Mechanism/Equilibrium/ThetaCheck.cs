namespace BitTensor.Mechanism.Equilibrium;

/// <summary>Kinds of faults of a theta.</summary>
public enum ThetaFault
{
    /// <summary>A shape does not fit n.</summary>
    Shape,

    /// <summary>A number is NaN or infinite.</summary>
    NotFinite,

    /// <summary>A number is outside its range.</summary>
    OutOfRange,

    /// <summary>A row of W is not on the probability simplex.</summary>
    NotOnSimplex,

    /// <summary>A Hessian is not symmetric.</summary>
    NotSymmetric,

    /// <summary>A Hessian has a negative eigenvalue.</summary>
    NotPositive,
}

/// <summary>One fault of a theta and where it is.</summary>
/// <param name="Fault">Kind of the fault.</param>
/// <param name="Key">
/// The key at fault, as theta files spell it: <c>alpha</c>, <c>stake</c>, <c>weights</c>, <c>hessians</c>, ...
/// </param>
/// <param name="Index">Indices below the key, outermost first; empty for a scalar.</param>
/// <param name="Text">The value found and the remedy, in one sentence without the place.</param>
public sealed record ThetaProblem(ThetaFault Fault, string Key, IReadOnlyList<int> Index, string Text)
{
    /// <summary>The place in writing: <c>hessians[2][0][1]</c>.</summary>
    public string Path => Key + string.Concat(Index.Select(i => $"[{i}]"));
}

/// <summary>
/// Judges a theta that came from outside: shapes, finiteness, ranges, rows on the simplex, symmetric positive
/// semi-definite H.
/// </summary>
public static class ThetaCheck
{
    /// <summary>
    /// Largest |H_jk - H_kj| that still counts as symmetric, relative to the largest |entry| of that matrix.
    /// </summary>
    public const double SymmetryTolerance = 1e-9;

    /// <summary>
    /// Largest distance of a row's sum from 1: a row written with seven digits passes. The first step projects it.
    /// </summary>
    public const double RowTolerance = 1e-6;

    /// <summary>
    /// A matrix H counts as positive semi-definite when H + this share of its largest |diagonal entry| * I has a
    /// Cholesky factor.
    /// </summary>
    public const double PositivityTolerance = 1e-9;

    /// <summary>Largest gradient at which doubles still distinguish one weight from another.</summary>
    public const double MostGradient = 1e12;

    /// <summary>Every fault; empty when the game may be solved. Faults of shape hide all other faults.</summary>
    public static IReadOnlyList<ThetaProblem> Problems(Theta theta)
    {
        var problems = new List<ThetaProblem>();
        Shapes(theta, problems);
        if (problems.Count > 0)
        {
            return problems;
        }
        Scalars(theta, problems);
        Stakes(theta, problems);
        for (var i = 0; i < theta.Count; i++)
        {
            Row(theta, i, problems);
            Matrix(theta.Hessians, i, problems);
        }
        if (problems.Count == 0 && !(LargestGradient(theta) <= MostGradient))
        {
            problems.Add(new(ThetaFault.OutOfRange, "alpha", [],
                $"with tau, temperature, stake and hessians allows gradients up to {LargestGradient(theta):0.0e0}; "
                + $"they must stay below {MostGradient:0e0}"));
        }
        return problems;
    }

    /// <summary>An upper bound of |dW_ij| of eq. (15) over all W.</summary>
    public static double LargestGradient(Theta theta)
    {
        var (stake, trace) = (theta.Stake.Max(), 0.0);
        for (var i = 0; i < theta.Count; i++)
        {
            trace = Math.Max(trace, Enumerable.Range(0, theta.Count).Sum(j => theta.Hessians[i, j, j]));
        }
        // |H_jk| is at most the trace of a positive semi-definite H, |m - m_ref| at most 1, and m (1 - m) at most 1/4.
        return 2 * (theta.Alpha / theta.Tau) * trace * theta.Count * 0.25 * stake / theta.Temperature
            + stake / theta.Count;
    }

    static void Shapes(Theta theta, List<ThetaProblem> problems)
    {
        var n = theta.Count;
        void Shape(bool fits, string key, string text)
        {
            if (!fits)
            {
                problems.Add(new(ThetaFault.Shape, key, [], text));
            }
        }
        Shape(n >= 2, "stake", $"n is {n}; a game needs at least 2 neurons");
        Shape(theta.Stake.Length == n, "stake", $"has {theta.Stake.Length} entries; give one per neuron, {n}");
        Shape(
            theta.Weights.LongLength == (long)n * n, "weights",
            $"has {theta.Weights.LongLength} entries; give {n} rows of {n}");
        Shape(theta.Hessians.Count == n, "hessians", $"has {theta.Hessians.Count} matrices; give {n} of {n} x {n}");
    }

    static void Scalars(Theta theta, List<ThetaProblem> problems)
    {
        Scalar("alpha", theta.Alpha, theta.Alpha >= 0, "at least 0", problems);
        Scalar("tau", theta.Tau, theta.Tau > 0, "above 0", problems);
        Scalar("lambda", theta.Lambda, theta.Lambda > 0, "above 0", problems);
        Scalar("temperature", theta.Temperature, theta.Temperature > 0, "above 0", problems);
        Scalar("tolerance", theta.Tolerance, theta.Tolerance >= 0, "at least 0", problems);
        Scalar("maxSteps", theta.StepLimit, theta.StepLimit >= 1, "at least 1", problems);
        if (!Enum.IsDefined(theta.Reference))
        {
            problems.Add(new(ThetaFault.OutOfRange, "reference", [], $"is {theta.Reference}; it must be connected, "
                + "initial or gain"));
        }
    }

    static void Scalar(string key, double value, bool inRange, string range, List<ThetaProblem> problems)
    {
        if (!double.IsFinite(value))
        {
            problems.Add(new(ThetaFault.NotFinite, key, [], $"is {value}; it must be a finite number"));
        }
        else if (!inRange)
        {
            problems.Add(new(ThetaFault.OutOfRange, key, [], $"is {value}; it must be {range}"));
        }
    }

    static void Stakes(Theta theta, List<ThetaProblem> problems)
    {
        for (var i = 0; i < theta.Count; i++)
        {
            if (!double.IsFinite(theta.Stake[i]))
            {
                problems.Add(new(
                    ThetaFault.NotFinite, "stake", [i], $"is {theta.Stake[i]}; it must be a finite number"));
            }
            else if (theta.Stake[i] < 0)
            {
                problems.Add(new(ThetaFault.OutOfRange, "stake", [i], $"is {theta.Stake[i]}; it must be at least 0"));
            }
        }
    }

    static void Row(Theta theta, int i, List<ThetaProblem> problems)
    {
        double sum = 0;
        for (var j = 0; j < theta.Count; j++)
        {
            var weight = theta.Weights[i * theta.Count + j];
            if (!double.IsFinite(weight))
            {
                problems.Add(new(ThetaFault.NotFinite, "weights", [i, j], $"is {weight}; it must be a finite number"));
                return;
            }
            if (weight < 0)
            {
                problems.Add(new(ThetaFault.NotOnSimplex, "weights", [i, j], $"is {weight}; it must be at least 0"));
                return;
            }
            sum += weight;
        }
        // A row of zeros is that of a neuron that has not voted: the first step projects it too.
        if (sum != 0 && Math.Abs(sum - 1) > RowTolerance)
        {
            problems.Add(new(
                ThetaFault.NotOnSimplex, "weights", [i],
                $"sums to {sum:R}; it must sum to 1 within {RowTolerance}, or be all zeros"));
        }
    }

    static void Matrix(Hessians hessians, int i, List<ThetaProblem> problems)
    {
        // A product B B' is symmetric and positive semi-definite by its form.
        if (hessians.Form == HessianForm.Factor)
        {
            for (var c = 0; c < hessians.Rank && Finite(hessians.Column(i, c), k => [i, k, c], problems); c++)
            {
            }
            return;
        }
        for (var j = 0; j < hessians.Count; j++)
        {
            if (!Finite(hessians.Row(i, j), k => [i, j, k], problems))
            {
                return;
            }
        }
        if (Symmetric(hessians, i, problems))
        {
            Positive(hessians, i, problems);
        }
    }

    static bool Finite(ReadOnlySpan<double> values, Func<int, int[]> index, List<ThetaProblem> problems)
    {
        for (var k = 0; k < values.Length; k++)
        {
            if (!double.IsFinite(values[k]))
            {
                problems.Add(new(
                    ThetaFault.NotFinite, "hessians", index(k), $"is {values[k]}; it must be a finite number"));
                return false;
            }
        }
        return true;
    }

    static bool Symmetric(Hessians h, int i, List<ThetaProblem> problems)
    {
        double largest = 0;
        for (var j = 0; j < h.Count; j++)
        {
            foreach (var entry in h.Row(i, j))
            {
                largest = Math.Max(largest, Math.Abs(entry));
            }
        }
        for (var j = 0; j < h.Count; j++)
        {
            for (var k = 0; k < j; k++)
            {
                if (Math.Abs(h[i, j, k] - h[i, k, j]) > SymmetryTolerance * largest)
                {
                    problems.Add(new(ThetaFault.NotSymmetric, "hessians", [i, j, k],
                        $"is {h[i, j, k]:R} but [{i}][{k}][{j}] is {h[i, k, j]:R}; a Hessian is symmetric"));
                    return false;
                }
            }
        }
        return true;
    }

    /// <summary>Cholesky of H + shift I; a pivot below zero names the row at which it fails.</summary>
    static void Positive(Hessians h, int i, List<ThetaProblem> problems)
    {
        var n = h.Count;
        var shift = PositivityTolerance * Enumerable.Range(0, n).Max(j => Math.Abs(h[i, j, j]));
        var factor = new double[n * n];
        for (var j = 0; j < n; j++)
        {
            for (var k = 0; k < j; k++)
            {
                var rest = h[i, j, k] - LinearSystem.Dot(factor.AsSpan(j * n, k), factor.AsSpan(k * n, k));
                factor[j * n + k] = factor[k * n + k] > 0 ? rest / factor[k * n + k] : 0;
            }
            var pivot = h[i, j, j] + shift - LinearSystem.Dot(factor.AsSpan(j * n, j), factor.AsSpan(j * n, j));
            // With a zero diagonal the shift is zero as well: the whole matrix must be.
            if (pivot < 0 || (shift == 0 && h.Row(i, j).ContainsAnyExcept(0.0)))
            {
                problems.Add(new(ThetaFault.NotPositive, "hessians", [i],
                    $"is not positive semi-definite: its leading {j + 1} x {j + 1} block has a negative eigenvalue"));
                return;
            }
            factor[j * n + j] = Math.Sqrt(pivot);
        }
    }
}
