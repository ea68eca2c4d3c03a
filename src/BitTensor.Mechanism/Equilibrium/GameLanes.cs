using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace BitTensor.Mechanism.Equilibrium;

/// <summary>
/// Eight games of one n side by side, a game per lane of a vector: the descent of small games. Vector k of a quantity holds entry k of
/// all eight games, so no operation crosses lanes and a game's numbers do not depend on its neighbours. A lane whose game is done takes
/// the next one.
/// </summary>
sealed class GameLanes
{
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
        (_muShare, _bidScale, _lossScale, _rankSlope) = (Vectors(count), Vectors(count), Vectors(count), Vectors(count));
        (_mu, _offset, _slope, _product, _moved) = (Vectors(count), Vectors(count), Vectors(count), Vectors(count), Vectors(count));
        (_shift, _scalars) = (Vectors(count), Vectors(2));
    }

    /// <summary>Puts a game into a lane, at its W_0.</summary>
    public void Load(int lane, Theta theta)
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
    /// Tests the residual of every game and computes the step of each: bit k of the result is set where game k has converged at the
    /// present W. <see cref="Advance"/> makes the step.
    /// </summary>
    public uint Step()
    {
        Mu();
        var lambda = _scalars[0];
        var tolerance = _scalars[1];
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
            Move(i, lambda);
        }
        return (uint)open.ExtractMostSignificantBits() ^ 0xFF;
    }

    /// <summary>W becomes the W of the last <see cref="Step"/>.</summary>
    public void Advance() => (_weights, _next) = (_next, _weights);

    static void Set(AlignedDoubles quantity, int entry, int lane, double value) => quantity.Span[entry * Width + lane] = value;

    /// <summary>
    /// Each H_i once and in the order <see cref="Product"/> reads it: by pairs of rows a, a+1 of the upper triangle; the pair's own
    /// three entries, then for every later column b the two entries above each other.
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
    void Mu()
    {
        for (var j = 0; j < _n; j++)
        {
            var sum = Vector512<double>.Zero;
            for (var i = 0; i < _n; i++)
            {
                sum = Vector512.FusedMultiplyAdd(_muShare[i], _weights[i * _n + j], sum);
            }
            _mu[j] = sum;
        }
    }

    /// <summary>m_i - m_ref and m_i (1 - m_i).</summary>
    void Masks(int i)
    {
        var scale = _bidScale[i];
        for (var j = 0; j < _n; j++)
        {
            var mask = VectorMath.Sigmoid(Vector512.FusedMultiplyAdd(scale, _weights[i * _n + j], -_mu[j]));
            _offset[j] = mask - _reference[i * _n + j];
            _slope[j] = Vector512.FusedMultiplyAdd(-mask, mask, mask);
            _product[j] = Vector512<double>.Zero;
        }
    }

    /// <summary>H_i (m_i - m_ref): every entry of the triangle is read once and serves its row and its column.</summary>
    void Product(int i)
    {
        var at = i * (_n * (_n + 1) / 2);
        var a = 0;
        for (; a + 1 < _n; a += 2)
        {
            var (x, y) = (_offset[a], _offset[a + 1]);
            var cross = _hessians[at + 1];
            var upper = Vector512.FusedMultiplyAdd(cross, y, Vector512.FusedMultiplyAdd(_hessians[at], x, _product[a]));
            var lower = Vector512.FusedMultiplyAdd(cross, x, Vector512.FusedMultiplyAdd(_hessians[at + 2], y, _product[a + 1]));
            at += 3;
            for (var b = a + 2; b < _n; b++)
            {
                var (above, below, z) = (_hessians[at], _hessians[at + 1], _offset[b]);
                upper = Vector512.FusedMultiplyAdd(above, z, upper);
                lower = Vector512.FusedMultiplyAdd(below, z, lower);
                _product[b] = Vector512.FusedMultiplyAdd(below, y, Vector512.FusedMultiplyAdd(above, x, _product[b]));
                at += 2;
            }
            _product[a] = upper;
            _product[a + 1] = lower;
        }
        if (a < _n)
        {
            _product[a] = Vector512.FusedMultiplyAdd(_hessians[at], _offset[a], _product[a]);
        }
    }

    /// <summary>dW_i of eq. (15), in place of the product.</summary>
    void Gradient(int i)
    {
        var scale = _lossScale[i];
        for (var j = 0; j < _n; j++)
        {
            _product[j] *= _slope[j] * scale;
        }
        _product[i] += _rankSlope[i];
    }

    /// <summary>All bits of the lanes in which |Proj(W_i + dW_i) - W_i| exceeds the tolerance somewhere.</summary>
    Vector512<double> Open(int i, Vector512<double> tolerance)
    {
        for (var j = 0; j < _n; j++)
        {
            _moved[j] = _weights[i * _n + j] + _product[j];
        }
        var shift = Shift(_shift[i], out var single);
        var open = Vector512<double>.Zero;
        for (var j = 0; j < _n; j++)
        {
            var change = Vector512.Abs(Projected(_moved[j], shift, single) - _weights[i * _n + j]);
            open |= Vector512.GreaterThan(change, tolerance);
        }
        return open;
    }

    /// <summary>Row i of the next W: Proj(W_i + lambda dW_i).</summary>
    void Move(int i, Vector512<double> lambda)
    {
        for (var j = 0; j < _n; j++)
        {
            _moved[j] = Vector512.FusedMultiplyAdd(lambda, _product[j], _weights[i * _n + j]);
        }
        var shift = Shift(_shift[i], out var single);
        _shift[i] = shift;
        for (var j = 0; j < _n; j++)
        {
            _next[i * _n + j] = Projected(_moved[j], shift, single);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<double> Projected(Vector512<double> point, Vector512<double> shift, Vector512<double> single)
    {
        var projected = Vector512.MaxNative(point - shift, Vector512<double>.Zero);
        // A row's only entry is 1, without the rounding of the shift.
        return Vector512.ConditionalSelect(single & Vector512.GreaterThan(projected, Vector512<double>.Zero), Vector512<double>.One, projected);
    }

    /// <summary>
    /// The shift t at which sum_j max(x_j - t, 0) = 1 for the point in <see cref="_moved"/>, by Newton's method from the last shift of
    /// this row. The sum is convex and piecewise linear in t: the first step lands at or left of the root, every later one moves right
    /// and the last moves nowhere, so lanes that are done stay as they are while others go on.
    /// </summary>
    Vector512<double> Shift(Vector512<double> start, out Vector512<double> single)
    {
        var shift = Newton(start, out var entries);
        while (true)
        {
            var next = Vector512.MaxNative(Newton(shift, out entries), shift);
            if (next == shift)
            {
                single = Vector512.Equals(entries, Vector512<double>.One);
                return shift;
            }
            shift = next;
        }
    }

    /// <summary>(sum of the entries above <paramref name="shift"/> - 1) / their number; over all entries where none is above.</summary>
    Vector512<double> Newton(Vector512<double> shift, out Vector512<double> entries)
    {
        var (sum, count, all) = (Vector512<double>.Zero, Vector512<double>.Zero, Vector512<double>.Zero);
        for (var j = 0; j < _n; j++)
        {
            var x = _moved[j];
            var above = Vector512.GreaterThan(x, shift);
            sum += above & x;
            count += above & Vector512<double>.One;
            all += x;
        }
        var none = Vector512.Equals(count, Vector512<double>.Zero);
        entries = Vector512.ConditionalSelect(none, Vector512.Create((double)_n), count);
        return (Vector512.ConditionalSelect(none, all, sum) - Vector512<double>.One) / entries;
    }
}
