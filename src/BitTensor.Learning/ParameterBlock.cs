using System.Runtime.InteropServices;
using BitTensor.Mechanism;
using TorchSharp;
using static TorchSharp.torch;

namespace BitTensor.Learning;

/// <summary>
/// The parameters of one part of a model in one contiguous tensor, with one gradient tensor of the same shape. The
/// layers see views of both, so an optimizer's step is a handful of operations for any number of layers.
/// </summary>
sealed class ParameterBlock : IDisposable
{
    readonly Tensor _flat;
    readonly Tensor _gradient;
    readonly Tensor[] _gradientViews;
    readonly StepRule _rule;

    /// <summary>Matrices of these shapes; those at the offsets start at zero, the others Xavier-normal.</summary>
    public ParameterBlock(
        (int Rows, int Columns)[] shapes, int[] offsets, LearningSettings settings, RandomStream dice)
    {
        using var scope = NewDisposeScope();
        _flat = tensor(Draw(shapes, offsets, dice)).DetachFromDisposeScope();
        _gradient = zeros_like(_flat).DetachFromDisposeScope();
        Views = new Tensor[shapes.Length];
        _gradientViews = new Tensor[shapes.Length];
        long at = 0;
        using (no_grad())
        {
            for (var k = 0; k < shapes.Length; k++)
            {
                var (rows, columns) = shapes[k];
                var size = (long)rows * columns;
                _gradientViews[k] = _gradient.narrow(0, at, size).view(rows, columns).DetachFromDisposeScope();
                Views[k] = _flat.detach().narrow(0, at, size).view(rows, columns).requires_grad_(true)
                    .DetachFromDisposeScope();
                Views[k].grad = _gradientViews[k];
                at += size;
            }
        }
        _rule = StepRule.Of(settings, at);
    }

    /// <summary>Parameters that a module made: their values move into the block, and they become its views.</summary>
    public ParameterBlock(IReadOnlyList<TorchSharp.Modules.Parameter> parameters, LearningSettings settings)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        Views = [.. parameters];
        _gradientViews = new Tensor[Views.Length];
        _flat = (Views.Length == 0 ? zeros(0) : cat([.. Views.Select(v => v.detach().flatten())]))
            .DetachFromDisposeScope();
        _gradient = zeros_like(_flat).DetachFromDisposeScope();
        long at = 0;
        for (var k = 0; k < Views.Length; k++)
        {
            var size = Views[k].numel();
            _gradientViews[k] = _gradient.narrow(0, at, size).view(Views[k].shape).DetachFromDisposeScope();
            Views[k].set_(_flat.narrow(0, at, size).view(Views[k].shape));
            Views[k].grad = _gradientViews[k];
            at += size;
        }
        _rule = StepRule.Of(settings, at);
    }

    /// <summary>Leaves of the graph, one per shape, that share their storage with the block.</summary>
    public Tensor[] Views { get; }

    public void ZeroGradient() => _gradient.zero_();

    public void Step()
    {
        using var noGradient = no_grad();
        _rule.Step(_flat, _gradient);
    }

    public float[][] Export() => Array.ConvertAll(Views, v => Copy.Out(v.detach()));

    public float[] Gradient() => Copy.Out(_gradient);

    public void SetGradient(float[] gradient) => _gradient.copy_(from_array(gradient));

    /// <summary>Writes values and optimizer state.</summary>
    public void Save(BinaryWriter to)
    {
        using var scope = NewDisposeScope();
        to.Write(MemoryMarshal.AsBytes(Copy.Out(_flat).AsSpan()));
        _rule.Save(to);
    }

    /// <summary>Reads back what a block of the same shapes and optimizer saved.</summary>
    public void Load(BinaryReader from)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        Copy.Into(_flat, from.BaseStream);
        _rule.Load(from);
    }

    public void Dispose()
    {
        _rule.Dispose();
        foreach (var view in Views.Concat(_gradientViews))
        {
            view.Dispose();
        }
        _flat.Dispose();
        _gradient.Dispose();
    }

    static float[] Draw((int Rows, int Columns)[] shapes, int[] offsets, RandomStream dice)
    {
        var values = new List<float>();
        foreach (var (position, (rows, columns)) in shapes.Index())
        {
            var deviation = offsets.Contains(position) ? 0 : Math.Sqrt(2.0 / (rows + columns));
            for (var k = 0; k < rows * columns; k++)
            {
                values.Add((float)(deviation * dice.NextNormal()));
            }
        }
        return [.. values];
    }
}
