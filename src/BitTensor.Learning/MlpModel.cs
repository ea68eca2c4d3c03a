using BitTensor.Mechanism;
using TorchSharp;
using static TorchSharp.torch;

namespace BitTensor.Learning;

/// <summary>
/// The model of one neuron: an encoder f_i(x), which peers receive, and a head F_i over the slots. Encoder: features ->
/// hidden -> tanh -> representation -> tanh. Head: all slots -> hidden -> tanh -> classes. Not thread-safe.
/// </summary>
public sealed class MlpModel : IDisposable
{
    readonly ModelShape _shape;
    readonly ParameterBlock _encoder;
    readonly ParameterBlock _head;

    /// <summary>A fresh model; its parameters are drawn from (seed, neuron) alone.</summary>
    public MlpModel(ModelShape shape, LearningSettings settings, ulong seed, int neuron)
    {
        TorchRuntime.Initialize();
        _shape = shape;
        var dice = new RandomStream(seed, "parameters", neuron);
        _encoder = new ParameterBlock(Layers.EncoderShapes(shape), Layers.EncoderOffsets, settings, dice);
        _head = new ParameterBlock(Layers.HeadShapes(shape), Layers.HeadOffsets, settings, dice);
    }

    /// <summary>The shape.</summary>
    public ModelShape Shape => _shape;

    /// <summary>f_i(x): batch rows x features to rows x representation.</summary>
    public float[] Represent(float[] batch, int rows)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        return Copy.Out(Encode(Copy.In(batch, rows, _shape.Features)));
    }

    /// <summary>
    /// Learns from dL/df, rows x representation. Runs the encoder on the batch again, since its parameters may have
    /// moved since the answer, and steps the encoder.
    /// </summary>
    public void Learn(float[] batch, int rows, float[] gradient)
    {
        using var scope = NewDisposeScope();
        Backward(batch, rows, gradient);
        _encoder.Step();
    }

    /// <summary>
    /// The gradient of <see cref="Learn"/> by the encoder's parameters, all in one row. Steps nothing.
    /// </summary>
    public float[] GradientOf(float[] batch, int rows, float[] gradient)
    {
        using var scope = NewDisposeScope();
        Backward(batch, rows, gradient);
        return _encoder.Gradient();
    }

    /// <summary>Steps the encoder along a gradient of its parameters.</summary>
    public void Step(float[] gradient)
    {
        using var scope = NewDisposeScope();
        _encoder.SetGradient(gradient);
        _encoder.Step();
    }

    /// <summary>One training step of encoder and head.</summary>
    /// <param name="batch">Own batch, rows x features.</param>
    /// <param name="labels">Its labels, one per row.</param>
    /// <param name="slots">
    /// Y_k per slot, rows x representation, masked; null counts as zero. The own slot's entry is not read.
    /// </param>
    /// <param name="labelDice">
    /// When given, also estimates eq. (3), with labels drawn from the model's own distribution.
    /// </param>
    public TrainingStep Train(
        float[] batch, int[] labels, IReadOnlyList<float[]?> slots, RandomStream? labelDice = null)
    {
        using var scope = NewDisposeScope();
        var rows = labels.Length;
        var peers = Pack(slots, rows);
        var input = Copy.In(peers, rows, (_shape.Slots - 1) * _shape.Representation).requires_grad_(true);
        _encoder.ZeroGradient();
        _head.ZeroGradient();
        var logits = Classify(input, Encode(Copy.In(batch, rows, _shape.Features)));
        var scores = Copy.Out(logits.detach());
        var significance = labelDice is null ? null : Significance(logits, scores, input, peers, rows, labelDice);
        var loss = nn.functional.cross_entropy(logits, Copy.In(labels));
        loss.backward();
        var gradient = Copy.Out(input.grad!);
        var value = loss.item<float>();
        _encoder.Step();
        _head.Step();
        return new TrainingStep(
            value, AccuracyOf(scores, labels), Unpack(gradient, slots, rows), Inner(gradient, peers, rows),
            significance);
    }

    /// <summary>A copy of the parameters; changes nothing.</summary>
    public ModelSnapshot Export()
    {
        using var scope = NewDisposeScope();
        return new ModelSnapshot(_shape, _encoder.Export(), _head.Export());
    }

    /// <summary>Parameters and optimizer state as bytes, for <see cref="Load"/>.</summary>
    public byte[] Save()
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        _encoder.Save(writer);
        _head.Save(writer);
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

    Tensor Encode(Tensor x) => Layers.Encode(x, _encoder.Views);

    Tensor Classify(Tensor peers, Tensor own) => Layers.Classify(peers, own, _head.Views);

    void Backward(float[] batch, int rows, float[] gradient)
    {
        _encoder.ZeroGradient();
        Encode(Copy.In(batch, rows, _shape.Features)).backward([Copy.In(gradient, rows, _shape.Representation)]);
    }

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
    double[] Significance(Tensor logits, float[] scores, Tensor input, float[] peers, int rows, RandomStream dice)
    {
        var drawn = Copy.In(DrawLabels(scores, rows, dice));
        var likelihood = nn.functional.cross_entropy(logits, drawn, reduction: nn.Reduction.Sum);
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

    int[] DrawLabels(float[] scores, int rows, RandomStream dice)
    {
        var drawn = new int[rows];
        for (var row = 0; row < rows; row++)
        {
            var of = scores.AsSpan(row * _shape.Classes, _shape.Classes);
            double highest = Largest(of, out _), total = 0;
            foreach (var s in of)
            {
                total += Math.Exp(s - highest);
            }
            var left = dice.NextDouble() * total;
            while (drawn[row] < _shape.Classes - 1 && (left -= Math.Exp(of[drawn[row]] - highest)) > 0)
            {
                drawn[row]++;
            }
        }
        return drawn;
    }

    double AccuracyOf(float[] scores, int[] labels)
    {
        var right = 0;
        for (var row = 0; row < labels.Length; row++)
        {
            Largest(scores.AsSpan(row * _shape.Classes, _shape.Classes), out var best);
            right += best == labels[row] ? 1 : 0;
        }
        return (double)right / labels.Length;
    }

    static float Largest(ReadOnlySpan<float> values, out int at)
    {
        at = 0;
        for (var k = 1; k < values.Length; k++)
        {
            at = values[k] > values[at] ? k : at;
        }
        return values[at];
    }
}
