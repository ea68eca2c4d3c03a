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
    [InlineData("gini < 0.55", "until block 5", Outcome.Pass, 5L)]
    [InlineData("gini < 0.55", "until block 6", Outcome.Fail, 6L)]
    [InlineData("gini > 0.15", "from block 2 until block 4", Outcome.Pass, 4L)]
    [InlineData("gini > 0.25", "from block 2 until block 4", Outcome.Fail, 2L)]
    [InlineData("sum loss of a + loss of b < 33.5", "at end", Outcome.Pass, 10L)]
    [InlineData("sum loss of a + loss of b < 33", "at end", Outcome.Fail, 10L)]
    [InlineData("loss of b < 2 * min loss", "eventually by block 3", Outcome.Pass, 3L)]
    [InlineData("2 + 3 * gini > 4.9", "at end", Outcome.Pass, 10L)]
    [InlineData("(2 + 3) * gini < 5.1", "at end", Outcome.Pass, 10L)]
    [InlineData("8 / 4 / 2 > gini", "at end", Outcome.Fail, 10L)]
    [InlineData("8 - 4 - 2 < 2.5 * gini", "at end", Outcome.Pass, 10L)]
    [InlineData("8 - (4 - 2) < 5 + gini", "at end", Outcome.Fail, 10L)]
    [InlineData("-gini > -0.75", "always", Outcome.Fail, 8L)]
    [InlineData("loss of neuron 1 > 10.5", "at end", Outcome.Pass, 10L)]
    [InlineData("loss of neuron 0 > 10.5", "at end", Outcome.Fail, 10L)]
    [InlineData("gini at block 3 < 0.35", "at end", Outcome.Pass, 10L)]
    [InlineData("gini at end < 1", "always", Outcome.Fail, 0L)]
    [InlineData("mean loss of a at end / mean loss of a at block 2 > 4.1", "at end", Outcome.Pass, 10L)]
    [InlineData("mean loss of a at end / mean loss of a at block 2 < 4.1", "at end", Outcome.Fail, 10L)]
    [InlineData("gini - gini at 2 blocks before < 0.25", "always", Outcome.Pass, 10L)]
    [InlineData("(gini at block 3) at end < 0.35", "always", Outcome.Pass, 10L)]
    [InlineData("share of a with loss > 10 >= 0.5", "at end", Outcome.Pass, 10L)]
    [InlineData("share of a with loss > 10 > 0.5", "at end", Outcome.Fail, 10L)]
    [InlineData("share with loss > 2 * min loss > 0.5", "eventually by block 5", Outcome.Pass, 0L)]
    [InlineData("share with (loss < 12 and loss > 10) < 0.34", "at end", Outcome.Pass, 10L)]
    [InlineData("(share of b with loss > 1) - (share of a with loss > 10) > 0.4", "at end", Outcome.Pass, 10L)]
    [InlineData("share with loss > loss at 1 block before >= 1", "from block 1", Outcome.Pass, 10L)]
    [InlineData("gini < 0.5 or loss of b > 6", "always", Outcome.Pass, 10L)]
    [InlineData("gini < 0.5 or loss of b > 7", "always", Outcome.Fail, 5L)]
    [InlineData("gini < 0.75 and loss of b < 11.5", "always", Outcome.Fail, 8L)]
    [InlineData("not gini < 0.5", "from block 5", Outcome.Pass, 10L)]
    [InlineData("not (gini < 0.5 or loss of b < 8)", "from block 5", Outcome.Fail, 5L)]
    [InlineData("not (gini < 0.5 and loss of b < 8)", "always", Outcome.Fail, 0L)]
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
            verdict.Detail.StartsWith("holds at 3 blocks, 7 without data; at block 4", StringComparison.Ordinal));
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

    /// <summary>Losses are missing at block 7, and nothing was minted: a side without data may not matter.</summary>
    [Theory]
    [InlineData("gini < 0.65 and loss of b < 100", "always", Outcome.Fail, 7L, "gini < 0.65: 0.7 against 0.65")]
    [InlineData("gini > 0.65 and loss of b > 0", "eventually by block 7", Outcome.Fail, 6L, "never held")]
    [InlineData("gini > 0.65 or loss of b > 100", "eventually by block 7", Outcome.Pass, 7L, "gini > 0.65: 0.7")]
    [InlineData("gini < 2 or mint > 0", "always", Outcome.Pass, 10L, "holds at 11 blocks; at block 10: gini < 2:")]
    [InlineData("gini < 2 and mint > 0", "always", Outcome.Unknown, null, "no block has data to tell")]
    [InlineData("not (gini < 2 and mint > 0)", "always", Outcome.Unknown, null, "no block has data to tell")]
    [InlineData("not (gini > 2 and mint > 0)", "always", Outcome.Pass, 10L, "gini <= 2: 1 against 2")]
    [InlineData("gini + mint > 0", "always", Outcome.Unknown, null, "no block has data on both sides")]
    [InlineData("loss of b at block 7 > 0", "always", Outcome.Unknown, null, "no block has data on both sides")]
    [InlineData("gini > gini at 3 blocks before", "until block 2", Outcome.Unknown, null, "no block has data on both")]
    [InlineData("share with loss > 0 > 0.5", "from block 7", Outcome.Pass, 10L, "holds at 3 blocks, 1 without data")]
    public void A_missing_value_leaves_open_what_it_could_change(
        string property, string holds, Outcome outcome, long? block, string says)
    {
        var verdict = Judge(property, holds);
        Assert.Equal((outcome, block), (verdict.Outcome, verdict.Block));
        Assert.Contains(says, verdict.Detail, StringComparison.Ordinal);
    }

    /// <summary>
    /// Two of three neurons have a loss of 1, neuron 1 (a) diverges at block 3; the ratio is infinite.
    /// </summary>
    [Theory]
    [InlineData("max loss < 5", Outcome.Fail, "since block 3")]
    [InlineData("not max loss < 5", Outcome.Fail, "since block 3")]
    [InlineData("max loss >= 5", Outcome.Fail, "since block 3")]
    [InlineData("max loss < 5 or max loss >= 5", Outcome.Fail, "neuron 1 (a)")]
    [InlineData("not (max loss < 5 and max loss >= 5)", Outcome.Fail, "neuron 1 (a)")]
    [InlineData("max loss < 5 or diagonal-ratio > 5", Outcome.Pass, "diagonal-ratio > 5: Infinity against 5")]
    [InlineData("not (max loss < 5 and diagonal-ratio > 5)", Outcome.Fail, "max loss >= 5: NaN against 5")]
    [InlineData("1 + max loss < 5", Outcome.Fail, "loss of neuron 1 (a) is not finite since block 3")]
    [InlineData("loss of neuron 1 < 5", Outcome.Fail, "loss of neuron 1 (a) is not finite since block 3")]
    [InlineData("loss of neuron 0 < 5", Outcome.Pass, "1 against 5")]
    [InlineData("max loss at block 2 < 5", Outcome.Pass, "1 against 5")]
    [InlineData("max loss at block 3 < 5", Outcome.Fail, "since block 3")]
    [InlineData("diagonal-ratio / diagonal-ratio > 0", Outcome.Fail, "diagonal-ratio is not finite since block 2")]
    [InlineData("1 / (diagonal-ratio at block 1 - 1) > 5", Outcome.Pass, "1 / (diagonal-ratio at block 1 - 1) is not")]
    [InlineData("share with loss < 5 > 0.6", Outcome.Pass, "0.666667 against 0.6 (loss of neuron 1 (a) is not finite")]
    [InlineData("share with loss < 5 > 0.7", Outcome.Fail, "since block 3 and counts against it")]
    [InlineData("share with loss > 5 < 0.4", Outcome.Pass, "0.333333 against 0.4")]
    [InlineData("share with loss > 5 < 0.3", Outcome.Fail, "since block 3 and counts against it")]
    [InlineData("not share with loss > 5 >= 0.3", Outcome.Fail, "since block 3 and counts against it")]
    [InlineData("0.3 > share with loss > 5", Outcome.Fail, "since block 3 and counts against it")]
    [InlineData("1 - (share with loss < 5) < 0.3", Outcome.Fail, "0.333333 against 0.3")]
    [InlineData("-2 * (share with loss < 5) < -1.3", Outcome.Pass, "-1.33333 against -1.3")]
    [InlineData("-2 * (share with loss < 5) > -1.9", Outcome.Fail, "-2 against -1.9")]
    [InlineData("(share with loss < 5) * diagonal-ratio at block 1 > 0", Outcome.Fail, "NaN against 0")]
    [InlineData("share with (loss < 5 or rank < 5) >= 1", Outcome.Pass, "1 against 1")]
    [InlineData("share of b with loss < 5 >= 1", Outcome.Pass, "1 against 1")]
    public void A_comparison_with_NaN_does_not_hold_and_neither_does_its_opposite(
        string property, Outcome outcome, string says)
    {
        var table = new MetricTable(["a", "a", "b"]) { LastBlock = 4 };
        for (var block = 1; block <= 4; block++)
        {
            table.SetNetwork("diagonal-ratio", block, block < 2 ? 1 : double.PositiveInfinity);
            for (var i = 0; i < 3; i++)
            {
                table.SetNeuron("loss", block, i, i == 1 && block > 2 ? double.NaN : 1);
                table.SetNeuron("rank", block, i, 1);
            }
        }
        var verdict = Judge(property, "at end", table: table);
        Assert.Equal(outcome, verdict.Outcome);
        Assert.Contains(says, verdict.Detail, StringComparison.Ordinal);
    }

    /// <summary>At block 10 the losses are 10 and 11 of a, 12 of b; gini is 1.</summary>
    [Theory]
    [InlineData("max loss < 11.5", "max loss < 11.5", 12, 11.5, -0.5, "neuron 2 (b) has loss 12 at block 10")]
    [InlineData("11.5 > max loss", "11.5 > max loss", 12, 11.5, -0.5, "neuron 2 (b) has loss 12 at block 10")]
    [InlineData("min loss of a >= 10", "min loss of a >= 10", 10, 10, 0, "neuron 0 (a) has loss 10 at block 10")]
    [InlineData("mean loss of a < 10", "mean loss of a < 10", 10.5, 10, -0.5, "neuron 1 (a) has loss 11 at block 10")]
    [InlineData("mean loss of a > 9", "mean loss of a > 9", 10.5, 9, 1.5, "neuron 0 (a) has loss 10 at block 10")]
    [InlineData("20 - sum loss of a > 0", "20 - sum loss of a > 0", -1, 0, -1, "neuron 1 (a) has loss 11 at block 10")]
    [InlineData(
        "2 * mean loss < 30 * gini", "2 * mean loss < 30 * gini", 22, 30, 8, "neuron 2 (b) has loss 12 at block 10")]
    [InlineData(
        "loss of b < min loss of a", "mean loss of b < min loss of a", 12, 10, -2,
        "neuron 2 (b) has loss 12 at block 10, neuron 0 (a) has loss 10 at block 10")]
    [InlineData("not max loss >= 11.5", "max loss < 11.5", 12, 11.5, -0.5, "neuron 2 (b) has loss 12 at block 10")]
    [InlineData("max loss at block 3 < 4", "max loss at block 3 < 4", 5, 4, -1, "neuron 2 (b) has loss 5 at block 3")]
    [InlineData(
        "share of a with loss < 11 > 0.5", "share of a with loss < 11 > 0.5", 0.5, 0.5, 0,
        "neuron 1 (a) has loss 11 at block 10")]
    [InlineData(
        "share of a with loss < 11 < 0.5", "share of a with loss < 11 < 0.5", 0.5, 0.5, 0,
        "neuron 0 (a) has loss 10 at block 10")]
    [InlineData("gini < 0.5", "gini < 0.5", 1, 0.5, -0.5, "")]
    [InlineData(
        "gini < 0.5 or loss of neuron 1 > 9", "loss of neuron 1 > 9", 11, 9, 2, "neuron 1 (a) has loss 11 at block 10")]
    [InlineData("gini < 2 and loss of b < 9", "mean loss of b < 9", 12, 9, -3, "neuron 2 (b) has loss 12 at block 10")]
    public void The_verdict_names_what_decided(
        string property, string comparison, double value, double bound, double margin, string neurons)
    {
        var verdict = Judge(property, "at end");
        var decided = Assert.Single(verdict.Decided);
        Assert.Equal((comparison, 10L), (decided.Comparison, verdict.Block));
        Assert.Equal((value, bound, margin), (decided.Value, decided.Bound, decided.Margin));
        Assert.Equal(neurons, string.Join(", ", decided.Neurons.Select(n => n.Text())));
        Assert.Contains(neurons, verdict.Decision(), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_several_comparisons_those_that_decided_are_named()
    {
        var verdict = Judge("gini < 0.5 and max loss < 5 and gini > 0", "at end");
        Assert.Equal(["gini < 0.5", "max loss < 5"], verdict.Decided.Select(d => d.Comparison));
        Assert.Equal((null, null), (verdict.Left, verdict.Right));
        Assert.Equal(
            "broken at block 10: gini < 0.5: 1 against 0.5; max loss < 5: 12 against 5", verdict.Detail);
        Assert.Equal(
            "gini < 0.5: margin -0.5; max loss < 5: neuron 2 (b) has loss 12 at block 10; margin -7",
            verdict.Decision());
    }

    [Fact]
    public void A_neuron_that_has_diverged_decides_before_all_others()
    {
        var table = new MetricTable(["a", "a", "b"]) { LastBlock = 1 };
        table.SetNeuron("loss", 1, 0, 1);
        table.SetNeuron("loss", 1, 1, double.NaN);
        table.SetNeuron("loss", 1, 2, 9);
        foreach (var property in new[] { "max loss < 5", "mean loss > 5", "share with loss > 0 >= 1" })
        {
            var verdict = Judge(property, "at end", table: table);
            Assert.Equal(1, Assert.Single(Assert.Single(verdict.Decided).Neurons).Neuron);
        }
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
    [InlineData("gini < 0.9", "until block 4", Outcome.Pass)]
    [InlineData("gini < 0.9", "until block 5", Outcome.Unknown)]
    [InlineData("gini < 0.2", "until block 5", Outcome.Fail)]
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

    [Fact]
    public void A_run_that_ended_early_has_no_end_to_speak_of()
    {
        var table = Table();
        (table.LastBlock, table.PlannedBlock) = (4, 10);
        Assert.Equal(Outcome.Unknown, Judge("gini <= gini at end", "until block 3", table: table).Outcome);
        Assert.Equal(Outcome.Pass, Judge("gini <= gini at block 4", "until block 3", table: table).Outcome);
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
