using System.Text.Json;
using BitTensor.Records;
using BitTensor.Reports;
using BitTensor.Scenarios;
using Xunit;

namespace BitTensor.Actors.Tests;

/// <summary>
/// A run in which one of four neurons diverges: the run, its audit, a replay and a sweep go on, and every place says
/// that its loss is not finite.
/// </summary>
public sealed class DivergedRunSpec : IDisposable
{
    const string Wild =
        """
        version: 1
        name: wild
        seed: 7
        duration: 6 blocks
        data: { set: digits, examples: 300 }
        populations:
          - { name: good, count: 3, model: { kind: mlp, representation: 4, hidden: 8 } }
          - name: wild
            count: 1
            model: { kind: mlp, representation: 4, hidden: 8 }
            training: { learning-rate: 0.01, weight-decay: 1000, optimizer: sgd }
        expect:
          - { property: max loss < 5, holds: at end }
          - { property: mean loss < 5, holds: at end }
          - { property: max loss < 5, holds: always }
          - { property: loss of wild < 5, holds: at end }
          - { property: max loss of good < 5, holds: always }
        audit: { every: 2 blocks }
        """;

    readonly Shell _shell = new();

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void Every_place_says_that_a_loss_is_not_finite()
    {
        var run = _shell.Path("run");
        var said = Shell.Bta("run", _shell.Write("wild.yaml", Wild), "--out", run).Ends(1);
        var verdict = RunVerdict.Read(run);
        Assert.Equal(
            [Outcome.Fail, Outcome.Fail, Outcome.Fail, Outcome.Fail, Outcome.Pass],
            verdict.Properties.Select(p => p.Outcome));
        Assert.All(
            verdict.Properties.Where(p => p.Outcome == Outcome.Fail && p.Holds == "at end"),
            p => Assert.Matches(@"loss of neuron 3 \(wild\) is not finite since block \d", p.Detail));
        Assert.All(
            verdict.Properties.Where(p => p.Outcome == Outcome.Fail),
            p => Assert.Equal((3, "wild"), (p.Decided[0].Neurons[0].Neuron, p.Decided[0].Neurons[0].Population)));
        Assert.Matches(@"\n {9}neuron 3 \(wild\) has loss NaN at block 6; margin NaN\n", said.Out);
        Assert.Matches(@"wild .* NaN ", said.Out);
        Assert.Contains("loss NaN", said.Error, StringComparison.Ordinal);
        Assert.True(double.IsNaN(verdict.Populations.Single(p => p.Population == "wild").Loss!.Value));
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(run, RunFolder.VerdictFile)));
        Assert.Equal("NaN", json.RootElement.GetProperty("populations")[1].GetProperty("loss").GetString());
        Assert.Matches(@"\n6,3,wild,[^\n]*,NaN,", Shell.Bta("export", run, "--table", "neurons").Ends(0).Out);
        var audited = JournalReader.Read(Path.Combine(run, RunFolder.JournalFile)).OfType<JournalRecord.Audited>();
        Assert.Equal([0, 2, 4, 6], audited.Select(a => a.Block).Distinct());
        Shell.Bta("replay", run).Ends(0);
        Shell.Bta("verify", run).Ends(0);
    }

    [Fact]
    public void A_sweep_over_a_point_that_diverges_goes_on()
    {
        var said = Shell.Bta(
            "sweep", _shell.Write("wild.yaml", Wild), "--out", _shell.Path("sweep"), "--seeds", "2", "--vary",
            "populations.wild.training.weight-decay=0,1000").Ends(1);
        Assert.Matches(@"^max loss < 5 - wanted in 80% of seeds\n.*\n(.*\n)?1000 +0 of 2", said.Out);
        Shell.Bta("sweep", _shell.Path("sweep", RunFolder.ScenarioFile), "--out", _shell.Path("sweep"), "--resume")
            .Ends(1);
    }
}
