using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using BitTensor.Actors.Context;
using BitTensor.Actors.Run;
using BitTensor.Plans;
using BitTensor.Cli.Run;
using BitTensor.Cli.Scenarios;
using BitTensor.Records;
using BitTensor.Reports;
using BitTensor.Scenarios;
using BitTensor.Studies;

namespace BitTensor.Cli.Study;

/// <summary>A sweep with its folder: many runs in virtual time, each on one core, several at once.</summary>
/// <param name="terminal">Shows the progress.</param>
/// <param name="scenario">The scenario with its sweep.</param>
/// <param name="load">Reads the scenario with further values replaced.</param>
/// <param name="cores">Runs at once.</param>
sealed class SweepSession(
    Terminal terminal, Scenario scenario, Func<IEnumerable<string>, ScenarioResult> load, int cores)
{
    /// <summary>Runs what the folder lacks, and reports.</summary>
    /// <param name="makeFolder">Makes or finds the folder; called after every point is read.</param>
    /// <returns>Folder and verdict; no verdict when the sweep was ended before its last run.</returns>
    /// <exception cref="CommandException">A point is no scenario.</exception>
    /// <exception cref="SweepTooLargeException">There are too many runs.</exception>
    /// <exception cref="ResumeException">The folder belongs to another sweep.</exception>
    public (string Folder, SweepVerdict? Verdict) Execute(Func<string> makeFolder)
    {
        var sweep = scenario.Sweep!;
        var points = Sweep.PointsOf(sweep, scenario.Seed);
        Scenario[] scenarios = [.. points.Select(ScenarioAt)];
        Check(points, scenarios);
        var folder = makeFolder();
        var work = HashOf(ScenarioWriter.Write(scenario with { Name = "", Description = "" }));
        using var store = new TrialStore<SweepTrial>(
            Path.Combine(folder, RunFolder.TrialsFile), work, SweepJson.Default.SweepTrial);
        ScenarioWriter.Save(Path.Combine(folder, RunFolder.ScenarioFile), scenario);
        SweepTrial?[] trials;
        using (var interruption = terminal.Interruptible(
            "Ending with the runs at hand; once more ends at once. Finished runs are kept either way."))
        {
            trials = new TrialProgress(terminal).Around(progress => ResumableWork.Execute(
                points.Length * sweep.Seeds, t => t.Item, item => item,
                (items, done, cancelled) =>
                    items.ToList().ForEach(item => done(Run(scenarios[item / sweep.Seeds], item, cancelled))),
                store, cores, done => progress(done, points.Length * sweep.Seeds), interruption.Token));
        }
        return trials.Contains(null)
            ? (folder, null)
            : (folder, SweepReport.Build(folder, scenario, points, [.. trials.Select(t => t!)]));
    }

    /// <summary>Every point runs what its label says, and no two run the same.</summary>
    /// <exception cref="CommandException">
    /// Two points are one, a value overrides another, or a seed is too large.
    /// </exception>
    void Check(ImmutableArray<SweepPoint> points, Scenario[] scenarios)
    {
        var (sweep, known) = (scenario.Sweep!, new Dictionary<string, int>(StringComparer.Ordinal));
        for (var k = 0; k < points.Length; k++)
        {
            if (scenarios[k].Seed > ScenarioFile.MostSeed - (ulong)(sweep.Seeds - 1))
            {
                throw Refused(
                    $"at {NameOf(points[k])}: the last of {sweep.Seeds} seeds from {scenarios[k].Seed} is above "
                    + $"{ScenarioFile.MostSeed}");
            }
            if (!known.TryAdd(Resolved(scenarios[k]), k))
            {
                var same = points[known[Resolved(scenarios[k])]];
                throw Refused(
                    $"{NameOf(same)} and {NameOf(points[k])} are the same scenario: write each "
                    + "value once, and no path beside itself or one above it");
            }
        }
        // A path may have several names: its entry in a list has a number too.
        foreach (var (point, at) in points.Zip(scenarios).Where(p => p.First.Set.Length > 1))
        {
            if (load(point.Set.Reverse()).Value is not { } reversed || Resolved(reversed) != Resolved(at))
            {
                throw Refused(
                    $"at {NameOf(point)}: one value replaces another, so the label would not say what runs");
            }
        }
    }

    static CommandException Refused(string why) => new(ExitCode.BadScenario, $"{why}; nothing was run");

    static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    string NameOf(SweepPoint point) => Sweep.NameOf(scenario.Sweep!, point);

    static string Resolved(Scenario scenario) => HashOf(ScenarioWriter.Write(scenario with { Sweep = null }));

    SweepTrial Run(Scenario at, int item, CancellationToken cancelled)
    {
        var seeds = scenario.Sweep!.Seeds;
        var one = at with { Seed = at.Seed + (ulong)(item % seeds) };
        var folder = Directory.CreateTempSubdirectory("bta-sweep-");
        try
        {
            var options = new RunOptions
            {
                Folder = folder.FullName, Cores = 1, Extensions = Extensions.Of(one), Overdue = cancelled,
            };
            var run = EmulationRun.Execute(one, options, cancelled);
            cancelled.ThrowIfCancellationRequested();
            return SweepReport.Judge(folder.FullName, one, item, item / seeds, run.JournalHash);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    Scenario ScenarioAt(SweepPoint point) => ScenarioArguments.RequireAt(NameOf(point), load(point.Set));
}
