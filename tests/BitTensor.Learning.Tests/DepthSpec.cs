using BitTensor.Mechanism;
using BitTensor.Scenarios;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace BitTensor.Learning.Tests;

/// <summary>Answers that hold the server's own peer input, eq. (9), and gradients that go on to its peers.</summary>
public sealed class DepthSpec
{
    const ulong Seed = 11;
    const int Rows = 8;
    const int Slots = 4;
    const int Width = 3;

    static readonly LearningSettings Settings = new(OptimizerKind.Sgd, 0.5, 0)
    {
        AnswersWithPeers = true, Student = StudentSpec.Default,
    };

    /// <summary>
    /// Neuron 0 asks neuron 1, which asks neurons 2 and 3: gradients by messages against the three hops as one graph in
    /// float64.
    /// </summary>
    [Fact]
    public void Backward_over_two_hops_of_messages_equals_one_monolithic_autograd_graph()
    {
        using var models = new Models();
        var (x, labels) = (Inputs(), Enumerable.Range(0, Rows).Select(k => k % 4).ToArray());
        float[]?[] replies =
            [null, null, Scaled(models.All[2].Represent(x, Rows), 0.5), Scaled(models.All[3].Represent(x, Rows), 0.9)];
        // The matrix starts at zero, through which no gradient would go on.
        models.All[1].Learn(x, Rows, [.. Inputs().Take(Rows * Width)], replies);
        var before = models.All.Select(m => m.Export()).ToArray();

        var answer = Scaled(models.All[1].Answer(x, Rows, replies), 0.8);
        var step = models.All[0].Train(new Examples(6, 4, x, labels), [null, answer, null, null]);
        var onward = models.All[1].Learn(x, Rows, Scaled(step.Gradients[1]!, 0.8), replies);
        models.All[2].Learn(x, Rows, Scaled(onward[2]!, 0.5));
        models.All[3].Learn(x, Rows, Scaled(onward[3]!, 0.9));

        using var scope = NewDisposeScope();
        var input = Copy.In(x, Rows, 6).to(ScalarType.Float64);
        var encoders = before.Select(s => Leaves(s.Encoder, Layers.EncoderShapes(s.Shape))).ToArray();
        var matrix = Leaves(before[1].Answer, PeerInput.Shapes(Shape(1)));
        var head = Leaves(before[0].Head, Layers.HeadShapes(Shape(0)));
        Tensor Encoded(int k) => Layers.Encode(Shape(k), input, encoders[k]);
        var nothing = zeros(Rows, Width, ScalarType.Float64);
        var gathered = cat([nothing, Encoded(2) * 0.5, Encoded(3) * 0.9], 1);
        var served = (Encoded(1) + gathered.mm(matrix[0])) * 0.8;
        var loss = nn.functional.cross_entropy(
            Layers.Read(Shape(0), cat([served, nothing, nothing], 1), Encoded(0), head), Copy.In(labels));
        loss.backward();

        Assert.Equal(loss.item<double>(), step.Loss, 1e-5);
        AssertClose(head, models.All[0].HeadGradient());
        AssertClose(matrix, models.All[1].PeerInputGradient());
        for (var k = 0; k < Slots; k++)
        {
            AssertClose(encoders[k], models.All[k].EncoderGradient());
        }
        Assert.Null(onward[0]);
    }

    [Fact]
    public void Without_answers_the_student_stands_in_and_the_audit_answers_likewise()
    {
        using var models = new Models();
        var (x, model) = (Inputs(), models.All[1]);
        float[]?[] replies = [models.All[0].Represent(x, Rows), null, models.All[2].Represent(x, Rows), null];
        Assert.Equal(model.Represent(x, Rows), model.Answer(x, Rows, new float[]?[Slots]));
        model.TrainStudent(x, Rows, replies);
        model.Learn(x, Rows, [.. Inputs().Take(Rows * Width)], replies);
        var answer = model.Answer(x, Rows, new float[]?[Slots]);
        Assert.NotEqual(model.Represent(x, Rows), answer);
        using var scope = NewDisposeScope();
        var audited = PeerInput.OfSnapshot(model.Export(), Copy.In(x, Rows, 6).to(ScalarType.Float64));
        Assert.Equal(Copy.Out(audited.to(ScalarType.Float32)), answer, (a, b) => Math.Abs(a - b) < 1e-5);
    }

    [Fact]
    public void A_loaded_model_answers_bit_by_bit_as_before_and_gathered_gradients_step_as_one()
    {
        using Models models = new(), others = new();
        var x = Inputs();
        float[]?[] replies = [models.All[0].Represent(x, Rows), null, null, null];
        float[] gradient = [.. Inputs().Take(Rows * Width)];
        models.All[1].Learn(x, Rows, gradient, replies);
        others.All[1].Step(others.All[1].GradientOf(x, Rows, gradient, replies));
        Assert.Equal(models.All[1].Answer(x, Rows, replies), others.All[1].Answer(x, Rows, replies));
        others.All[2].Load(models.All[1].Save());
        Assert.Equal(models.All[1].Export().Answer[0], others.All[2].Export().Answer[0]);
    }

    static ModelShape Shape(int own) => new(6, 4, Width, 7, Slots, own);

    static float[] Inputs()
    {
        var dice = new RandomStream(3, "inputs");
        return [.. Enumerable.Range(0, Rows * 6).Select(_ => (float)dice.NextNormal())];
    }

    static float[] Scaled(float[] values, double by) => Array.ConvertAll(values, v => (float)(v * by));

    static Tensor[] Leaves(float[][] values, (int Rows, int Columns)[] shapes) =>
        [
            .. values.Select((v, k) => Copy.In(v, shapes[k].Rows, shapes[k].Columns).to(ScalarType.Float64)
                .requires_grad_(true)),
        ];

    static void AssertClose(Tensor[] leaves, float[] actual) => FormsSpec.AssertClose(
        [.. leaves.SelectMany(l => l.grad!.to(ScalarType.Float32).flatten().data<float>().ToArray())], actual);

    /// <summary>The models of all neurons.</summary>
    sealed class Models : IDisposable
    {
        public SlotModel[] All { get; } =
            [.. Enumerable.Range(0, Slots).Select(k => new SlotModel(Shape(k), Settings, Seed, k))];

        public void Dispose() => Array.ForEach(All, m => m.Dispose());
    }
}
