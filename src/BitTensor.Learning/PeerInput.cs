using BitTensor.Mechanism;
using TorchSharp;
using static TorchSharp.torch;

namespace BitTensor.Learning;

/// <summary>
/// The peer input in an answer, eq. (9): Y = f(x) + G(x) A, where G(x) are the peers' slots side by side, as the peers
/// answer or as the student predicts. A starts at zero, so a neuron begins by answering with what it knows itself.
/// </summary>
sealed class PeerInput : IDisposable
{
    readonly SlotLayout _layout;

    /// <summary>A fresh matrix.</summary>
    public PeerInput(ModelShape shape, LearningSettings settings, ulong seed, int neuron)
    {
        _layout = new SlotLayout(shape);
        Part = new ModelPart(Shapes(shape), Offsets, settings, new RandomStream(seed, "answer", neuron));
        Length = _layout.Width * shape.Representation;
    }

    static readonly int[] Offsets = [0];

    /// <summary>A.</summary>
    public ModelPart Part { get; }

    /// <summary>Numbers in A.</summary>
    public int Length { get; }

    /// <summary>Shape of A: (slots - 1) representation x representation.</summary>
    public static (int Rows, int Columns)[] Shapes(ModelShape shape) =>
        [((shape.Slots - 1) * shape.Representation, shape.Representation)];

    /// <summary>G(x) as a leaf, from answers side by side and what stands in for those that are missing.</summary>
    public Tensor Leaf(float[] answers, float[]? standIns, int rows)
    {
        var filled = (float[])answers.Clone();
        for (var at = 0; standIns is not null && at < filled.Length; at++)
        {
            filled[at] += standIns[at];
        }
        return Copy.In(filled, rows, _layout.Width).requires_grad_(true);
    }

    /// <summary>Y, rows x representation.</summary>
    public Tensor Answer(Tensor own, Tensor input) => Kept.Plus(own, input.mm(Part.Views[0]));

    public void Dispose() => Part.Dispose();

    /// <summary>Y of a copied model, in float64, its student in the place of its peers.</summary>
    /// <param name="model">The copy.</param>
    /// <param name="x">Examples, rows x features.</param>
    public static Tensor OfSnapshot(ModelSnapshot model, Tensor x)
    {
        var own = SnapshotFunctions.Encode(model, x);
        if (model.Answer.Length == 0)
        {
            return own;
        }
        var (shape, student) = (model.Shape, PeerStudent.ShapeOf(model.Shape));
        var known = model.Taught.SelectMany(t => Enumerable.Repeat(t ? 1.0 : 0.0, shape.Representation)).ToArray();
        var predicted = Layers.Encode(
            student, x, SnapshotFunctions.Matrices(model.Student, Layers.EncoderShapes(student)));
        var matrix = SnapshotFunctions.Matrices(model.Answer, Shapes(shape))[0];
        return Kept.Plus(own, predicted.mul(from_array(known)).mm(matrix));
    }
}
