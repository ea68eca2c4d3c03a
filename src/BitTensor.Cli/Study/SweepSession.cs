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
        var folder = makeFolder();
        var asked = ScenarioWriter.Write(scenario with { Name = "", Description = "" });
        var work = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(asked)));
        using var store = new TrialStore<SweepTrial>(
            Path.Combine(folder, RunFolder.TrialsFile), work, SweepJson.Default.SweepTrial);
        File.WriteAllText(Path.Combine(folder, RunFolder.ScenarioFile), ScenarioWriter.Write(scenario));
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

    SweepTrial Run(Scenario at, int item, CancellationToken cancelled)
    {
        var seeds = scenario.Sweep!.Seeds;
        var one = at with { Seed = scenario.Seed + (ulong)(item % seeds) };
        var folder = Directory.CreateTempSubdirectory("bta-sweep-");
        try
        {
            var run = EmulationRun.Execute(one, new RunOptions { Folder = folder.FullName, Cores = 1 }, cancelled);
            cancelled.ThrowIfCancellationRequested();
            return SweepReport.Judge(folder.FullName, one, item, item / seeds, run.JournalHash);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    Scenario ScenarioAt(SweepPoint point)
    {
        var overrides = Sweep.OverridesAt(scenario.Sweep!, point);
        return ScenarioArguments.RequireAt(overrides, load(overrides));
    }
}
