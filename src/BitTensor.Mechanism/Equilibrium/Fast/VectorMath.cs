using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace BitTensor.Mechanism.Equilibrium;

/// <summary>
/// The sigmoid of eight arguments at a time, and sums across a vector. Uses additions, multiplications, divisions and
/// fused multiply-adds only. Each of them is correctly rounded, so every machine computes the same bits, whatever its
/// vector width. Fast twin of <see cref="Masking.Mask"/>'s sigmoid;
/// <c>EquilibriumSpec.The_fast_sigmoid_is_the_sigmoid</c> holds them equal within 9e-16 relative.
/// </summary>
static class VectorMath
{
    /// <summary>Where the argument is clamped: beyond it eq. (8) is below 1e-300 or 1 to the last bit.</summary>
    const double Limit = 700;

    /// <summary>1.5 * 2^52: adding it leaves the nearest integer in the low bits of the sum.</summary>
    const double Rounder = 6755399441055744.0;

    const double LogTwoHigh = 0.693147180559945286;
    const double LogTwoLow = 2.319046813846299558e-17;

    /// <summary>
    /// Eq. (8) at T = 1, 1 / (1 + e^-x), within 4 units in the last place. With -x = k ln 2 + r and the rational
    /// approximation e^r = (q + p) / (q - p) of Cephes (Moshier) the exponential's division and the sigmoid's are one.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Sigmoid(Vector512<double> x)
    {
        x = Vector512.MinNative(Vector512.MaxNative(x, Vector512.Create(-Limit)), Vector512.Create(Limit));
        var shifted = Vector512.FusedMultiplyAdd(x, Vector512.Create(-1.4426950408889634), Vector512.Create(Rounder));
        var k = shifted - Vector512.Create(Rounder);
        var r = Vector512.FusedMultiplyAdd(k, Vector512.Create(-LogTwoHigh), -x);
        r = Vector512.FusedMultiplyAdd(k, Vector512.Create(-LogTwoLow), r);
        var square = r * r;
        var p = Vector512.FusedMultiplyAdd(
            square, Vector512.Create(1.26177193074810590878e-4), Vector512.Create(3.02994407707441961300e-2));
        p = r * Vector512.FusedMultiplyAdd(p, square, Vector512.Create(9.99999999999999999910e-1));
        var q = Vector512.FusedMultiplyAdd(
            square, Vector512.Create(3.00198505138664455042e-6), Vector512.Create(2.52448340349684104192e-3));
        q = Vector512.FusedMultiplyAdd(q, square, Vector512.Create(2.27265548208155028766e-1));
        q = Vector512.FusedMultiplyAdd(q, square, Vector512.Create(2.0));
        var below = q - p;
        // (q + p) 2^k: k stands in the low bits of the shifted sum and moves into the exponent.
        var above = ((q + p).AsInt64() + (shifted.AsInt64() << 52)).AsDouble();
        return below / (below + above);
    }

    /// <summary>The sum of the eight entries, always in this order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Sum(Vector512<double> v)
    {
        var four = v.GetLower() + v.GetUpper();
        var two = four.GetLower() + four.GetUpper();
        return two.ToScalar() + two.GetElement(1);
    }

    /// <summary>The largest of the eight entries.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Max(Vector512<double> v)
    {
        var four = Vector256.MaxNative(v.GetLower(), v.GetUpper());
        var two = Vector128.MaxNative(four.GetLower(), four.GetUpper());
        return Math.Max(two.ToScalar(), two.GetElement(1));
    }
}
