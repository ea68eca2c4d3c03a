using BitTensor.Actors.Models;
using BitTensor.Actors.Neurons;
using BitTensor.Actors.Run;
using BitTensor.Actors.View;
using BitTensor.Parcels;
using BitTensor.Protocol;
using BitTensor.Reports;
using BitTensor.Scenarios;
using Xunit;

namespace BitTensor.Actors.Tests;

/// <summary>Where a neuron's evidence of its peers' worth comes from, and which measure moves its row.</summary>
public sealed class EvidenceRunSpec
{
    const string Text =
        """
        version: 1
        name: evidence
        seed: 3
        duration: 6 blocks
        mechanism: { block-interval: 16 s, temperature: 0.1 }
        data: { set: digits, examples: 300, holdout: 30% }
        populations:
          - { name: a, count: 4, model: { kind: mlp, representation: 4, hidden: 8 } }
        network: { default: { latency: 20 ms } }
        audit: { every: 6 blocks }

        """;

    const string Fresh = "populations.a.significance={ on: fresh, average: 20, share: 25%, every: 4 }";

    [Fact]
    public void The_window_covers_so_many_of_the_newest_examples()
    {
        static SlotEvidence One(double gradient)
        {
            var one = new SlotEvidence(2);
            one.Begin();
            one.Add(1, gradient, 2 * gradient);
            return one;
        }
        var window = new EvidenceWindow(20);
        var evidence = new SlotEvidence(2);
        window.CopyTo(evidence);
        Assert.True(evidence.IsEmpty);
        foreach (var gradient in new[] { 100.0, 1, 2, 6 })
        {
            window.Add(8, One(gradient));
        }
        window.CopyTo(evidence);
        // Three iterations of 8 are the fewest that cover 20 examples.
        Assert.Equal([0, 3.0], evidence.MeanGradient());
        Assert.Equal([0, 6.0], evidence.MeanSignificance());
        window.Clear();
        window.CopyTo(evidence);
        Assert.True(evidence.IsEmpty);
    }

    [Fact]
    public void Training_data_are_the_evidence_unless_the_scenario_says_otherwise() => Assert.Equal(
        Hash(Text), Hash(Text, "populations.a.significance={ on: training }"));

    [Fact]
    public void Every_fourth_iteration_asks_about_data_kept_aside_and_teaches_nobody()
    {
        using var folder = new TemporaryFolder();
        EmulationRun.Execute(Stage.Read(Text, Fresh), new RunOptions { Folder = folder.Path });
        var run = RunData.Load(folder.Path);
        var blocks = run.Blocks().ToArray();
        // Eight iterations fit into a block, of which six train.
        Assert.All(blocks[3].Reports, r => Assert.Equal((6, 24L), (r!.Iterations, r.Queries)));
        var untaught = blocks.SelectMany(b => b.Traffic).Where(t => t.Counted.Is(Happenings.QueryUntaught))
            .Sum(t => t.Count);
        var (steps, queries) = (
            blocks.Sum(b => b.Reports.Sum(r => r?.Iterations ?? 0)),
            blocks.Sum(b => b.Reports.Sum(r => r?.Queries ?? 0)));
        Assert.Equal(queries - 3 * steps, untaught);
        // The rows move by it, and by nothing before the first of it.
        Assert.All(blocks[^1].Rows, row => Assert.NotEqual(0.25, row.Values[0], 1e-9));
    }

    [Fact]
    public void Fresh_evidence_gives_the_same_bytes_on_any_number_of_cores() => Assert.Equal(
        EmulationRun.Execute(Stage.Read(Text, Fresh), new RunOptions { Cores = 1 }).JournalHash,
        EmulationRun.Execute(Stage.Read(Text, Fresh), new RunOptions { Cores = 3 }).JournalHash);

    [Fact]
    public void A_quadratic_model_has_no_data_to_keep_aside()
    {
        var read = ScenarioFile.Parse(
            Text, "x.yaml",
            [new ScenarioOverride(Fresh), new ScenarioOverride("populations.a.model={ kind: quadratic }")]);
        Assert.Contains(read.Errors, e => e.ToString().Contains("write on: training", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("ablation")]
    [InlineData("synergy")]
    public void A_row_by_removals_names_peers_alone(string weights)
    {
        using var folder = new TemporaryFolder();
        EmulationRun.Execute(
            Stage.Read(Text, $"populations.a.weights={weights}", "mechanism.epsilon=2"),
            new RunOptions { Folder = folder.Path });
        var last = RunData.Load(folder.Path).Blocks().Last();
        Assert.All(last.Rows.Index(), r =>
        {
            Assert.Equal(0, r.Item[r.Index]);
            Assert.Equal(1, r.Item.Values.ToArray().Sum(), 1e-9);
        });
        // Of four neurons, equal rows would give each peer a third.
        Assert.Contains(last.Rows, row => Array.Exists(row.Values.ToArray(), w => w is > 0.4 or (> 0 and < 0.3)));
    }

    [Fact]
    public void A_quadratic_neurons_synergy_is_the_shapley_value_and_its_ablation_the_ablation()
    {
        var scenario = Stage.Read(Stage.Game);
        var plans = BitTensor.Plans.Roster.Draw(scenario);
        var loss = new Context.ModelFactory(scenario, plans).LossOf(
            plans[2], (ModelSpec.Quadratic)plans[2].Population.Model);
        double[] masks = [0.3, 0.8, 0.6, 0.5, 0.1, 0.9, 0.4, 0.7];
        Tensor?[] replies = [.. masks.Select((m, k) => k == 2 ? null : new Tensor(1, 1, [(float)m]))];
        // Replies are float32.
        double[] heard = [.. masks.Select((m, k) => k == 2 ? m : (float)m)];
        var exact = new QuadraticWorth(loss, 2).Of(heard);
        double[] By(WeightPolicy weights)
        {
            using var model = new QuadraticModel(loss, 2, weights);
            return model.Train(model.NextBatch(), replies, masks[2]).Significance!;
        }
        foreach (var k in Enumerable.Range(0, 8).Where(k => k != 2))
        {
            Assert.Equal(exact.Ablation[k], By(WeightPolicy.Ablation)[k], 1e-12);
            Assert.Equal(exact.Shapley![k], By(WeightPolicy.Synergy)[k], 1e-12);
        }
    }

    static string Hash(string text, params string[] overrides) => Stage.Run(text, null, overrides).JournalHash;
}
