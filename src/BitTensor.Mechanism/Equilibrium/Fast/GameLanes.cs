using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static BitTensor.Mechanism.Equilibrium.AlignedDoubles;

namespace BitTensor.Mechanism.Equilibrium;

/// <summary>
/// Eight games of one n, one game per lane of a vector: the descent of small games. Vector k of a quantity holds entry
/// k of all eight games, so no operation crosses lanes and a game's numbers do not depend on the other lanes. A lane
/// whose game is done takes the next one. Fast twin of <see cref="ConvergenceGame.Gradient"/>,
/// <see cref="ConvergenceGame.Step"/> and <see cref="ConvergenceGame.Residual"/>.
/// <c>EquilibriumSpec.The_fast_descent_makes_the_plain_steps</c> holds W after the same number of steps within 1e-11.
/// </summary>
sealed class GameLanes
{
    /// <summary>
    /// Most neurons of a game that descends in a lane; beyond, eight games outgrow the caches and one fills the
    /// vectors.
    /// </summary>
    public const int MostNeurons = 32;

    /// <summary>Games side by side.</summary>
    public const int Width = AlignedDoubles.Line;

    readonly int _n;
    readonly AlignedDoubles _hessians;
    readonly AlignedDoubles _reference;
    readonly AlignedDoubles _muShare;
    readonly AlignedDoubles _bidScale;
    readonly AlignedDoubles _lossScale;
    readonly AlignedDoubles _rankSlope;
    readonly AlignedDoubles _scalars;
    readonly AlignedDoubles _mu;
    readonly AlignedDoubles _offset;
    readonly AlignedDoubles _slope;
    readonly AlignedDoubles _product;
    readonly AlignedDoubles _moved;
    readonly AlignedDoubles _projected;
    readonly AlignedDoubles _shift;
    AlignedDoubles _weights;
    AlignedDoubles _next;
    int _firstRow;

    public GameLanes(int count)
    {
        _n = count;
        AlignedDoubles Vectors(int vectors) => new((long)vectors * Width);
        _hessians = Vectors(count * count * (count + 1) / 2);
        (_reference, _weights, _next) = (Vectors(count * count), Vectors(count * count), Vectors(count * count));
        (_muShare, _bidScale, _lossScale, _rankSlope) = (
            Vectors(count), Vectors(count), Vectors(count), Vectors(count));
        (_mu, _offset, _slope, _product, _moved) = (
            Vectors(count), Vectors(count), Vectors(count), Vectors(count), Vectors(count));
        (_projected, _shift, _scalars) = (Vectors(count), Vectors(count), Vectors(2));
    }

    /// <summary>Puts a game into a lane, at its W_0.</summary>
    public void Put(int lane, Theta theta)
    {
        for (var i = 0; i < _n; i++)
        {
            var stake = theta.Stake[i];
            Set(_muShare, i, lane, stake / _n / theta.Temperature);
            Set(_bidScale, i, lane, stake / theta.Temperature);
            Set(_rankSlope, i, lane, stake / _n);
            // Everything that multiplies [H_i (m_i - m_ref)]_j m_ij (1 - m_ij) in eq. (15).
            var factor = theta.Reference == LossReference.Gain ? 1.0 : -2.0;
            Set(_lossScale, i, lane, factor * (theta.Alpha / theta.Tau) * stake * (1 - 1.0 / _n) / theta.Temperature);
            Set(_shift, i, lane, 0);
        }
        Set(_scalars, 0, lane, theta.Lambda);
        Set(_scalars, 1, lane, theta.Tolerance);
        var reference = new ConvergenceGame(theta).Reference;
        for (var at = 0; at < _n * _n; at++)
        {
            Set(_weights, at, lane, theta.Weights[at]);
            Set(_reference, at, lane, reference[at]);
        }
        Pack(lane, theta.Hessians);
    }

    /// <summary>W of the game in a lane.</summary>
    public double[] Weights(int lane)
    {
        var weights = new double[_n * _n];
        for (var at = 0; at < weights.Length; at++)
        {
            weights[at] = _weights.Span[at * Width + lane];
        }
        return weights;
    }

    /// <summary>
    /// Tests the residual of every game and computes the step of each: bit k of the result is set where game k has
    /// converged at the present W. <see cref="Advance"/> makes the step.
    /// </summary>
    public uint Step()
    {
        Mu();
        var lambda = Load(ref _scalars.First, 0);
        var tolerance = Load(ref _scalars.First, 1);
        // A game has not converged as soon as one row says so: start with the row that said so last.
        var open = Vector512<double>.Zero;
        var first = _firstRow;
        for (var k = 0; k < _n; k++)
        {
            var i = first + k < _n ? first + k : first + k - _n;
            Masks(i);
            Product(i);
            Gradient(i);
            if (open.ExtractMostSignificantBits() != 0xFF)
            {
                open |= Open(i, tolerance);
                _firstRow = i;
            }
            Store(ref _shift.First, i, Project(i, lambda, ref _next.Row(i * _n)));
        }
        return (uint)open.ExtractMostSignificantBits() ^ 0xFF;
    }

    /// <summary>W becomes the W of the last <see cref="Step"/>.</summary>
    public void Advance() => (_weights, _next) = (_next, _weights);

    static void Set(AlignedDoubles quantity, int entry, int lane, double value) =>
        quantity.Span[entry * Width + lane] = value;

    /// <summary>
    /// Each H_i once and in the order <see cref="Product"/> reads it: by pairs of rows a, a+1 of the upper triangle;
    /// the pair's own three entries, then for every later column b the two entries above each other.
    /// </summary>
    void Pack(int lane, Hessians hessians)
    {
        var at = 0;
        for (var i = 0; i < _n; i++)
        {
            for (var a = 0; a < _n; a += 2)
            {
                for (var b = a; b < _n; b++)
                {
                    Set(_hessians, at++, lane, hessians[i, a, b]);
                    if (b > a)
                    {
                        Set(_hessians, at++, lane, hessians[i, a + 1, b]);
                    }
                }
            }
        }
    }

    /// <summary>mu / T.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Mu()
    {
        ref var weights = ref _weights.First;
        ref var share = ref _muShare.First;
        ref var mu = ref _mu.First;
        for (var j = 0; j < _n; j++)
        {
            var sum = Vector512<double>.Zero;
            for (var i = 0; i < _n; i++)
            {
                sum = Vector512.FusedMultiplyAdd(Load(ref share, i), Load(ref weights, i * _n + j), sum);
            }
            Store(ref mu, j, sum);
        }
    }

    /// <summary>m_i - m_ref and m_i (1 - m_i).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Masks(int i)
    {
        ref var weights = ref _weights.Row(i * _n);
        ref var reference = ref _reference.Row(i * _n);
        ref var mu = ref _mu.First;
        ref var offset = ref _offset.First;
        ref var slope = ref _slope.First;
        ref var product = ref _product.First;
        var scale = Load(ref _bidScale.First, i);
        for (var j = 0; j < _n; j++)
        {
            var mask = VectorMath.Sigmoid(Vector512.FusedMultiplyAdd(scale, Load(ref weights, j), -Load(ref mu, j)));
            Store(ref offset, j, mask - Load(ref reference, j));
            Store(ref slope, j, Vector512.FusedMultiplyAdd(-mask, mask, mask));
            Store(ref product, j, Vector512<double>.Zero);
        }
    }

    /// <summary>
    /// H_i (m_i - m_ref): every entry of the triangle is read once and serves its row and its column.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Product(int i)
    {
        ref var entry = ref _hessians.Row(i * (_n * (_n + 1) / 2));
        ref var offset = ref _offset.First;
        ref var product = ref _product.First;
        var a = 0;
        for (; a + 1 < _n; a += 2)
        {
            var x = Load(ref offset, a);
            var y = Load(ref offset, a + 1);
            var cross = Load(ref entry, 1);
            var upper = Vector512.FusedMultiplyAdd(
                cross, y, Vector512.FusedMultiplyAdd(Load(ref entry, 0), x, Load(ref product, a)));
            var lower = Vector512.FusedMultiplyAdd(
                cross, x, Vector512.FusedMultiplyAdd(Load(ref entry, 2), y, Load(ref product, a + 1)));
            entry = ref Unsafe.Add(ref entry, 3 * Width);
            for (var b = a + 2; b < _n; b++)
            {
                var above = Load(ref entry, 0);
                var below = Load(ref entry, 1);
                var z = Load(ref offset, b);
                upper = Vector512.FusedMultiplyAdd(above, z, upper);
                lower = Vector512.FusedMultiplyAdd(below, z, lower);
                Store(
                    ref product, b,
                    Vector512.FusedMultiplyAdd(below, y, Vector512.FusedMultiplyAdd(above, x, Load(ref product, b))));
                entry = ref Unsafe.Add(ref entry, 2 * Width);
            }
            Store(ref product, a, upper);
            Store(ref product, a + 1, lower);
        }
        if (a < _n)
        {
            Store(
                ref product, a,
                Vector512.FusedMultiplyAdd(Load(ref entry, 0), Load(ref offset, a), Load(ref product, a)));
        }
    }

    /// <summary>dW_i of eq. (15), in place of the product.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Gradient(int i)
    {
        ref var product = ref _product.First;
        ref var slope = ref _slope.First;
        var scale = Load(ref _lossScale.First, i);
        for (var j = 0; j < _n; j++)
        {
            Store(ref product, j, Load(ref product, j) * (Load(ref slope, j) * scale));
        }
        Store(ref product, i, Load(ref product, i) + Load(ref _rankSlope.First, i));
    }

    /// <summary>All bits of the lanes in which |Proj(W_i + dW_i) - W_i| exceeds the tolerance somewhere.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    Vector512<double> Open(int i, Vector512<double> tolerance)
    {
        ref var weights = ref _weights.Row(i * _n);
        ref var projected = ref _projected.First;
        Project(i, Vector512<double>.One, ref projected);
        var open = Vector512<double>.Zero;
        for (var j = 0; j < _n; j++)
        {
            open |= Vector512.GreaterThan(Vector512.Abs(Load(ref projected, j) - Load(ref weights, j)), tolerance);
        }
        return open;
    }

    /// <summary>
    /// Proj(W_i + step dW_i): the entries less the shift t at which sum_j max(x_j - t, 0) = 1, found by Newton's method
    /// from the shift of this row's last step. The sum is convex and piecewise linear in t: the first turn lands at or
    /// left of the root, every later one moves right, and a turn that crosses no entry is the last. Lanes that are done
    /// stay as they are while others go on.
    /// </summary>
    /// <returns>The shift.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    Vector512<double> Project(int i, Vector512<double> step, ref double projected)
    {
        ref var weights = ref _weights.Row(i * _n);
        ref var product = ref _product.First;
        ref var moved = ref _moved.First;
        var n = _n;
        var shift = Load(ref _shift.First, i);
        var sum = Vector512<double>.Zero;
        var entries = Vector512<long>.Zero;
        for (var j = 0; j < n; j++)
        {
            var x = Vector512.FusedMultiplyAdd(step, Load(ref product, j), Load(ref weights, j));
            Store(ref moved, j, x);
            sum += Vector512.MaxNative(x - shift, Vector512<double>.Zero);
            entries -= Vector512.GreaterThan(x, shift).AsInt64();
        }
        var next = Next(shift, sum, entries);
        var done = Vector512<double>.Zero;
        while (true)
        {
            shift = Vector512.ConditionalSelect(done, shift, next);
            var before = entries;
            (sum, entries) = (Vector512<double>.Zero, Vector512<long>.Zero);
            for (var j = 0; j < n; j++)
            {
                var x = Load(ref moved, j);
                var y = Vector512.MaxNative(x - shift, Vector512<double>.Zero);
                Store(ref projected, j, y);
                sum += y;
                entries -= Vector512.GreaterThan(x, shift).AsInt64();
            }
            done |= Vector512.Equals(entries, before).AsDouble();
            if (done.ExtractMostSignificantBits() == 0xFF)
            {
                Single(entries, ref projected);
                return shift;
            }
            next = Vector512.MaxNative(Next(shift, sum, entries), shift);
        }
    }

    /// <summary>
    /// Newton's next shift, from what the entries above the present one sum to and how many they are; where none is,
    /// the shift at which all entries count.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Vector512<double> Next(Vector512<double> shift, Vector512<double> sum, Vector512<long> entries)
    {
        var next = shift + (sum - Vector512<double>.One) / Vector512.ConvertToDouble(entries);
        var none = Vector512.Equals(entries, Vector512<long>.Zero);
        return none == Vector512<long>.Zero
            ? next
            : Vector512.ConditionalSelect(
                none.AsDouble(), (All() - Vector512<double>.One) / Vector512.Create((double)_n), next);
    }

    Vector512<double> All()
    {
        var sum = Vector512<double>.Zero;
        for (var j = 0; j < _n; j++)
        {
            sum += Load(ref _moved.First, j);
        }
        return sum;
    }

    /// <summary>A row's only entry is 1, without the rounding of the shift.</summary>
    void Single(Vector512<long> entries, ref double projected)
    {
        var single = Vector512.Equals(entries, Vector512<long>.One).AsDouble();
        for (var j = 0; single != Vector512<double>.Zero && j < _n; j++)
        {
            var entry = Load(ref projected, j);
            var only = single & Vector512.GreaterThan(entry, Vector512<double>.Zero);
            Store(ref projected, j, Vector512.ConditionalSelect(only, Vector512<double>.One, entry));
        }
    }
}
