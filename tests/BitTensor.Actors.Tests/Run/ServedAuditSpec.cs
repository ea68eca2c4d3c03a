using System.Text.RegularExpressions;
using BitTensor.Actors.Run;
using BitTensor.Learning;
using BitTensor.Mechanism;
using BitTensor.Plans;
using BitTensor.Records;
using BitTensor.Reports;
using BitTensor.Scenarios;
using Xunit;

namespace BitTensor.Actors.Tests;

/// <summary>
/// The audit measures the network that was there: neurons that left, crashed or are cut off, and answers too late to be
/// used, are worth nothing to those they did not serve. What they would be worth is measured beside it.
/// </summary>
public sealed class ServedAuditSpec
{
    const string Text =
        """
        version: 1
        name: served
        seed: 7
        duration: 12 blocks
        mechanism: { block-interval: 10 s, temperature: 0.1 }
        populations:
          - { name: a, count: 4, model: { kind: quadratic }, training: { iteration-interval: 2 s, reply-timeout: 800 ms } }
          - { name: b, count: 2, model: { kind: quadratic }, training: { iteration-interval: 2 s, reply-timeout: 800 ms } }
        network: { default: { latency: 20 ms } }
        audit: { every: 4 blocks }

        """;

    static string WithShapley => Text.Replace("4 blocks }", "4 blocks, shapley: 1 }", StringComparison.Ordinal);

    [Theory]
    [InlineData("network.default.latency=6 s")]
    [InlineData("network.default.loss=100%")]
    [InlineData("populations.a.model={ kind: mlp, hidden: 8, representation: 4 }",
        "populations.b.model={ kind: mlp, hidden: 8, representation: 4 }", "network.default.latency=6 s")]
    public void Nobody_whose_answers_are_never_used_is_worth_anything(params string[] overrides)
    {
        using var run = new Ran(Text, TimeMode.Virtual, overrides);
        var last = run.Audit(12);
        Assert.Equal(6, last.Length);
        Assert.All(last, a => Assert.Equal((0d, 0d, 0d, 0d), (a.Ablation, a.Hessian, a.Fisher, a.Served)));
        Assert.All(last, a => Assert.NotEqual(0, a.Potential.Ablation));
        Assert.All(last, a => Assert.NotEqual(a.Potential.HeldOutLoss, a.HeldOutLoss));
    }

    [Fact]
    public void Where_nobody_is_worth_anything_rank_has_no_correlation_with_worth()
    {
        using var run = new Ran(Text, TimeMode.Virtual, "network.default.latency=6 s");
        Assert.Null(run.Table.Network("pearson-ablation", 12));
        Assert.NotNull(run.Table.Network("pearson-potential-ablation", 12));
    }

    [Fact]
    public void In_wall_time_it_is_the_same()
    {
        const string quick = "{ iteration-interval: 20 ms, reply-timeout: 5 ms, step-cost: 0 s }";
        using var run = new Ran(
            Text, TimeMode.Wall, "network.default.loss=100%", "mechanism.block-interval=100 ms",
            "audit.every=12 blocks", $"populations.a.training={quick}", $"populations.b.training={quick}");
        var last = run.Audit(12);
        Assert.All(last, a => Assert.Equal((0d, 0d), (a.Ablation ?? 0, a.Served ?? 0)));
        // What a neuron reports of a block before the last it has counted for the audit too, on any machine.
        Assert.All(
            run.Reports.Where(r => r is { Block: < 12, Iterations: > 0 }),
            r => Assert.True(last[r.Neuron].HeldOutLoss > last[r.Neuron].Potential.HeldOutLoss));
    }

    [Theory]
    [InlineData()]
    [InlineData("populations.a.model={ kind: mlp, hidden: 8, representation: 4 }",
        "populations.b.model={ kind: mlp, hidden: 8, representation: 4 }")]
    public void Where_everybody_always_serves_both_are_the_same_to_the_bit(params string[] overrides)
    {
        using var run = new Ran(Text, TimeMode.Virtual, overrides);
        foreach (var a in new long[] { 4, 8, 12 }.SelectMany(run.Audit))
        {
            Assert.Equal(1, a.Served);
            Assert.Equal(
                a.Potential, new PotentialWorth(
                    a.HeldOutLoss!.Value, a.HeldOutAccuracy, a.Hessian!.Value, a.Fisher!.Value, a.Ablation!.Value)
                {
                    Taylor = a.Taylor, Path = a.Path,
                });
        }
    }

    [Fact]
    public void Before_the_first_iteration_nobody_has_served_and_nothing_is_measured()
    {
        using var run = new Ran(Text, TimeMode.Virtual);
        Assert.All(
            run.Audit(0), a => Assert.Equal(
                (null, null, null, null, null), (a.HeldOutLoss, a.Hessian, a.Fisher, a.Ablation, a.Served)));
        Assert.Null(run.Table.Network("benchmark", 0));
        Assert.NotNull(run.Table.Network("potential-benchmark", 0));
        Assert.NotNull(run.Table.Network("benchmark", 4));
    }

    [Theory]
    [InlineData("leave")]
    [InlineData("crash")]
    public void Who_is_not_there_is_worth_nothing_and_loses_nothing_that_could_be_measured(string action)
    {
        using var run = new Ran(
            Text + $"timeline: [{{ from: 38 s, until: 83 s, do: {{ action: {action}, who: neuron 0 }} }}]",
            TimeMode.Virtual);
        var (before, away, back) = (run.Audit(4), run.Audit(8), run.Audit(12));
        // Away for the last second of the first four blocks, all of the next four, and three seconds after them.
        Assert.InRange(before[0].Served!.Value, 0.9, 0.999);
        Assert.InRange(before[0].Ablation!.Value, 0.9 * before[0].Potential.Ablation, before[0].Potential.Ablation);
        Assert.Equal((0d, 0d, 0d, (double?)null), (
            away[0].Ablation, away[0].Hessian, away[0].Served, away[0].HeldOutLoss));
        Assert.True(away[0].Potential.Ablation > 0);
        Assert.All(away.Skip(1), a => Assert.Equal(1, a.Served));
        Assert.All(away.Skip(1), a => Assert.True(a.HeldOutLoss > a.Potential.HeldOutLoss));
        // It knows no masks, and serves nobody, until the block opens at 90 s.
        Assert.InRange(back[0].Served!.Value, 0.65, 0.76);
        Assert.NotNull(back[0].HeldOutLoss);
        // A sum over neurons of which one lost nothing that could be measured is missing, not smaller.
        Assert.Null(run.Table.Network("benchmark", 8));
        Assert.NotNull(run.Table.Network("pearson-ablation", 8));
    }

    [Fact]
    public void Who_is_cut_off_is_worth_what_its_own_side_makes_of_it()
    {
        using var run = new Ran(
            Text + "timeline: [{ from: 39.9 s, until: 81 s, do: { action: partition, who: b } }]", TimeMode.Virtual);
        var audit = run.Audit(8);
        // Of a's five listeners three are on its side, of b's five one.
        Assert.All(audit.Take(4), a => Assert.Equal(3.0 / 5, a.Served!.Value, 1e-12));
        Assert.All(audit.Skip(4), a => Assert.Equal(1.0 / 5, a.Served!.Value, 1e-12));
        var auditor = Auditor(run.Scenario, out var plans);
        var masks = new Masks(run.MarketAfter(8));
        for (var i = 0; i < 6; i++)
        {
            var expected = 0.0;
            foreach (var j in Enumerable.Range(0, 6).Where(j => j != i && (i < 4) == (j < 4)))
            {
                // Slots are neurons here: everybody listens to everybody.
                var m = masks.Row(j).Select((mask, k) => (j < 4) == (k < 4) ? mask : 0).ToArray();
                var with = auditor.LossOf(j).Value(m);
                m[i] = 0;
                expected += (auditor.LossOf(j).Value(m) - with) / 6;
            }
            Assert.Equal(expected, audit[i].Ablation!.Value, 1e-12);
        }
    }

    [Fact]
    public void A_quadratic_loss_is_the_mean_over_the_iterations()
    {
        var scenario = Stage.Read(Text);
        var auditor = Auditor(scenario, out _);
        var loss = auditor.LossOf(2);
        double[] masks = [0.3, 0.8, 0.6, 0.5, 0.1, 0.9];
        (int Iterations, int[] Empty)[] service = [(3, []), (2, [0]), (4, [0, 5]), (1, [0, 1, 3, 4, 5])];
        var heard = auditor.Listen(
            2, 4, masks, [.. Enumerable.Range(0, 6).Select(auditor.LossOf)],
            [.. service.Select(s => new ServicePattern([.. s.Empty], s.Iterations))]);
        double Mean(Func<double[], double> of) =>
            service.Sum(s => s.Iterations * of([.. masks.Select((m, k) => s.Empty.Contains(k) ? 0 : m)])) / 10.0;
        double Without(double[] m, int k) => loss.Value([.. m.Select((v, q) => q == k ? 0 : v)]);
        Assert.Equal(Mean(m => loss.Value(m)), heard.Served!.Loss, 1e-12);
        for (var k = 0; k < 6; k++)
        {
            Assert.Equal(Mean(m => Without(m, k) - loss.Value(m)), heard.Served.Ablation[k], 1e-12);
            Assert.Equal(Mean(m => 2 * loss.Significance(k) * m[k] * m[k]), heard.Served.Hessian[k], 1e-12);
        }
        Assert.Equal([0.3, 0.9, 1, 0.9, 0.9, 0.5], heard.Shares);
    }

    [Fact]
    public void The_shapley_values_of_a_quadratic_loss_are_the_mean_over_all_orders()
    {
        var scenario = Stage.Read(WithShapley);
        var auditor = Auditor(scenario, out _);
        var loss = auditor.LossOf(2);
        double[] masks = [0.3, 0.8, 0.6, 0.5, 0.1, 0.9];
        int[][] served = [[], [0, 5]];
        var heard = auditor.Listen(
            2, 4, masks, [.. Enumerable.Range(0, 6).Select(auditor.LossOf)],
            [new ServicePattern([], 1), new ServicePattern([0, 5], 3)]);
        double[] Over(int[] empty)
        {
            int[] peers = [0, 1, 3, 4, 5];
            var (worth, orders) = (new double[6], Permutations(peers).ToArray());
            foreach (var order in orders)
            {
                var m = new double[6];
                m[2] = masks[2];
                foreach (var k in order)
                {
                    var before = loss.Value(m);
                    m[k] = empty.Contains(k) ? 0 : masks[k];
                    worth[k] += (before - loss.Value(m)) / orders.Length;
                }
            }
            return worth;
        }
        var (all, some) = (Over(served[0]), Over(served[1]));
        for (var k = 0; k < 6; k++)
        {
            Assert.Equal(all[k], heard.Potential.Shapley![k], 1e-12);
            Assert.Equal(all[k] / 4 + some[k] * 3 / 4, heard.Served!.Shapley![k], 1e-12);
        }
    }

    [Fact]
    public void Agreement_is_the_correlation_with_ablation_over_all_pairs_and_over_all_neurons()
    {
        using var run = new Ran(WithShapley, TimeMode.Virtual);
        var auditor = Auditor(run.Scenario, out _);
        var masks = new Masks(run.MarketAfter(8));
        // Without losses every answer is used.
        var (ablation, hessian) = (new List<double>(), new List<double>());
        for (var j = 0; j < 6; j++)
        {
            var (m, loss) = (masks.Row(j), auditor.LossOf(j));
            foreach (var i in Enumerable.Range(0, 6).Where(i => i != j))
            {
                ablation.Add(loss.Value([.. m.Select((v, k) => k == i ? 0 : v)]) - loss.Value(m));
                hessian.Add(2 * loss.Significance(i) * m[i] * m[i]);
            }
        }
        Assert.Equal(
            Correlation.Pearson([.. hessian], [.. ablation]), run.Table.Network("pair-agreement-hessian", 8)!.Value,
            1e-9);
        Assert.Equal(1, run.Table.Network("pair-agreement-path", 8)!.Value, 1e-12);
        Assert.Equal(1, run.Table.Network("agreement-potential-taylor", 8)!.Value, 1e-12);
        var rows = run.Audit(8);
        Assert.Equal(
            Correlation.Pearson([.. rows.Select(r => r.Shapley!.Value)], [.. rows.Select(r => r.Ablation!.Value)]),
            run.Table.Network("agreement-shapley", 8)!.Value, 1e-12);
        Assert.All(rows, r => Assert.Equal(r.Neuron == 0, r.Agreement is not null));
    }

    static IEnumerable<int[]> Permutations(int[] of) => of.Length == 0
        ? [[]]
        : of.SelectMany(first => Permutations([.. of.Where(k => k != first)]).Select(rest => (int[])[first, .. rest]));

    [Fact]
    public void A_replay_measures_the_same()
    {
        using var shell = new Shell();
        var file = shell.Write("served.yaml", Text.Replace(
            "latency: 20 ms", "latency: 20 ms, loss: 10%", StringComparison.Ordinal) + """
            timeline: [{ from: 38 s, until: 83 s, do: { action: crash, who: neuron 0 } }]
            expect:
              - { property: max served < 1, holds: at end }
            """);
        Shell.Bta("run", file, "--out", shell.Path("one")).Ends(0);
        Shell.Bta("run", file, "--out", shell.Path("two"), "--cores", "1").Ends(0);
        Shell.Bta("replay", shell.Path("one")).Ends(0);
        Shell.Bta("verify", shell.Path("one")).Ends(0);
        Assert.Equal(RunVerdict.Read(shell.Path("one")).AuditHash, RunVerdict.Read(shell.Path("two")).AuditHash);
        var table = Shell.Bta("export", shell.Path("one"), "--table", "audit").Ends(0).Out;
        Assert.Contains("potential_ablation", table, StringComparison.Ordinal);
        Assert.Matches(@"\n8,0,a,,,0,0,0,,0,0\.\d+,", table);
    }

    [Fact]
    public void What_a_journal_of_an_earlier_version_calls_worth_is_read_as_potential()
    {
        using var shell = new Shell();
        var run = shell.Path("run");
        Shell.Bta("run", shell.Write("served.yaml", Text), "--out", run).Ends(0);
        var journal = Path.Combine(run, RunFolder.JournalFile);
        File.WriteAllLines(
            journal, File.ReadAllLines(journal).Select(l => Regex.Replace(l, ",\"served\":.*", "}")).Where(
                l => !l.StartsWith("{\"record\":\"audit\",\"block\":0", StringComparison.Ordinal)));
        var old = RunData.Load(run).Audits[^1];
        Assert.Equal((null, null, null), (old.Ablation, old.HeldOutLoss, old.Served));
        Assert.True(old.Potential.Ablation > 0);
    }

    static Auditor Auditor(Scenario scenario, out IReadOnlyList<NeuronPlan> plans)
    {
        plans = Roster.Draw(scenario);
        return new Auditor(scenario, plans, new Context.ModelFactory(scenario, plans));
    }

    /// <summary>A run and what its journal and ledger say.</summary>
    sealed class Ran : IDisposable
    {
        readonly TemporaryFolder _folder = new();
        readonly RunData _data;

        public Ran(string text, TimeMode time, params string[] overrides)
        {
            Scenario = Stage.Read(text, overrides);
            EmulationRun.Execute(Scenario, new RunOptions { Folder = _folder.Path, Time = time });
            _data = RunData.Load(_folder.Path);
            Table = RunMetrics.Build(_data);
        }

        public Scenario Scenario { get; }

        public MetricTable Table { get; }

        public IEnumerable<JournalRecord.NeuronReported> Reports =>
            _data.Blocks().SelectMany(b => b.Reports).OfType<JournalRecord.NeuronReported>();

        public JournalRecord.Audited[] Audit(long block) => [.. _data.Audits.Where(a => a.Block == block)];

        /// <summary>W and S after a block.</summary>
        public Market MarketAfter(long height)
        {
            var block = _data.Blocks().Single(b => b.Ledger.Height == height);
            return Market.At(
                height + 1, [.. block.Rows], [.. block.Ledger.Stake.Zip(block.Ledger.Emission, (s, e) => s + e)],
                _data.Header.Parameters);
        }

        public void Dispose() => _folder.Dispose();
    }
}
