using BitTensor.Scenarios;
using Xunit;

namespace BitTensor.Scenarios.Tests;

/// <summary>Properties over metrics: pass, fail, or unknown where there is no data.</summary>
public sealed class JudgeSpec
{
    /// <summary>
    /// Ten blocks; gini rises by 0.1 per block; the loss of neuron i at block b is b + i, and is not measured at block
    /// 7.
    /// </summary>
    static MetricTable Table()
    {
        var table = new MetricTable(["a", "a", "b"]) { LastBlock = 10 };
        for (var block = 0; block <= 10; block++)
        {
            table.SetNetwork("gini", block, block / 10.0);
            for (var i = 0; i < 3 && block != 7; i++)
            {
                table.SetNeuron("loss", block, i, block + i);
            }
        }
        table.SetNetwork("benchmark", 5, null);
        return table;
    }

    static PropertyVerdict Judge(string property, string holds, string more = "", MetricTable? table = null)
    {
        var text = $"version: 1\nname: x\nseed: 1\nduration: 10 blocks\npopulations:\n  - {{ name: a, count: 2 }}\n  "
            + $"- {{ name: b, count: 1 }}\nexpect:\n  - {{ property: \"{property}\", holds: {holds}{more} }}\n";
        var result = ScenarioFile.Parse(text, "x.yaml", []);
        Assert.Empty(result.Errors);
        return Assert.Single(PropertyJudge.Judge(result.Value!.Expect, table ?? Table()));
    }

    [Theory]
    [InlineData("gini <= 1", "always", Outcome.Pass, 10L)]
    [InlineData("gini < 1", "always", Outcome.Fail, 10L)]
    [InlineData("gini < 0.55", "always", Outcome.Fail, 6L)]
    [InlineData("gini >= 1", "at end", Outcome.Pass, 10L)]
    [InlineData("gini > 0.25", "from block 3", Outcome.Pass, 10L)]
    [InlineData("gini > 0.25", "from block 2", Outcome.Fail, 2L)]
    [InlineData("gini > 0.25", "eventually by block 3", Outcome.Pass, 3L)]
    [InlineData("gini > 0.35", "eventually by block 3", Outcome.Fail, 3L)]
    [InlineData("mean loss of a > 10.4", "at end", Outcome.Pass, 10L)]
    [InlineData("max loss < min loss", "at end", Outcome.Fail, 10L)]
    [InlineData("sum loss of a < loss of b", "eventually by block 10", Outcome.Pass, 0L)]
    [InlineData("loss of b > max loss of a", "from block 7", Outcome.Pass, 10L)]
    [InlineData("0.5 < gini", "at end", Outcome.Pass, 10L)]
    public void A_property_is_judged_at_the_blocks_it_names(string property, string holds, Outcome outcome, long block)
    {
        var verdict = Judge(property, holds);
        Assert.Equal((outcome, block), (verdict.Outcome, verdict.Block));
        Assert.Equal((property, holds), (verdict.Text, verdict.Holds));
    }

    /// <summary>
    /// Neurons 0 and 1 are a: the first has a loss at blocks 1 and 2, the second at 1 and 4; nobody at 3 and from 5 on.
    /// </summary>
    [Theory]
    [InlineData("mean loss of a < 5", "always", Outcome.Fail, 4L)]
    [InlineData("max loss of a < 5", "from block 2", Outcome.Fail, 4L)]
    [InlineData("min loss of a < 8", "always", Outcome.Pass, 4L)]
    [InlineData("sum loss of a > 8", "at end", Outcome.Unknown, null)]
    public void An_aggregate_is_of_those_that_have_a_value(string property, string holds, Outcome outcome, long? block)
    {
        var table = new MetricTable(["a", "a", "b"]) { LastBlock = 10 };
        table.SetNeuron("loss", 1, 0, 1);
        table.SetNeuron("loss", 1, 1, 3);
        table.SetNeuron("loss", 2, 0, 4);
        table.SetNeuron("loss", 4, 1, 7);
        var verdict = Judge(property, holds, table: table);
        Assert.Equal((outcome, block), (verdict.Outcome, verdict.Block));
        Assert.Equal(
            outcome == Outcome.Pass,
            verdict.Detail.StartsWith("holds at 3 block(s), 7 without data; at block 4", StringComparison.Ordinal));
    }

    /// <summary>
    /// Neuron 1, one of the two of a, has diverged from block 3 on; the ratio is infinite from block 2 on. Blocks 5 and
    /// 6 are not measured.
    /// </summary>
    [Theory]
    [InlineData("max loss < 5", "at end", Outcome.Fail, "loss of neuron 1 (a) is not finite since block 3")]
    [InlineData("min loss < 5", "at end", Outcome.Fail, "loss of neuron 1 (a) is not finite since block 3")]
    [InlineData("mean loss of a > 0", "from block 4", Outcome.Fail, "neuron 1 (a)")]
    [InlineData("mean loss of a > 0", "eventually by block 2", Outcome.Pass, "block 1")]
    [InlineData("max loss < 5", "always", Outcome.Fail, "broken at block 3")]
    [InlineData("loss of b < 5", "always", Outcome.Pass, "holds")]
    [InlineData("diagonal-ratio < 5", "always", Outcome.Fail, "diagonal-ratio is not finite since block 2")]
    [InlineData("diagonal-ratio > 5", "eventually by block 10", Outcome.Pass, "block 2")]
    [InlineData("diagonal-ratio > 5", "at end", Outcome.Pass, "Infinity against 5")]
    [InlineData("max loss > diagonal-ratio", "at end", Outcome.Fail, "since block 3")]
    public void A_value_that_is_not_finite_is_not_missing(string property, string holds, Outcome outcome, string says)
    {
        var table = new MetricTable(["a", "a", "b"]) { LastBlock = 10 };
        foreach (var block in new[] { 1, 2, 3, 4, 7, 10 })
        {
            table.SetNetwork("diagonal-ratio", block, block < 2 ? 1 : double.PositiveInfinity);
            table.SetNeuron("loss", block, 0, 1);
            table.SetNeuron("loss", block, 1, block < 3 ? 1 : double.NaN);
            table.SetNeuron("loss", block, 2, 1);
        }
        var verdict = Judge(property, holds, table: table);
        Assert.Equal(outcome, verdict.Outcome);
        Assert.Contains(says, verdict.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Aggregate.Min)]
    [InlineData(Aggregate.Max)]
    [InlineData(Aggregate.Sum)]
    [InlineData(Aggregate.Mean)]
    public void No_aggregate_over_a_neuron_that_diverged_is_finite(Aggregate aggregate)
    {
        double Over(double value)
        {
            var table = new MetricTable(["a", "a", "a"]);
            foreach (var (i, loss) in new[] { 1, value, 2 }.Index())
            {
                table.SetNeuron("loss", 1, i, loss);
            }
            return table.Value(new Operand.Metric("loss", aggregate, "a"), 1)!.Value;
        }
        foreach (var value in new[] { double.NaN, double.PositiveInfinity, double.NegativeInfinity })
        {
            Assert.False(double.IsFinite(Over(value)));
        }
        Assert.True(double.IsFinite(Over(3)));
    }

    /// <summary>A run that ended early leaves open what was to hold at its end or at all of its blocks.</summary>
    [Theory]
    [InlineData("gini < 0.9", "always", Outcome.Unknown)]
    [InlineData("gini < 0.2", "always", Outcome.Fail)]
    [InlineData("gini < 0.9", "at end", Outcome.Unknown)]
    [InlineData("gini < 0.1", "at end", Outcome.Unknown)]
    [InlineData("gini >= 0", "from block 2", Outcome.Unknown)]
    [InlineData("gini > 0.3", "eventually by block 9", Outcome.Pass)]
    public void A_run_that_ended_early_has_no_plain_pass(string property, string holds, Outcome outcome)
    {
        var table = Table();
        (table.LastBlock, table.PlannedBlock) = (4, 10);
        var verdict = Judge(property, holds, table: table);
        Assert.Equal(outcome, verdict.Outcome);
        Assert.Equal(
            outcome == Outcome.Unknown,
            verdict.Detail.StartsWith("the run ended at block 4 of 10; so far: ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("benchmark < 1", "always")]
    [InlineData("mean ablation of a > 0", "at end")]
    [InlineData("mint > 0", "eventually by block 10")]
    public void Without_data_nothing_is_known(string property, string holds)
    {
        var verdict = Judge(property, holds);
        Assert.Equal((Outcome.Unknown, (long?)null), (verdict.Outcome, verdict.Block));
    }

    [Theory]
    [InlineData("gini < 0.5", "always", Outcome.Pass, "known: it grows)")]
    [InlineData("gini <= 1", "always", Outcome.Fail, "known finding no longer holds")]
    [InlineData("benchmark < 1", "always", Outcome.Unknown, "no block has data")]
    public void A_known_finding_is_wanted_as_it_is_known(string property, string holds, Outcome outcome, string says)
    {
        var verdict = Judge(property, holds, ", finding: \"known: it grows\"");
        Assert.Equal((outcome, "known: it grows"), (verdict.Outcome, verdict.Finding));
        Assert.Contains(says, verdict.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_to_come_after_an_early_end_is_unknown()
    {
        var table = Table();
        table.LastBlock = 4;
        var property = new Property(
            "p", "gini > 0.9",
            new Condition.Compare(
                new Operand.Metric("gini", null, null), Comparison.Above, new Operand.Number(0.9)),
            new Horizon.EventuallyBy(9))
        {
            OfSeeds = 0.95,
        };
        Assert.Equal(Outcome.Unknown, Assert.Single(PropertyJudge.Judge([property], table)).Outcome);
    }

    [Fact]
    public void One_failure_fails_the_run_and_one_unknown_leaves_it_unknown()
    {
        var pass = Judge("gini <= 1", "always").Outcome;
        var fail = Judge("gini < 1", "always").Outcome;
        var unknown = Judge("mint > 0", "always").Outcome;
        Assert.Equal(Outcome.Pass, Outcomes.Overall([pass, pass]));
        Assert.Equal(Outcome.Unknown, Outcomes.Overall([pass, unknown]));
        Assert.Equal(Outcome.Fail, Outcomes.Overall([pass, unknown, fail]));
        Assert.Equal(Outcome.Pass, Outcomes.Overall([]));
    }
}
