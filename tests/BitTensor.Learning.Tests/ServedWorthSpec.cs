using System.Collections.Immutable;
using BitTensor.Learning;
using BitTensor.Scenarios;
using Xunit;

namespace BitTensor.Learning.Tests;

/// <summary>
/// The worth of slots to a listener as it was served, against the mean over its iterations written out: each iteration
/// measured alone, with the slots it did not use as empty inputs.
/// </summary>
public sealed class ServedWorthSpec
{
    const int Slots = 4;
    const int Own = 1;
    const int Width = 4;
    const int Rows = 6;

    readonly ModelSnapshot[] _models;
    readonly SlotInput[] _inputs;
    readonly Examples _examples;

    public ServedWorthSpec()
    {
        var models = Enumerable.Range(0, Slots).Select(k => SlotModelSpec.Model(k, Slots, Own)).ToArray();
        var (x, labels) = SlotModelSpec.Batch(5);
        for (var k = 0; k < 30; k++)
        {
            models[Own].Train(x, labels, [.. models.Select((m, s) => s == Own ? null : m.Represent(x, Rows))]);
        }
        double[] masks = [0.7, 1, 0.3, 0.9];
        _models = [.. models.Select(m => m.Export())];
        _inputs = [.. _models.Select((m, s) => new SlotInput(m, null, masks[s]))];
        _examples = new Examples(5, _models[Own].Shape.Classes, x, labels);
    }

    [Fact]
    public void It_is_the_mean_over_the_iterations()
    {
        var served = Measure(Pattern(3), Pattern(4, 0), Pattern(2, 0, 2), Pattern(1, 0, 2, 3));
        ServedIs(
            served, (0.3, Alone()), (0.4, Alone(0)), (0.2, Alone(0, 2)), (0.1, Alone(0, 2, 3)));
    }

    [Fact]
    public void A_peer_that_serves_in_a_part_of_the_iterations_is_worth_that_part_of_what_it_would_be()
    {
        var (potential, served) = Both(Pattern(3), Pattern(5, 3));
        Assert.Equal(3.0 / 8 * potential.Ablation[3], served!.Ablation[3], 1e-12);
        Assert.Equal(3.0 / 8 * potential.Hessian[3], served.Hessian[3], 1e-12);
        Assert.Equal(3.0 / 8 * potential.Fisher[3], served.Fisher[3], 1e-12);
        Assert.Equal(3.0 / 8 * potential.Taylor[3], served.Taylor[3], 1e-12);
        Assert.Equal(3.0 / 8 * potential.Path[3], served.Path[3], 1e-12);
    }

    [Fact]
    public void A_peer_whose_answers_were_never_used_is_worth_exactly_nothing()
    {
        var served = Measure(Pattern(3, 2), Pattern(2, 0, 2));
        Assert.Equal([0, 0, 0], new[] { served.Ablation[2], served.Hessian[2], served.Fisher[2] });
        Assert.Equal([0, 0, 0], new[] { served.Taylor[2], served.Path[2], served.Shapley![2] });
        Assert.NotEqual(0, served.Ablation[0]);
    }

    [Fact]
    public void Where_every_iteration_used_every_slot_it_is_the_potential_to_the_bit()
    {
        var (potential, served) = Both(Pattern(17));
        Assert.Same(potential, served);
    }

    [Fact]
    public void Without_an_iteration_nothing_is_measured() => Assert.Null(Both().Served);

    [Fact]
    public void An_answer_that_is_not_finite_and_was_not_used_does_no_harm()
    {
        var broken = new SlotInput(null, [.. Enumerable.Repeat(float.NaN, Rows * Width)], 1);
        var (potential, served) = IdealRank.Measure(
            _models[Own], [_inputs[0], _inputs[1], broken, _inputs[3]], _examples, [Pattern(2, 2), Pattern(1, 0, 2)]);
        Assert.True(double.IsNaN(potential.Loss));
        ServedIs(served!, (2.0 / 3, Alone(2)), (1.0 / 3, Alone(0, 2)));
    }

    [Fact]
    public void Of_many_patterns_it_takes_a_systematic_sample_whose_share_of_each_pattern_is_within_a_row()
    {
        // 32 patterns of five peers.
        ImmutableArray<ServicePattern> service =
            [.. Enumerable.Range(0, 32).Select(b => new ServicePattern(
                [.. Enumerable.Range(0, 5).Where(k => (b >> k & 1) == 1)], 1 + b % 7))];
        var rows = new ServedRows(service, 10);
        Assert.Equal(10 * ServedRows.MostPatterns, rows.Patterns.Length);
        Assert.Equal(1, rows.Weights.Sum(), 1e-12);
        var total = service.Sum(p => p.Iterations);
        for (var b = 0; b < 32; b++)
        {
            var share = rows.Patterns.Zip(rows.Weights).Where(r => r.First == b).Sum(r => r.Second);
            Assert.InRange(
                share - (double)service[b].Iterations / total, -1.0 / rows.Patterns.Length, 1.0 / rows.Patterns.Length);
        }
        Assert.All(
            rows.Examples.GroupBy(e => e), e => Assert.Equal(ServedRows.MostPatterns, e.Count()));
    }

    static ServicePattern Pattern(int iterations, params int[] empty) => new([.. empty], iterations);

    (ListenerAudit Potential, ListenerAudit? Served) Both(params ServicePattern[] service) =>
        IdealRank.Measure(_models[Own], _inputs, _examples, service, orders: [[0, 2, 3], [3, 2, 0]]);

    ListenerAudit Measure(params ServicePattern[] service) => Both(service).Served!;

    /// <summary>The listener with these slots empty.</summary>
    ListenerAudit Alone(params int[] empty) => IdealRank.Measure(
        _models[Own], [.. _inputs.Select((i, k) => empty.Contains(k) ? new SlotInput(null, null, 1) : i)], _examples,
        []).Potential;

    static void ServedIs(ListenerAudit served, params (double Weight, ListenerAudit Alone)[] iterations)
    {
        double Mean(Func<ListenerAudit, double> of) => iterations.Sum(i => i.Weight * of(i.Alone));
        Assert.Equal(Mean(a => a.Loss), served.Loss, 1e-12);
        Assert.Equal(Mean(a => a.Accuracy!.Value), served.Accuracy!.Value, 1e-12);
        for (var k = 0; k < Slots; k++)
        {
            Assert.Equal(Mean(a => a.Ablation[k]), served.Ablation[k], 1e-12);
            Assert.Equal(Mean(a => a.Hessian[k]), served.Hessian[k], 1e-12);
            Assert.Equal(Mean(a => a.Fisher[k]), served.Fisher[k], 1e-12);
            Assert.Equal(Mean(a => a.Taylor[k]), served.Taylor[k], 1e-12);
            Assert.Equal(Mean(a => a.Path[k]), served.Path[k], 1e-12);
        }
    }
}
