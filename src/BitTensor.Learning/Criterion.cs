using BitTensor.Mechanism;
using TorchSharp;
using static TorchSharp.torch;

namespace BitTensor.Learning;

/// <summary>
/// The loss of a model: the mean cross-entropy of classes in nats, or the mean squared error of a regression. The
/// squared error is the negative log-likelihood of a normal distribution of variance 1/2, up to a constant.
/// </summary>
static class Criterion
{
    static readonly double Deviation = Math.Sqrt(0.5);

    /// <summary>Labels, or targets of rows x 1.</summary>
    public static Tensor Targets(ModelShape shape, Examples batch) =>
        shape.IsRegression ? Targets(batch.Targets!) : Copy.In(batch.Labels);

    /// <summary>The loss of outputs, rows x outputs.</summary>
    public static Tensor Loss(ModelShape shape, Tensor outputs, Tensor targets, nn.Reduction reduction) =>
        shape.IsRegression
            ? nn.functional.mse_loss(outputs, targets, reduction)
            : nn.functional.cross_entropy(outputs, targets, reduction: reduction);

    /// <summary>Share classified correctly, in [0, 1]; null for a regression.</summary>
    public static double? Accuracy(ModelShape shape, float[] scores, Examples batch)
    {
        if (shape.IsRegression)
        {
            return null;
        }
        var right = 0;
        for (var row = 0; row < batch.Count; row++)
        {
            Largest(scores.AsSpan(row * shape.Classes, shape.Classes), out var best);
            right += best == batch.Labels[row] ? 1 : 0;
        }
        return (double)right / batch.Count;
    }

    /// <summary>A draw per row, for <see cref="Likelihood"/>: uniform in [0, 1), or normal for a regression.</summary>
    public static double[] Draws(ModelShape shape, int rows, RandomStream dice)
    {
        var draws = new double[rows];
        for (var row = 0; row < rows; row++)
        {
            draws[row] = shape.IsRegression ? dice.NextNormal() : dice.NextDouble();
        }
        return draws;
    }

    /// <summary>
    /// The sum of the negative log-likelihoods of labels, or targets, that are drawn from the model's own distribution.
    /// </summary>
    /// <param name="shape">Shape.</param>
    /// <param name="outputs">Outputs, rows x outputs.</param>
    /// <param name="scores">Their values.</param>
    /// <param name="draws">A draw per row.</param>
    public static Tensor Likelihood(ModelShape shape, Tensor outputs, float[] scores, double[] draws)
    {
        if (shape.IsRegression)
        {
            var drawn = Targets([.. scores.Zip(draws, (s, d) => (float)(s + Deviation * d))]);
            return nn.functional.mse_loss(outputs, drawn, nn.Reduction.Sum);
        }
        var labels = DrawLabels(shape, scores, draws);
        return nn.functional.cross_entropy(outputs, Copy.In(labels), reduction: nn.Reduction.Sum);
    }

    static Tensor Targets(float[] targets) => Copy.In(targets, targets.Length, 1);

    static int[] DrawLabels(ModelShape shape, float[] scores, double[] draws)
    {
        var drawn = new int[draws.Length];
        for (var row = 0; row < drawn.Length; row++)
        {
            var of = scores.AsSpan(row * shape.Classes, shape.Classes);
            double highest = Largest(of, out _), total = 0;
            foreach (var s in of)
            {
                total += Math.Exp(s - highest);
            }
            var left = draws[row] * total;
            while (drawn[row] < shape.Classes - 1 && (left -= Math.Exp(of[drawn[row]] - highest)) > 0)
            {
                drawn[row]++;
            }
        }
        return drawn;
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
