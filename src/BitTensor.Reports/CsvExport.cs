using System.Globalization;
using BitTensor.Records;

namespace BitTensor.Reports;

/// <summary>
/// The tables of a run folder as CSV (RFC 4180, '.' decimals). Every number has the digits needed to read it back
/// exactly.
/// </summary>
public static class CsvExport
{
    /// <summary>Table name to its file in the run folder.</summary>
    public static IReadOnlyDictionary<string, string> Tables { get; } = new SortedDictionary<string, string>(
        StringComparer.Ordinal)
    {
        ["audit"] = RunFolder.AuditFile,
        ["blocks"] = RunFolder.BlocksFile,
        ["equilibrium"] = RunFolder.EquilibriumTable,
        ["messages"] = RunFolder.MessagesFile,
        ["neurons"] = RunFolder.NeuronsFile,
        ["ranks"] = RunFolder.EquilibriumRanks,
        ["study"] = RunFolder.StudyTable,
        ["sweep"] = RunFolder.SweepTable,
        ["weights"] = RunFolder.WeightsFile,
    };

    static readonly string[] OfEquilibria = ["equilibrium", "ranks"];
    static readonly string[] OfSweeps = ["sweep"];
    static readonly string[] OfStudies = ["study"];

    /// <summary>Tables of a network's run.</summary>
    public static IReadOnlyList<string> OfNetworks { get; } = [
        .. Tables.Keys.Except(OfEquilibria).Except(OfSweeps).Except(OfStudies),
    ];

    /// <summary>Writes every table the run folder must hold to a file of its own and returns the files.</summary>
    /// <exception cref="FileNotFoundException">The run folder lacks a table; nothing is written.</exception>
    public static IReadOnlyList<string> WriteAll(string run, string outFolder)
    {
        var formulas = File.Exists(Path.Combine(run, RunFolder.EquilibriumFile))
            || File.Exists(Path.Combine(run, RunFolder.TrialsFile));
        // Studies without equilibria have no ranks.
        bool Has(string table) => File.Exists(Path.Combine(run, Tables[table]));
        var tables = Has("sweep") ? OfSweeps
            : Has("study") ? OfStudies
            : formulas ? OfEquilibria.Where(t => t != "ranks" || Has(t))
            : OfNetworks;
        if (tables.FirstOrDefault(t => !Has(t)) is { } missing)
        {
            throw new FileNotFoundException(
                $"{run} holds no {Tables[missing]}; a run that did not come to its end has none.");
        }
        Directory.CreateDirectory(outFolder);
        var files = new List<string>();
        foreach (var table in tables)
        {
            var path = Path.Combine(outFolder, table + ".csv");
            WriteFile(run, table, path);
            files.Add(path);
        }
        return files;
    }

    /// <summary>Writes one table.</summary>
    /// <exception cref="FileNotFoundException">The run folder lacks the table.</exception>
    public static void Write(string run, string table, TextWriter writer)
    {
        using var reader = new TableReader(Path.Combine(run, Tables[table]));
        writer.Write(string.Join(',', reader.Columns) + "\n");
        foreach (var row in reader.Rows())
        {
            for (var c = 0; c < row.Length; c++)
            {
                writer.Write(c == 0 ? "" : ",");
                writer.Write(TextOf(row[c]));
            }
            writer.Write('\n');
        }
    }

    static void WriteFile(string run, string table, string path)
    {
        using var writer = File.CreateText(path);
        Write(run, table, writer);
    }

    static string TextOf(object? value) => value switch
    {
        null => "",
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        long number => number.ToString(CultureInfo.InvariantCulture),
        string text when text.AsSpan().IndexOfAny(",\"\r\n") >= 0 =>
            $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"",
        _ => (string)value,
    };
}
