using System.Text;
using BitTensor.Reports;
using BitTensor.Scenarios;
using Xunit;

namespace BitTensor.Studies.Tests;

/// <summary>
/// A study can be ended anywhere and gone on with, on any number of cores, and comes to the same bytes.
/// </summary>
public sealed class ResumeSpec : IDisposable
{
    const string Scenario =
        "version: 1\nkind: equilibrium\nname: small\nseed: 3\ngame: { neurons: 4, max-steps: 300 }\nstudy: { kind: "
        + "correlation, alpha-over-tau: [1, 10, 25], trials: 7 }\nexpect:\n  - property: pearson at alpha-over-tau 25 "
        + "> 0\n";

    readonly Bench _bench = new();

    public void Dispose() => _bench.Dispose();

    static StudyResult Whole(StudyResult? result) => Assert.IsType<StudyResult>(result);

    /// <summary>Runs until so many trials are in the store, as a user who presses Ctrl-C.</summary>
    void RunUntil(EquilibriumScenario scenario, string store, int trials)
    {
        using var stop = new CancellationTokenSource();
        var ended = _bench.Run(scenario, store, 1, (done, _) =>
        {
            if (done >= trials)
            {
                stop.Cancel();
            }
        }, stop.Token);
        Assert.True(ended is null or { Missing: > 0 });
    }

    /// <summary>What the run folder holds after the report, by file.</summary>
    Dictionary<string, byte[]> Report(EquilibriumScenario scenario, StudyResult result, string folder)
    {
        Directory.CreateDirectory(_bench.At(folder));
        EquilibriumReport.Build(_bench.At(folder), scenario, result);
        // An SVG names its parts by a count that goes through the whole process.
        return Directory.GetFiles(_bench.At(folder)).Where(f => !f.EndsWith(".svg", StringComparison.Ordinal))
            .ToDictionary(f => Path.GetFileName(f), f => f.EndsWith(".html", StringComparison.Ordinal)
                // The page names the folder in its commands.
                ? Encoding.UTF8.GetBytes(File.ReadAllText(f).Replace(_bench.At(folder), "", StringComparison.Ordinal))
                : File.ReadAllBytes(f));
    }

    [Fact]
    public void A_run_ended_twice_and_resumed_leaves_the_tables_of_an_uninterrupted_one()
    {
        var scenario = Bench.Read(Scenario);
        var whole = Whole(_bench.Run(scenario, "whole.jsonl"));
        RunUntil(scenario, "parts.jsonl", 3);
        RunUntil(scenario, "parts.jsonl", 12);
        var found = -1;
        var resumed = Whole(_bench.Run(
            scenario, "parts.jsonl", cores: 2, progress: (done, _) => found = found < 0 ? done : found));
        Assert.InRange(found, 12, 20);
        Assert.Equal(whole.Hash, resumed.Hash);
        var (one, other) = (Report(scenario, whole, "whole"), Report(scenario, resumed, "parts"));
        Assert.Contains("equilibrium.parquet", one.Keys);
        Assert.Equal(one.Keys.Order(), other.Keys.Order());
        Assert.All(one, file => Assert.Equal(file.Value, other[file.Key]));
    }

    [Theory]
    [InlineData("study: { kind: correlation, alpha-over-tau: [1, 25], trials: 9 }")]
    [InlineData(
        "study: { kind: sensitivity, reference: [connected, gain], neurons: [3, 5], alpha-over-tau: 10, trials: 3 }")]
    [InlineData("study: { kind: adaptive-tau, steps: 200, record-every: 20, trials: 3 }")]
    [InlineData("study: { kind: regret, alpha-over-tau: 10, steps: [0.1, 0.01], directions: 4, trials: 3 }")]
    public void Two_cores_come_to_the_bits_of_one(string study)
    {
        var game = study.Contains("adaptive", StringComparison.Ordinal) ? "" : "game: { max-steps: 200 }\n";
        var scenario = Bench.Read($"version: 1\nkind: equilibrium\nname: cores\nseed: 8\n{game}{study}\n");
        Assert.Equal(
            Whole(_bench.Run(scenario, "one.jsonl", cores: 1)).Hash,
            Whole(_bench.Run(scenario, "two.jsonl", cores: 2)).Hash);
    }

    [Fact]
    public void An_end_in_the_middle_of_a_game_keeps_the_games_before_it()
    {
        // At 1 games end at the identity, exactly; at 10 no game comes to a residual of 0.
        var scenario = Bench.Read(
            "version: 1\nkind: equilibrium\nname: long\nseed: 3\ngame: { neurons: 4, tolerance: 0, max-steps: "
            + "1000000000 }\nstudy: { kind: correlation, alpha-over-tau: [1, 10], trials: 4 }\n");
        RunUntil(scenario, "long.jsonl", 1);
        Assert.InRange(File.ReadAllLines(_bench.At("long.jsonl")).Length, 2, 5);
    }

    [Fact]
    public void A_failure_of_the_work_is_thrown_as_it_is()
    {
        using var store = new TrialStore<TrialResult>(_bench.At("f.jsonl"), "work", TrialJson.Default.TrialResult);
        var failure = Assert.Throws<InvalidDataException>(() => ResumableWork.Execute(
            20, r => r.Item, _ => 0, (_, _, _) => throw new InvalidDataException("no"), store, cores: 2, _ => { },
            CancellationToken.None));
        Assert.Equal("no", failure.Message);
    }

    [Fact]
    public void A_torn_last_line_is_done_again()
    {
        var scenario = Bench.Read(Scenario);
        var whole = Whole(_bench.Run(scenario, "a.jsonl"));
        var bytes = File.ReadAllBytes(_bench.At("a.jsonl"));
        foreach (var cut in new[] { 1, 2, 40, 700 })
        {
            File.WriteAllBytes(_bench.At("torn.jsonl"), bytes[..^cut]);
            Assert.Equal(whole.Hash, Whole(_bench.Run(scenario, "torn.jsonl")).Hash);
        }
    }

    [Fact]
    public void A_damaged_line_is_done_again_and_the_others_are_kept()
    {
        var scenario = Bench.Read(Scenario);
        var whole = Whole(_bench.Run(scenario, "a.jsonl"));
        var lines = File.ReadAllLines(_bench.At("a.jsonl"));
        lines[5] = lines[5].Replace("\"steps\":", "\"steps\":1", StringComparison.Ordinal);
        File.WriteAllText(_bench.At("a.jsonl"), string.Join('\n', lines) + "\n");
        var found = -1;
        var again = _bench.Run(scenario, "a.jsonl", progress: (done, _) => found = found < 0 ? done : found);
        Assert.Equal((20, whole.Hash), (found, Whole(again).Hash));
    }

    [Fact]
    public void A_file_that_is_no_store_is_left_as_it_is()
    {
        _bench.Write("a.jsonl", "{\"precious\": 1}\n");
        Assert.Throws<InvalidDataException>(() => _bench.Run(Bench.Read(Scenario), "a.jsonl"));
        Assert.Equal("{\"precious\": 1}\n", File.ReadAllText(_bench.At("a.jsonl")));
    }

    [Theory]
    [InlineData("seed: 3", "seed: 4")]
    [InlineData("neurons: 4", "neurons: 5")]
    [InlineData("[1, 10, 25]", "[1, 10, 26, 25]")]
    [InlineData("study:", "solver: accelerated\nstudy:")]
    public void Another_scenario_does_not_go_on_with_these_trials(string part, string by)
    {
        RunUntil(Bench.Read(Scenario), "a.jsonl", 2);
        var before = File.ReadAllBytes(_bench.At("a.jsonl"));
        var other = Bench.Read(Scenario.Replace(part, by, StringComparison.Ordinal));
        Assert.Contains(
            "another scenario", Assert.Throws<ResumeException>(() => _bench.Run(other, "a.jsonl")).Message,
            StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(_bench.At("a.jsonl")));
    }

    [Fact]
    public void Other_words_and_other_properties_do()
    {
        RunUntil(Bench.Read(Scenario), "a.jsonl", 2);
        var reworded = Bench.Read(
            Scenario.Replace("name: small", "name: smaller\ndescription: d", StringComparison.Ordinal).Replace(
                "25 > 0", "25 > 0.1", StringComparison.Ordinal));
        Assert.NotNull(_bench.Run(reworded, "a.jsonl"));
    }
}
