using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using BitTensor.Cli.Run;
using BitTensor.Emulation;
using BitTensor.Fuzzing;
using BitTensor.Records;
using BitTensor.Scenarios;
using BitTensor.Studies;

namespace BitTensor.Cli.Study;

/// <summary>What to fuzz.</summary>
/// <param name="FirstSeed">First seed.</param>
/// <param name="Seeds">How many.</param>
/// <param name="Jobs">At a time, each on one core.</param>
/// <param name="Time">Time after which no further seed is begun; null for none.</param>
/// <param name="Properties">Properties that hold at every block of every scenario, as text.</param>
sealed record FuzzPlan(ulong FirstSeed, int Seeds, int Jobs, TimeSpan? Time, ImmutableArray<string> Properties)
{
    /// <summary>The scenario of a seed, with the properties.</summary>
    /// <exception cref="CommandException">A property cannot be read, or does not fit a random scenario.</exception>
    public Scenario ScenarioOf(ulong seed)
    {
        var drawn = ScenarioDraw.Of(seed);
        return Properties.IsEmpty ? drawn : drawn with { Expect = [.. Properties.Select(p => PropertyOf(p, drawn))] };
    }

    static Property PropertyOf(string text, Scenario drawn)
    {
        // Populations and lengths differ from seed to seed.
        var any = drawn with { Populations = [], Blocks = ScenarioDraw.FewestBlocks };
        var (property, errors) = Property.Read(text, new Horizon.Always(), any, "--property");
        return property ?? throw new CommandException(
            ExitCode.BadScenario,
            errors.IsEmpty
                ? $"--property '{text}' names a population or a neuron, and random scenarios differ in these"
                : string.Join('\n', errors));
    }
}

/// <summary>
/// A campaign with its folder: a scenario from each seed, run in virtual time. A scenario that breaks an invariant is
/// made small.
/// </summary>
/// <param name="terminal">Shows the progress.</param>
/// <param name="plan">What to fuzz.</param>
/// <param name="runner">Carries a run out.</param>
sealed class FuzzSession(Terminal terminal, FuzzPlan plan, FuzzJudge.Runner runner)
{
    const int TwiceEvery = 16;
    const int MostShrinkingRuns = 300;

    readonly FuzzJudge _judge = new(runner);

    /// <summary>Runs, or goes on with what the folder holds.</summary>
    /// <returns>What it came to, and whether a signal ended it.</returns>
    /// <exception cref="ResumeException">The folder belongs to another campaign.</exception>
    public (FuzzSummary Summary, bool Interrupted) Execute(string folder)
    {
        using var store = new TrialStore<FuzzTrial>(
            Path.Combine(folder, RunFolder.TrialsFile), Work(), FuzzJson.Default.FuzzTrial);
        var count = Math.Max(plan.Seeds, store.Found.Select(t => t.Item + 1).DefaultIfEmpty().Max());
        using var interruption = terminal.Interruptible(
            "Ending with the seeds at hand; once more ends at once. Finished seeds are kept either way.");
        using var end = CancellationTokenSource.CreateLinkedTokenSource(interruption.Token);
        var start = WallClock.Elapsed;
        var trials = new TrialProgress(terminal).Around(progress => ResumableWork.Execute(
            count, t => t.Item, item => item,
            (items, finished, _) => items.ToList().ForEach(item => finished(Try(item, folder, interruption.Token))),
            store, plan.Jobs, number => Note(progress, number, count, start, end), end.Token));
        var minutes = (WallClock.Elapsed - start).TotalMinutes;
        var done = trials.Count(t => t is not null) - store.Found.Count;
        var summary = FuzzSummary.Of(plan.FirstSeed, trials, done / minutes, plan.Jobs);
        File.WriteAllText(Path.Combine(folder, RunFolder.VerdictFile), summary.ToJson());
        return (summary, interruption.Token.IsCancellationRequested);
    }

    /// <summary>A campaign goes on with the one that draws the same scenarios from the same first seed.</summary>
    string Work()
    {
        var first = ScenarioWriter.Write(plan.ScenarioOf(plan.FirstSeed));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"fuzz {first}")));
    }

    void Note(Action<int, int> progress, int done, int count, TimeSpan start, CancellationTokenSource end)
    {
        progress(done, count);
        if (WallClock.Elapsed - start >= plan.Time)
        {
            end.Cancel();
        }
    }

    FuzzTrial Try(int item, string folder, CancellationToken interrupt)
    {
        var seed = plan.FirstSeed + (ulong)item;
        var scenario = plan.ScenarioOf(seed);
        var twice = item % TwiceEvery == 0;
        var finding = _judge.Judge(scenario, twice, interrupt);
        var file = finding is null ? null : Shrink(scenario, finding, folder, interrupt);
        return new FuzzTrial(item, seed, twice, Features.Of(scenario), finding, file);
    }

    /// <summary>
    /// Writes the smallest scenario found that breaks the same invariant, with the finding and the command to see it.
    /// </summary>
    string Shrink(Scenario scenario, FuzzFinding finding, string folder, CancellationToken interrupt)
    {
        var name = $"{scenario.Name}.yaml";
        var path = Path.Combine(folder, name);
        var twice = finding.What == FuzzFinding.Replay;
        var shrunk = Shrinker.Shrink(
            scenario, s => _judge.Judge(s, twice, interrupt)?.What == finding.What, MostShrinkingRuns);
        var text = $"seed {scenario.Seed} breaks {finding.What}: {finding.Text}\n"
            + $"made small in {shrunk.Runs} runs; again: bta run {path}";
        File.WriteAllText(path, $"# {text.ReplaceLineEndings("\n# ")}\n{shrunk.Text}");
        return name;
    }
}
