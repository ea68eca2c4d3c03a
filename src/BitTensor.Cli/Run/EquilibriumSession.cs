using BitTensor.Emulation;
using BitTensor.Records;
using BitTensor.Reports;
using BitTensor.Scenarios;
using BitTensor.Studies;
using Serilog;
using Serilog.Core;
using Serilog.Formatting.Compact;

namespace BitTensor.Cli.Run;

/// <summary>
/// A run of an equilibrium scenario with its folder: scenario, environment, log, trials, tables, figure, verdict.
/// </summary>
sealed class EquilibriumSession(Terminal terminal, EquilibriumScenario scenario, int cores)
{
    /// <summary>Runs, or goes on with what the folder holds, and reports.</summary>
    /// <returns>The verdict on the finished trials; null when there are none.</returns>
    public EquilibriumVerdict? Execute(string folder)
    {
        var environment = HostEnvironment.OfFormulas(cores);
        var start = WallClock.Elapsed;
        using var log = new LoggerConfiguration()
            .WriteTo.File(new CompactJsonFormatter(), Path.Combine(folder, RunFolder.LogFile)).CreateLogger();
        try
        {
            var verdict = ExecuteLogged(folder, log, () => WriteInputs(folder, environment));
            environment.Ended(start).Write(folder);
            return verdict;
        }
        catch (Exception failure)
        {
            log.Fatal(failure, "The run failed");
            throw;
        }
    }

    EquilibriumVerdict? ExecuteLogged(string folder, Logger log, Action admitted)
    {
        StudyResult? result;
        using (var interruption = terminal.Interruptible(
            "Ending after the trials at hand; once more ends at once. Finished trials are kept either way."))
        {
            result = new TrialProgress(terminal).Around(progress => StudyRun.Execute(
                scenario, Path.Combine(folder, RunFolder.TrialsFile), cores, progress, admitted, interruption.Token));
        }
        if (result is null)
        {
            log.Information("Ended before the first trial");
            return null;
        }
        terminal.Error.WriteLine("writing tables, figures and report");
        var verdict = EquilibriumReport.Build(folder, scenario, result);
        foreach (var property in verdict.Properties)
        {
            log.Information(
                "Property {Property}: {Outcome}: {Detail}", property.Name, property.Outcome, property.Detail);
        }
        log.Information(
            "Verdict {Verdict} after {Trials} trials, results {ResultHash}",
            verdict.Verdict, verdict.Trials, verdict.ResultHash);
        return verdict;
    }

    /// <summary>Writes the scenario with every default, and the user's game: the folder alone runs again.</summary>
    void WriteInputs(string folder, RunEnvironment environment)
    {
        environment.Write(folder);
        var resolved = scenario;
        if (scenario.Study is StudySpec.Own own)
        {
            File.WriteAllBytes(Path.Combine(folder, RunFolder.ThetaFile), own.File.Span);
            resolved = scenario with { Study = own with { Path = RunFolder.ThetaFile } };
        }
        File.WriteAllText(Path.Combine(folder, RunFolder.ScenarioFile), ScenarioWriter.Write(resolved));
    }
}
