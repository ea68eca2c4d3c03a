using System.Globalization;
using BitTensor.Actors;
using BitTensor.Emulation;
using BitTensor.Learning;
using BitTensor.Records;
using BitTensor.Reports;
using BitTensor.Scenarios;
using Serilog;
using Serilog.Core;
using Serilog.Formatting.Compact;

namespace BitTensor.Cli;

/// <summary>One run with its folder: scenario, environment, log, ledger, journal, tables, figures, verdict.</summary>
sealed class RunSession(Terminal terminal, Scenario scenario, RunOptions options, RunSession.Runner runner, ILogEventEnricher labels)
{
    /// <summary>Carries a run out: in this process, or on a cluster.</summary>
    public delegate RunResult Runner(Scenario scenario, RunOptions options, ILogger log, CancellationToken interrupt);

    bool _begun;

    /// <summary>Runs, reports, and returns the verdict.</summary>
    public RunVerdict Execute()
    {
        var folder = options.Folder!;
        var environment = RunEnvironment.Now(options);
        var start = WallClock.Elapsed;
        environment.Write(folder);
        File.WriteAllText(Path.Combine(folder, RunFolder.ScenarioFile), ScenarioWriter.Write(scenario));
        using var log = new LoggerConfiguration().Enrich.With(labels)
            .WriteTo.File(new CompactJsonFormatter(), Path.Combine(folder, RunFolder.LogFile)).CreateLogger();
        try
        {
            log.Information("Run of {Scenario} with seed {Seed}, {Time} time on {Cores} cores", scenario.Name, scenario.Seed, options.Time, options.Cores);
            var verdict = ExecuteLogged(folder, log);
            (environment with
            {
                ElapsedSeconds = Math.Round((WallClock.Elapsed - start).TotalSeconds, 3),
                PeakMemoryMiB = RunEnvironment.PeakMemory(),
            }).Write(folder);
            return verdict;
        }
        catch (Exception failure) when (failure is DataSetException || (!_begun && CommandLine.Explain(failure).Code != ExitCode.Internal))
        {
            // Nothing has begun: the same command must find its folder free once what was missing is there.
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

    /// <summary>Writes down what is wrong and how to see it again.</summary>
    CommandException Dumped(string folder, Violation violation)
    {
        var replay = $"bta run {Path.Combine(folder, RunFolder.ScenarioFile)}";
        var file = Path.Combine(folder, RunFolder.ViolationFile);
        File.WriteAllText(file, new ViolationDump(violation, scenario.Name, scenario.Seed, replay).ToJson());
        return new CommandException(ExitCode.Internal, $"{violation.Text}\nstate    {file}\nagain    {replay}");
    }

    RunVerdict ExecuteLogged(string folder, Logger log)
    {
        // Until the verdict is written: a run interrupted at its very end is complete all the same.
        using var interruption = terminal.Interruptible();
        var result = new ProgressView(terminal, scenario, log).Around(
            progress => runner(scenario, options with { Progress = happened => Note(happened, progress) }, log, interruption.Token));
        terminal.Error.WriteLine("writing tables and figures");
        var verdict = RunReport.Build(folder, scenario, result.JournalHash, result.AuditHash, result.Interrupted);
        foreach (var property in verdict.Properties)
        {
            log.Information("Property {Property}: {Outcome}: {Detail}", property.Name, property.Outcome, property.Detail);
        }
        log.Information("Verdict {Verdict} after {Blocks} blocks, journal {JournalHash}", verdict.Verdict, verdict.Blocks, verdict.JournalHash);
        return verdict;
    }

    void Note(RunProgress happened, Action<RunProgress> progress)
    {
        _begun = true;
        progress(happened);
    }

    /// <summary>Makes the run's folder: <paramref name="wanted"/>, or a new one under <c>runs/</c>.</summary>
    /// <exception cref="CommandException">The wanted folder holds something.</exception>
    /// <exception cref="IOException">It cannot be made.</exception>
    public static string MakeFolder(string? wanted, string scenario, ulong seed)
    {
        if (wanted is not null)
        {
            if (Directory.Exists(wanted) && Directory.EnumerateFileSystemEntries(wanted).Any())
            {
                var remedy = File.Exists(Path.Combine(wanted, RunFolder.TrialsFile)) ? "--resume goes on with the trials in it" : "a run needs a folder of its own";
                throw new CommandException(ExitCode.InputOutput, $"{wanted} is not empty; {remedy}");
            }
            return Directory.CreateDirectory(wanted).FullName;
        }
        var stamp = WallClock.UtcNow.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var name = string.Create(CultureInfo.InvariantCulture, $"{stamp}-{seed}");
        var folder = Path.Combine("runs", scenario, name);
        for (var k = 2; Directory.Exists(folder); k++)
        {
            folder = Path.Combine("runs", scenario, string.Create(CultureInfo.InvariantCulture, $"{name}-{k}"));
        }
        Directory.CreateDirectory(folder);
        return folder;
    }
}
