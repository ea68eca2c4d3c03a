using BitTensor.Mechanism;
using BitTensor.Scenarios;
using Xunit;

namespace BitTensor.Learning.Tests;

/// <summary>
/// The estimators of eq. (2) against their definitions, computed here in plain double arithmetic from the
/// parameters.
/// </summary>
public sealed class IdealRankSpec
{
    const int Slots = 3;
    const int Own = 1;
    const int Width = 4;
    const int Classes = 3;
    const int Rows = 6;

    readonly ModelSnapshot _listener;
    readonly double[][] _inputs;
    readonly Examples _examples;
    readonly SlotInput[] _slots;
    readonly ListenerAudit _measured;

    public IdealRankSpec()
    {
        var models = Enumerable.Range(0, Slots).Select(k => SlotModelSpec.Model(k, Slots, Own)).ToArray();
        var (x, labels) = SlotModelSpec.Batch(5);
        for (var k = 0; k < 30; k++)
        {
            models[Own].Train(x, labels, [.. models.Select((m, s) => s == Own ? null : m.Represent(x, Rows))]);
        }
        _listener = models[Own].Export();
        _examples = new Examples(5, Classes, x, labels);
        double[] masks = [0.7, 1, 0.3];
        _inputs = [.. models.Select((m, s) => m.Represent(x, Rows).Select(v => v * masks[s]).ToArray())];
        _slots = [.. models.Select((m, s) => new SlotInput(m.Export(), null, masks[s]))];
        _measured = Measured([]);
    }

    [Fact]
    public void Loss_and_accuracy_are_those_of_the_listener_on_these_inputs()
    {
        Assert.Equal(Loss(_inputs), _measured.Loss, 1e-6);
        var right = Enumerable.Range(0, Rows)
            .Count(r => Probabilities(_inputs, r) is var p && Array.IndexOf(p, p.Max()) == _examples.Labels[r]);
        Assert.Equal((double)right / Rows, _measured.Accuracy!.Value, 1e-12);
    }

    [Fact]
    public void Ablation_is_the_change_of_the_loss_when_the_slot_is_zeroed()
    {
        for (var k = 0; k < Slots; k++)
        {
            Assert.Equal(Loss(Scaled(k, 0)) - Loss(_inputs), _measured.Ablation[k], 1e-6);
        }
    }

    [Fact]
    public void Hessian_is_the_second_derivative_of_the_loss_along_the_removal_of_the_slot()
    {
        // dF = -input of the slot, so the loss along dF is the loss with the slot scaled by 1 - t.
        const double h = 1e-3;
        for (var k = 0; k < Slots; k++)
        {
            var second = (Loss(Scaled(k, 1 + h)) - 2 * Loss(_inputs) + Loss(Scaled(k, 1 - h))) / (h * h);
            Assert.Equal(second, _measured.Hessian[k], 1e-4 * Math.Max(0.01, Math.Abs(second)));
        }
    }

    [Fact]
    public void Fisher_is_the_expected_square_of_the_score_over_the_models_own_labels()
    {
        const double h = 1e-4;
        for (var k = 0; k < Slots; k++)
        {
            double expected = 0;
            for (var row = 0; row < Rows; row++)
            {
                var (p, up, down) = (
                    Probabilities(_inputs, row), Probabilities(Scaled(k, 1 + h), row),
                    Probabilities(Scaled(k, 1 - h), row));
                for (var c = 0; c < Classes; c++)
                {
                    var score = (Math.Log(up[c]) - Math.Log(down[c])) / (2 * h);
                    expected += p[c] * score * score / Rows;
                }
            }
            Assert.Equal(expected, _measured.Fisher[k], 1e-4 * Math.Max(0.01, expected));
            Assert.True(_measured.Fisher[k] > 0);
        }
    }

    [Fact]
    public void Taylor_is_the_first_and_half_the_second_derivative_of_the_loss_along_the_removal_of_the_slot()
    {
        const double h = 1e-3;
        for (var k = 0; k < Slots; k++)
        {
            var (up, down) = (Loss(Scaled(k, 1 + h)), Loss(Scaled(k, 1 - h)));
            var (first, second) = ((down - up) / (2 * h), (up - 2 * Loss(_inputs) + down) / (h * h));
            Assert.Equal(first + second / 2, _measured.Taylor[k], 1e-5);
            // The linear term that (18) drops is a large part of it.
            Assert.True(Math.Abs(first) > 0.1 * Math.Abs(_measured.Taylor[k]));
        }
    }

    [Fact]
    public void Path_is_simpsons_rule_over_three_derivatives_and_close_to_the_ablation()
    {
        const double h = 1e-4;
        for (var k = 0; k < Slots; k++)
        {
            double Along(double t) => (Loss(Scaled(k, t - h)) - Loss(Scaled(k, t + h))) / (2 * h);
            Assert.Equal((Along(1) + 4 * Along(0.5) + Along(0)) / 6, _measured.Path[k], 1e-6);
            var (ablation, error) = (_measured.Ablation[k], 0.02 * Math.Abs(_measured.Ablation[k]));
            Assert.InRange(_measured.Path[k], ablation - error, ablation + error);
        }
    }

    [Fact]
    public void Shapley_over_all_orders_is_the_mean_of_what_a_slot_saves_when_it_joins()
    {
        double[] none = new double[Rows * Width];
        double With(params int[] filled) =>
            Loss([.. _inputs.Select((input, k) => k == Own || filled.Contains(k) ? input : none)]);
        var shapley = Measured([[0, 2], [2, 0]]).Shapley!;
        Assert.Equal((With() - With(0) + With(2) - With(0, 2)) / 2, shapley[0], 1e-6);
        Assert.Equal((With() - With(2) + With(0) - With(0, 2)) / 2, shapley[2], 1e-6);
        Assert.Equal(0, shapley[Own]);
        // The values of all peers share out what they save together.
        Assert.Equal(With() - With(0, 2), shapley.Sum(), 1e-6);
    }

    [Fact]
    public void Shapley_stops_where_the_slots_to_come_would_change_next_to_nothing()
    {
        // The second peer answers with nearly nothing, so when it comes last it is not measured.
        var (x, labels) = (_examples.Inputs, _examples.Labels);
        var tiny = _inputs[2].Select(v => (float)v * 1e-3f).ToArray();
        var first = _inputs[0].Select(v => (float)v).ToArray();
        SlotInput[] inputs = [new(null, first, 1), new(_listener, null, 1), new(null, tiny, 1)];
        var examples = new Examples(5, Classes, x, labels);
        double Of(params int[][] orders) =>
            IdealRank.Measure(_listener, inputs, examples, [], orders: orders).Potential.Shapley![2];
        Assert.Equal(0, Of([0, 2]));
        Assert.NotEqual(0, Of([2, 0]));
    }

    [Fact]
    public void Without_orders_there_is_no_shapley_value() => Assert.Null(_measured.Shapley);

    [Fact]
    public void An_empty_slot_is_worth_nothing()
    {
        var (x, labels) = (_examples.Inputs, _examples.Labels);
        var measured = IdealRank.Measure(
            _listener,
                [new SlotInput(null, null, 1), new SlotInput(_listener, null, 1),
                new SlotInput(null, new float[Rows * Width], 1)], new Examples(5, Classes, x, labels), []).Potential;
        Assert.Equal([0, 0], new[] { measured.Ablation[0], measured.Ablation[2] });
        Assert.Equal([0, 0], new[] { measured.Hessian[0], measured.Fisher[2] });
        Assert.Equal([0, 0], new[] { measured.Taylor[0], measured.Path[2] });
    }

    [Fact]
    public void Significance_of_eq_3_estimates_the_fisher_information_of_the_slot()
    {
        // The neuron draws one label per example and step; the mean over many draws is the expectation over all labels.
        var models = Enumerable.Range(0, Slots).Select(k => SlotModelSpec.Model(k, Slots, Own)).ToArray();
        var (x, labels) = (_examples.Inputs, _examples.Labels);
        var replies = models.Select((m, s) => s == Own ? null : m.Represent(x, Rows)).ToArray();
        using var frozen = new SlotModel(
            new ModelShape(5, Classes, Width, 7, Slots, Own), new LearningSettings(OptimizerKind.Sgd, 1e-30, 0), 11,
            Own);
        var exact = IdealRank.Measure(
            frozen.Export(),
            [.. replies.Select(
            (r, s) => r is null ? new SlotInput(frozen.Export(), null, 1) : new SlotInput(null, r, 1))],
            _examples, []).Potential;
        var dice = new RandomStream(5, "labels");
        const int draws = 3000;
        var mean = new double[Slots];
        for (var k = 0; k < draws; k++)
        {
            var drawn = frozen.Train(x, labels, replies, dice).Significance!;
            for (var s = 0; s < Slots; s++)
            {
                mean[s] += drawn[s] / draws;
            }
        }
        foreach (var s in new[] { 0, 2 })
        {
            Assert.InRange(mean[s], 0.9 * exact.Fisher[s], 1.1 * exact.Fisher[s]);
        }
    }

    ListenerAudit Measured(int[][] orders) =>
        IdealRank.Measure(_listener, _slots, _examples, [], orders: orders).Potential;

    double[][] Scaled(int slot, double factor) =>
        [.. _inputs.Select((input, k) => k == slot ? Array.ConvertAll(input, v => v * factor) : input)];

    double Loss(double[][] inputs) =>
        Enumerable.Range(0, Rows).Average(row => -Math.Log(Probabilities(inputs, row)[_examples.Labels[row]]));

    /// <summary>softmax(tanh(peers C + own D + c) E + e) of one example.</summary>
    double[] Probabilities(double[][] inputs, int row)
    {
        var (c, d, bias, e, last) = (
            _listener.Head[0], _listener.Head[1], _listener.Head[2], _listener.Head[3], _listener.Head[4]);
        var hidden = _listener.Shape.Hidden;
        double Slot(int slot, int f) => inputs[slot][row * Width + f];
        var scores = Enumerable.Range(0, Classes).Select(k => (double)last[k]).ToArray();
        for (var h = 0; h < hidden; h++)
        {
            double sum = bias[h];
            for (var f = 0; f < Width; f++)
            {
                sum += Slot(0, f) * c[f * hidden + h] + Slot(2, f) * c[(Width + f) * hidden + h]
                    + Slot(Own, f) * d[f * hidden + h];
            }
            for (var k = 0; k < Classes; k++)
            {
                scores[k] += Math.Tanh(sum) * e[h * Classes + k];
            }
        }
        var total = scores.Sum(Math.Exp);
        return [.. scores.Select(s => Math.Exp(s) / total)];
    }
}
