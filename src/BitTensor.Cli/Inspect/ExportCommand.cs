using System.CommandLine;
using BitTensor.Records;
using BitTensor.Reports;

namespace BitTensor.Cli.Inspect;

/// <summary><c>bta export</c>: the tables of a run as CSV, JSON or Parquet.</summary>
sealed class ExportCommand
{
    readonly Terminal _terminal;
    readonly Argument<string> _run = Options.Run("Run folder, also of a run that was killed or still runs.");
    readonly Option<TableFormat> _format = new("--format")
    {
        Description = "csv: RFC 4180. json: an array with an object per row. parquet. All with numbers in full "
            + "precision.",
    };
    readonly Option<string?> _out = Options.Out("Folder for the files; RUN/csv, RUN/json or RUN without it.");
    readonly Option<string?> _table = new("--table")
    {
        Description = "One table, to standard output.",
        HelpName = "NAME",
    };

    public ExportCommand(Terminal terminal)
    {
        _terminal = terminal;
        _table.AcceptOnlyFromAmong([.. TableExport.Tables.Keys]);
        Command = new Command(
            "export",
            "Writes the tables of a run as CSV, JSON or Parquet: blocks, neurons, weights, messages and audit of a "
            + "network; equilibrium and ranks of formulas; sweep; study. "
            + "Example: bta export latest --table neurons | head")
        {
            _run, _format, _out, _table,
        };
        Command.SetAction(Run);
    }

    public Command Command { get; }

    int Run(ParseResult parsed)
    {
        var (format, table) = (parsed.GetValue(_format), parsed.GetValue(_table));
        if (format == TableFormat.Parquet && table is not null)
        {
            throw new CommandException(
                ExitCode.Usage, "--table writes text to standard output; Parquet goes to files: leave --table out");
        }
        var archive = RunArchive.Open(RunFolders.Find(parsed.GetRequiredValue(_run)));
        using var source = Tables.Of(archive, _terminal);
        if (table is not null)
        {
            TableExport.Write(source.Folder, table, format, _terminal.Out);
            return ExitCode.Pass;
        }
        var folder = parsed.GetValue(_out) ?? FolderIn(archive.Folder, format, source.LastBlock is not null);
        foreach (var file in TableExport.WriteAll(source.Folder, folder, format))
        {
            _terminal.Out.WriteLine(file);
        }
        return ExitCode.Pass;
    }

    /// <summary>A run that has not come to its end gets no tables among its own files.</summary>
    static string FolderIn(string run, TableFormat format, bool isUnfinished) => format switch
    {
        TableFormat.Csv => Path.Combine(run, RunFolder.CsvFolder),
        TableFormat.Json => Path.Combine(run, RunFolder.JsonFolder),
        _ => isUnfinished
            ? throw new CommandException(
                ExitCode.Usage, $"{run} did not come to its end: name a folder for its tables so far with --out DIR")
            : run,
    };
}
