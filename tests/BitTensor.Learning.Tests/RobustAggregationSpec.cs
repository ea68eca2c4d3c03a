using BitTensor.Mechanism;
using BitTensor.Scenarios;
using Xunit;

namespace BitTensor.Learning.Tests;

/// <summary>What few bad tensors can do to a neuron that defends itself.</summary>
public sealed class RobustAggregationSpec
{
    const int Width = 20;

    public static TheoryData<GradientRule, int, int> Rules => new()
    {
        { GradientRule.Median, 7, 3 }, { GradientRule.TrimmedMean, 7, 3 }, { GradientRule.TrimmedMean, 9, 2 },
        { GradientRule.Krum, 9, 3 },
    };

    [Theory]
    [MemberData(nameof(Rules))]
    public void As_many_bad_vectors_as_a_rule_stands_leave_it_among_the_good_ones(
        GradientRule rule, int of, int byzantine)
    {
        Assert.True(of >= RobustAggregation.Fewest(rule, byzantine));
        for (var draw = 0; draw < 50; draw++)
        {
            var dice = new RandomStream(7, "robust", draw);
            var good = Enumerable.Range(0, of - byzantine).Select(_ => Vector(dice, 1)).ToArray();
            // Far away in one direction, all alike: the worst for a median.
            var bad = Enumerable.Repeat(Vector(dice, 1e6), byzantine);
            var all = good.Concat(bad).ToArray();
            dice.Shuffle<float[]>(all);
            var robust = RobustAggregation.Aggregate(all, rule, byzantine);
            Assert.All(
                Enumerable.Range(0, Width), c => Assert.InRange(robust[c], good.Min(g => g[c]), good.Max(g => g[c])));
            Assert.True(RobustAggregation.Length(RobustAggregation.Aggregate(all, GradientRule.Mean, 0)) > 1e4);
        }
    }

    [Fact]
    public void Rules_agree_where_everybody_is_honest_and_alike()
    {
        var same = Enumerable.Repeat(Vector(new RandomStream(7, "same"), 1), 5).ToArray();
        foreach (
            var rule in new[] { GradientRule.Mean, GradientRule.Median, GradientRule.TrimmedMean, GradientRule.Krum })
        {
            Assert.Equal(same[0], RobustAggregation.Aggregate(same, rule, 1));
        }
        Assert.Equal(
            [3f, 2.5f], RobustAggregation.Aggregate([[1, 1], [3, 2], [9, 3], [3, 100]], GradientRule.Median, 1));
        Assert.Equal(
            [3f, 2.5f], RobustAggregation.Aggregate([[1, 1], [3, 2], [9, 3], [3, 100]], GradientRule.TrimmedMean, 1));
    }

    [Fact]
    public void A_long_vector_is_cut_to_the_bound_and_others_are_left_alone()
    {
        float[]?[] slots = [[3, 4], null, [0, 5], [300, 400], [5, 0]];
        var clipped = RobustAggregation.ClipToMedian(slots, 2);
        Assert.Equal([6f, 8f], clipped[3]!);
        Assert.Null(clipped[1]);
        Assert.All([0, 2, 4], k => Assert.Same(slots[k], clipped[k]));
        Assert.Equal(slots[3], RobustAggregation.ClipToMedian([slots[3]], 1)[0]);
        Assert.Empty(RobustAggregation.ClipToMedian([], 1));
    }

    [Theory]
    [InlineData(GradientRule.Median)]
    [InlineData(GradientRule.TrimmedMean)]
    [InlineData(GradientRule.Krum)]
    public void One_poisoner_of_five_moves_a_guarded_model_no_further_than_the_honest_do(GradientRule rule)
    {
        var (honest, poisoned) = (
            Moved(new(null, GradientRule.Each, 1, 0), poison: 0),
            Moved(new(null, GradientRule.Each, 1, 0), poison: 1e4f));
        Assert.True(poisoned > 100 * honest);
        Assert.InRange(Moved(new(null, rule, 5, 1), poison: 1e4f), 0, 1.5 * honest);
    }

    [Fact]
    public void The_bound_alone_takes_most_of_the_poison()
    {
        var open = Moved(new(null, GradientRule.Each, 1, 0), poison: 1e4f);
        Assert.InRange(Moved(new(2, GradientRule.Each, 1, 0), poison: 1e4f), 0, open / 100);
    }

    [Fact]
    public void Gradients_taken_apart_are_the_step_taken_at_once()
    {
        using SlotModel at = Model(), apart = Model();
        var (x, gradient) = (Vector(new RandomStream(3, "x"), 1), Vector(new RandomStream(3, "g"), 1)[..8]);
        at.Learn(x, 4, gradient);
        apart.Step(apart.GradientOf(x, 4, gradient));
        Assert.Equal(at.Represent(x, 4), apart.Represent(x, 4));
    }

    /// <summary>
    /// How far answers move while five callers teach, the fifth of them with a gradient of its own making.
    /// </summary>
    static double Moved(DefenceSpec defence, float poison)
    {
        using var model = Model();
        var guarded = new GuardedLearning(model, defence);
        var x = Vector(new RandomStream(3, "x"), 1);
        var before = model.Represent(x, 4);
        for (var caller = 0; caller < 5; caller++)
        {
            var gradient = Vector(new RandomStream(3, "g", caller), 1)[..8];
            guarded.Learn(x, 4, caller == 4 && poison > 0 ? [.. gradient.Select(_ => poison)] : gradient);
        }
        return RobustAggregation.Length(model.Represent(x, 4).Zip(before, (a, b) => a - b).ToArray());
    }

    static SlotModel Model() =>
        new(new ModelShape(5, 3, 2, 4, 2, 0), new LearningSettings(OptimizerKind.Sgd, 1e-4, 0), 3, 0);

    static float[] Vector(RandomStream dice, double size) =>
        [.. Enumerable.Range(0, Width).Select(_ => (float)(size * (1 + dice.NextNormal())))];
}
