using TorchSharp;
using static TorchSharp.torch;

namespace BitTensor.Learning;

/// <summary>
/// Operations with numbers. Each number is disposed after the call that uses it, for the reason that
/// <see cref="StepRule"/> gives.
/// </summary>
static class Kept
{
    /// <summary>a + b.</summary>
    public static Tensor Plus(Tensor a, Tensor b)
    {
        using var once = 1.ToScalar();
        return a.add(b, once);
    }

    /// <summary>a times a factor.</summary>
    public static Tensor Times(Tensor a, double factor)
    {
        using var scalar = factor.ToScalar();
        return a.mul(scalar);
    }

    /// <summary>a within [least, most].</summary>
    public static Tensor Clamped(Tensor a, double least, double most)
    {
        using Scalar low = least.ToScalar(), high = most.ToScalar();
        return a.clamp(low, high);
    }
}
