using BitTensor.Actors.Neurons;
using BitTensor.Actors.View;
using BitTensor.Learning;
using BitTensor.Mechanism;
using BitTensor.Scenarios;
using Xunit;

namespace BitTensor.Actors.Tests;

/// <summary>
/// One trace of batches and answers under each rule of a row, against a plain computation: the losses of a twin of the
/// model to which the answers of a peer, or of two, do not come.
/// </summary>
public sealed class RowOnTracesSpec
{
    const int Slots = 5;
    const int Own = 1;
    const int Rows = 12;
    const int Width = 3;
    static readonly ModelShape Shape = new(4, 3, Width, 6, Slots, Own);
    static readonly int[] Peers = [0, 2, 3, 4];

    readonly (Examples Batch, float[]?[] Replies)[] _trace =
        [.. Enumerable.Range(0, 12).Select(step => Iteration(new RandomStream(9, "trace", step)))];

    [Fact]
    public void Ablation_gives_a_peer_its_part_of_all_rises_of_the_loss() =>
        AssertRow(WeightPolicy.Ablation, WorthMeasure.Ablation, (rise, k) => rise([k]));

    [Fact]
    public void Synergy_adds_half_of_what_pairs_cost_beyond_the_two_alone() => AssertRow(
        WeightPolicy.Synergy, WorthMeasure.Synergy,
        (rise, k) => rise([k]) + Peers.Where(l => l != k).Sum(l => rise([k, l]) - rise([k]) - rise([l])) / 2);

    [Fact]
    public void The_rules_differ_on_the_same_trace() => Assert.Equal(
        3,
        new[]
        {
            Row(WeightPolicy.Ablation, WorthMeasure.Ablation), Row(WeightPolicy.Synergy, WorthMeasure.Synergy),
            Row(WeightPolicy.Significance, WorthMeasure.Fisher),
        }.Select(row => Math.Round(row[0], 6)).Distinct().Count());

    /// <param name="policy">Rule of the row.</param>
    /// <param name="measure">Its measure.</param>
    /// <param name="worth">Worth of a peer from the rise of the loss without some.</param>
    void AssertRow(WeightPolicy policy, WorthMeasure measure, Func<Func<int[], double>, int, double> worth)
    {
        using var model = Model();
        var sums = new double[Slots];
        foreach (var (batch, replies) in _trace)
        {
            var all = LossWithout(model.Save(), batch, replies, []);
            foreach (var k in Peers)
            {
                sums[k] += worth(removed => LossWithout(model.Save(), batch, replies, removed) - all, k);
            }
            model.Train(batch, replies);
        }
        var expected = Array.ConvertAll(sums, s => Math.Max(0, s) / sums.Sum(t => Math.Max(0, t)));
        var row = Row(policy, measure);
        Assert.Contains(Peers, k => row[k] > 0.05);
        Assert.All(expected.Index(), e => Assert.Equal(e.Item, row[e.Index], 2e-3));
    }

    double[] Row(WeightPolicy policy, WorthMeasure measure)
    {
        using var model = Model();
        var (evidence, dice) = (new SlotEvidence(Slots), new RandomStream(9, "labels"));
        foreach (var (batch, replies) in _trace)
        {
            var step = model.Train(batch, replies, measure == WorthMeasure.Fisher ? dice : null, null, measure);
            evidence.Begin();
            Array.ForEach(Peers, k => evidence.Add(k, 0, step.Significance![k]));
        }
        var row = WeightRow.Of([0, 1, 2, 3, 4], [0.2, 0.2, 0.2, 0.2, 0.2]);
        return RowUpdate.Wanted(policy, Own, row, 1, Slots, evidence, new MechanismParameters());
    }

    static double LossWithout(byte[] model, Examples batch, float[]?[] replies, int[] removed)
    {
        using var twin = Model();
        twin.Load(model);
        return twin.Train(batch, [.. replies.Select((r, k) => removed.Contains(k) ? null : r)]).Loss;
    }

    static SlotModel Model() => new(Shape, new LearningSettings(OptimizerKind.Adam, 0.01, 0), 5, Own);

    /// <summary>A batch, and answers of which each peer's says more of the class than the one before.</summary>
    static (Examples Batch, float[]?[] Replies) Iteration(RandomStream dice)
    {
        int[] labels = [.. Enumerable.Range(0, Rows).Select(_ => dice.NextInt(3))];
        var inputs = Drawn(Rows * 4, dice);
        return (
            new Examples(4, 3, inputs, labels),
            [.. Enumerable.Range(0, Slots).Select(k => k == Own ? null : Telling(labels, k / 4f, dice))]);
    }

    static float[] Telling(int[] labels, float share, RandomStream dice)
    {
        var noise = Drawn(Rows * Width, dice);
        return [.. noise.Select((v, at) => (labels[at / Width] == at % Width ? share : 0) + (1 - share) * v)];
    }

    static float[] Drawn(int count, RandomStream dice) =>
        [.. Enumerable.Range(0, count).Select(_ => (float)dice.NextNormal())];
}
