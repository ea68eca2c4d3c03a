using System.Collections.Immutable;
using TorchSharp;
using TorchSharp.PyBridge;
using static TorchSharp.torch;

namespace BitTensor.Learning;

/// <summary>What a model has in the place of its peers when it is without them.</summary>
/// <param name="Taught">
/// Per peer, in the order of their slots, whether the student stands in for it; empty without a student, where all
/// slots of peers are zero.
/// </param>
/// <param name="Gated">True where a trained gate weighs what the student predicts.</param>
/// <param name="Rule">How it is joined.</param>
public sealed record AbsentPeers(ImmutableArray<bool> Taught, bool Gated, JoinRule Rule)
{
    /// <summary>True where a student predicts the peers' answers.</summary>
    public bool HasStudent => !Taught.IsDefaultOrEmpty;

    /// <summary>Those of a model.</summary>
    public static AbsentPeers Of(ModelSnapshot model, JoinRule rule) =>
        new([.. model.Taught], model is { Student.Length: > 0, Gate.Length: > 0 }, rule);
}

/// <summary>
/// A trained model on its own, without a network: its parameters as safetensors, which Python reads, and its
/// predictions. Tensors are named <c>encoder.K</c>, <c>head.K</c>, and with a student <c>student.K</c> and
/// <c>gate.K</c>, in the order of the formulas of <see cref="ModelShape.Encoder"/>, <see cref="ModelShape.Head"/> and
/// <see cref="GateFormula"/>; the student has the formula of the encoder.
/// </summary>
public static class StandAloneModel
{
    /// <summary>Names and shapes of the tensors of a model, in their order.</summary>
    public static IReadOnlyList<(string Name, int Rows, int Columns)> TensorsOf(ModelShape shape, AbsentPeers peers) =>
        [.. PartsOf(shape, peers).SelectMany(part => part.Shapes.Select(
            (s, k) => ($"{part.Name}.{k}", s.Rows, s.Columns)))];

    static IEnumerable<(string Name, (int Rows, int Columns)[] Shapes)> PartsOf(ModelShape shape, AbsentPeers peers) =>
    [
        ("encoder", Layers.EncoderShapes(shape)),
        ("head", Layers.HeadShapes(shape)),
        ("student", peers.HasStudent ? Layers.EncoderShapes(PeerStudent.ShapeOf(shape)) : []),
        ("gate", peers.Gated ? GateFormula.Shapes(shape) : []),
    ];

    /// <summary>Writes the parameters of a model without modules of user code.</summary>
    /// <exception cref="ArgumentException">
    /// The model has modules: only their own code knows what they compute.
    /// </exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(ModelSnapshot model, AbsentPeers peers, string file)
    {
        if (model.Modules is not null)
        {
            throw new ArgumentException("A model with modules of user code cannot be written.", nameof(model));
        }
        TorchRuntime.Initialize();
        using var scope = NewDisposeScope();
        float[][] values = [.. model.Encoder, .. model.Head, .. model.Student, .. peers.Gated ? model.Gate : []];
        var tensors = TensorsOf(model.Shape, peers).Zip(values).ToDictionary(
            t => t.First.Name, t => Copy.In(t.Second, t.First.Rows, t.First.Columns));
        using var stream = File.Create(file);
        Safetensors.SaveStateDict(stream, tensors);
    }

    /// <summary>Reads the parameters of a model of this shape.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, or belongs to a model of another shape.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ModelSnapshot Load(ModelShape shape, AbsentPeers peers, string file)
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
        float[][] PartOf(string name) =>
            [.. TensorsOf(shape, peers).Where(t => t.Name.StartsWith($"{name}.", StringComparison.Ordinal))
                .Select(ValuesOf)];
        return new ModelSnapshot(shape, PartOf("encoder"), PartOf("head"))
        {
            Student = PartOf("student"), Gate = PartOf("gate"), Taught = [.. peers.Taught],
        };
    }

    /// <summary>What a model without its peers gives for these inputs.</summary>
    /// <param name="model">The model.</param>
    /// <param name="rule">How it joins what its student predicts.</param>
    /// <param name="inputs">Rows x features, row-major.</param>
    /// <param name="rows">How many.</param>
    /// <returns>Per row the probability of each class, or the prediction of a regression.</returns>
    public static double[][] Predict(ModelSnapshot model, JoinRule rule, float[] inputs, int rows)
    {
        TorchRuntime.Initialize();
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var flat = SnapshotFunctions.Alone(model, inputs, rows, rule, outputs =>
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
