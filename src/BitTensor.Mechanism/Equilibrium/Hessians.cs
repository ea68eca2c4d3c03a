namespace BitTensor.Mechanism.Equilibrium;

/// <summary>How the Hessians of a game are kept.</summary>
public enum HessianForm
{
    /// <summary>H_i itself: n^3 numbers.</summary>
    Dense,

    /// <summary>B_i of H_i = B_i B_i': n^2 r numbers.</summary>
    Factor,
}

/// <summary>
/// The Hessians H_i of eq. (16), one n x n symmetric positive semi-definite matrix per neuron, dense or as factors H_i = B_i B_i'.
/// A value: threads may share it.
/// </summary>
public sealed class Hessians
{
    readonly double[] _values;

    Hessians(int count, int rank, double[] values)
    {
        Count = count;
        Rank = rank;
        _values = values;
    }

    /// <summary>n.</summary>
    public int Count { get; }

    /// <summary>r of the factors; 0 for the dense form.</summary>
    public int Rank { get; }

    /// <summary>How the matrices are kept.</summary>
    public HessianForm Form => Rank == 0 ? HessianForm.Dense : HessianForm.Factor;

    /// <summary>
    /// The numbers behind the matrices. Dense, shape n x n x n: entry (j, k) of H_i at (i n + j) n + k. Factor, shape n x r x n: entry
    /// (j, k) of B_i at (i r + k) n + j, so that each column of B_i lies in one piece.
    /// </summary>
    public ReadOnlySpan<double> Values => _values;

    /// <summary>Matrices given in full, in the layout of <see cref="Values"/>. The array is kept, not copied.</summary>
    /// <exception cref="ArgumentException">The length is not n^3.</exception>
    public static Hessians Dense(int count, double[] values) => values.LongLength == (long)count * count * count
        ? new Hessians(count, 0, values)
        : throw new ArgumentException($"{values.LongLength} numbers are not {count} matrices of {count} x {count}.");

    /// <summary>Matrices given by their factors, in the layout of <see cref="Values"/>. The array is kept, not copied.</summary>
    /// <exception cref="ArgumentException">The rank is below 1 or the length is not n^2 r.</exception>
    public static Hessians Factors(int count, int rank, double[] values) =>
        rank >= 1 && values.LongLength == (long)count * count * rank
            ? new Hessians(count, rank, values)
            : throw new ArgumentException($"{values.LongLength} numbers are not {count} factors of {count} x {rank}.");

    /// <summary>
    /// Random Hessians: H_i = D A_i A_i' D scaled to trace 1/n, A_i standard normal of shape n x r and independent per neuron,
    /// D = diag(exp(sigma z)) one draw shared by all neurons of the trial.
    /// </summary>
    public static Hessians Draw(ulong seed, int trial, int count, double sigma, int rank, HessianForm form = HessianForm.Dense)
    {
        var importance = QuadraticLoss.Importance(new RandomStream(seed, "theta-importance", trial), count, sigma);
        var factors = new double[(long)count * count * rank];
        for (var i = 0; i < count; i++)
        {
            DrawFactor(new RandomStream(seed, "theta-hessian", trial, i), importance, factors.AsSpan(i * rank * count, rank * count));
        }
        var drawn = Factors(count, rank, factors);
        return form == HessianForm.Factor ? drawn : drawn.ToDense();
    }

    /// <summary>The same matrices in the dense form.</summary>
    public Hessians ToDense()
    {
        if (Rank == 0)
        {
            return this;
        }
        var dense = new double[(long)Count * Count * Count];
        for (var i = 0; i < Count; i++)
        {
            for (var j = 0; j < Count; j++)
            {
                for (var k = 0; k < Count; k++)
                {
                    dense[(i * Count + j) * Count + k] = this[i, j, k];
                }
            }
        }
        return Dense(Count, dense);
    }

    /// <summary>Entry (j, k) of H_i.</summary>
    public double this[int i, int j, int k]
    {
        get
        {
            if (Rank == 0)
            {
                return _values[(i * Count + j) * Count + k];
            }
            double sum = 0;
            for (var c = 0; c < Rank; c++)
            {
                sum += _values[(i * Rank + c) * Count + j] * _values[(i * Rank + c) * Count + k];
            }
            return sum;
        }
    }

    /// <summary>y = H_i x, both shape n.</summary>
    public void Multiply(int i, ReadOnlySpan<double> x, Span<double> y)
    {
        if (Rank == 0)
        {
            for (var j = 0; j < Count; j++)
            {
                y[j] = Dot(_values.AsSpan((i * Count + j) * Count, Count), x);
            }
            return;
        }
        y.Clear();
        for (var c = 0; c < Rank; c++)
        {
            var column = _values.AsSpan((i * Rank + c) * Count, Count);
            var share = Dot(column, x);
            for (var j = 0; j < Count; j++)
            {
                y[j] += column[j] * share;
            }
        }
    }

    static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double sum = 0;
        for (var k = 0; k < a.Length; k++)
        {
            sum += a[k] * b[k];
        }
        return sum;
    }

    static void DrawFactor(RandomStream dice, double[] importance, Span<double> factor)
    {
        var count = importance.Length;
        double trace = 0;
        for (var at = 0; at < factor.Length; at++)
        {
            factor[at] = importance[at % count] * dice.NextNormal();
            trace += factor[at] * factor[at];
        }
        var scale = 1 / Math.Sqrt(trace * count);
        foreach (ref var entry in factor)
        {
            entry *= scale;
        }
    }
}
