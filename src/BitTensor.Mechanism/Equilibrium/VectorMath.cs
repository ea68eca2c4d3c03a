using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace BitTensor.Mechanism.Equilibrium;

/// <summary>
/// The one transcendental function of the game, eight at a time. Only additions, multiplications, divisions and fused multiply-adds,
/// each correctly rounded: every machine computes the same bits, whatever its vectors are made of.
/// </summary>
static class VectorMath
{
    /// <summary>Beyond this |x| exp(-|x|) is below 1e-147 and adds nothing to any sum of this game.</summary>
    const double Limit = 340;

    /// <summary>1.5 * 2^52: adding it leaves the nearest integer in the low bits of the sum.</summary>
    const double Rounder = 6755399441055744.0;

    const double LogTwoHigh = 0.693147180559945286;
    const double LogTwoLow = 2.319046813846299558e-17;

    /// <summary>e^x for |x| up to 340 (clamped beyond), within 2 units in the last place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Exp(Vector512<double> x)
    {
        x = Vector512.MinNative(Vector512.MaxNative(x, Vector512.Create(-Limit)), Vector512.Create(Limit));
        // x = k ln 2 + r, |r| <= ln 2 / 2.
        var shifted = Vector512.FusedMultiplyAdd(x, Vector512.Create(1.4426950408889634), Vector512.Create(Rounder));
        var k = shifted - Vector512.Create(Rounder);
        var r = Vector512.FusedMultiplyAdd(k, Vector512.Create(-LogTwoHigh), x);
        r = Vector512.FusedMultiplyAdd(k, Vector512.Create(-LogTwoLow), r);
        // Taylor's series of e^r: the first term left out is below 6e-17 of e^r. Two halves in r^2 shorten the chain.
        var square = r * r;
        var even = Vector512.FusedMultiplyAdd(Vector512.Create(1.0 / 479001600), square, Vector512.Create(1.0 / 3628800));
        var odd = Vector512.FusedMultiplyAdd(Vector512.Create(1.0 / 6227020800), square, Vector512.Create(1.0 / 39916800));
        even = Vector512.FusedMultiplyAdd(even, square, Vector512.Create(1.0 / 40320));
        odd = Vector512.FusedMultiplyAdd(odd, square, Vector512.Create(1.0 / 362880));
        even = Vector512.FusedMultiplyAdd(even, square, Vector512.Create(1.0 / 720));
        odd = Vector512.FusedMultiplyAdd(odd, square, Vector512.Create(1.0 / 5040));
        even = Vector512.FusedMultiplyAdd(even, square, Vector512.Create(1.0 / 24));
        odd = Vector512.FusedMultiplyAdd(odd, square, Vector512.Create(1.0 / 120));
        even = Vector512.FusedMultiplyAdd(even, square, Vector512.Create(0.5));
        odd = Vector512.FusedMultiplyAdd(odd, square, Vector512.Create(1.0 / 6));
        even = Vector512.FusedMultiplyAdd(even, square, Vector512<double>.One);
        odd = Vector512.FusedMultiplyAdd(odd, square, Vector512<double>.One);
        var power = Vector512.FusedMultiplyAdd(odd, r, even);
        // Times 2^k: k stands in the low bits of the shifted sum and moves into the exponent.
        return (power.AsInt64() + (shifted.AsInt64() << 52)).AsDouble();
    }

    /// <summary>Eq. (8) at T = 1: 1 / (1 + e^-x), within 1e-15 of the true value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Sigmoid(Vector512<double> x) => Vector512<double>.One / (Vector512<double>.One + Exp(-x));
}
