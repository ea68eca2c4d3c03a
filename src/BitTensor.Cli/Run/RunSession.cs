using BitTensor.Actors.Context;
using BitTensor.Actors.Run;
using BitTensor.Plans;
using BitTensor.Emulation;
using BitTensor.Learning;
using BitTensor.Records;
using BitTensor.Reports;
using BitTensor.Scenarios;
using Serilog;
using Serilog.Core;
using Serilog.Formatting.Compact;

namespace BitTensor.Cli.Run;

/// <summary>
/// A network's run with its folder: scenario, environment, log, ledger, journal, tables, figures, verdict.
/// </summary>
sealed class RunSession(
    Terminal terminal, Scenario scenario, RunOptions options, Runner runner, ILogEventEnricher labels)
{
    bool _begun;

    /// <summary>Runs, reports, and returns the verdict.</summary>
    public RunVerdict Execute()
    {
        var folder = options.Folder!;
        // First of all: the command claimed the folder with this file, still empty.
        ScenarioWriter.Save(Path.Combine(folder, RunFolder.ScenarioFile), scenario);
        var environment = HostEnvironment.OfNetwork(options);
        var start = WallClock.Elapsed;
        environment.Write(folder);
        using var log = new LoggerConfiguration().Enrich.With(labels)
            .WriteTo.File(new CompactJsonFormatter(), Path.Combine(folder, RunFolder.LogFile)).CreateLogger();
        try
        {
            log.Information(
                "Run of {Scenario} with seed {Seed}, {Time} time on {Cores} cores",
                scenario.Name, scenario.Seed, options.Time, options.Cores);
            if (scenario.Data is { } data)
            {
                DataManifest.Of(DataSource.FilesOf(data)).Write(folder);
            }
            var verdict = ExecuteLogged(folder, log, () => environment.Ended(start).Write(folder));
            environment.Ended(start).Write(folder);
            return verdict;
        }
        catch (Exception failure) when (failure is DataSetException || LacksSomething(failure))
        {
            // The run has not begun: the same command must find its folder free once nothing is missing.
            log.Dispose();
            Directory.Delete(folder, recursive: true);
            throw;
        }
        catch (Exception failure)
        {
            log.Fatal(failure, "The run failed");
            if (InvariantException.In(failure) is { } violation)
            {
                throw Dumped(folder, violation);
            }
            throw;
        }
    }

    bool LacksSomething(Exception failure) => !_begun && Failure.Explain(failure).Code != ExitCode.Internal;

    /// <summary>Writes the violation, and the command that shows it again.</summary>
    CommandException Dumped(string folder, Violation violation)
    {
        var replay = $"bta run {Path.Combine(folder, RunFolder.ScenarioFile)}";
        var file = Path.Combine(folder, RunFolder.ViolationFile);
        File.WriteAllText(file, new ViolationDump(violation, scenario.Name, scenario.Seed, replay).ToJson());
        return new CommandException(ExitCode.Internal, $"{violation.Text}\nstate    {file}\nagain    {replay}");
    }

    RunVerdict ExecuteLogged(string folder, Logger log, Action ended)
    {
        // Until the verdict is written: a run interrupted at its very end is complete all the same.
        // In wall time a block takes its time, and the machine none.
        var grace = options.Time == TimeMode.Wall ? scenario.BlockInterval : TimeSpan.Zero;
        using var interruption = terminal.Interruptible(grace: Longest(grace + Terminal.Interruption.Grace));
        var result = new ProgressView(terminal, scenario, log).Around(
            progress => runner(
                scenario,
                options with
                {
                    Progress = happened => Note(happened, progress), Overdue = interruption.Overdue,
                },
                log, interruption.Token));
        interruption.WorkEnded();
        if (result is { IsCut: true, Blocks: 0 })
        {
            throw new OperationCanceledException();
        }
        // The page shows what the run took; the file is written once more when the page is there.
        ended();
        terminal.Error.WriteLine("writing tables, figures and report");
        var verdict = result.IsCut
            ? RunReport.BuildWhole(folder, scenario)
            : RunReport.Build(folder, scenario, result.JournalHash, result.AuditHash, result.Interrupted);
        foreach (var property in verdict.Properties)
        {
            log.Information(
                "Property {Property}: {Outcome}: {Detail}", property.Name, property.Outcome, property.Detail);
        }
        log.Information(
            "Verdict {Verdict} after {Blocks} blocks, journal {JournalHash}",
            verdict.Verdict, verdict.Blocks, verdict.JournalHash);
        return verdict;
    }

    // What a timer can be set to.
    static TimeSpan Longest(TimeSpan grace) => grace.TotalDays < 40 ? grace : TimeSpan.FromDays(40);

    void Note(RunProgress happened, Action<RunProgress> progress)
    {
        _begun = true;
        progress(happened);
    }
}
