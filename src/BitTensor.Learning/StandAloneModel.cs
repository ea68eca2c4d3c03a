using TorchSharp;
using TorchSharp.PyBridge;
using static TorchSharp.torch;

namespace BitTensor.Learning;

/// <summary>
/// A trained model on its own, without a network: its parameters as safetensors, which Python reads, and its
/// predictions with the peers' slots at zero. Tensors are named <c>encoder.K</c> and <c>head.K</c>, in the order of the
/// formulas of <see cref="ModelShape.Encoder"/> and <see cref="ModelShape.Head"/>.
/// </summary>
public static class StandAloneModel
{
    /// <summary>Names and shapes of the tensors of a model, in their order.</summary>
    public static IReadOnlyList<(string Name, int Rows, int Columns)> TensorsOf(ModelShape shape) =>
    [
        .. Layers.EncoderShapes(shape).Select((s, k) => ($"encoder.{k}", s.Rows, s.Columns)),
        .. Layers.HeadShapes(shape).Select((s, k) => ($"head.{k}", s.Rows, s.Columns)),
    ];

    /// <summary>Writes the parameters of a model without modules of user code.</summary>
    /// <exception cref="ArgumentException">
    /// The model has modules: only their own code knows what they compute.
    /// </exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(ModelSnapshot model, string file)
    {
        if (model.Modules is not null)
        {
            throw new ArgumentException("A model with modules of user code cannot be written.", nameof(model));
        }
        TorchRuntime.Initialize();
        using var scope = NewDisposeScope();
        var values = model.Encoder.Concat(model.Head);
        var tensors = TensorsOf(model.Shape).Zip(values).ToDictionary(
            t => t.First.Name, t => Copy.In(t.Second, t.First.Rows, t.First.Columns));
        using var stream = File.Create(file);
        Safetensors.SaveStateDict(stream, tensors);
    }

    /// <summary>Reads the parameters of a model of this shape.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, or belongs to a model of another shape.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ModelSnapshot Load(ModelShape shape, string file)
    {
        TorchRuntime.Initialize();
        using var scope = NewDisposeScope();
        var read = Read(file);
        float[] ValuesOf((string Name, int Rows, int Columns) tensor) =>
            read.TryGetValue(tensor.Name, out var value) && value.dtype == ScalarType.Float32
                && value.shape.AsSpan().SequenceEqual([tensor.Rows, tensor.Columns])
                ? Copy.Out(value)
                : throw new InvalidDataException(
                    $"{file} has no tensor {tensor.Name} of {tensor.Rows} x {tensor.Columns} float32 numbers: it "
                    + "belongs to another card, or is damaged.");
        var values = TensorsOf(shape).Select(ValuesOf).ToArray();
        var encoder = Layers.EncoderShapes(shape).Length;
        return new ModelSnapshot(shape, values[..encoder], values[encoder..]);
    }

    /// <summary>What a model without its peers gives for these inputs.</summary>
    /// <param name="model">The model.</param>
    /// <param name="inputs">Rows x features, row-major.</param>
    /// <param name="rows">How many.</param>
    /// <returns>Per row the probability of each class, or the prediction of a regression.</returns>
    public static double[][] Predict(ModelSnapshot model, float[] inputs, int rows)
    {
        TorchRuntime.Initialize();
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var flat = SnapshotFunctions.Alone(model, inputs, rows, outputs =>
        {
            var values = model.Shape.IsRegression ? outputs : outputs.softmax(1);
            return values.contiguous().data<double>().ToArray();
        });
        return [.. flat.Chunk(model.Shape.Outputs)];
    }

    static Dictionary<string, Tensor> Read(string file)
    {
        using var stream = File.OpenRead(file);
        try
        {
            return Safetensors.LoadStateDict(stream);
        }
        // The library does not document what it throws on damage; any exception means a damaged file.
#pragma warning disable CA1031
        catch (Exception damage) when (damage is not OutOfMemoryException)
#pragma warning restore CA1031
        {
            throw new InvalidDataException($"{file} is no safetensors file, or is damaged: {damage.Message}", damage);
        }
    }
}
