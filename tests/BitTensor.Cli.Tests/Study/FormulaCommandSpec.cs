using System.Text.Json;
using BitTensor.Records;
using BitTensor.Reports;
using BitTensor.Scenarios;
using BitTensor.Studies;
using Xunit;

namespace BitTensor.Cli.Tests;

/// <summary>The command over a folder's life: check, run, end, resume, replay, export.</summary>
public sealed class FormulaCommandSpec : IDisposable
{
    const string Scenario =
        "version: 1\nkind: equilibrium\nname: small\nseed: 3\ngame: { neurons: 4 }\nstudy: { kind: correlation, alpha-over-tau: [1, 25], trials: 4 }\nexpect:\n  - name: apart\n    property: diagonal at alpha-over-tau 1 > 0.99\n";

    readonly Bench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void A_study_from_check_to_export()
    {
        var file = _bench.Write("small.yaml", Scenario);
        Assert.Equal(0, _bench.Bta("check", file));
        Assert.Contains("correlation of 8 trials, seed 3, 1 properties", _bench.Output, StringComparison.Ordinal);

        Assert.Equal(0, _bench.Bta("run", file, "--out", _bench.At("run"), "--cores", "2"));
        Assert.Contains("pass     apart", _bench.Output, StringComparison.Ordinal);
        Assert.Contains("trial 8/8", _bench.Errors, StringComparison.Ordinal);
        foreach (var name in new[] { "scenario.yaml", "environment.json", "verdict.json", "equilibrium.json",
            "equilibrium.parquet", "ranks.parquet", "figure-4.png", "figure-4.svg" })
        {
            Assert.True(File.Exists(_bench.At("run", name)), name);
        }
        var trials = _bench.Results("run").GetProperty("trials").EnumerateArray().ToArray();
        Assert.Equal(8, trials.Length);
        Assert.Equal(Enumerable.Range(0, 8), trials.Select(t => t.GetProperty("item").GetInt32()));

        Assert.Equal(74, _bench.Bta("run", file, "--out", _bench.At("run")));
        Assert.Contains("--resume", _bench.Errors, StringComparison.Ordinal);
        Assert.Equal(0, _bench.Bta("run", file, "--out", _bench.At("run"), "--resume", "--format", "json"));
        Assert.Equal("pass", JsonDocument.Parse(_bench.Output).RootElement.GetProperty("verdict").GetString());

        Assert.Equal(0, _bench.Bta("replay", _bench.At("run"), "--cores", "1"));
        Assert.StartsWith("same", _bench.Output, StringComparison.Ordinal);

        Assert.Equal(0, _bench.Bta("export", _bench.At("run"), "--table", "equilibrium"));
        Assert.StartsWith("item,trial,alpha_over_tau,converged,", _bench.Output, StringComparison.Ordinal);
        Assert.Equal(9, _bench.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(0, _bench.Bta("export", _bench.At("run")));
        Assert.Equal(
            ["equilibrium.csv", "ranks.csv"],
            Directory.GetFiles(_bench.At("run", "csv")).Select(f => Path.GetFileName(f)).Order());
    }

    public static TheoryData<string> Studies =>
    [
        "game: { max-steps: 50 }\nstudy: { kind: sensitivity, reference: [connected, gain], neurons: [3, 4], alpha-over-tau: 10, trials: 2 }",
        "study: { kind: adaptive-tau, steps: 100, record-every: 20, trials: 2 }",
        "game: { neurons: 3, max-steps: 50 }\nstudy: { kind: regret, steps: [0.1, 0.01], directions: 2, trials: 2 }",
        "study: { kind: mint-inflation }",
        "study: { kind: mu-dilution }",
        "study: { kind: retention, neurons: 12, validators: 4, weight-noise: [0, 0.2], self-weight: [0, 1], trials: 2 }",
    ];

    [Theory]
    [MemberData(nameof(Studies))]
    public void Every_study_has_its_figure_and_the_documented_columns(string study)
    {
        var reference = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", "EQUILIBRIUM.md"));
        var file = _bench.Write("study.yaml", $"version: 1\nkind: equilibrium\nname: study\nseed: 3\n{study}\n");
        Assert.Equal(0, _bench.Bta("run", file, "--out", _bench.At("run")));
        var figure = _bench.Output[(
            _bench.Output.IndexOf("equilibrium.json, ", StringComparison.Ordinal) + "equilibrium.json, ".Length)..];
        figure = figure[..figure.IndexOf(".png", StringComparison.Ordinal)];
        Assert.Contains($"`{figure}`", reference, StringComparison.Ordinal);
        Assert.All([".png", ".svg"], end => Assert.True(new FileInfo(_bench.At("run", figure + end)).Length > 10_000));
        Assert.Equal(0, _bench.Bta("export", _bench.At("run")));
        var axes = StudyCatalogue.AxesOf(Bench.Read(File.ReadAllText(file)).Study)
            .Select(a => a.Name.Replace('-', '_'));
        foreach (var table in Directory.GetFiles(_bench.At("run", "csv")))
        {
            Assert.All(
                File.ReadLines(table).First().Split(',').Except(axes), column =>
                Assert.Contains($"`{column}`", reference, StringComparison.Ordinal));
        }
    }

    /// <summary>A process that was killed, or ended by a signal, leaves whole trials and nothing of the rest.</summary>
    [Theory]
    [MemberData(nameof(Studies))]
    public void What_is_left_of_an_ended_study_has_its_figure_and_goes_on(string study)
    {
        var file = _bench.Write("study.yaml", $"version: 1\nkind: equilibrium\nname: study\nseed: 3\n{study}\n");
        Assert.Equal(0, _bench.Bta("run", file, "--out", _bench.At("run"), "--format", "json"));
        var whole = JsonDocument.Parse(_bench.Output).RootElement.GetProperty("resultHash").GetString();
        var trials = _bench.At("run", RunFolder.TrialsFile);
        var lines = File.ReadAllLines(trials);
        string[] kept = [RunFolder.TrialsFile, RunFolder.ScenarioFile];
        Array.ForEach(
            [.. Directory.GetFiles(_bench.At("run")).Where(f => !kept.Contains(Path.GetFileName(f)))], File.Delete);
        File.WriteAllText(trials, string.Concat(lines[..2].Select(l => l + "\n")));

        Assert.Equal(0, _bench.Bta("report", _bench.At("run")));
        var left = EquilibriumVerdict.Read(_bench.At("run"));
        Assert.Equal((true, 1, Outcome.Pass), (left.Interrupted, left.Trials, left.Verdict));
        Assert.NotEmpty(Directory.GetFiles(_bench.At("run"), "*.png"));
        Assert.Equal(2, _bench.Bta("replay", _bench.At("run")));
        Assert.Contains("--resume", _bench.Errors, StringComparison.Ordinal);
        Assert.Equal(0, _bench.Bta("export", _bench.At("run")));

        Assert.Equal(0, _bench.Bta("run", file, "--out", _bench.At("run"), "--resume", "--format", "json"));
        Assert.Equal(whole, JsonDocument.Parse(_bench.Output).RootElement.GetProperty("resultHash").GetString());
        Assert.False(EquilibriumVerdict.Read(_bench.At("run")).Interrupted);
    }

    [Fact]
    public void An_ended_study_decides_no_property()
    {
        var scenario = Bench.Read(Scenario);
        var part = StudyRun.Of(scenario, _bench.Run(scenario, "whole.jsonl")!.Trials.Take(7))!;
        Directory.CreateDirectory(_bench.At("part"));
        var verdict = EquilibriumReport.Build(_bench.At("part"), scenario, part);
        Assert.Equal(Outcome.Unknown, verdict.Verdict);
        Assert.EndsWith("after 7 of 8 trials", verdict.Properties.Single().Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("game.neurons=300", "warning: study: 8 trials may take")]
    [InlineData("study.trials=20", "")]
    public void A_study_of_hours_is_said_to_be_one(string set, string warning)
    {
        var file = _bench.Write("small.yaml", Scenario);
        Assert.Equal(0, _bench.Bta("check", file, "--set", set));
        Assert.Contains(warning, _bench.Errors, StringComparison.Ordinal);
        Assert.Equal(warning.Length > 0, _bench.Errors.Length > 0);
    }

    [Fact]
    public void A_changed_result_is_found_by_replay()
    {
        var file = _bench.Write("small.yaml", Scenario);
        Assert.Equal(0, _bench.Bta("run", file, "--out", _bench.At("run")));
        var results = _bench.At("run", "equilibrium.json");
        var lines = File.ReadAllLines(results);
        var at = Array.FindIndex(lines, l => l.Contains("\"item\":5,", StringComparison.Ordinal));
        lines[at] = lines[at].Replace("\"steps\":", "\"steps\":1", StringComparison.Ordinal);
        File.WriteAllLines(results, lines);
        Assert.Equal(1, _bench.Bta("replay", _bench.At("run")));
        Assert.Contains("trial 5", _bench.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_does_not_fit_a_study_is_said()
    {
        var file = _bench.Write("small.yaml", Scenario);
        Assert.Equal(64, _bench.Bta("run", file, "--resume"));
        Assert.Equal(64, _bench.Bta("run", file, "--time", "wall"));
        Assert.Equal(65, _bench.Bta("run", file, "--set", "study.trials=0"));
        Assert.Equal(0, _bench.Bta("run", file, "--out", _bench.At("run")));
        Assert.Equal(64, _bench.Bta("verify", _bench.At("run")));
        Assert.Contains("no ledger", _bench.Errors, StringComparison.Ordinal);
        Assert.Equal(64, _bench.Bta("run", file, "--out", _bench.At("run"), "--resume", "--seed", "4"));
        Assert.Contains("another scenario or seed", _bench.Errors, StringComparison.Ordinal);
        Assert.Equal(0, _bench.Bta("new", "mine", "--kind", "equilibrium", "--out", _bench.At("mine.yaml")));
        Assert.Equal(0, _bench.Bta("check", _bench.At("mine.yaml")));
    }
}
