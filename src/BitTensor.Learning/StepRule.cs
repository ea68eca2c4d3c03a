using System.Runtime.InteropServices;
using BitTensor.Scenarios;
using TorchSharp;
using static TorchSharp.torch;

namespace BitTensor.Learning;

/// <summary>
/// Moves parameters along a gradient. The same operations in the same order as TorchSharp's optimizers give the same
/// bits, but every number handed to libtorch is disposed after its use. TorchSharp 0.107 turns a number into a native
/// object that nothing keeps alive during the call. A garbage collection at the wrong moment frees it during the call;
/// a step then fails or, worse, uses another number.
/// </summary>
abstract class StepRule : IDisposable
{
    /// <summary>
    /// The rule that <paramref name="settings"/> name, for a block of <paramref name="count"/> parameters.
    /// </summary>
    public static StepRule Of(LearningSettings settings, long count) =>
        settings.Optimizer == OptimizerKind.Adam ? new AdamRule(settings, count) : new SgdRule(settings);

    /// <summary>Moves <paramref name="values"/>, which no graph tracks, against <paramref name="gradient"/>.</summary>
    public abstract void Step(Tensor values, Tensor gradient);

    /// <summary>Writes the rule's state.</summary>
    public abstract void Save(BinaryWriter to);

    /// <summary>Reads the state that a rule of the same kind and size saved.</summary>
    public abstract void Load(BinaryReader from);

    public abstract void Dispose();

    /// <summary>gradient + decay * values; the gradient itself where there is no decay.</summary>
    protected static Tensor Decayed(Tensor values, Tensor gradient, double decay)
    {
        if (decay == 0)
        {
            return gradient;
        }
        using var alpha = decay.ToScalar();
        return gradient.add(values, alpha);
    }
}

/// <summary>Stochastic gradient descent without momentum.</summary>
sealed class SgdRule(LearningSettings settings) : StepRule
{
    public override void Step(Tensor values, Tensor gradient)
    {
        using var rate = (-settings.LearningRate).ToScalar();
        values.add_(Decayed(values, gradient, settings.WeightDecay), rate);
    }

    public override void Save(BinaryWriter to) { }

    public override void Load(BinaryReader from) { }

    public override void Dispose() { }
}

/// <summary>Adam (Kingma and Ba, 2015) with beta = (0.9, 0.999), epsilon = 1e-8 and L2 weight decay.</summary>
sealed class AdamRule : StepRule
{
    const double Beta1 = 0.9;
    const double Beta2 = 0.999;
    const double Epsilon = 1e-8;

    readonly LearningSettings _settings;
    readonly Tensor _mean;
    readonly Tensor _square;
    long _steps;

    public AdamRule(LearningSettings settings, long count)
    {
        _settings = settings;
        _mean = zeros(count).DetachFromDisposeScope();
        _square = zeros(count).DetachFromDisposeScope();
    }

    public override void Step(Tensor values, Tensor gradient)
    {
        _steps++;
        var (correction1, correction2) = (1 - Math.Pow(Beta1, _steps), 1 - Math.Pow(Beta2, _steps));
        using Scalar keep1 = Beta1.ToScalar(), take1 = (1 - Beta1).ToScalar();
        using Scalar keep2 = Beta2.ToScalar(), take2 = (1 - Beta2).ToScalar();
        using Scalar scale = Math.Sqrt(correction2).ToScalar(), epsilon = Epsilon.ToScalar(), once = 1.ToScalar();
        using var rate = (-(_settings.LearningRate / correction1)).ToScalar();
        var decayed = Decayed(values, gradient, _settings.WeightDecay);
        _mean.mul_(keep1).add_(decayed, take1);
        _square.mul_(keep2).addcmul_(decayed, decayed, take2);
        values.addcdiv_(_mean, _square.sqrt().div(scale).add_(epsilon, once), rate);
    }

    public override void Save(BinaryWriter to)
    {
        to.Write(_steps);
        to.Write(MemoryMarshal.AsBytes(Copy.Out(_mean).AsSpan()));
        to.Write(MemoryMarshal.AsBytes(Copy.Out(_square).AsSpan()));
    }

    public override void Load(BinaryReader from)
    {
        _steps = from.ReadInt64();
        Copy.Into(_mean, from.BaseStream);
        Copy.Into(_square, from.BaseStream);
    }

    public override void Dispose()
    {
        _mean.Dispose();
        _square.Dispose();
    }
}
