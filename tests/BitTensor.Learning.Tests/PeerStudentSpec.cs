using BitTensor.Mechanism;
using BitTensor.Scenarios;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace BitTensor.Learning.Tests;

/// <summary>The student of the peers, eq. (11), and what it stands in for.</summary>
public sealed class PeerStudentSpec
{
    const ulong Seed = 11;
    const int Rows = 8;
    const int Slots = 4;
    const int Own = 1;
    const int Width = 3;
    const int Silent = 2;
    static readonly StudentSpec Default = StudentSpec.Default;

    [Theory]
    [InlineData(StudentLoss.Mse, 5)]
    [InlineData(StudentLoss.Kl, 5)]
    [InlineData(StudentLoss.Both, 5)]
    [InlineData(StudentLoss.Both, 0)]
    public void Its_loss_and_gradient_are_those_of_one_graph_over_the_answers_that_came(StudentLoss kind, int classes)
    {
        var shape = Shape(classes);
        using var model = Model(shape, Default with { Loss = kind });
        var (before, x, answers) = (model.Export(), Inputs(), Answers());
        var loss = model.TrainStudent(x, Rows, answers);

        using var scope = NewDisposeScope();
        Tensor Of(float[] values, int columns) => Copy.In(values, Rows, columns).to(ScalarType.Float64);
        var student = PeerStudent.ShapeOf(shape);
        var leaves = Matrices(before.Student, Layers.EncoderShapes(student), grad: true);
        var predicted = Layers.Encode(student, Of(x, shape.Features), leaves);
        var own = Layers.Encode(
            shape, Of(x, shape.Features), Matrices(before.Encoder, Layers.EncoderShapes(shape), grad: false));
        var head = Matrices(before.Head, Layers.HeadShapes(shape), grad: false);
        // Slots 0 and 3 answered; slot 2, the second of the peers, did not: both sides have zeros there.
        var there = tensor(new double[] { 1, 1, 1, 0, 0, 0, 1, 1, 1 }).view(1, 9);
        var taught = cat([Of(answers[0]!, Width), zeros(Rows, Width, ScalarType.Float64), Of(answers[3]!, Width)], 1);
        var squares = ((predicted - taught) * there).square().sum() / (Rows * 2 * Width);
        var (p, q) = (Layers.Read(shape, taught, own, head), Layers.Read(shape, predicted * there, own, head));
        var divergence = classes == 0
            ? (p - q).square().mean()
            : (p.softmax(1) * (p.log_softmax(1) - q.log_softmax(1))).sum() / Rows;
        var expected = kind switch
        {
            StudentLoss.Mse => squares,
            StudentLoss.Kl => divergence,
            _ => squares + divergence,
        };
        expected.backward();
        Assert.Equal(expected.item<double>(), loss!.Value, 1e-6);
        FormsSpec.AssertClose(
            [.. leaves.SelectMany(l => l.grad!.to(ScalarType.Float32).flatten().data<float>().ToArray())],
            model.StudentGradient());
    }

    [Theory]
    [InlineData(StudentLoss.Mse)]
    [InlineData(StudentLoss.Kl)]
    public void It_learns_to_stand_in_for_a_peer_that_falls_silent(StudentLoss kind)
    {
        using var model = Model(Shape(5), Default with { Loss = kind }, MissingAnswer.Student, rate: 0.02);
        var (batch, all) = (Batch(), Answers(silent: -1));
        for (var k = 0; k < 300; k++)
        {
            model.Train(batch, all);
            model.TrainStudent(batch.Inputs, Rows, all);
        }
        double LossWith(float[]?[] answers, SlotModel of)
        {
            using var copy = Model(Shape(5), Default, MissingAnswer.Student);
            copy.Load(of.Save());
            return copy.Train(batch, answers).Loss;
        }
        float[]?[] silent = [all[0], null, null, all[3]], zeros = [all[0], null, new float[Rows * Width], all[3]];
        var full = LossWith(all, model);
        var (student, zero) = (LossWith(silent, model) - full, LossWith(zeros, model) - full);
        Assert.True(Math.Abs(student) < 0.5 * Math.Abs(zero), $"student {student}, zeros {zero} above {full}");
    }

    [Fact]
    public void It_stands_in_for_a_peer_only_once_it_has_learned_from_it_and_not_for_longer_than_its_age()
    {
        var batch = Batch();
        float[]?[] silent = Answers(), zeros = [silent[0], null, new float[Rows * Width], silent[3]];
        using var model = Model(Shape(5), Default with { MaxAge = 2 }, MissingAnswer.Student);
        bool StandsIn()
        {
            using SlotModel one = Model(Shape(5), Default with { MaxAge = 2 }, MissingAnswer.Student),
                other = Model(Shape(5), Default with { MaxAge = 2 }, MissingAnswer.Student);
            one.Load(model.Save());
            other.Load(model.Save());
            return one.Train(batch, silent).Loss != other.Train(batch, zeros).Loss;
        }
        model.TrainStudent(batch.Inputs, Rows, silent);
        Assert.False(StandsIn());
        model.TrainStudent(batch.Inputs, Rows, Answers(silent: -1));
        Assert.Equal([true, true, true], model.Export().Taught);
        for (var age = 0; age <= 2; age++)
        {
            Assert.True(StandsIn(), $"at age {age}");
            model.Train(batch, zeros);
        }
        Assert.False(StandsIn());
        Assert.Null(model.TrainStudent(batch.Inputs, Rows, [null, null, null, null]));
    }

    [Fact]
    public void The_audit_puts_the_student_in_the_place_of_all_peers_as_training_does()
    {
        using var model = Model(Shape(5), Default, MissingAnswer.Student);
        var batch = Batch();
        model.TrainStudent(batch.Inputs, Rows, Answers(silent: -1));
        var snapshot = model.Export();
        var answers = Answers(silent: -1);
        var rule = new JoinRule(MissingAnswer.Student, 0, GateScope.Example);
        var audit = IdealRank.Measure(
            snapshot, [.. answers.Select(a => new SlotInput(a is null ? snapshot : null, a, 1))],
            batch, [new ServicePattern([0, 2, 3], 1)], rule);
        var alone = model.Train(batch, [null, null, null, null]).Loss;
        Assert.Equal(alone, IdealRank.Disconnected(snapshot, batch, rule).Loss, 1e-5);
        Assert.Equal(alone, audit.Served!.Loss, 1e-5);
        Assert.NotEqual(alone, IdealRank.Disconnected(snapshot, batch, null).Loss, 1e-3);
    }

    [Fact]
    public void A_model_with_a_student_trains_as_one_without_where_every_answer_comes()
    {
        using SlotModel with = Model(Shape(5), Default, MissingAnswer.Student), without = Model(Shape(5), null);
        for (var k = 0; k < 3; k++)
        {
            Assert.Equal(
                without.Train(Batch(), Answers(silent: -1)).Loss, with.Train(Batch(), Answers(silent: -1)).Loss);
            with.TrainStudent(Inputs(), Rows, Answers(silent: -1));
        }
    }

    static ModelShape Shape(int classes) => new(6, classes, Width, 7, Slots, Own);

    static SlotModel Model(
        ModelShape shape, StudentSpec? student, MissingAnswer missing = MissingAnswer.Zero,
        double rate = 0.05) => new(
            shape, new LearningSettings(OptimizerKind.Adam, rate, 0) { Student = student, Missing = missing }, Seed, 3);

    static float[] Inputs()
    {
        var dice = new RandomStream(3, "inputs");
        return [.. Enumerable.Range(0, Rows * 6).Select(_ => (float)dice.NextNormal())];
    }

    static Examples Batch() => new(6, 5, Inputs(), [.. Enumerable.Range(0, Rows).Select(k => k % 5)]);

    /// <summary>Answers in (-1, 1) that depend on the row, none of the own slot and of a silent one.</summary>
    static float[]?[] Answers(int silent = Silent)
    {
        var dice = new RandomStream(4, "answers");
        float[] One() => [.. Enumerable.Range(0, Rows * Width).Select(_ => (float)Math.Tanh(dice.NextNormal()))];
        var all = Enumerable.Range(0, Slots).Select(_ => One()).ToArray();
        return [.. all.Select((a, k) => k == Own || k == silent ? null : a)];
    }

    static Tensor[] Matrices(float[][] values, (int Rows, int Columns)[] shapes, bool grad) =>
        [
            .. values.Select((v, k) => Copy.In(v, shapes[k].Rows, shapes[k].Columns).to(ScalarType.Float64)
                .requires_grad_(grad)),
        ];
}
