using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static BitTensor.Mechanism.Equilibrium.AlignedDoubles;

namespace BitTensor.Mechanism.Equilibrium;

/// <summary>
/// One game with eight entries of a row per vector: the descent of games above <see cref="GameLanes.MostNeurons"/>
/// neurons. Rows are padded to whole vectors. A step reads the Hessians once, as the upper triangle of 8 x 8 blocks or
/// as factors; all else of a row stays in the nearest cache. Fast twin of <see cref="ConvergenceGame.Gradient"/>,
/// <see cref="ConvergenceGame.Step"/> and <see cref="ConvergenceGame.Residual"/>.
/// <c>EquilibriumSpec.The_fast_descent_makes_the_plain_steps</c> holds W after the same number of steps within 1e-11.
/// </summary>
sealed class GameRows
{
    const int Block = Line * Line;

    readonly int _n;
    readonly int _vectors;
    readonly int _rank;
    readonly AlignedDoubles _hessians;
    readonly AlignedDoubles? _reference;
    readonly double _constantReference;
    readonly AlignedDoubles _pad;
    readonly AlignedDoubles _offset;
    readonly AlignedDoubles _slope;
    readonly AlignedDoubles _product;
    readonly AlignedDoubles _moved;
    readonly AlignedDoubles _projected;
    readonly double[] _bidScale;
    readonly double[] _muShare;
    readonly double[] _lossScale;
    readonly double[] _rankSlope;
    readonly double[] _shift;
    readonly double[] _factorShare;
    readonly double _lambda;
    readonly double _tolerance;
    AlignedDoubles _mu;
    AlignedDoubles _nextMu;
    AlignedDoubles _weights;
    AlignedDoubles _next;
    int _firstRow;

    /// <summary>The game at its W_0.</summary>
    public GameRows(Theta theta)
    {
        (_n, _rank, _vectors) = (theta.Count, theta.Hessians.Rank, (theta.Count + Line - 1) / Line);
        (_lambda, _tolerance) = (theta.Lambda, theta.Tolerance);
        AlignedDoubles Row() => new((long)_vectors * Line);
        (_offset, _slope, _product, _moved, _projected, _mu, _nextMu, _pad) = (
            Row(), Row(), Row(), Row(), Row(), Row(), Row(), Row());
        _pad.Span[_n..].Fill(double.NegativeInfinity);
        (_weights, _next) = (Padded(theta.Weights), Padded(theta.Weights));
        _reference = theta.Reference == LossReference.Initial ? Padded(new ConvergenceGame(theta).Reference) : null;
        _constantReference = theta.Reference == LossReference.Connected ? 1 : 0;
        _hessians = theta.Hessians.Factors ?? Blocks(theta.Hessians);
        _factorShare = new double[_rank];
        _shift = new double[_n];
        _rankSlope = Array.ConvertAll(theta.Stake, s => s / _n);
        _bidScale = Array.ConvertAll(theta.Stake, s => s / theta.Temperature);
        _muShare = Array.ConvertAll(theta.Stake, s => s / _n / theta.Temperature);
        // Everything that multiplies [H_i (m_i - m_ref)]_j m_ij (1 - m_ij) in eq. (15).
        var factor = theta.Reference == LossReference.Gain ? 1.0 : -2.0;
        _lossScale = Array.ConvertAll(
            theta.Stake, s => factor * (theta.Alpha / theta.Tau) * s * (1 - 1.0 / _n) / theta.Temperature);
        for (var i = 0; i < _n; i++)
        {
            AddToMu(ref _mu.First, ref _weights.Row(i * _vectors), _muShare[i]);
        }
    }

    /// <summary>W, shape n x n.</summary>
    public double[] Weights()
    {
        var weights = new double[_n * _n];
        for (var i = 0; i < _n; i++)
        {
            _weights.Span.Slice(i * _vectors * Line, _n).CopyTo(weights.AsSpan(i * _n));
        }
        return weights;
    }

    /// <summary>
    /// Tests the residual and computes the step: true when the present W has converged. <see cref="Advance"/> makes the
    /// step.
    /// </summary>
    public bool Step()
    {
        _nextMu.Span.Clear();
        // The game has not converged as soon as one row says so: start with the row that said so last.
        var (open, first) = (false, _firstRow);
        for (var k = 0; k < _n; k++)
        {
            var i = first + k < _n ? first + k : first + k - _n;
            Masks(i);
            if (_rank == 0)
            {
                DenseProduct(i);
            }
            else
            {
                FactorProduct(i);
            }
            Gradient(i);
            if (!open)
            {
                (open, _firstRow) = (Open(i), i);
            }
            _shift[i] = Project(i, _lambda, ref _next.Row(i * _vectors));
            AddToMu(ref _nextMu.First, ref _next.Row(i * _vectors), _muShare[i]);
        }
        return !open;
    }

    /// <summary>W becomes the W of the last <see cref="Step"/>.</summary>
    public void Advance()
    {
        (_weights, _next) = (_next, _weights);
        (_mu, _nextMu) = (_nextMu, _mu);
    }

    AlignedDoubles Padded(ReadOnlySpan<double> matrix)
    {
        var padded = new AlignedDoubles((long)_n * _vectors * Line);
        for (var i = 0; i < _n; i++)
        {
            matrix.Slice(i * _n, _n).CopyTo(padded.Span[(i * _vectors * Line)..]);
        }
        return padded;
    }

    /// <summary>
    /// Each H_i as the upper triangle of its 8 x 8 blocks, block row after block row, in the order the product reads
    /// them.
    /// </summary>
    AlignedDoubles Blocks(Hessians hessians)
    {
        var blocks = new AlignedDoubles((long)_n * (_vectors * (_vectors + 1) / 2) * Block);
        var to = blocks.Span;
        for (var i = 0; i < _n; i++)
        {
            for (var p = 0; p < _n; p += Line)
            {
                for (var q = p; q < _n; q += Line)
                {
                    Fill(to[..Block], hessians, i, p, q);
                    to = to[Block..];
                }
            }
        }
        return blocks;
    }

    void Fill(Span<double> block, Hessians hessians, int i, int p, int q)
    {
        for (var at = 0; at < Block; at++)
        {
            var (j, k) = (p + at / Line, q + at % Line);
            block[at] = j < _n && k < _n ? hessians[i, j, k] : 0;
        }
    }

    /// <summary>mu / T grows by one row's share.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void AddToMu(ref double mu, ref double row, double share)
    {
        var wide = Vector512.Create(share);
        for (var v = 0; v < _vectors; v++)
        {
            Store(ref mu, v, Vector512.FusedMultiplyAdd(wide, Load(ref row, v), Load(ref mu, v)));
        }
    }

    /// <summary>m_i - m_ref and m_i (1 - m_i).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Masks(int i)
    {
        ref var weights = ref _weights.Row(i * _vectors);
        ref var mu = ref _mu.First;
        ref var offset = ref _offset.First;
        ref var slope = ref _slope.First;
        var scale = Vector512.Create(_bidScale[i]);
        var reference = Vector512.Create(_constantReference);
        for (var v = 0; v < _vectors; v++)
        {
            var mask = VectorMath.Sigmoid(Vector512.FusedMultiplyAdd(scale, Load(ref weights, v), -Load(ref mu, v)));
            reference = _reference is null ? reference : Load(ref _reference.First, i * _vectors + v);
            Store(ref offset, v, mask - reference);
            Store(ref slope, v, Vector512.FusedMultiplyAdd(-mask, mask, mask));
        }
    }

    /// <summary>
    /// H_i (m_i - m_ref): every block above the diagonal is read once and serves its rows and its columns.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void DenseProduct(int i)
    {
        ref var block = ref _hessians.Row(i * (_vectors * (_vectors + 1) / 2) * Line);
        ref var offset = ref _offset.First;
        ref var product = ref _product.First;
        _product.Span.Clear();
        for (var p = 0; p < _vectors; p++)
        {
            ref var own = ref Unsafe.Add(ref offset, p * Line);
            var x = Load(ref own, 0);
            var (r0, r1, r2, r3) = (
                Load(ref block, 0) * x, Load(ref block, 1) * x, Load(ref block, 2) * x, Load(ref block, 3) * x);
            var (r4, r5, r6, r7) = (
                Load(ref block, 4) * x, Load(ref block, 5) * x, Load(ref block, 6) * x, Load(ref block, 7) * x);
            block = ref Unsafe.Add(ref block, Block);
            for (var q = p + 1; q < _vectors; q++)
            {
                x = Load(ref offset, q);
                var column = Load(ref product, q);
                Both(ref block, 0, ref own, x, ref r0, ref column);
                Both(ref block, 1, ref own, x, ref r1, ref column);
                Both(ref block, 2, ref own, x, ref r2, ref column);
                Both(ref block, 3, ref own, x, ref r3, ref column);
                Both(ref block, 4, ref own, x, ref r4, ref column);
                Both(ref block, 5, ref own, x, ref r5, ref column);
                Both(ref block, 6, ref own, x, ref r6, ref column);
                Both(ref block, 7, ref own, x, ref r7, ref column);
                Store(ref product, q, column);
                block = ref Unsafe.Add(ref block, Block);
            }
            var sums = Vector512.Create(
                VectorMath.Sum(r0), VectorMath.Sum(r1), VectorMath.Sum(r2), VectorMath.Sum(r3),
                VectorMath.Sum(r4), VectorMath.Sum(r5), VectorMath.Sum(r6), VectorMath.Sum(r7));
            Store(ref product, p, Load(ref product, p) + sums);
        }
    }

    /// <summary>One row of a block: its part of that row's sum, and its part of eight columns' sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Both(
        ref double block, int at, ref double own, Vector512<double> x, ref Vector512<double> row,
        ref Vector512<double> column)
    {
        var h = Load(ref block, at);
        row = Vector512.FusedMultiplyAdd(h, x, row);
        column = Vector512.FusedMultiplyAdd(h, Vector512.Create(Unsafe.Add(ref own, at)), column);
    }

    /// <summary>B_i (B_i' (m_i - m_ref)).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void FactorProduct(int i)
    {
        ref var factor = ref _hessians.Row(i * _rank * _vectors);
        ref var offset = ref _offset.First;
        for (var c = 0; c < _rank; c++)
        {
            var sum = Vector512<double>.Zero;
            for (var v = 0; v < _vectors; v++)
            {
                sum = Vector512.FusedMultiplyAdd(Load(ref factor, c * _vectors + v), Load(ref offset, v), sum);
            }
            _factorShare[c] = VectorMath.Sum(sum);
        }
        for (var v = 0; v < _vectors; v++)
        {
            var sum = Vector512<double>.Zero;
            for (var c = 0; c < _factorShare.Length; c++)
            {
                sum = Vector512.FusedMultiplyAdd(
                    Load(ref factor, c * _vectors + v), Vector512.Create(_factorShare[c]), sum);
            }
            Store(ref _product.First, v, sum);
        }
    }

    /// <summary>
    /// dW_i of eq. (15), in place of the product; minus infinity in the padding, which no projection then keeps.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Gradient(int i)
    {
        ref var product = ref _product.First;
        ref var slope = ref _slope.First;
        ref var pad = ref _pad.First;
        var scale = Vector512.Create(_lossScale[i]);
        for (var v = 0; v < _vectors; v++)
        {
            Store(
                ref product, v,
                Vector512.FusedMultiplyAdd(Load(ref product, v), Load(ref slope, v) * scale, Load(ref pad, v)));
        }
        _product.Span[i] += _rankSlope[i];
    }

    /// <summary>True when |Proj(W_i + dW_i) - W_i| exceeds the tolerance somewhere.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    bool Open(int i)
    {
        ref var weights = ref _weights.Row(i * _vectors);
        ref var projected = ref _projected.First;
        Project(i, 1, ref projected);
        var largest = Vector512<double>.Zero;
        for (var v = 0; v < _vectors; v++)
        {
            largest = Vector512.MaxNative(largest, Vector512.Abs(Load(ref projected, v) - Load(ref weights, v)));
        }
        return Vector512.GreaterThanAny(largest, Vector512.Create(_tolerance));
    }

    /// <summary>
    /// Proj(W_i + step dW_i): the entries less the shift t at which sum_j max(x_j - t, 0) = 1, found by Newton's method
    /// from the shift of this row's last step. The sum is convex and piecewise linear in t: the first turn lands at or
    /// left of the root, every later one moves right, and a turn that crosses no entry is the last.
    /// </summary>
    /// <returns>The shift.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    double Project(int i, double step, ref double projected)
    {
        ref var weights = ref _weights.Row(i * _vectors);
        ref var product = ref _product.First;
        ref var moved = ref _moved.First;
        var wide = Vector512.Create(step);
        var highest = Vector512.Create(double.NegativeInfinity);
        for (var v = 0; v < _vectors; v++)
        {
            var x = Vector512.FusedMultiplyAdd(wide, Load(ref product, v), Load(ref weights, v));
            Store(ref moved, v, x);
            highest = Vector512.MaxNative(highest, x);
        }
        var shift = Math.Min(_shift[i], VectorMath.Max(highest) - 1.0 / _n);
        for (long before = -1; ;)
        {
            var (sum, entries) = Cut(shift, ref projected);
            if (entries == before)
            {
                Single(entries, ref projected);
                return shift;
            }
            // The first turn may move either way.
            var next = shift + (sum - 1) / entries;
            shift = before < 0 ? next : Math.Max(shift, next);
            before = entries;
        }
    }

    /// <summary>max(x_j - shift, 0), its sum, and how many entries are above the shift.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    (double Sum, long Entries) Cut(double shift, ref double projected)
    {
        ref var moved = ref _moved.First;
        var wide = Vector512.Create(shift);
        var sum = Vector512<double>.Zero;
        var entries = Vector512<long>.Zero;
        for (var v = 0; v < _vectors; v++)
        {
            var x = Load(ref moved, v);
            var y = Vector512.MaxNative(x - wide, Vector512<double>.Zero);
            Store(ref projected, v, y);
            sum += y;
            entries -= Vector512.GreaterThan(x, wide).AsInt64();
        }
        return (VectorMath.Sum(sum), Vector512.Sum(entries));
    }

    /// <summary>A row's only entry is 1, without the rounding of the shift.</summary>
    void Single(long entries, ref double projected)
    {
        for (var j = 0; entries == 1 && j < _n; j++)
        {
            ref var entry = ref Unsafe.Add(ref projected, j);
            entry = entry > 0 ? 1 : 0;
        }
    }
}
