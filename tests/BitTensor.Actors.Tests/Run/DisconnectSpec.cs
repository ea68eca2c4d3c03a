using BitTensor.Actors.Run;
using BitTensor.Records;
using BitTensor.Reports;
using BitTensor.Scenarios;
using Xunit;

namespace BitTensor.Actors.Tests;

/// <summary>Section 1.6, step 6: a neuron validates networked, without its peers, and against itself alone.</summary>
public sealed class DisconnectSpec
{
    const string Text =
        """
        version: 1
        name: disconnect
        seed: 3
        duration: 9 blocks
        mechanism: { block-interval: 10 s, temperature: 0.1 }
        data: { set: digits, examples: 300, holdout: 30% }
        populations:
          - { name: a, count: 4, model: { kind: mlp, representation: 4, hidden: 8 } }
        network: { default: { latency: 20 ms } }
        audit: { every: 5 blocks, solo: yes }

        """;

    [Fact]
    public void Alone_in_the_network_a_neuron_is_what_it_is_solo_to_the_bit()
    {
        var audits = Audits("network.default.loss=100%");
        var last = audits.Where(a => a.Block == 9).ToArray();
        Assert.All(last, a => Assert.Equal(
            (a.Alone!.ZeroLoss, a.Alone.ZeroAccuracy), (a.Alone.SoloLoss!.Value, a.Alone.SoloAccuracy)));
        Assert.All(last, a => Assert.Equal(a.HeldOutLoss!.Value, a.Alone!.SoloLoss!.Value, 1e-12));
        // It learns.
        Assert.True(last.Average(a => a.Alone!.SoloLoss) < audits.Take(4).Average(a => a.Alone!.SoloLoss));
    }

    [Fact]
    public void In_the_network_it_is_another_and_solo_is_the_same()
    {
        // Equal steps make equal models: which of the four has made how many depends on when its answers came.
        Dictionary<(int Neuron, int Steps), double?> Solo(Ended run) =>
            run.Audits.Where(a => a.Block == 9).ToDictionary(
                a => (a.Neuron, StepsOf(run, a.Neuron)), a => a.Alone!.SoloLoss);
        var (cut, joined) = (Run("network.default.loss=100%"), Run());
        var (alone, beside) = (Solo(cut), Solo(joined));
        var same = alone.Keys.Intersect(beside.Keys).ToArray();
        Assert.NotEmpty(same);
        Assert.All(same, key => Assert.Equal(alone[key], beside[key]));
        Assert.All(joined.Audits.Where(a => a.Block == 9), a => Assert.NotEqual(a.Alone!.ZeroLoss, a.Alone.SoloLoss));
    }

    [Fact]
    public void Solo_training_changes_no_byte_of_the_run() => Assert.Equal(
        Stage.Run(Text).JournalHash, Stage.Run(Text, null, "audit.solo=no").JournalHash);

    [Fact]
    public void The_block_before_neurons_disconnect_is_audited_and_then_they_are_gone()
    {
        var audits = Audits("timeline=[{ at: 75 s, do: { action: disconnect, who: neuron 1 } }]");
        Assert.Equal([0, 5, 7, 9], audits.Select(a => a.Block).Distinct());
        var (before, after) = (audits.Single(a => (a.Block, a.Neuron) == (7, 1)), audits.Single(
            a => (a.Block, a.Neuron) == (9, 1)));
        Assert.NotNull(before.HeldOutLoss);
        Assert.NotNull(before.Alone!.SoloLoss);
        // A few iterations follow the audit; then it is gone, and what it has learned stays.
        Assert.True(after.Served < 1);
        Assert.Equal(0, Blocks("timeline=[{ at: 75 s, do: { action: disconnect, who: neuron 1 } }]")[9]);
    }

    [Theory]
    [InlineData("at: 75 s, for: 2 blocks")]
    [InlineData("from: 20 s, until: 75 s")]
    public void Who_disconnects_does_not_come_back(string when)
    {
        var read = ScenarioFile.Parse(
            Text, "x.yaml",
            [new ScenarioOverride($"timeline=[{{ {when}, do: {{ action: disconnect, who: neuron 1 }} }}]")]);
        Assert.Contains("disconnect for good", Assert.Single(read.Errors).ToString(), StringComparison.Ordinal);
    }

    static JournalRecord.Audited[] Audits(params string[] overrides) => Run(overrides).Audits;

    /// <summary>Iterations of neuron 1 by block.</summary>
    static int[] Blocks(params string[] overrides) =>
        [.. Run(overrides).Blocks.Select(b => b.Reports[1]?.Iterations ?? 0)];

    static int StepsOf(Ended run, int neuron) => run.Blocks.Sum(b => b.Reports[neuron]?.Iterations ?? 0);

    static Ended Run(params string[] overrides)
    {
        using var folder = new TemporaryFolder();
        EmulationRun.Execute(Stage.Read(Text, overrides), new RunOptions { Folder = folder.Path });
        var run = RunData.Load(folder.Path);
        return new Ended([.. run.Audits], [.. run.Blocks()]);
    }

    sealed record Ended(JournalRecord.Audited[] Audits, RunBlock[] Blocks);
}
