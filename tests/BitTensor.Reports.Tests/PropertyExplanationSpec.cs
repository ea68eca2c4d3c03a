using BitTensor.Scenarios;
using Xunit;

namespace BitTensor.Reports.Tests;

/// <summary>Why a property came out as it did.</summary>
public sealed class PropertyExplanationSpec
{
    readonly MetricTable _table = new(["a", "a", "b"]) { LastBlock = 6 };

    public PropertyExplanationSpec()
    {
        for (var block = 1; block <= 6; block++)
        {
            _table.SetNeuron("loss", block, 0, 1);
            _table.SetNeuron("loss", block, 1, block >= 4 ? 3 : 1);
            _table.SetNeuron("loss", block, 2, 2);
            _table.SetNetwork("mint", block, block == 3 ? 9 : 1);
        }
    }

    [Fact]
    public void It_names_margin_neuron_and_since_when()
    {
        var explained = Explain(Loss(Aggregate.Max, "a"), Comparison.Below, 2.5, new Horizon.AtEnd());
        Assert.Equal(-0.5, Assert.Single(explained.Verdict.Decided).Margin);
        Assert.Equal((1, 1), (explained.Judged, explained.Broken));
        Assert.Equal(4, explained.BrokenSince);
        Assert.Equal(new DecidingNeuron(1, "a", "loss", 6, 3), Assert.Single(explained.Neurons));
        Assert.Equal(6, explained.Sights.Length);
        Assert.Equal([false, false, false, false, false, true], explained.Sights.Select(s => s.IsJudged));
    }

    [Fact]
    public void Of_a_mean_it_names_the_neuron_that_is_furthest_to_the_side_that_breaks_it()
    {
        Assert.Equal(
            new DecidingNeuron(1, "a", "loss", 4, 3),
            Assert.Single(Explain(Loss(Aggregate.Mean, null), Comparison.Below, 1.9, new Horizon.Always()).Neurons));
        Assert.Equal(
            new DecidingNeuron(0, "a", "loss", 1, 1),
            Assert.Single(Explain(Loss(Aggregate.Mean, null), Comparison.Above, 5, new Horizon.Always()).Neurons));
    }

    [Fact]
    public void A_neuron_that_is_not_finite_comes_before_every_other()
    {
        _table.SetNeuron("loss", 2, 0, double.NaN);
        var explained = Explain(Loss(Aggregate.Max, null), Comparison.Below, 2.5, new Horizon.Always());
        Assert.Equal(2, explained.Verdict.Block);
        Assert.Equal(0, Assert.Single(explained.Neurons).Neuron);
        Assert.Equal(2, explained.Tightest!.Block);
    }

    [Fact]
    public void A_metric_of_the_network_has_no_neuron_and_its_tightest_block()
    {
        var explained = Explain(new Operand.Metric("mint", null, null), Comparison.AtMost, 10, new Horizon.Always());
        Assert.Empty(explained.Neurons);
        Assert.Equal((3, 1.0), (explained.Tightest!.Block, 10 - explained.Tightest.Sides[0].Left!.Value));
        Assert.Null(explained.BrokenSince);
        Assert.Equal(0, explained.Broken);
    }

    [Fact]
    public void What_has_begun_and_is_not_over_is_in_force_and_what_ends_in_the_block_too()
    {
        HappenedEvent[] events = [
            new(2, 0, "split", "partition", true, []), new(3, 0, "crash", "crash", true, [1]),
            new(4, 0, "split", "partition", false, []), new(6, 0, "crash", "crash", false, [1]),
        ];
        IEnumerable<string> At(long block) => PropertyExplanation.InForceAt(events, block).Select(e => e.Name);
        Assert.Empty(At(1));
        Assert.Equal(["split"], At(2));
        Assert.Equal(["split", "crash"], At(4));
        Assert.Equal(["crash"], At(5));
        Assert.Empty(At(7));
    }

    static Operand Loss(Aggregate aggregate, string? population) => new Operand.Metric("loss", aggregate, population);

    PropertyExplanation Explain(Operand left, Comparison comparison, double bound, Horizon holds)
    {
        var property = new Property(
            "p", "p", new Condition.Compare(left, comparison, new Operand.Number(bound)), holds) { OfSeeds = 0.9 };
        return PropertyExplanation.Of(property, PropertyJudge.Judge([property], _table)[0], _table, []);
    }
}
