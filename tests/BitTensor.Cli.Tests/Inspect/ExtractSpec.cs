using System.Globalization;
using System.Text.Json;
using BitTensor.Learning;
using Xunit;

namespace BitTensor.Cli.Tests;

/// <summary>A trained model leaves its run: bta extract and bta predict.</summary>
public sealed class ExtractSpec
{
    [Fact]
    public void A_model_is_written_with_its_card_and_predicts_without_a_network()
    {
        using var shell = new Shell();
        var run = shell.Path("run");
        Shell.Bta("run", shell.Write("small.yaml", Stage.Small), "--out", run).Ends(0);
        var said = Shell.Bta("extract", run, "--neuron", "2").Ends(0).Out;
        Assert.Contains("disconnected", said, StringComparison.Ordinal);
        var model = Path.Combine(run, "models", "neuron-2");
        using var card = JsonDocument.Parse(File.ReadAllText(Path.Combine(model, "card.json")));
        Assert.Equal(
            ("small", 2, "honest", 6, 11),
            (card.RootElement.GetProperty("scenario").GetString(), card.RootElement.GetProperty("neuron").GetInt32(),
                card.RootElement.GetProperty("population").GetString(),
                card.RootElement.GetProperty("block").GetInt32(), card.RootElement.GetProperty("seed").GetInt32()));
        var validation = card.RootElement.GetProperty("validation");
        Assert.True(validation.GetProperty("solo").GetProperty("loss").GetDouble() > 0);
        Directory.Move(model, shell.Path("model"));
        Directory.Delete(run, recursive: true);

        var inputs = shell.Write("inputs.csv", string.Join('\n', Enumerable.Repeat(string.Join(',', new int[64]), 3)));
        var lines = Shell.Bta("predict", shell.Path("model"), inputs).Ends(0).Out.Trim().Split('\n');
        Assert.Equal("class,p0,p1,p2,p3,p4,p5,p6,p7,p8,p9", lines[0]);
        Assert.Equal(3, lines.Length - 1);
        var numbers = lines[1].Split(',').Skip(1).Select(n => double.Parse(n, CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal(1, numbers.Sum(), 1e-9);
        Assert.Equal(lines[1].Split(',')[0], $"{Array.IndexOf(numbers, numbers.Max())}");
    }

    [Theory]
    [InlineData("populations.honest.model.hidden=8", "withZeros")]
    [InlineData("populations.honest.student={ inputs: own }", "withStudent")]
    public void It_predicts_what_the_neuron_answered_when_it_was_disconnected(string set, string measured)
    {
        using var shell = new Shell();
        var run = shell.Path("run");
        Shell.Bta("run", shell.Write("small.yaml", Stage.Small), "--out", run, "--set", set).Ends(0);
        Shell.Bta("extract", run, "--neuron", "2", "--out", shell.Path("model")).Ends(0);
        var scenario = Stage.Read(Stage.Small, set);
        var heldOut = DataSource.Shards(scenario.Data!, [1, 1, 1, 1, 1], scenario.Seed)[2].HeldOut;
        var inputs = heldOut.Inputs.Chunk(heldOut.Features).Select(
            row => string.Join(',', row.Select(x => x.ToString("R", CultureInfo.InvariantCulture))));
        var rows = Shell.Bta("predict", shell.Path("model"), shell.Write("inputs.csv", string.Join('\n', inputs)))
            .Ends(0).Out.Trim().Split('\n').Skip(1).ToArray();
        double Of(int row, int column) => double.Parse(rows[row].Split(',')[column], CultureInfo.InvariantCulture);
        using var card = JsonDocument.Parse(File.ReadAllText(shell.Path("model/card.json")));
        var said = card.RootElement.GetProperty("validation").GetProperty(measured);
        Assert.Equal(heldOut.Count, rows.Length);
        Assert.Equal(
            said.GetProperty("loss").GetDouble(),
            heldOut.Labels.Select((label, row) => -Math.Log(Of(row, 1 + label))).Average(), 1e-9);
        Assert.Equal(
            said.GetProperty("accuracy").GetDouble(),
            heldOut.Labels.Select((label, row) => (int)Of(row, 0) == label ? 1.0 : 0).Average(), 1e-12);
    }

    [Fact]
    public void A_run_that_does_not_repeat_gives_no_model()
    {
        using var shell = new Shell();
        var run = shell.Path("run");
        Shell.Bta("run", shell.Write("small.yaml", Stage.Small), "--out", run, "--set", "duration=2 blocks").Ends(0);
        var verdict = Path.Combine(run, "verdict.json");
        File.WriteAllText(verdict, File.ReadAllText(verdict).Replace(
            "\"journalHash\": \"", "\"journalHash\": \"0", StringComparison.Ordinal));
        Assert.Contains(
            "does not repeat", Shell.Bta("extract", run, "--neuron", "0").Ends(1).Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(run, "models")));
        Assert.Contains(
            "from 0 to 4", Shell.Bta("extract", run, "--neuron", "5").Ends(64).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_model_and_inputs_of_another_width_are_errors_with_a_remedy()
    {
        using var shell = new Shell();
        var run = shell.Path("run");
        Shell.Bta("run", shell.Write("small.yaml", Stage.Small), "--out", run, "--set", "duration=2 blocks").Ends(0);
        Assert.Contains(
            "bta extract", Shell.Bta("predict", run, shell.Write("x.csv", "1\n")).Ends(74).Error,
            StringComparison.Ordinal);
        Shell.Bta("extract", run, "--neuron", "0", "--out", shell.Path("model")).Ends(0);
        Assert.Contains(
            "the model reads 64",
            Shell.Bta("predict", shell.Path("model"), shell.Write("x.csv", "1,2\n")).Ends(74).Error,
            StringComparison.Ordinal);
    }
}
