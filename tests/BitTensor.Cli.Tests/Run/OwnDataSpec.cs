using System.Text.Json;
using BitTensor.Cli;
using BitTensor.Reports;
using Xunit;

namespace BitTensor.Cli.Tests;

/// <summary>
/// Data of one's own from the command line: where files are looked for, and what a replay elsewhere says.
/// </summary>
public sealed class OwnDataSpec : IDisposable
{
    const string Scenario =
        """
        version: 1
        name: own
        seed: 5
        duration: 2 blocks
        data: { set: csv, path: data/own.csv }
        populations:
          - { name: honest, count: 3, model: { kind: linear, representation: 2, head: sum } }
        audit: { every: 1 block }
        """;

    readonly Shell _shell = new();

    public OwnDataSpec()
    {
        Directory.CreateDirectory(_shell.Path("data"));
        WriteTable(40);
    }

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void A_path_begins_at_the_scenario_and_the_run_folder_has_the_hash_of_the_file()
    {
        var run = Run(Scenario);
        using var data = JsonDocument.Parse(File.ReadAllText(Path.Combine(run, "data.json")));
        var file = Assert.Single(data.RootElement.GetProperty("files").EnumerateArray());
        Assert.Equal(_shell.Path("data/own.csv"), file.GetProperty("name").GetString());
        Assert.Equal(new FileInfo(_shell.Path("data/own.csv")).Length, file.GetProperty("bytes").GetInt64());
        Assert.Matches("^[0-9a-f]{64}$", file.GetProperty("sha256").GetString());
        Assert.StartsWith("same ", Shell.Bta("replay", run).Ends(0).Out, StringComparison.Ordinal);
    }

    [Fact]
    public void A_replay_says_which_file_changed_and_finds_it_elsewhere()
    {
        var run = Run(Scenario);
        Directory.Move(_shell.Path("data"), _shell.Path("moved"));
        var missing = Shell.Bta("replay", run).Ends(ExitCode.InputOutput);
        Assert.Contains("own.csv:1:1: error BTA040", missing.Error, StringComparison.Ordinal);
        Assert.Contains("--data PATH", missing.Error, StringComparison.Ordinal);
        Assert.StartsWith(
            "same ", Shell.Bta("replay", run, "--data", _shell.Path("moved/own.csv")).Ends(0).Out, StringComparison.Ordinal);

        Directory.Move(_shell.Path("moved"), _shell.Path("data"));
        WriteTable(41);
        var changed = Shell.Bta("replay", run).Ends(ExitCode.Fail);
        Assert.Matches(
            "^data     .*own.csv had [0-9]+ bytes with sha256 [0-9a-f]{12}, and has [0-9]+ with [0-9a-f]{12}", changed.Out);
        Assert.Contains("DIFFERS", changed.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void A_check_reports_every_fault_of_the_file_with_line_and_column()
    {
        File.WriteAllText(_shell.Path("data/own.csv"), "a,b,kind\n1,2,x\n1,two,y\n1,y\n");
        var file = _shell.Write("own.yaml", Scenario);
        var said = Shell.Bta("check", file).Ends(ExitCode.BadScenario);
        var path = _shell.Path("data/own.csv");
        Assert.Contains($"{path}:3:3: error BTA014: 'two' in column 'b' is not a number; ", said.Out, StringComparison.Ordinal);
        Assert.Contains($"{path}:4:1: error BTA051: the row has 2 values", said.Out, StringComparison.Ordinal);
        var failed = Shell.Bta("run", file, "--out", _shell.Path("none")).Ends(ExitCode.InputOutput);
        Assert.Contains($"{path}:3:3: error BTA014", failed.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_shell.Path("none")));
    }

    [Fact]
    public void A_regression_learns_and_has_no_accuracy()
    {
        var verdict = RunVerdict.Read(Run(
            Scenario.Replace("own.csv", "own.csv, target: b, columns: a, task: regression", StringComparison.Ordinal),
            "--set", "duration=20 blocks", "--set", "populations.honest.training={ learning-rate: 0.05 }"));
        var honest = Assert.Single(verdict.Populations);
        Assert.Null(honest.Accuracy);
        Assert.InRange(honest.Loss!.Value, 0, 0.1);
    }

    [Fact]
    public void Text_is_learned_byte_by_byte_and_its_perplexity_is_judged()
    {
        const string text =
            """
            version: 1
            name: text
            seed: 5
            duration: 4 blocks
            data: { set: text, context: 8 }
            populations:
              - { name: honest, count: 3, model: { kind: transformer, width: 8, hidden: 16, representation: 4, head: linear } }
            audit: { every: 4 blocks }
            expect:
              - { property: max perplexity < 200, holds: at end }
              - { property: min potential-perplexity > 1, holds: at end }
            """;
        Assert.Equal(BitTensor.Scenarios.Outcome.Pass, RunVerdict.Read(Run(text)).Verdict);
    }

    string Run(string scenario, params string[] more)
    {
        var file = _shell.Write("own.yaml", scenario);
        Shell.Bta(["run", file, "--out", _shell.Path("run"), .. more]).Ends(0);
        return _shell.Path("run");
    }

    void WriteTable(int rows) => File.WriteAllLines(
        _shell.Path("data/own.csv"),
        Enumerable.Range(0, rows).Select(k => $"{k},{3 * k},{(k % 4 < 2 ? "x" : "y")}").Prepend("a,b,kind"));
}
