using BitTensor.Actors.Run;
using BitTensor.Parcels;
using BitTensor.Records;
using BitTensor.Reports;
using BitTensor.Scenarios;
using Xunit;

namespace BitTensor.Actors.Tests;

/// <summary>A network whose neurons ask a few of their peers.</summary>
public sealed class GatingRunSpec
{
    const string Text =
        """
        version: 1
        name: gated
        seed: 7
        duration: 6 blocks
        mechanism: { block-interval: 10 s, temperature: 0.1 }
        populations:
          - { name: a, count: 6, model: { kind: quadratic }, training: { iteration-interval: 2 s, reply-timeout: 800 ms } }
        network: { default: { latency: 20 ms } }
        audit: { every: 3 blocks }

        """;

    const string TwoOfFive = "populations.a.gating={ top: 2, by: rank, warm-up: 2 blocks }";

    [Fact]
    public void It_asks_all_while_it_warms_up_and_then_as_many_as_the_gate_says()
    {
        using var run = new Ran(Text, TwoOfFive);
        Assert.All(run.Reports(1), r => Assert.Equal((5 * r.Iterations, 5), ((int)r.Queries, r.Gate!.Peers.Length)));
        Assert.All(run.Reports(4), r => Assert.Equal((2 * r.Iterations, 2), ((int)r.Queries, r.Gate!.Peers.Length)));
        // A query, its answer and its gradient are of one row and column each.
        Assert.All(run.Reports(4), r => Assert.Equal(0, r.Gate!.Bytes % (3 * r.Queries)));
        double BytesIn(long block) => run.Table.Neuron("exchanged-bytes", block, 0)!.Value;
        Assert.Equal(0.4, BytesIn(4) / BytesIn(1), 9);
    }

    [Fact]
    public void All_ask_the_same_few_where_the_market_chooses_and_the_load_says_so()
    {
        using var run = new Ran(Text, TwoOfFive);
        double Network(string metric, long block) => run.Table.Network(metric, block)!.Value;
        Assert.Equal((0, 1), (Network("never-asked", 1), Network("load-entropy", 1)), Close);
        Assert.Equal(1 / 6.0, Network("largest-load", 1), 1e-9);
        // The two of the highest rank ask each other and the third.
        Assert.Equal(3, Network("never-asked", 4));
        Assert.InRange(Network("largest-load", 4), 5 / 12.0 - 1e-9, 0.5);
        Assert.InRange(Network("load-entropy", 4), 0.4, 0.65);
        Assert.Equal(1, Enumerable.Range(0, 6).Sum(i => run.Table.Neuron("load-share", 4, i)!.Value), 1e-9);
        // A peer that nobody asks serves nobody.
        Assert.InRange(run.Audit(6).Count(a => a.Served == 0), 1, 3);
    }

    [Fact]
    public void Who_has_no_room_is_replaced_by_the_next_in_order()
    {
        using var run = new Ran(
            Text, "populations.a.gating={ top: 1, by: rank }",
            "populations.a.serving={ cost: 1 s, workers: 1, queue: 0 }",
            "populations.a.training={ iteration-interval: 2 s, reply-timeout: 1900 ms }");
        var spilled = run.Traffic.Where(t => t.Counted.Is(Happenings.QuerySpilled)).Sum(t => t.Count);
        Assert.True(spilled > 0);
        Assert.True(run.Reports(4).Sum(r => r.Queries) > run.Reports(4).Sum(r => r.Iterations));
        Assert.True(run.Table.Network("never-asked", 4) < 4);
    }

    [Fact]
    public void With_a_trained_gate_the_examples_of_a_peer_without_room_go_to_the_next_of_their_scores()
    {
        using var run = new Ran(
            Text, "populations.a.model={ kind: mlp, hidden: 8, representation: 4 }", "data.examples=300",
            "populations.a.gating={ top: 1, by: gate, per: batch }",
            "populations.a.serving={ cost: 1 s, workers: 1, queue: 0 }",
            "populations.a.training={ iteration-interval: 2 s, reply-timeout: 1900 ms }");
        Assert.True(run.Traffic.Where(t => t.Counted.Is(Happenings.QuerySpilled)).Sum(t => t.Count) > 0);
        Assert.True(run.Reports(4).Sum(r => r.Queries) > run.Reports(4).Sum(r => r.Iterations));
    }

    [Fact]
    public void It_waits_until_every_example_has_k_min_answers_and_so_long_for_more()
    {
        double AnsweredWith(string wait)
        {
            using var run = new Ran(
                Text, "populations.a.model={ kind: mlp, hidden: 8, representation: 4 }", "data.examples=300",
                $"populations.a.gating={{ top: 2, by: gate{wait} }}",
                "network.default.latency={ distribution: lognormal, median: 40 ms, sigma: 1 }");
            // Gradients come while the model makes other steps.
            Assert.True(run.Table.Neuron("answer-age", 4, 0) > 0);
            return run.Reports(4).Sum(r => r.Answers) / (double)run.Reports(4).Sum(r => r.Queries);
        }
        var (all, one, more) = (
            AnsweredWith(""), AnsweredWith(", wait: { k-min: 1, after-k-min: 0 ms }"),
            AnsweredWith(", wait: { k-min: 1, after-k-min: 60 ms }"));
        Assert.InRange(all, 0.9, 1.1);
        Assert.True(one < more && more < all, $"{one} {more} {all}");
    }

    [Theory]
    [InlineData("example")]
    [InlineData("batch")]
    public void A_trained_gate_asks_about_so_many_pairs_of_example_and_peer_and_its_weights_become_the_row(string per)
    {
        using var run = new Ran(
            Text, "populations.a.model={ kind: mlp, hidden: 8, representation: 4 }",
            $"populations.a.gating={{ top: 2, by: gate, per: {per}, warm-up: 2 blocks, noise: 0.5, balance: switch }}",
            "populations.a.missing=renormalise", "populations.a.weights=gate", "data.examples=300",
            "network.default.loss=5%", "mechanism.epsilon=2");
        Assert.All(run.Reports(1), r => AssertPairs(r, 5 * 32));
        Assert.All(run.Reports(4), r => AssertPairs(r, 2 * 32));
        Assert.All(run.Reports(1), r => Assert.InRange(r.Gate!.Entropy!.Value, 1, Math.Log(5)));
        Assert.All(run.Reports(4), r => Assert.InRange(r.Gate!.Entropy!.Value, 0.01, Math.Log(2)));
        Assert.True(run.Reports(5).Average(r => r.Loss) < run.Reports(1).Average(r => r.Loss));
        // The gate's weights are no vote for oneself.
        Assert.All(Enumerable.Range(0, 6), i => Assert.Equal(0, run.Table.Neuron("self-weight", 6, i)));
        Assert.All(run.Audit(6), a => Assert.NotNull(a.HeldOutLoss));
        Assert.Contains(run.Audit(6), a => a.Served < 1);
    }

    [Fact]
    public void A_neuron_without_a_gate_reports_none()
    {
        using var run = new Ran(Text);
        Assert.All(run.Reports(4), r => Assert.Null(r.Gate));
        Assert.Null(run.Table.Network("largest-load", 4));
    }

    [Theory]
    [InlineData("gating={ top: 1, by: significance }", "write by: rank")]
    [InlineData("gating={ top: 1, by: gate }", "write by: rank")]
    [InlineData("missing=renormalise", "a model that learns from data")]
    [InlineData("weights=gate", "add gating")]
    [InlineData("gating={ top: 1, wait: { k-min: 2, after-k-min: 0 s } }", "k-min: 1")]
    public void What_a_quadratic_model_cannot_do_is_an_error_with_a_remedy(string key, string remedy)
    {
        var read = ScenarioFile.Parse(Text, "x.yaml", [new ScenarioOverride($"populations.a.{key}")]);
        Assert.Contains(remedy, Assert.Single(read.Errors).ToString(), StringComparison.Ordinal);
    }

    /// <summary>An iteration may begin in one block and end in the next.</summary>
    static void AssertPairs(JournalRecord.NeuronReported report, int each)
    {
        var (begun, rest) = Math.DivRem(report.Gate!.Examples.Sum(), each);
        Assert.Equal(0, rest);
        Assert.InRange(begun, report.Iterations - 1, report.Iterations + 1);
    }

    static bool Close((double, double) x, (double, double) y) =>
        Math.Abs(x.Item1 - y.Item1) < 1e-9 && Math.Abs(x.Item2 - y.Item2) < 1e-9;

    /// <summary>A run and what its journal says.</summary>
    sealed class Ran : IDisposable
    {
        readonly TemporaryFolder _folder = new();
        readonly RunData _data;

        public Ran(string text, params string[] overrides)
        {
            EmulationRun.Execute(Stage.Read(text, overrides), new RunOptions { Folder = _folder.Path });
            _data = RunData.Load(_folder.Path);
            Table = RunMetrics.Build(_data);
        }

        public MetricTable Table { get; }

        public IEnumerable<JournalRecord.TrafficCounted> Traffic => _data.Blocks().SelectMany(b => b.Traffic);

        public JournalRecord.NeuronReported[] Reports(long block) =>
            [.. _data.Blocks().Single(b => b.Ledger.Height == block).Reports.Select(r => r!)];

        public JournalRecord.Audited[] Audit(long block) => [.. _data.Audits.Where(a => a.Block == block)];

        public void Dispose() => _folder.Dispose();
    }
}
