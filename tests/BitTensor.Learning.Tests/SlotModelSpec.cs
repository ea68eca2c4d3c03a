using BitTensor.Mechanism;
using BitTensor.Scenarios;
using Xunit;
using static TorchSharp.torch;

namespace BitTensor.Learning.Tests;

public sealed class SlotModelSpec
{
    const ulong Seed = 11;
    const int Rows = 6;
    static readonly LearningSettings Settings = new(OptimizerKind.Sgd, 0.1, 0);

    [Theory]
    [InlineData(OptimizerKind.Adam)]
    [InlineData(OptimizerKind.Sgd)]
    public void A_loaded_model_goes_on_bit_by_bit_where_the_saved_one_would_have(OptimizerKind optimizer)
    {
        var shape = new ModelShape(5, 3, 2, 4, 1, 0);
        var settings = new LearningSettings(optimizer, 0.05, 0.001);
        using var lived = new SlotModel(shape, settings, Seed, 1);
        using var revived = new SlotModel(shape, settings, Seed, 2);
        var (x, labels) = Batch(5);
        for (var k = 0; k < 5; k++)
        {
            lived.Train(x, [.. labels.Select(l => l % 3)], [null]);
        }
        revived.Load(lived.Save());
        Assert.Equal(lived.Represent(x, Rows), revived.Represent(x, Rows));
        for (var k = 0; k < 3; k++)
        {
            Assert.Equal(
                lived.Train(x, [.. labels.Select(l => l % 3)], [null]).Loss,
                revived.Train(x, [.. labels.Select(l => l % 3)], [null]).Loss);
        }
        Assert.Throws<EndOfStreamException>(() => revived.Load(lived.Save()[..40]));
    }

    [Fact]
    public void The_local_gradient_10b_equals_finite_differences_through_mask_and_mu()
    {
        const int n = 3;
        const double temperature = 0.7;
        double[] stake = [1.3, 0.8, 2.0];
        double[,] w = { { 0.2, 0.5, 0.3 }, { 0.1, 0.6, 0.3 }, { 0.4, 0.4, 0.2 } };
        var models = Enumerable.Range(0, n).Select(k => Model(k, slots: n, own: 0)).ToArray();
        var (x, labels) = Batch(5);
        var outputs = models.Select(m => m.Represent(x, Rows)).ToArray();

        double MaskOf(int j, double bid)
        {
            var mu = (bid + stake[1] * w[1, j] + stake[2] * w[2, j]) / n;
            return Masking.Mask(1, bid, mu, temperature);
        }
        double LossAt(int j, double wj) => LossOf(
            models[0].Export(), outputs, x, labels,
            [.. Enumerable.Range(0, n).Select(k => MaskOf(k, stake[0] * (k == j ? wj : w[0, k])))]);

        var masks = Enumerable.Range(0, n).Select(k => MaskOf(k, stake[0] * w[0, k])).ToArray();
        var lossGradient = new double[n];
        for (var j = 1; j < n; j++)
        {
            lossGradient[j] = (LossAt(j, w[0, j] + 1e-4) - LossAt(j, w[0, j] - 1e-4)) / 2e-4;
        }
        var result = models[0].Train(x, labels, [.. outputs.Select((o, k) => k == 0 ? null : Scaled(o, masks[k]))]);
        for (var j = 1; j < n; j++)
        {
            var local = result.MaskSensitivity[j] * (1 - masks[j]) * stake[0] * (1 - 1.0 / n) / temperature;
            Assert.Equal(lossGradient[j], local, 1e-5 + 1e-3 * Math.Abs(lossGradient[j]));
            // The same by the published form: dQ/dm times dm/dw.
            var derivative = Masking.MaskDerivative(masks[j], stake[0], n, temperature);
            Assert.Equal(local, result.MaskSensitivity[j] / masks[j] * derivative, 1e-12);
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_bits_and_another_seed_others()
    {
        float[] Trained(ulong seed)
        {
            using var model = new SlotModel(
                new ModelShape(5, 3, 4, 7, 2, 0), new LearningSettings(OptimizerKind.Adam, 0.01, 0.001), seed, 3);
            var (x, labels) = Batch(5);
            for (var k = 0; k < 5; k++)
            {
                var gradient = model.Train(x, labels, [null, model.Represent(x, Rows)]).Gradients[1]!;
                model.Learn(x, Rows, gradient);
            }
            return model.Represent(x, Rows);
        }
        Assert.Equal(Trained(1), Trained(1));
        Assert.NotEqual(Trained(1), Trained(2));
    }

    [Theory]
    [InlineData(OptimizerKind.Adam)]
    [InlineData(OptimizerKind.Sgd)]
    public void Training_lowers_the_loss_and_a_missing_reply_is_zero_input(OptimizerKind kind)
    {
        using var model = new SlotModel(new ModelShape(5, 3, 4, 7, 2, 0), new LearningSettings(kind, 0.05, 0), Seed, 0);
        var (x, labels) = Batch(5);
        var first = model.Train(x, labels, [null, null]);
        Assert.Null(first.Gradients[1]);
        Assert.Equal(0, first.MaskSensitivity[1]);
        var last = first;
        for (var k = 0; k < 200; k++)
        {
            last = model.Train(x, labels, [null, null]);
        }
        Assert.True(last.Loss < 0.5 * first.Loss, $"{first.Loss} -> {last.Loss}");
        Assert.True(last.Accuracy >= first.Accuracy);
    }

    [Fact]
    public void Learning_from_a_gradient_moves_the_answer_against_it()
    {
        var model = Model(0, 2, 0);
        var (x, _) = Batch(5);
        var before = model.Represent(x, Rows);
        var gradient = before.Select(_ => 1f).ToArray();
        model.Learn(x, Rows, gradient);
        Assert.True(model.Represent(x, Rows).Sum() < before.Sum());
    }

    [Fact]
    public void Significance_prefers_a_slot_the_head_listens_to()
    {
        var (x, labels) = Batch(5);
        var model = Model(0, 3, 0);
        var loud = new float[Rows * 4];
        Array.Fill(loud, 1f);
        var result = model.Train(x, labels, [null, loud, new float[Rows * 4]], new RandomStream(1, "dice"));
        Assert.True(result.Significance![1] > 0);
        Assert.Equal(0, result.Significance[2]);
    }

    [Fact]
    public void No_tensor_outlives_its_call()
    {
        var model = Model(0, 2, 0);
        var (x, labels) = Batch(5);
        void Once() => model.Learn(x, Rows, model.Train(x, labels, [null, model.Represent(x, Rows)]).Gradients[1]!);
        Once();
        var before = Tensor.TotalCount;
        for (var k = 0; k < 200; k++)
        {
            Once();
        }
        // Each call makes some forty; other tests' tensors may be finalised meanwhile, so the count may also fall.
        Assert.True(Tensor.TotalCount - before < 20, $"{before} -> {Tensor.TotalCount}");
    }

    internal static SlotModel Model(int neuron, int slots, int own) =>
        new(new ModelShape(5, 3, 4, 7, slots, own), Settings, Seed, neuron);

    internal static (float[] X, int[] Labels) Batch(int features)
    {
        var dice = new RandomStream(Seed, "batch");
        return ([.. Enumerable.Range(0, Rows * features).Select(_ => (float)dice.NextNormal())], [0, 1, 2, 0, 1, 2]);
    }

    internal static float[] Scaled(float[] values, double factor) => Array.ConvertAll(values, v => (float)factor * v);

    static double LossOf(ModelSnapshot listener, float[][] outputs, float[] x, int[] labels, double[] masks)
    {
        var inputs = outputs
            .Select((o, k) => k == 0 ? new SlotInput(listener, null, 1) : new SlotInput(null, o, masks[k])).ToArray();
        return IdealRank.Measure(listener, inputs, new Examples(5, 3, x, labels), []).Potential.Loss;
    }
}
