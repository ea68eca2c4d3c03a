using System.CommandLine;
using BitTensor.Cli.Run;
using BitTensor.Records;
using BitTensor.Reports;

namespace BitTensor.Cli.Inspect;

/// <summary>
/// <c>bta report</c>: tables, figures and verdict of a run whose process was killed or is still running.
/// </summary>
sealed class ReportCommand
{
    readonly Terminal _terminal;
    readonly Argument<string> _run = Options.Run();

    readonly Option<bool> _explain = Options.Explain();

    public ReportCommand(Terminal terminal)
    {
        _terminal = terminal;
        Command = new Command(
            "report",
            "Writes tables, figures and verdict of a run that was killed or is still running, up to its last whole "
            + "block. A run that came to its end has them already. Example: bta report runs/mine/...")
        {
            _run, _explain,
        };
        Command.SetAction(Run);
    }

    public Command Command { get; }

    int Run(ParseResult parsed)
    {
        var archive = RunArchive.Open(RunFolders.Find(parsed.GetRequiredValue(_run)));
        if (!archive.HasRun)
        {
            throw new CommandException(ExitCode.InputOutput, $"{archive.Folder} holds no run of a network");
        }
        var verdict = archive.IsComplete ? archive.Verdict : Build(archive, _terminal);
        VerdictOutput.WriteText(_terminal, archive.Folder, verdict, parsed.GetValue(_explain));
        return (int)verdict.Verdict;
    }

    /// <summary>Builds what a killed run has left, and says up to which block.</summary>
    /// <exception cref="CommandException">The folder is no run of a network.</exception>
    public static RunVerdict Build(RunArchive archive, Terminal terminal)
    {
        var scenario = archive.Scenario.Value ?? throw new CommandException(
            ExitCode.InputOutput, $"{archive.Folder} holds no run of a network");
        var verdict = RunReport.BuildWhole(archive.Folder, scenario);
        terminal.Error.WriteLine(
            $"{archive.Folder}: the run did not come to its end; written up to block {verdict.Blocks} of "
            + $"{scenario.Blocks}");
        return verdict;
    }
}
