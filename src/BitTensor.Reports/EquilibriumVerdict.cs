using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using BitTensor.Records;
using BitTensor.Scenarios;
using BitTensor.Studies;

namespace BitTensor.Reports;

/// <summary>Result of an equilibrium scenario: <c>verdict.json</c>.</summary>
/// <param name="Verdict">Fail when one property fails, else unknown when one is unknown, else pass.</param>
/// <param name="Properties">One per property of the scenario, in its order.</param>
/// <param name="Name">Name of the scenario.</param>
/// <param name="Study">Kind of study; theta for a game of the user's own.</param>
/// <param name="Seed">Seed.</param>
/// <param name="Trials">Number of items of the study.</param>
/// <param name="ResultHash">SHA-256 over all items, hex.</param>
/// <param name="Summary">The study's results: a row per combination of its axes' points.</param>
public sealed record EquilibriumVerdict(
    Outcome Verdict, ImmutableArray<StudyVerdict> Properties, string Name, string Study, ulong Seed, int Trials,
    string ResultHash,
    ImmutableArray<SummaryRow> Summary)
{
    /// <summary>True when the run was ended before its last item: no property is decided.</summary>
    public bool Interrupted { get; init; }

    static readonly EquilibriumJson Readable =
        new(
            new JsonSerializerOptions(EquilibriumJson.Default.Options)
            {
                Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            });

    /// <summary>The file's text: indented JSON, ending in a line feed.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Readable.EquilibriumVerdict) + "\n";

    /// <summary>Reads <c>verdict.json</c> of a run folder.</summary>
    /// <exception cref="FileNotFoundException">The file is missing: the run did not end.</exception>
    /// <exception cref="InvalidDataException">The file is not a verdict of an equilibrium scenario.</exception>
    public static EquilibriumVerdict Read(string folder) =>
        VerdictFile.Read(folder, EquilibriumJson.Default.EquilibriumVerdict, "a verdict of an equilibrium scenario");
}

/// <summary>A row of a study's results.</summary>
/// <param name="At">Point of each axis.</param>
/// <param name="Values">Numbers by metric; null where undefined.</param>
public sealed record SummaryRow(
    ImmutableSortedDictionary<string, string> At, ImmutableSortedDictionary<string, double?> Values);

/// <summary>Serialization of <c>verdict.json</c> of equilibrium scenarios.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(EquilibriumVerdict))]
sealed partial class EquilibriumJson : JsonSerializerContext;
