using BitTensor.Mechanism;
using TorchSharp;
using static TorchSharp.torch;

namespace BitTensor.Learning;

/// <summary>
/// The model of one neuron: an encoder f_i(x), which peers receive, and a head F_i over the slots. Both are formulas
/// over their parameters, or modules of user code. Not thread-safe.
/// </summary>
public sealed class SlotModel : IDisposable
{
    readonly ModelShape _shape;
    readonly LearningSettings _settings;
    readonly IModuleFactory? _modules;
    readonly ModelPart _encoder;
    readonly ModelPart _head;
    readonly RandomStream _dropout;
    readonly (ulong Seed, int Neuron) _owner;
    long _calls;

    /// <summary>A fresh model; its parameters are drawn from (seed, neuron) alone.</summary>
    /// <param name="shape">Shape.</param>
    /// <param name="settings">How it learns.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="neuron">Id.</param>
    /// <param name="modules">Makes modules in the place of formulas; null for none.</param>
    /// <exception cref="ModuleException">A module fails, or its output has another shape.</exception>
    public SlotModel(
        ModelShape shape, LearningSettings settings, ulong seed, int neuron, IModuleFactory? modules = null)
    {
        TorchRuntime.Initialize();
        (_shape, _settings, _modules, _owner) = (shape, settings, modules, (seed, neuron));
        var dice = new RandomStream(seed, "parameters", neuron);
        _dropout = new RandomStream(seed, "slot-dropout", neuron);
        _encoder = Part(modules is null ? null : () => modules.Encoder(shape))
            ?? new ModelPart(Layers.EncoderShapes(shape), EncoderFormula.Of(shape).Offsets(shape), settings, dice);
        _head = Part(modules is null ? null : () => modules.Head(shape))
            ?? new ModelPart(Layers.HeadShapes(shape), HeadFormula.Of(shape).Offsets, settings, dice);
        if (HasModules)
        {
            ModuleCheck.Check(shape, _encoder, _head);
        }
    }

    /// <summary>The shape.</summary>
    public ModelShape Shape => _shape;

    bool HasModules => _encoder.IsModule || _head.IsModule;

    /// <summary>f_i(x): batch rows x features to rows x representation.</summary>
    public float[] Represent(float[] batch, int rows) => Computed(() =>
    {
        using var noGradient = no_grad();
        return Copy.Out(Encode(Copy.In(batch, rows, _shape.Features), training: false));
    });

    /// <summary>
    /// Learns from dL/df, rows x representation. Runs the encoder on the batch again, since its parameters may have
    /// moved since the answer, and steps the encoder.
    /// </summary>
    public void Learn(float[] batch, int rows, float[] gradient)
    {
        Backward(batch, rows, gradient);
        using var scope = NewDisposeScope();
        _encoder.Step();
    }

    /// <summary>
    /// The gradient of <see cref="Learn"/> by the encoder's parameters, all in one row. Steps nothing.
    /// </summary>
    public float[] GradientOf(float[] batch, int rows, float[] gradient)
    {
        Backward(batch, rows, gradient);
        using var scope = NewDisposeScope();
        return _encoder.Gradient();
    }

    /// <summary>Steps the encoder along a gradient of its parameters.</summary>
    public void Step(float[] gradient)
    {
        using var scope = NewDisposeScope();
        _encoder.SetGradient(gradient);
        _encoder.Step();
    }

    /// <summary>One training step of encoder and head, of a model of classes.</summary>
    /// <param name="batch">Own batch, rows x features.</param>
    /// <param name="labels">Its labels, one per row.</param>
    /// <param name="slots">
    /// Y_k per slot, rows x representation, masked; null counts as zero. The own slot's entry is not read.
    /// </param>
    /// <param name="labelDice">
    /// When given, also estimates eq. (3), with labels drawn from the model's own distribution.
    /// </param>
    public TrainingStep Train(
        float[] batch, int[] labels, IReadOnlyList<float[]?> slots, RandomStream? labelDice = null) =>
        Train(new Examples(_shape.Features, _shape.Classes, batch, labels), slots, labelDice);

    /// <summary>One training step of encoder and head.</summary>
    /// <param name="batch">Own batch.</param>
    /// <param name="slots">
    /// Y_k per slot, rows x representation, masked; null counts as zero. The own slot's entry is not read.
    /// </param>
    /// <param name="labelDice">
    /// When given, also estimates eq. (3), with labels or targets drawn from the model's own distribution.
    /// </param>
    /// <param name="measure">How eq. (3) is estimated. A measure by removal needs no dice.</param>
    public TrainingStep Train(
        Examples batch, IReadOnlyList<float[]?> slots, RandomStream? labelDice = null,
        WorthMeasure measure = WorthMeasure.Fisher)
    {
        var step = Pass(new BatchPass(batch, slots, measure, Training: true), labelDice);
        using var scope = NewDisposeScope();
        _encoder.Step();
        _head.Step();
        return step;
    }

    /// <summary>What <see cref="Train(Examples, IReadOnlyList{float[]}, RandomStream, WorthMeasure)"/> finds before
    /// its step, without slot dropout; steps nothing.</summary>
    public TrainingStep Measure(
        Examples batch, IReadOnlyList<float[]?> slots, RandomStream? labelDice = null,
        WorthMeasure measure = WorthMeasure.Fisher) =>
        Pass(new BatchPass(batch, slots, measure, Training: false), labelDice);

    TrainingStep Pass(BatchPass pass, RandomStream? labelDice)
    {
        // What is drawn is drawn once, however often the computing is repeated.
        var rows = pass.Batch.Count;
        var draws = labelDice is null ? null : Criterion.Draws(_shape, rows, labelDice);
        var dropped = pass.Training ? Dropped(rows) : null;
        var peers = Pack(pass.Slots, rows);
        return Computed(() => Gradients(pass, peers, dropped, draws), Undo());
    }

    TrainingStep Gradients(BatchPass pass, float[] peers, DroppedSlots? dropped, double[]? draws)
    {
        var (batch, slots, training) = (pass.Batch, pass.Slots, pass.Training);
        var rows = batch.Count;
        var input = Copy.In(peers, rows, (_shape.Slots - 1) * _shape.Representation).requires_grad_(true);
        _encoder.ZeroGradient();
        _head.ZeroGradient();
        var own = Encode(Copy.In(batch.Inputs, rows, _shape.Features), training);
        var outputs = dropped is null
            ? Read(input, own, training)
            : Read(input.mul(dropped.Peers()), own.mul(dropped.Own()), training);
        var scores = Copy.Out(outputs.detach());
        var targets = Criterion.Targets(_shape, batch);
        var significance = pass.Measure != WorthMeasure.Fisher
            ? Removals(pass.Measure, new HeadBatch(input.detach(), own.detach(), targets))
            : draws is null ? null : Significance(outputs, scores, input, peers, rows, draws);
        var loss = Criterion.Loss(_shape, outputs, targets, nn.Reduction.Mean);
        loss.backward();
        var gradient = Copy.Out(input.grad!);
        return new TrainingStep(
            loss.item<float>(), Criterion.Accuracy(_shape, scores, batch), Unpack(gradient, slots, rows),
            Inner(gradient, peers, rows), significance);
    }

    /// <summary>A copy of the parameters; changes nothing.</summary>
    public ModelSnapshot Export()
    {
        using var scope = NewDisposeScope();
        return new ModelSnapshot(_shape, _encoder.Export(), _head.Export()) { Modules = _modules };
    }

    /// <summary>Parameters and optimizer state as bytes, for <see cref="Load"/>.</summary>
    public byte[] Save()
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        _encoder.Save(writer);
        _head.Save(writer);
        if (HasModules)
        {
            writer.Write(_calls);
        }
        writer.Flush();
        return bytes.ToArray();
    }

    /// <summary>Restores the state that a model of the same shape and settings saved.</summary>
    /// <exception cref="EndOfStreamException">The bytes come from another model.</exception>
    public void Load(byte[] saved)
    {
        using var reader = new BinaryReader(new MemoryStream(saved));
        _encoder.Load(reader);
        _head.Load(reader);
        _calls = HasModules ? reader.ReadInt64() : 0;
    }

    /// <summary>Gradient of the encoder's parameters as the last call left it, all in one row.</summary>
    internal float[] EncoderGradient() => _encoder.Gradient();

    /// <summary>Gradient of the head's parameters as the last call left it, all in one row.</summary>
    internal float[] HeadGradient() => _head.Gradient();

    /// <inheritdoc/>
    public void Dispose()
    {
        _encoder.Dispose();
        _head.Dispose();
    }

    Tensor Encode(Tensor x, bool training) => _encoder.IsModule
        ? _encoder.Call(x, training)
        : Layers.Encode(_shape, x, _encoder.Views);

    Tensor Read(Tensor peers, Tensor own, bool training) => _head.IsModule
        ? _head.Call(ModuleCheck.SideBySide(_shape, peers, own), training)
        : Layers.Read(_shape, peers, own, _head.Views);

    void Backward(float[] batch, int rows, float[] gradient) => Computed(() =>
    {
        _encoder.ZeroGradient();
        var output = Encode(Copy.In(batch, rows, _shape.Features), training: false);
        output.backward([Aligned(Copy.In(gradient, rows, _shape.Representation))]);
        return rows;
    }, Undo());

    /// <summary>The result of a computation; its tensors do not outlive it.</summary>
    T Computed<T>(Func<T> compute, Action? undo = null)
    {
        return HasModules ? ModuleCall.Run(SeedOfCall(), Scoped, undo) : Scoped();

        T Scoped()
        {
            using var scope = NewDisposeScope();
            return compute();
        }
    }

    /// <summary>A module takes a gradient in libtorch's own memory, for the reason that its input is.</summary>
    Tensor Aligned(Tensor gradient) => _encoder.IsModule ? gradient.clone() : gradient;

    ulong SeedOfCall() => new RandomStream(_owner.Seed, "module", _owner.Neuron, ++_calls).NextUInt64();

    Action? Undo() => HasModules ? _encoder.Undo() + _head.Undo() : null;

    ModelPart? Part(Func<nn.Module<Tensor, Tensor>?>? make)
    {
        var module = make is null ? null : ModuleCall.Run(SeedOfCall(), make);
        return module is null ? null : new ModelPart(module, _settings);
    }

    DroppedSlots? Dropped(int rows) => _settings is { SlotDropout: 0, OwnDropout: 0 }
        ? null
        : new DroppedSlots(_shape, rows, _settings, _dropout);

    int PeerOf(int slot) => slot < _shape.OwnSlot ? slot : slot - 1;

    float[] Pack(IReadOnlyList<float[]?> slots, int rows)
    {
        var width = (_shape.Slots - 1) * _shape.Representation;
        var packed = new float[rows * width];
        for (var k = 0; k < slots.Count; k++)
        {
            if (k != _shape.OwnSlot && slots[k] is { } reply)
            {
                for (var row = 0; row < rows; row++)
                {
                    reply.AsSpan(row * _shape.Representation, _shape.Representation)
                        .CopyTo(packed.AsSpan(row * width + PeerOf(k) * _shape.Representation));
                }
            }
        }
        return packed;
    }

    float[]?[] Unpack(float[] gradient, IReadOnlyList<float[]?> slots, int rows)
    {
        var (width, r) = ((_shape.Slots - 1) * _shape.Representation, _shape.Representation);
        var unpacked = new float[]?[_shape.Slots];
        for (var k = 0; k < unpacked.Length; k++)
        {
            if (k == _shape.OwnSlot || slots[k] is null)
            {
                continue;
            }
            var mine = unpacked[k] = new float[rows * r];
            for (var row = 0; row < rows; row++)
            {
                gradient.AsSpan(row * width + PeerOf(k) * r, r).CopyTo(mine.AsSpan(row * r));
            }
        }
        return unpacked;
    }

    /// <summary>Per slot, the inner product of two packed tensors.</summary>
    double[] Inner(float[] a, float[] b, int rows)
    {
        var sums = new double[_shape.Slots];
        ForEachSlotRow(rows, (slot, at, r) =>
        {
            for (var c = at; c < at + r; c++)
            {
                sums[slot] += (double)a[c] * b[c];
            }
        });
        return sums;
    }

    /// <summary>
    /// Eq. (3) by Fisher information on the neuron's own batch: the mean square, over examples, of the directional
    /// score of the slot, for a label drawn from the model's own distribution.
    /// </summary>
    double[] Significance(Tensor outputs, float[] scores, Tensor input, float[] peers, int rows, double[] draws)
    {
        var likelihood = Criterion.Likelihood(_shape, outputs, scores, draws);
        var score = Copy.Out(autograd.grad([likelihood], [input], retain_graph: true)[0]);
        var significance = new double[_shape.Slots];
        ForEachSlotRow(rows, (slot, at, r) =>
        {
            double directional = 0;
            for (var c = at; c < at + r; c++)
            {
                directional += (double)score[c] * peers[c];
            }
            significance[slot] += directional * directional / rows;
        });
        return significance;
    }

    /// <summary>Eq. (3) by removal on the neuron's own batch: one number per slot, 0 of the own one.</summary>
    double[] Removals(WorthMeasure measure, HeadBatch batch)
    {
        var peers = new RemovalWorth(_shape, batch, (p, own) => Read(p, own, training: false)).Measure(measure);
        return [.. Enumerable.Range(0, _shape.Slots).Select(k => k == _shape.OwnSlot ? 0 : peers[PeerOf(k)])];
    }

    void ForEachSlotRow(int rows, Action<int, int, int> visit)
    {
        var (width, r) = ((_shape.Slots - 1) * _shape.Representation, _shape.Representation);
        for (var k = 0; k < _shape.Slots; k++)
        {
            for (var row = 0; k != _shape.OwnSlot && row < rows; row++)
            {
                visit(k, row * width + PeerOf(k) * r, r);
            }
        }
    }

    /// <summary>One pass forward and backward over a batch of the neuron's own.</summary>
    sealed record BatchPass(Examples Batch, IReadOnlyList<float[]?> Slots, WorthMeasure Measure, bool Training);
}
