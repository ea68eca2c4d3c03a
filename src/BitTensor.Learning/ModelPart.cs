using BitTensor.Mechanism;
using TorchSharp;
using static TorchSharp.torch;

namespace BitTensor.Learning;

/// <summary>One part of a model, encoder or head: its parameters, and the module of user code that has them.</summary>
sealed class ModelPart : IDisposable
{
    readonly ParameterBlock _block;
    readonly nn.Module<Tensor, Tensor>? _module;
    readonly Tensor[] _buffers;

    /// <summary>The parameters of a formula.</summary>
    public ModelPart((int Rows, int Columns)[] shapes, int[] offsets, LearningSettings settings, RandomStream dice)
    {
        _block = new ParameterBlock(shapes, offsets, settings, dice);
        _buffers = [];
    }

    /// <summary>A module. It belongs to the part.</summary>
    public ModelPart(nn.Module<Tensor, Tensor> module, LearningSettings settings)
    {
        _module = module;
        var parameters = module.parameters(recurse: true).ToLookup(p => p.requires_grad);
        // A frozen parameter is kept as a buffer is: no step moves it.
        _buffers = [.. parameters[false], .. module.buffers(recurse: true)];
        _block = new ParameterBlock([.. parameters[true]], settings);
    }

    /// <summary>The module; null for a formula.</summary>
    public bool IsModule => _module is not null;

    /// <summary>Leaves of the graph.</summary>
    public Tensor[] Views => _block.Views;

    /// <summary>The module's output.</summary>
    /// <param name="input">Input.</param>
    /// <param name="training">False in eval mode.</param>
    public Tensor Call(Tensor input, bool training)
    {
        _module!.train(training);
        // The bits of some products depend on how memory is aligned, and that of an array may lie anywhere.
        return _module.call(input.clone());
    }

    public void ZeroGradient() => _block.ZeroGradient();

    public void Step() => _block.Step();

    public float[] Gradient() => _block.Gradient();

    public void SetGradient(float[] gradient) => _block.SetGradient(gradient);

    /// <summary>Parameters, then the buffers of a module.</summary>
    public float[][] Export() =>
        [.. _block.Export(), .. _buffers.Select(b => Copy.Out(b.detach().to(ScalarType.Float32)))];

    /// <summary>Overwrites parameters and buffers by what <see cref="Export"/> gave.</summary>
    public void Import(float[][] values)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        foreach (var (tensor, value) in _block.Views.Concat(_buffers).Zip(values))
        {
            tensor.copy_(from_array(value).view(tensor.shape).to(tensor.dtype));
        }
    }

    /// <summary>What undoes the changes that a call makes to buffers.</summary>
    public Action? Undo()
    {
        if (_buffers.Length == 0)
        {
            return null;
        }
        var kept = Export();
        return () => Import(kept);
    }

    public void Save(BinaryWriter to)
    {
        using var scope = NewDisposeScope();
        _block.Save(to);
        foreach (var buffer in _buffers)
        {
            var bytes = buffer.detach().contiguous().bytes.ToArray();
            to.Write(bytes);
        }
    }

    public void Load(BinaryReader from)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        _block.Load(from);
        foreach (var buffer in _buffers)
        {
            var saved = empty_like(buffer);
            var bytes = new byte[saved.bytes.Length];
            from.BaseStream.ReadExactly(bytes);
            bytes.CopyTo(saved.bytes);
            buffer.copy_(saved);
        }
    }

    public void Dispose()
    {
        _block.Dispose();
        _module?.Dispose();
    }
}
