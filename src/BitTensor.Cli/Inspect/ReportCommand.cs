using System.CommandLine;
using BitTensor.Cli.Run;
using BitTensor.Records;
using BitTensor.Reports;
using BitTensor.Scenarios;

namespace BitTensor.Cli.Inspect;

/// <summary>
/// <c>bta report</c>: figures and page of a run anew, also of one that was killed or is still running, and the index of
/// a folder of runs.
/// </summary>
sealed class ReportCommand
{
    readonly Terminal _terminal;
    readonly Argument<string[]> _runs = new("RUN")
    {
        Description = "Folder of a run, a sweep or a study; or a folder of such folders, for an index of them.",
        Arity = ArgumentArity.OneOrMore,
    };
    readonly Option<bool> _explain = Options.Explain();

    public ReportCommand(Terminal terminal)
    {
        _terminal = terminal;
        Command = new Command(
            "report",
            "Writes figures and report.html of runs anew; of a run that was killed or is still running also tables and "
            + "verdict, up to its last whole block. Of a folder of runs it writes an index. "
            + "Example: bta report runs/mine/...")
        {
            _runs, _explain,
        };
        Command.SetAction(Run);
    }

    public Command Command { get; }

    int Run(ParseResult parsed) =>
        parsed.GetRequiredValue(_runs).Max(path => Report(path, parsed.GetValue(_explain)));

    int Report(string path, bool explain)
    {
        var archive = RunArchive.Open(RunFolders.Find(path));
        if (!archive.HasRun)
        {
            WriteOther(archive);
            return ExitCode.Pass;
        }
        var verdict = archive.IsComplete ? Rebuild(archive) : Build(archive, _terminal);
        VerdictOutput.WriteText(_terminal, archive.Folder, verdict, explain);
        return (int)verdict.Verdict;
    }

    /// <summary>The page of what is no run of a network, or an index.</summary>
    /// <exception cref="CommandException">There is nothing to write of.</exception>
    void WriteOther(RunArchive archive)
    {
        if (FolderReport.Write(archive.Folder) is { } page)
        {
            _terminal.Out.WriteLine($"report   {page}");
            return;
        }
        var (index, rows) = FolderReport.WriteIndex(archive.Folder) ?? throw new CommandException(
            ExitCode.InputOutput, $"{archive.Folder} holds no run, and no folder below it does");
        _terminal.Out.WriteLine($"index    {index} ({rows} runs)");
    }

    static RunVerdict Rebuild(RunArchive archive)
    {
        RunReport.Rebuild(archive.Folder, NetworkOf(archive), archive.Verdict);
        return archive.Verdict;
    }

    /// <summary>Builds what a killed run has left, and says up to which block.</summary>
    /// <exception cref="CommandException">The folder is no run of a network.</exception>
    public static RunVerdict Build(RunArchive archive, Terminal terminal)
    {
        var scenario = NetworkOf(archive);
        var verdict = RunReport.BuildWhole(archive.Folder, scenario);
        terminal.Error.WriteLine(
            $"{archive.Folder}: the run did not come to its end; written up to block {verdict.Blocks} of "
            + $"{scenario.Blocks}");
        return verdict;
    }

    static Scenario NetworkOf(RunArchive archive) => archive.Scenario.Value ?? throw new CommandException(
        ExitCode.InputOutput, $"{archive.Folder} holds no run of a network");
}
