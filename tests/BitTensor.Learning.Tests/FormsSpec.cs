using BitTensor.Mechanism;
using BitTensor.Scenarios;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace BitTensor.Learning.Tests;

/// <summary>Every form of encoder with every form of head.</summary>
public sealed class FormsSpec
{
    const ulong Seed = 11;
    const int Rows = 6;
    const int Slots = 4;
    const int Own = 1;
    const int Width = 4;
    static readonly double[] Masks = [0.9, 1, 0.4, 0.05];

    public static TheoryData<EncoderKind, HeadKind, bool> Forms
    {
        get
        {
            var forms = new TheoryData<EncoderKind, HeadKind, bool>();
            foreach (var encoder in Enum.GetValues<EncoderKind>())
            {
                foreach (var head in Enum.GetValues<HeadKind>())
                {
                    forms.Add(encoder, head, false);
                    forms.Add(encoder, head, true);
                }
            }
            return forms;
        }
    }

    public static TheoryData<HeadKind, bool> Heads
    {
        get
        {
            var heads = new TheoryData<HeadKind, bool>();
            foreach (var head in Enum.GetValues<HeadKind>())
            {
                heads.Add(head, false);
                heads.Add(head, true);
            }
            return heads;
        }
    }

    /// <summary>Slot 2 does not answer, so its server gets no gradient, and zeros stand in the one graph.</summary>
    [Theory]
    [MemberData(nameof(Forms))]
    public void Backward_over_messages_equals_one_monolithic_autograd_graph(
        EncoderKind encoder, HeadKind head, bool regression)
    {
        const int missing = 2;
        var shape = ShapeOf(encoder, head, regression);
        var models = Models(shape);
        var snapshots = models.Select(m => m.Export()).ToArray();
        var batch = BatchOf(shape);

        var replies = models
            .Select((m, k) => k is Own or missing ? null : Scaled(m.Represent(batch.Inputs, Rows), Masks[k])).ToArray();
        var result = models[Own].Train(batch, replies);
        for (var k = 0; k < Slots; k++)
        {
            if (k is not (Own or missing))
            {
                models[k].Learn(batch.Inputs, Rows, Scaled(result.Gradients[k]!, Masks[k]));
            }
        }

        using var scope = NewDisposeScope();
        var encoders = snapshots.Select(s => Leaves(s.Encoder, Layers.EncoderShapes(shape))).ToArray();
        var matrices = Leaves(snapshots[Own].Head, Layers.HeadShapes(shape));
        var x = Copy.In(batch.Inputs, Rows, shape.Features);
        var outputs = encoders.Select((p, k) => Layers.Encode(shape, x, p) * (k == missing ? 0 : Masks[k])).ToArray();
        Tensor[] peers = [.. outputs.Where((_, k) => k != Own)];
        var read = Layers.Read(shape, cat(peers, 1), outputs[Own], matrices);
        var loss = regression
            ? nn.functional.mse_loss(read, Copy.In(batch.Targets!, Rows, 1))
            : nn.functional.cross_entropy(read, Copy.In(batch.Labels));
        loss.backward();

        Assert.Equal(loss.item<float>(), result.Loss, 1e-6);
        Assert.Null(result.Gradients[missing]);
        AssertClose(Gradient(matrices), models[Own].HeadGradient());
        for (var k = 0; k < Slots; k++)
        {
            if (k != missing)
            {
                AssertClose(Gradient(encoders[k]), models[k].EncoderGradient());
            }
        }
    }

    [Theory]
    [MemberData(nameof(Heads))]
    public void A_head_computes_its_formula(HeadKind head, bool regression)
    {
        var shape = ShapeOf(EncoderKind.Mlp, head, regression);
        var p = Models(shape)[Own].Export().Head;
        var dice = new RandomStream(Seed, "slots");
        var slots = Enumerable.Range(0, Slots)
            .Select(k => Enumerable.Range(0, Width).Select(_ => k == 3 ? 0 : (float)dice.NextNormal()).ToArray())
                .ToArray();
        using var scope = NewDisposeScope();
        float[] peers = [.. slots.Where((_, k) => k != Own).SelectMany(s => s)];
        var read = Copy.Out(Layers.Read(
            shape, Copy.In(peers, 1, 3 * Width), Copy.In(slots[Own], 1, Width),
            [.. p.Select((m, k) =>
                Copy.In(m, Layers.HeadShapes(shape)[k].Rows, Layers.HeadShapes(shape)[k].Columns))]));

        double[] own = [.. slots[Own]], others = [.. peers];
        double[] sum = [.. Enumerable.Range(0, Width)
            .Select(c => slots.Where((_, k) => k != Own).Sum(s => (double)s[c]))];
        double[] Hidden(double[] first, float[] d, float[] c) => Tanh(Plus(first, Times(own, d), Doubles(c)));
        var expected = head switch
        {
            HeadKind.Linear => Plus(Times(others, p[0]), Times(own, p[1]), Doubles(p[2])),
            HeadKind.Sum => Plus(Times(Hidden(Times(sum, p[0]), p[1], p[2]), p[3]), Doubles(p[4])),
            HeadKind.Attention => Plus(Times(Hidden(Attended(slots, own, p), p[4], p[5]), p[6]), Doubles(p[7])),
            _ => Plus(Times(Hidden(Times(others, p[0]), p[1], p[2]), p[3]), Doubles(p[4])),
        };
        Assert.Equal(shape.Outputs, read.Length);
        Assert.Equal(expected, read.Select(v => (double)v), (a, b) => Math.Abs(a - b) < 1e-5);
    }

    /// <summary>The neuron draws one label or target per example and step; many draws make the expectation.</summary>
    [Theory]
    [MemberData(nameof(Heads))]
    public void Significance_of_eq_3_estimates_the_fisher_information_of_each_slot(HeadKind head, bool regression)
    {
        var shape = ShapeOf(EncoderKind.Mlp, head, regression);
        var batch = BatchOf(shape);
        var replies = Models(shape).Select((m, k) => k == Own ? null : m.Represent(batch.Inputs, Rows)).ToArray();
        using var frozen = new SlotModel(shape, new LearningSettings(OptimizerKind.Sgd, 1e-30, 0), Seed, Own);
        var exact = IdealRank.Measure(
            frozen.Export(),
            [.. replies.Select(r => r is null ? new SlotInput(frozen.Export(), null, 1) : new SlotInput(null, r, 1))],
            batch, []).Potential;
        var dice = new RandomStream(5, "labels");
        const int draws = 2000;
        var mean = new double[Slots];
        for (var k = 0; k < draws; k++)
        {
            var drawn = frozen.Train(batch, replies, dice).Significance!;
            for (var s = 0; s < Slots; s++)
            {
                mean[s] += drawn[s] / draws;
            }
        }
        Assert.Equal(0, mean[Own]);
        Assert.Equal(regression, exact.Accuracy is null);
        foreach (var s in new[] { 0, 2, 3 })
        {
            Assert.True(exact.Fisher[s] > 0);
            Assert.InRange(mean[s], 0.85 * exact.Fisher[s], 1.15 * exact.Fisher[s]);
        }
    }

    [Theory]
    [MemberData(nameof(Heads))]
    public void Hessian_and_ablation_are_the_changes_of_the_loss_without_the_slot(HeadKind head, bool regression)
    {
        var shape = ShapeOf(EncoderKind.Mlp, head, regression);
        var models = Models(shape);
        var (batch, listener) = (BatchOf(shape), models[Own].Export());
        var outputs = models.Select(m => m.Represent(batch.Inputs, Rows)).ToArray();
        ListenerAudit At(int slot, double factor) => IdealRank.Measure(
            listener,
            [.. outputs.Select((o, k) => new SlotInput(null, o, k == slot ? factor : Masks[k]))], batch, []).Potential;
        var measured = At(0, Masks[0]);
        for (var k = 0; k < Slots; k++)
        {
            Assert.Equal(At(k, 0).Loss - measured.Loss, measured.Ablation[k], 1e-9);
            const double h = 1e-3;
            var (up, down) = (At(k, Masks[k] * (1 + h)).Loss, At(k, Masks[k] * (1 - h)).Loss);
            var second = (up - 2 * measured.Loss + down) / (h * h);
            Assert.Equal(second, measured.Hessian[k], 1e-4 + 1e-3 * Math.Abs(second));
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Training_lowers_the_loss_and_a_saved_model_goes_on_bit_by_bit(
        EncoderKind encoder, HeadKind head, bool regression)
    {
        var shape = ShapeOf(encoder, head, regression);
        var settings = new LearningSettings(OptimizerKind.Adam, 0.01, 1e-4);
        using var lived = new SlotModel(shape, settings, Seed, Own);
        using var revived = new SlotModel(shape, settings, Seed + 1, Own);
        var (batch, none) = (BatchOf(shape), new float[]?[Slots]);
        var first = lived.Train(batch, none);
        for (var k = 0; k < 60; k++)
        {
            lived.Train(batch, none);
        }
        revived.Load(lived.Save());
        var (last, again) = (lived.Train(batch, none), revived.Train(batch, none));
        Assert.True(last.Loss < 0.8 * first.Loss, $"{first.Loss} -> {last.Loss}");
        Assert.Equal(last.Loss, again.Loss);
        Assert.Equal(lived.Represent(batch.Inputs, Rows), revived.Represent(batch.Inputs, Rows));
    }

    [Fact]
    public void A_slot_that_is_dropped_is_as_one_that_is_missing()
    {
        var shape = ShapeOf(EncoderKind.Mlp, HeadKind.Attention, false);
        var (batch, answer) = (BatchOf(shape), new float[Rows * Width]);
        Array.Fill(answer, 0.5f);
        var settings = new LearningSettings(OptimizerKind.Sgd, 1e-30, 0);
        using var all = new SlotModel(shape, settings with { SlotDropout = 1 - 1e-12 }, Seed, Own);
        using var none = new SlotModel(shape, settings, Seed, Own);
        var dropped = all.Train(batch, [answer, null, answer, answer]);
        Assert.Equal(none.Train(batch, new float[]?[Slots]).Loss, dropped.Loss);
        Assert.All(dropped.Gradients[0]!, g => Assert.Equal(0, g));

        using var half = new SlotModel(shape, settings with { SlotDropout = 0.5 }, Seed, Own);
        var seen = Enumerable.Range(0, 200).Sum(_ =>
            half.Train(batch, [answer, null, answer, answer])
                .Gradients[0]!.Chunk(Width).Count(g => g.Any(v => v != 0)));
        Assert.InRange(seen / (200.0 * Rows), 0.45, 0.55);
    }

    [Fact]
    public void A_shape_survives_its_numbers()
    {
        foreach (var row in Forms)
        {
            var shape = ShapeOf((EncoderKind)row[0], (HeadKind)row[1], (bool)row[2]);
            Assert.Equal(shape, ModelShape.FromNumbers(shape.ToNumbers()));
        }
        Assert.Null(ModelShape.FromNumbers([1, 2, 3]));
        Assert.Null(ModelShape.FromNumbers([-1, 2, 3, 4, 5, 6]));
        var unknown = ShapeOf(EncoderKind.Conv, HeadKind.Linear, false).ToNumbers();
        unknown[6] = 99;
        Assert.Null(ModelShape.FromNumbers(unknown));
    }

    internal static ModelShape ShapeOf(EncoderKind encoder, HeadKind head, bool regression) =>
        new(12, regression ? 0 : 3, Width, 7, Slots, Own)
        {
            Encoder = encoder,
            Head = head,
            Channels = encoder == EncoderKind.Conv ? 3 : 0,
            Image = encoder == EncoderKind.Conv ? new ImageSize(2, 3, 2) : null,
            Width = encoder == EncoderKind.Transformer ? 6 : 0,
            Layers = encoder == EncoderKind.Transformer ? 2 : 0,
            Heads = encoder == EncoderKind.Transformer ? 2 : 0,
        };

    internal static Examples BatchOf(ModelShape shape)
    {
        var dice = new RandomStream(Seed, "batch");
        var text = shape.Encoder == EncoderKind.Transformer;
        float[] x =
        [
            .. Enumerable.Range(0, Rows * shape.Features)
                .Select(_ => text ? dice.NextInt(256) : (float)dice.NextNormal()),
        ];
        int[] labels = [0, 1, 2, 0, 1, 2];
        return shape.IsRegression
            ? new Examples(shape.Features, 0, x, []) { Targets = Array.ConvertAll(labels, l => l - 1f) }
            : new Examples(shape.Features, shape.Classes, x, labels);
    }

    static SlotModel[] Models(ModelShape shape) =>
        [.. Enumerable.Range(0, Slots).Select(k =>
            new SlotModel(shape, new LearningSettings(OptimizerKind.Sgd, 1e-30, 0), Seed, k))];

    static double[] Attended(float[][] slots, double[] own, float[][] p)
    {
        // The peers stand before the own slot; slot 3 is zeros and counts as missing.
        int[] order = [0, 2, 3, Own];
        var query = Times(own, p[0]);
        var size = query.Length;
        double Score(int k) => Times(Doubles(slots[order[k]]), p[1])
            .Select((v, c) => (v + p[2][k * size + c]) * query[c]).Sum() / Math.Sqrt(size);
        int[] present = [0, 1, 3];
        var weights = present.Select(k => Math.Exp(Score(k))).ToArray();
        return [.. Enumerable.Range(0, size).Select(c => present
            .Select((k, at) => weights[at] / weights.Sum() * Times(Doubles(slots[order[k]]), p[3])[c]).Sum())];
    }

    static double[] Times(double[] row, float[] matrix)
    {
        var columns = matrix.Length / row.Length;
        return [.. Enumerable.Range(0, columns).Select(c => row.Select((v, k) => v * matrix[k * columns + c]).Sum())];
    }

    static double[] Plus(params double[][] rows) => [.. rows[0].Select((_, c) => rows.Sum(r => r[c]))];

    static double[] Tanh(double[] row) => Array.ConvertAll(row, Math.Tanh);

    static double[] Doubles(float[] row) => Array.ConvertAll(row, v => (double)v);

    static float[] Scaled(float[] values, double factor) => Array.ConvertAll(values, v => (float)factor * v);

    static Tensor[] Leaves(float[][] values, (int Rows, int Columns)[] shapes) =>
        [.. values.Select((v, k) => Copy.In(v, shapes[k].Rows, shapes[k].Columns).requires_grad_(true))];

    static float[] Gradient(Tensor[] leaves) => [.. leaves.SelectMany(l => Copy.Out(l.grad!))];

    internal static void AssertClose(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        double difference = 0, size = 0;
        for (var k = 0; k < expected.Length; k++)
        {
            difference += Math.Pow(expected[k] - actual[k], 2);
            size += Math.Pow(expected[k], 2);
        }
        Assert.True(size > 0, "a gradient that is zero compares with nothing");
        Assert.True(Math.Sqrt(difference / size) < 1e-5, $"relative error {Math.Sqrt(difference / size)}");
    }
}
