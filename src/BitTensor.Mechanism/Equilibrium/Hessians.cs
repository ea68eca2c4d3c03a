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
/// The Hessians H_i of eq. (16), one n x n symmetric positive semi-definite matrix per neuron, dense or as factors H_i
/// = B_i B_i'. A value: threads may share it.
/// </summary>
public sealed class Hessians
{
    readonly double[] _dense;
    readonly int _stride;

    Hessians(int count, double[] dense) => (Count, _dense) = (count, dense);

    Hessians(int count, int rank)
    {
        (Count, Rank, _dense) = (count, rank, []);
        _stride = (count + AlignedDoubles.Line - 1) / AlignedDoubles.Line * AlignedDoubles.Line;
        Factors = new AlignedDoubles((long)count * rank * _stride);
    }

    /// <summary>n.</summary>
    public int Count { get; }

    /// <summary>r of the factors; 0 for the dense form.</summary>
    public int Rank { get; }

    /// <summary>How the matrices are kept.</summary>
    public HessianForm Form => Rank == 0 ? HessianForm.Dense : HessianForm.Factor;

    /// <summary>
    /// The columns of all B_i, one after another, each padded with zeros to whole vectors; null for the dense form.
    /// </summary>
    internal AlignedDoubles? Factors { get; }

    /// <summary>Matrices given in full. The array is kept, not copied.</summary>
    /// <param name="count">n.</param>
    /// <param name="values">Entry (j, k) of H_i at (i n + j) n + k, shape n x n x n.</param>
    /// <exception cref="ArgumentException">The length is not n^3.</exception>
    public static Hessians Dense(int count, double[] values) => values.LongLength == (long)count * count * count
        ? new Hessians(count, values)
        : throw new ArgumentException($"{values.LongLength} numbers are not {count} matrices of {count} x {count}.");

    /// <summary>Matrices given by their factors, H_i = B_i B_i'. The numbers are copied.</summary>
    /// <param name="count">n.</param>
    /// <param name="rank">r, at least 1.</param>
    /// <param name="values">Entry (j, c) of B_i at (i n + j) r + c, shape n x n x r.</param>
    /// <exception cref="ArgumentException">The rank is below 1 or the length is not n^2 r.</exception>
    public static Hessians LowRank(int count, int rank, ReadOnlySpan<double> values)
    {
        if (rank < 1 || values.Length != (long)count * count * rank)
        {
            throw new ArgumentException($"{values.Length} numbers are not {count} factors of {count} x {rank}.");
        }
        var hessians = new Hessians(count, rank);
        for (var at = 0; at < values.Length; at++)
        {
            hessians.Column(at / rank / count, at % rank)[at / rank % count] = values[at];
        }
        return hessians;
    }

    /// <summary>
    /// Random Hessians: H_i = D A_i A_i' D scaled to trace 1/n, A_i standard normal of shape n x r and independent per
    /// neuron, D = diag(exp(sigma z)) one draw shared by all neurons of the trial.
    /// </summary>
    /// <exception cref="OperationCanceledException">The draw was cancelled.</exception>
    public static Hessians Draw(
        ulong seed, int trial, int count, double sigma, int rank, HessianForm form = HessianForm.Dense,
        CancellationToken cancellation = default)
    {
        var importance = QuadraticLoss.Importance(new RandomStream(seed, "theta-importance", trial), count, sigma);
        var drawn = new Hessians(count, rank);
        for (var i = 0; i < count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            drawn.DrawFactor(i, new RandomStream(seed, "theta-hessian", trial, i), importance);
        }
        return form == HessianForm.Factor ? drawn : drawn.ToDense(cancellation);
    }

    /// <summary>The same matrices in the dense form.</summary>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public Hessians ToDense(CancellationToken cancellation = default)
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
                cancellation.ThrowIfCancellationRequested();
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
                return _dense[(i * Count + j) * Count + k];
            }
            double sum = 0;
            for (var c = 0; c < Rank; c++)
            {
                var column = Column(i, c);
                sum += column[j] * column[k];
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
                y[j] = LinearSystem.Dot(Row(i, j), x);
            }
            return;
        }
        y.Clear();
        for (var c = 0; c < Rank; c++)
        {
            LinearSystem.Add(y, Column(i, c), LinearSystem.Dot(Column(i, c), x));
        }
    }

    /// <summary>Row j of a dense H_i.</summary>
    internal ReadOnlySpan<double> Row(int i, int j) => _dense.AsSpan((i * Count + j) * Count, Count);

    /// <summary>Column c of B_i.</summary>
    internal Span<double> Column(int i, int c) => Factors!.Span.Slice((i * Rank + c) * _stride, Count);

    void DrawFactor(int i, RandomStream dice, double[] importance)
    {
        double trace = 0;
        for (var c = 0; c < Rank; c++)
        {
            var column = Column(i, c);
            for (var j = 0; j < Count; j++)
            {
                column[j] = importance[j] * dice.NextNormal();
                trace += column[j] * column[j];
            }
        }
        var scale = 1 / Math.Sqrt(trace * Count);
        for (var c = 0; c < Rank; c++)
        {
            foreach (ref var entry in Column(i, c))
            {
                entry *= scale;
            }
        }
    }
}
