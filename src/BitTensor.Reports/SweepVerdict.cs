using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using BitTensor.Records;
using BitTensor.Scenarios;
using BitTensor.Studies;
using Parquet.Schema;

namespace BitTensor.Reports;

/// <summary>Result of a sweep: <c>verdict.json</c>.</summary>
/// <param name="Verdict">Fail when a property fails at a point, else unknown when one is unknown, else pass.</param>
/// <param name="Name">Name of the scenario.</param>
/// <param name="Seed">First seed.</param>
/// <param name="Seeds">Seeds per point.</param>
/// <param name="Axes">Names of the labels: paths that were varied, and names of axes of points.</param>
/// <param name="Rows">A row per point.</param>
public sealed record SweepVerdict(
    Outcome Verdict, string Name, ulong Seed, int Seeds, ImmutableArray<string> Axes, ImmutableArray<SweepRow> Rows)
{
    static readonly SweepVerdictJson Readable =
        new(
            new JsonSerializerOptions(SweepVerdictJson.Default.Options)
            {
                Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            });

    /// <summary>The file's text: indented JSON, ending in a line feed.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Readable.SweepVerdict) + "\n";
}

/// <summary>Serialization of <c>verdict.json</c> of sweeps.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(SweepVerdict))]
sealed partial class SweepVerdictJson : JsonSerializerContext;
