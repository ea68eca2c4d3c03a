using BitTensor.Mechanism;
using BitTensor.Scenarios;
using TorchSharp;
using static TorchSharp.torch;

namespace BitTensor.Learning;

/// <summary>
/// A student of the peers, eq. (11): it predicts the masked answers of all of them from the examples. It has the form
/// of the neuron's encoder, with an output per peer. Not thread-safe.
/// </summary>
sealed class PeerStudent : IDisposable
{
    readonly ModelShape _shape;
    readonly ModelShape _own;
    readonly StudentSpec _spec;
    // Iterations since the student learned from a peer; -1 before it ever did.
    readonly int[] _age;

    /// <summary>A fresh student, drawn from (seed, neuron) alone.</summary>
    public PeerStudent(ModelShape shape, LearningSettings settings, ulong seed, int neuron)
    {
        (_shape, _own, _spec) = (shape, ShapeOf(shape), settings.Student!);
        _age = [.. Enumerable.Repeat(-1, shape.Slots - 1)];
        Part = new ModelPart(
            Layers.EncoderShapes(_own), EncoderFormula.Of(_own).Offsets(_own), settings,
            new RandomStream(seed, "student", neuron));
    }

    /// <summary>Its parameters.</summary>
    public ModelPart Part { get; }

    int Peers => _shape.Peers;

    /// <summary>Shape of the student of a model: its encoder with the slots of all peers as representation.</summary>
    public static ModelShape ShapeOf(ModelShape shape) =>
        shape with { Representation = (shape.Slots - 1) * shape.Representation };

    /// <summary>True when it stands in for a peer: it has learned from it, and not too long ago.</summary>
    public bool Knows(int peer) => _age[peer] >= 0 && _age[peer] <= (_spec.MaxAge ?? int.MaxValue);

    /// <summary>What it predicts, rows x (slots - 1) representation.</summary>
    public Tensor Predict(Tensor x) => Layers.Encode(_own, x, Part.Views);

    /// <summary>An iteration of the neuron has passed.</summary>
    public void Age()
    {
        for (var k = 0; k < _age.Length; k++)
        {
            _age[k] += _age[k] is >= 0 and < int.MaxValue ? 1 : 0;
        }
    }

    /// <summary>The gradient on some examples and the answers to them.</summary>
    /// <param name="x">Examples, rows x features.</param>
    /// <param name="answers">Answers side by side, rows x (slots - 1) representation.</param>
    /// <param name="known">1 where there is an answer and 0 elsewhere, likewise.</param>
    /// <param name="head">The model's outputs over the peers' slots.</param>
    /// <returns>The loss.</returns>
    public double Backward(Tensor x, Tensor answers, float[] known, Func<Tensor, Tensor> head)
    {
        var rows = (int)x.shape[0];
        Part.ZeroGradient();
        var mask = Copy.In(known, rows, Peers * _shape.Representation);
        var predicted = Predict(x).mul(mask);
        var loss = Loss(predicted, answers.mul(mask), mask, head);
        loss.backward();
        return loss.item<float>();
    }

    /// <summary>Steps along the gradient, and notes from whom it has learned.</summary>
    public void Step(float[] known)
    {
        Part.Step();
        for (var at = 0; at < known.Length; at++)
        {
            var peer = at % (Peers * _shape.Representation) / _shape.Representation;
            _age[peer] = known[at] == 0 ? _age[peer] : 0;
        }
    }

    /// <summary>Writes parameters and ages.</summary>
    public void Save(BinaryWriter to)
    {
        Part.Save(to);
        Array.ForEach(_age, to.Write);
    }

    /// <summary>Reads what a student of the same shape saved.</summary>
    public void Load(BinaryReader from)
    {
        Part.Load(from);
        for (var k = 0; k < _age.Length; k++)
        {
            _age[k] = from.ReadInt32();
        }
    }

    public void Dispose() => Part.Dispose();

    Tensor Loss(Tensor predicted, Tensor answers, Tensor mask, Func<Tensor, Tensor> head)
    {
        var distance = Kept.Plus(predicted, answers.neg());
        var squares = distance.mul(distance).sum().div(mask.sum());
        return _spec.Loss switch
        {
            StudentLoss.Mse => squares,
            StudentLoss.Kl => Divergence(head(predicted), head(answers).detach()),
            _ => Kept.Plus(squares, Divergence(head(predicted), head(answers).detach())),
        };
    }

    /// <summary>KL(p of the answers, p of the student), mean over examples; squared error in a regression.</summary>
    Tensor Divergence(Tensor student, Tensor teacher) => _shape.IsRegression
        ? nn.functional.mse_loss(student, teacher)
        : teacher.softmax(1).mul(Kept.Plus(teacher.log_softmax(1), student.log_softmax(1).neg())).sum(1).mean();
}
