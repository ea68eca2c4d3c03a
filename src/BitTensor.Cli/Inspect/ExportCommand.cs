using System.CommandLine;
using BitTensor.Records;
using BitTensor.Reports;

namespace BitTensor.Cli.Inspect;

/// <summary><c>bta export</c>: the tables of a run as CSV.</summary>
sealed class ExportCommand
{
    readonly Terminal _terminal;
    readonly Argument<string> _run = Options.Run();
    readonly Option<ExportFormat> _format = new("--format")
    {
        Description = "csv: RFC 4180, numbers in full precision.",
    };
    readonly Option<string?> _out = Options.Out("Folder for the files; RUN/csv without it.");
    readonly Option<string?> _table = new("--table")
    {
        Description = "One table, to standard output.",
        HelpName = "NAME",
    };

    public ExportCommand(Terminal terminal)
    {
        _terminal = terminal;
        _table.AcceptOnlyFromAmong([.. CsvExport.Tables.Keys]);
        Command = new Command(
            "export",
            "Writes the tables of a run as CSV: blocks, neurons, weights, messages and audit of a network; "
            + "equilibrium and ranks of formulas. Example: bta export runs/mine/... --table neurons | head")
        {
            _run, _format, _out, _table,
        };
        Command.SetAction(Run);
    }

    enum ExportFormat
    {
        Csv,
    }

    public Command Command { get; }

    int Run(ParseResult parsed)
    {
        var archive = RunArchive.Open(RunFolders.Find(parsed.GetRequiredValue(_run)));
        var run = archive.Folder;
        if (archive.HasRun && !archive.IsComplete)
        {
            ReportCommand.Build(archive, _terminal);
        }
        if (parsed.GetValue(_table) is { } table)
        {
            CsvExport.Write(run, table, _terminal.Out);
            return ExitCode.Pass;
        }
        foreach (var file in CsvExport.WriteAll(run, parsed.GetValue(_out) ?? Path.Combine(run, RunFolder.CsvFolder)))
        {
            _terminal.Out.WriteLine(file);
        }
        return ExitCode.Pass;
    }
}
