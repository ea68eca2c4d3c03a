using System.CommandLine;
using System.Globalization;
using BitTensor.Reports;
using DuckDB.NET.Data;

namespace BitTensor.Cli.Inspect;

/// <summary><c>bta query</c>: SQL over the tables of a run.</summary>
sealed class QueryCommand
{
    readonly Terminal _terminal;
    readonly Argument<string> _run = Options.Run("Run folder, also of a run that was killed or still runs.");
    readonly Argument<string?> _sql = new("SQL")
    {
        Description = "The query in DuckDB's SQL; - reads it from standard input. Without it the tables and their "
            + "columns are listed.",
        Arity = ArgumentArity.ZeroOrOne,
    };
    readonly Option<QueryFormat> _format = new("--format") { Description = "text, csv or json." };

    public QueryCommand(Terminal terminal)
    {
        _terminal = terminal;
        Command = new Command(
            "query",
            "Asks the tables of a run in SQL: blocks, neurons, weights, messages, audit; or sweep, study, "
            + "equilibrium, ranks. Example: bta query latest \"select population, avg(loss) from neurons where block = "
            + "(select max(block) from neurons) group by population\"")
        {
            _run, _sql, _format,
        };
        Command.SetAction(Run);
    }

    enum QueryFormat
    {
        Text,
        Csv,
        Json,
    }

    public Command Command { get; }

    int Run(ParseResult parsed)
    {
        using var source = Tables.Of(RunArchive.Open(RunFolders.Find(parsed.GetRequiredValue(_run))), _terminal);
        using var database = new RunDatabase(source.Folder);
        if (parsed.GetValue(_sql) is not { } sql)
        {
            List(database);
            return ExitCode.Pass;
        }
        try
        {
            database.Query(
                sql == "-" ? _terminal.In.ReadToEnd() : sql,
                (columns, rows) => Write(parsed.GetValue(_format), columns, rows));
        }
        catch (DuckDBException problem)
        {
            throw new CommandException(
                ExitCode.Usage, $"{problem.Message.TrimEnd()}\nthe tables and their columns: bta query RUN");
        }
        return ExitCode.Pass;
    }

    void Write(QueryFormat format, IReadOnlyList<string> columns, IEnumerable<object?[]> rows)
    {
        switch (format)
        {
            case QueryFormat.Csv:
                RowText.WriteCsv(_terminal.Out, columns, rows);
                break;
            case QueryFormat.Json:
                RowText.WriteJson(_terminal.Out, columns, rows);
                break;
            default:
                var all = rows.ToArray();
                var text = all.Select(row => row.Select(Cell).ToArray());
                var numbers = columns.Select((_, c) => Array.Exists(all, r => r[c] is IFormattable)).ToArray();
                _terminal.Out.Write(AlignedText.Of([[.. columns], .. text], c => numbers[c], _terminal.Width));
                break;
        }
    }

    /// <summary>Six digits, as a person reads them; the other formats have all.</summary>
    static string Cell(object? value) => value switch
    {
        null => "-",
        double number => number.ToString("G6", CultureInfo.InvariantCulture),
        float number => number.ToString("G6", CultureInfo.InvariantCulture),
        _ => RowText.Of(value),
    };

    void List(RunDatabase database)
    {
        foreach (var table in database.Tables)
        {
            _terminal.Out.WriteLine(table);
            var columns = database.ColumnsOf(table);
            var width = columns.Max(c => c.Name.Length);
            var docs = TableColumns.All.GetValueOrDefault(table, []).ToDictionary(c => c.Name, c => c.Doc);
            foreach (var (name, type) in columns)
            {
                var doc = docs.GetValueOrDefault(name, "").Replace("`", "", StringComparison.Ordinal);
                _terminal.Say($"  {name.PadRight(width)}  {type,-7}  {doc}".TrimEnd(), width + 13);
            }
        }
    }
}
