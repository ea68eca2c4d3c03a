using System.Text.Json;
using BitTensor.Records;
using Xunit;

namespace BitTensor.Cli.Tests;

/// <summary><c>bta sweep</c>, as a user meets it.</summary>
public sealed class SweepCommandSpec : IDisposable
{
    const string Lossy =
        """
        version: 1
        name: lossy
        seed: 3
        duration: 4 blocks
        mechanism: { block-interval: 10 s, temperature: 0.1 }
        populations:
          - { name: honest, count: 4, model: { kind: quadratic }, training: { iteration-interval: 2 s } }
        audit: { every: never }
        expect:
          - { property: delivered > 0.9, of-seeds: 50% }
        sweep: { seeds: 4, vary: [ { path: network.default.loss, values: "0%, 40%" } ] }
        """;

    readonly Shell _shell = new();

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void A_sweep_judges_each_point_by_its_seeds_and_repeats_on_any_number_of_cores()
    {
        var file = _shell.Write("lossy.yaml", Lossy);
        var said = Shell.Bta("sweep", file, "--out", _shell.Path("one"), "--cores", "1").Ends(1).Out;
        Assert.Contains("delivered > 0.9 - wanted in 50% of seeds\n", said, StringComparison.Ordinal);
        // The measured value with its interval stands beside the count.
        Assert.Matches(@"\n0% +4 of 4  51%\.\.100% +1 +1\.\.1 +0\.9 +pass\n", said);
        Assert.Matches(@"\n40% +0 of 4  0%\.\.49% +0\.\d+ +0\.\d+\.\.0\.\d+ +0\.9 +FAIL\n", said);
        Shell.Bta("sweep", file, "--out", _shell.Path("two"), "--cores", "2").Ends(1);
        foreach (var made in new[] { RunFolder.VerdictFile, RunFolder.SweepTable, RunFolder.SweepFigure })
        {
            Assert.Equal(File.ReadAllBytes(_shell.Path("one", made)), File.ReadAllBytes(_shell.Path("two", made)));
        }
        var table = Shell.Bta("export", _shell.Path("one"), "--table", "sweep").Ends(0).Out.Split('\n');
        Assert.Equal("point,network.default.loss,seed,metric,value", table[0]);
        Assert.Equal(8, table.Count(line => line.Contains(",holds: delivered > 0.9,", StringComparison.Ordinal)));
        Assert.Contains(table, line => line.StartsWith("0,0%,3,delivered,1", StringComparison.Ordinal));
    }

    /// <summary>What a label says is what runs; where it would not be, nothing runs.</summary>
    [Theory]
    [InlineData("are the same scenario", "seed=1,1")]
    [InlineData("are the same scenario", "mechanism.tau=0.1,0.10")]
    [InlineData("are the same scenario", "mechanism.tau=0.1,0.2", "mechanism.tau=0.3,0.4")]
    [InlineData("one value replaces another", "mechanism.tau=0.1", "mechanism={tau: 0.3}")]
    [InlineData("one value replaces another", "populations.honest.count=3", "populations[0].count=2")]
    [InlineData("the last of 4 seeds", "seed=9223372036854775807")]
    public void A_sweep_whose_labels_would_not_be_true_runs_nothing(string says, params string[] vary)
    {
        var file = _shell.Write("lossy.yaml", Lossy);
        string[] options = [.. vary.SelectMany(v => (string[])["--vary", v])];
        var said = Shell.Bta(["sweep", file, "--out", _shell.Path("none"), .. options]).Ends(65);
        Assert.Contains(says, said.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_shell.Path("none")));
    }

    [Fact]
    public void Seeds_of_a_point_are_those_from_its_own_seed_on_and_results_are_json_lines()
    {
        var file = _shell.Write("lossy.yaml", Lossy);
        Shell.Bta("sweep", file, "--out", _shell.Path("s"), "--vary", "seed=1,20", "--seeds", "2").Ends(2);
        var lines = File.ReadAllLines(_shell.Path("s", RunFolder.TrialsFile)).Select(l => JsonDocument.Parse(l))
            .ToList();
        var seeds = lines.Skip(1).Select(l => l.RootElement.GetProperty("value").GetProperty("seed").GetInt64());
        Assert.Equal([1, 2, 20, 21], seeds.Order());
    }

    [Fact]
    public void A_run_of_a_sweep_is_the_run_of_its_scenario()
    {
        var file = _shell.Write("lossy.yaml", Lossy);
        Shell.Bta("sweep", file, "--out", _shell.Path("sweep")).Ends(1);
        Shell.Bta("run", file, "--seed", "5", "--set", "network.default.loss=40%", "--out", _shell.Path("run")).Ends(1);
        using var verdict = JsonDocument.Parse(File.ReadAllText(_shell.Path("run", RunFolder.VerdictFile)));
        var hash = verdict.RootElement.GetProperty("journalHash").GetString()!;
        Assert.Single(
            File.ReadAllLines(_shell.Path("sweep", RunFolder.TrialsFile)),
            line => line.Contains(hash, StringComparison.Ordinal));
    }

    /// <summary>
    /// Two paths in step and two named points are four runs of the grid, not eight, and each is the run of its values.
    /// </summary>
    [Fact]
    public void Paired_values_and_named_points_run_what_their_labels_say()
    {
        var file = _shell.Write("lossy.yaml", Lossy);
        string[] vary = ["--vary", "mechanism.tau=0.1,0.2", "--with", "mechanism.step=0.01,0.02"];
        string[] points =
            ["--point", "calm:network.default.loss=0%", "--point", "storm: network.default={loss: 40%, latency: 9 ms}"];
        var said =
            Shell.Bta(["sweep", file, "--out", _shell.Path("s"), "--seeds", "1", .. vary, .. points]).Ends(2).Out;
        Assert.Matches(@"^delivered > 0\.9 - wanted in 50% of seeds\n(.*\n)+0\.2 +0\.02 +storm +0 of 1", said);
        Assert.Contains("variant  storm  network.default={loss: 40%, latency: 9 ms}", said, StringComparison.Ordinal);
        Shell.Bta(
            "run", file, "--out", _shell.Path("run"), "--set", "mechanism.tau=0.2", "--set", "mechanism.step=0.02",
            "--set", "network.default={loss: 40%, latency: 9 ms}").Ends(1);
        using var verdict = JsonDocument.Parse(File.ReadAllText(_shell.Path("run", RunFolder.VerdictFile)));
        var hash = verdict.RootElement.GetProperty("journalHash").GetString()!;
        var trials = File.ReadAllLines(_shell.Path("s", RunFolder.TrialsFile));
        Assert.Equal(5, trials.Length);
        Assert.Single(trials, line => line.Contains(hash, StringComparison.Ordinal));
        var table = Shell.Bta("export", _shell.Path("s"), "--table", "sweep").Ends(0).Out.Split('\n');
        Assert.Equal("point,mechanism.tau,mechanism.step,variant,seed,metric,value", table[0]);
        Assert.Contains(table, line => line.StartsWith("3,0.2,0.02,storm,3,delivered,0.", StringComparison.Ordinal));
        // What the folder keeps is the same sweep: it goes on with all four runs as finished.
        Assert.Contains(
            "trial 4/4",
            Shell.Bta("sweep", _shell.Path("s", RunFolder.ScenarioFile), "--out", _shell.Path("s"), "--resume").Ends(2)
                .Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(64, "--with goes behind", "--with", "mechanism.step=0.1")]
    [InlineData(64, "has 2 values, --vary mechanism.tau has 1", "--vary", "mechanism.tau=1", "--with", "a=1,2")]
    [InlineData(64, "--point wants", "--point", "calm")]
    [InlineData(64, "two points are called calm", "--point", "calm:seed=1", "--point", "calm:seed=2")]
    [InlineData(65, "at storm: mechanism.taux=1", "--point", "calm:seed=1", "--point", "storm:mechanism.taux=1")]
    [InlineData(65, "same scenario", "--point", "a:mechanism.tau=0.1", "--point", "b:mechanism.tau=0.10")]
    [InlineData(
        65, "at odd: seed=2, mechanism.tau=0.3, mechanism={tau: 0.4}: one value replaces another", "--vary",
        "seed=2,3", "--point", "a:mechanism.tau=0.1", "--point", "odd:mechanism.tau=0.3,mechanism={tau: 0.4}",
        "--point", "b:mechanism.tau=0.2")]
    [InlineData(
        65, "at populations.honest.count=3, populations[0].count=9: one value replaces another", "--vary",
        "populations.honest.count=2,3,4", "--with", "populations[0].count=2,9,4")]
    public void A_pair_or_point_that_says_nothing_clear_runs_nothing(int code, string says, params string[] options)
    {
        var file = _shell.Write("lossy.yaml", Lossy);
        var said = Shell.Bta(["sweep", file, "--out", _shell.Path("none"), .. options]).Ends(code);
        Assert.Contains(says, said.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_shell.Path("none")));
    }

    [Fact]
    public void A_sweep_cut_short_goes_on_where_it_was()
    {
        var file = _shell.Write("lossy.yaml", Lossy);
        Shell.Bta("sweep", file, "--out", _shell.Path("whole")).Ends(1);
        Directory.CreateDirectory(_shell.Path("half"));
        File.WriteAllLines(
            _shell.Path("half", RunFolder.TrialsFile),
            File.ReadAllLines(_shell.Path("whole", RunFolder.TrialsFile))[..4]);
        Assert.Contains(
            "trial 3/8",
            Shell.Bta("sweep", _shell.Path("whole", RunFolder.ScenarioFile), "--out", _shell.Path("half"), "--resume")
            .Ends(1).Error, StringComparison.Ordinal);
        Assert.Equal(
            File.ReadAllBytes(_shell.Path("whole", RunFolder.VerdictFile)),
            File.ReadAllBytes(_shell.Path("half", RunFolder.VerdictFile)));
        Shell.Bta("sweep", file, "--seeds", "5", "--out", _shell.Path("half"), "--resume").Complains(
            64, "another scenario");
    }

    [Fact]
    public void What_cannot_be_swept_is_said_before_anything_runs()
    {
        var file = _shell.Write("lossy.yaml", Lossy);
        var said =
            Shell.Bta("sweep", file, "--vary", "network.default.loss=0%,120%", "--out", _shell.Path("bad")).Ends(65);
        Assert.Contains("at network.default.loss=120%", said.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_shell.Path("bad")));
        Shell.Bta("sweep", file, "--vary", "nothing").Complains(64, "--vary wants");
        Shell.Bta("sweep", file, "--seeds", "0").Ends(64);
        Shell.Bta("sweep", file, "--resume").Complains(64, "--out");
        Shell.Bta(
            "sweep", _shell.Write("odd.yaml", Lossy.Replace("0%, 40%", "0%,, 40%", StringComparison.Ordinal))).Ends(65);
    }
}
