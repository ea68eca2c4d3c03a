using BitTensor.Scenarios;
using Xunit;

namespace BitTensor.Learning.Tests;

/// <summary>
/// What a neuron measures of its slots by removing them, against losses of a training step with these slots missing.
/// </summary>
public sealed class RemovalWorthSpec
{
    const int Slots = 4;
    const int Own = 1;
    static readonly int[] Peers = [0, 2, 3];

    readonly float[]?[] _replies;
    readonly Examples _examples;

    public RemovalWorthSpec()
    {
        var (x, labels) = SlotModelSpec.Batch(5);
        _examples = new Examples(5, 3, x, labels);
        using var models = new Disposables();
        _replies = [.. Enumerable.Range(0, Slots).Select(
            k => k == Own ? null : models.Add(SlotModelSpec.Model(k, Slots, Own)).Represent(x, labels.Length))];
    }

    [Theory]
    [InlineData(HeadKind.Hidden)]
    [InlineData(HeadKind.Linear)]
    [InlineData(HeadKind.Attention)]
    public void Ablation_is_the_rise_of_the_loss_without_the_slot(HeadKind head)
    {
        using var model = Model(head);
        var worth = model.Measure(_examples, _replies, null, null, WorthMeasure.Ablation).Significance!;
        foreach (var k in Peers)
        {
            Assert.Equal(LossWithout(head, k) - LossWithout(head), worth[k], 1e-5);
        }
        Assert.Equal(0, worth[Own]);
    }

    [Fact]
    public void Synergy_adds_half_of_what_each_pair_costs_beyond_the_two_alone()
    {
        using var model = Model(HeadKind.Hidden);
        var worth = model.Measure(_examples, _replies, null, null, WorthMeasure.Synergy).Significance!;
        double Rise(params int[] without) => LossWithout(HeadKind.Hidden, without) - LossWithout(HeadKind.Hidden);
        foreach (var k in Peers)
        {
            var expected = Rise(k) + Peers.Where(l => l != k).Sum(l => Rise(k, l) - Rise(k) - Rise(l)) / 2;
            Assert.Equal(expected, worth[k], 1e-5);
        }
        Assert.NotEqual(Rise(0), worth[0], 1e-5);
    }

    [Fact]
    public void A_slot_without_an_answer_is_worth_nothing()
    {
        using var model = Model(HeadKind.Hidden);
        float[]?[] replies = [_replies[0], null, null, _replies[3]];
        Assert.Equal(0, model.Measure(_examples, replies, null, null, WorthMeasure.Ablation).Significance![2]);
        Assert.Equal(0, model.Measure(_examples, replies, null, null, WorthMeasure.Synergy).Significance![2], 1e-7);
    }

    [Fact]
    public void Measuring_moves_no_parameter_and_finds_what_the_step_finds()
    {
        using var model = Model(HeadKind.Hidden);
        var before = model.Save();
        var measured = model.Measure(_examples, _replies);
        Assert.Equal(before, model.Save());
        var step = model.Train(_examples, _replies);
        Assert.Equal(step.MaskSensitivity, measured.MaskSensitivity);
        Assert.Equal(step.Loss, measured.Loss);
        Assert.NotEqual(before, model.Save());
    }

    [Fact]
    public void What_is_measured_by_removal_does_not_change_the_step()
    {
        using var one = Model(HeadKind.Hidden);
        using var other = Model(HeadKind.Hidden);
        one.Train(_examples, _replies);
        other.Train(_examples, _replies, null, null, WorthMeasure.Synergy);
        Assert.Equal(one.Save(), other.Save());
    }

    [Fact]
    public void Data_kept_aside_are_not_trained_on_and_nothing_is_lost()
    {
        var shard = new Shard(_examples, _examples).KeepAside(0.34);
        Assert.Equal((4, 2), (shard.Train.Count, shard.Aside!.Count));
        Assert.Equal(_examples.Labels, shard.Train.Labels.Concat(shard.Aside.Labels));
        var single = new Shard(_examples.Take([0]), _examples);
        Assert.Contains("cannot keep some aside", Assert.Throws<DataSetException>(() => single.KeepAside(0.5)).Message);
    }

    double LossWithout(HeadKind head, params int[] removed)
    {
        using var model = Model(head);
        return model.Train(_examples, [.. _replies.Select((r, k) => removed.Contains(k) ? null : r)]).Loss;
    }

    static SlotModel Model(HeadKind head) => new(
        new ModelShape(5, 3, 4, 7, Slots, Own) { Head = head }, new LearningSettings(OptimizerKind.Adam, 0.01, 0), 11,
        Own);

    sealed class Disposables : IDisposable
    {
        readonly List<IDisposable> _all = [];

        public T Add<T>(T one)
            where T : IDisposable
        {
            _all.Add(one);
            return one;
        }

        public void Dispose() => _all.ForEach(d => d.Dispose());
    }
}
