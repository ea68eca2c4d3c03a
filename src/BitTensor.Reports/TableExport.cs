using BitTensor.Records;

namespace BitTensor.Reports;

/// <summary>The tables of a folder as CSV, JSON or Parquet.</summary>
public static class TableExport
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

    /// <summary>The tables that a folder must hold: of a sweep, a study, formulas or a network.</summary>
    /// <exception cref="FileNotFoundException">It lacks one.</exception>
    public static IReadOnlyList<string> In(string run)
    {
        if (IsCampaign(run))
        {
            throw new FileNotFoundException(
                $"{run} has no tables: it holds a fuzzing campaign, all of it in {RunFolder.VerdictFile} and "
                + $"{RunFolder.TrialsFile}.");
        }
        var formulas = File.Exists(Path.Combine(run, RunFolder.EquilibriumFile))
            || File.Exists(Path.Combine(run, RunFolder.TrialsFile));
        // Studies without equilibria have no ranks.
        bool Has(string table) => File.Exists(Path.Combine(run, Tables[table]));
        string[] tables = Has("sweep") ? OfSweeps
            : Has("study") ? OfStudies
            : formulas ? [.. OfEquilibria.Where(t => t != "ranks" || Has(t))]
            : [.. OfNetworks];
        return tables.FirstOrDefault(t => !Has(t)) is { } missing
            ? throw new FileNotFoundException(
                $"{run} holds no {Tables[missing]}; a run that did not come to its end has none.")
            : tables;
    }

    /// <summary>True for a folder of trials without the scenario that a sweep, a study or formulas have.</summary>
    static bool IsCampaign(string run) => File.Exists(Path.Combine(run, RunFolder.TrialsFile))
        && !File.Exists(Path.Combine(run, RunFolder.ScenarioFile))
        && !File.Exists(Path.Combine(run, Tables["study"]));

    /// <summary>Writes every table that the folder must hold to a file of its own and returns the files.</summary>
    /// <param name="run">Folder with the tables.</param>
    /// <param name="outFolder">Folder of the files; made if missing.</param>
    /// <param name="format">Their form.</param>
    /// <exception cref="FileNotFoundException">The folder lacks a table; nothing is written.</exception>
    /// <exception cref="InvalidDataException">A table is damaged.</exception>
    public static IReadOnlyList<string> WriteAll(string run, string outFolder, TableFormat format)
    {
        var tables = In(run);
        Directory.CreateDirectory(outFolder);
        return [.. tables.Select(table => WriteFile(run, table, outFolder, format))];
    }

    /// <summary>Writes one table as text.</summary>
    /// <param name="run">Folder with the table.</param>
    /// <param name="table">Its name.</param>
    /// <param name="format">CSV or JSON.</param>
    /// <param name="writer">Where it is written.</param>
    /// <exception cref="FileNotFoundException">The folder lacks the table.</exception>
    /// <exception cref="InvalidDataException">The table is damaged.</exception>
    public static void Write(string run, string table, TableFormat format, TextWriter writer)
    {
        using var reader = new TableReader(Path.Combine(run, Tables[table]));
        if (format == TableFormat.Json)
        {
            RowText.WriteJson(writer, reader.Columns, reader.Rows());
        }
        else
        {
            RowText.WriteCsv(writer, reader.Columns, reader.Rows());
        }
    }

    static string WriteFile(string run, string table, string folder, TableFormat format)
    {
        var path = Path.Combine(folder, $"{table}.{Extension(format)}");
        if (format == TableFormat.Parquet)
        {
            var source = Path.Combine(run, Tables[table]);
            // The folder of the run has its tables in this form already.
            if (Path.GetFullPath(source) != Path.GetFullPath(path))
            {
                File.Copy(source, path, overwrite: true);
            }
            return path;
        }
        using var writer = File.CreateText(path);
        Write(run, table, format, writer);
        return path;
    }

    static string Extension(TableFormat format) => format switch
    {
        TableFormat.Csv => "csv",
        TableFormat.Json => "json",
        _ => "parquet",
    };
}
