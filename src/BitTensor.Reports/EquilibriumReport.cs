using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using BitTensor.Records;
using BitTensor.Scenarios;
using BitTensor.Studies;

namespace BitTensor.Reports;

/// <summary>What an equilibrium scenario came to: <c>verdict.json</c>.</summary>
/// <param name="Verdict">Fail when one property fails, else unknown when one is unknown, else pass.</param>
/// <param name="Properties">One per property of the scenario, in its order.</param>
/// <param name="Name">Name of the scenario.</param>
/// <param name="Study">Kind of study; theta for a game of the user's own.</param>
/// <param name="Seed">Seed.</param>
/// <param name="Trials">Items the study consists of.</param>
/// <param name="ResultHash">SHA-256 over all items, hex.</param>
/// <param name="Summary">The study's results: a row per combination of its axes' points.</param>
public sealed record EquilibriumVerdict(
    Outcome Verdict, ImmutableArray<StudyVerdict> Properties, string Name, string Study, ulong Seed, int Trials, string ResultHash,
    ImmutableArray<SummaryRow> Summary)
{
    static readonly EquilibriumJson Readable =
        new(new JsonSerializerOptions(EquilibriumJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>The file's text: indented JSON, ending in a line feed.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Readable.EquilibriumVerdict) + "\n";

    /// <summary>Reads <c>verdict.json</c> of a run folder.</summary>
    /// <exception cref="FileNotFoundException">There is none: the run did not end.</exception>
    /// <exception cref="InvalidDataException">It is not one.</exception>
    public static EquilibriumVerdict Read(string folder) =>
        VerdictFile.Read(folder, EquilibriumJson.Default.EquilibriumVerdict, "a verdict of an equilibrium scenario");
}

/// <summary>A row of a study's results.</summary>
/// <param name="At">Point of each axis.</param>
/// <param name="Values">Numbers by metric; null where there is none.</param>
public sealed record SummaryRow(ImmutableSortedDictionary<string, string> At, ImmutableSortedDictionary<string, double?> Values);

/// <summary>Serialization of <c>verdict.json</c> of equilibrium scenarios.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(EquilibriumVerdict))]
sealed partial class EquilibriumJson : JsonSerializerContext;

/// <summary>Everything a run folder of an equilibrium scenario holds beside its scenario.</summary>
public static class EquilibriumReport
{
    /// <summary>File of the figure of a study.</summary>
    public static string FigureOf(StudySpec study) => EquilibriumFigures.NameOf(study) + ".png";

    /// <summary>Writes results, tables, figures and verdict into the run folder and returns the verdict.</summary>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static EquilibriumVerdict Build(string folder, EquilibriumScenario scenario, StudyResult result)
    {
        var properties = StudyVerdict.Judge(scenario.Expect, result.Table);
        var verdict = new EquilibriumVerdict(
            properties.Select(p => p.Outcome).Overall(), properties, scenario.Name, StudyCatalogue.KindOf(scenario.Study), scenario.Seed,
            result.Trials.Length, result.Hash, [.. result.Table.Rows.Select(row => Summary(result.Table, row))]);
        WriteResults(Path.Combine(folder, RunFolder.EquilibriumFile), verdict, result);
        EquilibriumTables.Write(folder, result);
        EquilibriumFigures.Write(folder, scenario, result);
        File.WriteAllText(Path.Combine(folder, RunFolder.VerdictFile), verdict.ToJson());
        return verdict;
    }

    static SummaryRow Summary(StudyTable table, StudyRow row) => new(
        table.Axes.Zip(row.At).ToImmutableSortedDictionary(p => p.First.Name, p => p.Second, StringComparer.Ordinal),
        row.Values.ToImmutableSortedDictionary(v => v.Key, v => double.IsFinite(v.Value) ? v.Value : (double?)null, StringComparer.Ordinal));

    /// <summary>equilibrium.json: one trial per line, so that a line is a game.</summary>
    static void WriteResults(string path, EquilibriumVerdict verdict, StudyResult result)
    {
        using var writer = new StreamWriter(path) { NewLine = "\n" };
        writer.WriteLine($"{{\n  \"name\": \"{verdict.Name}\",\n  \"study\": \"{verdict.Study}\",\n  \"seed\": {verdict.Seed},\n  \"resultHash\": \"{verdict.ResultHash}\",\n  \"trials\": [");
        for (var k = 0; k < result.Trials.Length; k++)
        {
            writer.Write("    ");
            writer.Write(JsonSerializer.Serialize(result.Trials[k], TrialJson.Default.TrialResult));
            writer.WriteLine(k + 1 < result.Trials.Length ? "," : "");
        }
        writer.WriteLine("  ]\n}");
    }
}
