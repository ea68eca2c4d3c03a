using System.Text.Json;
using System.Text.Json.Serialization;

namespace BitTensor.Records;

/// <summary>The file <c>violation.json</c> of a run in which an invariant does not hold.</summary>
/// <param name="Violation">The violation.</param>
/// <param name="Scenario">Name of the scenario.</param>
/// <param name="Seed">Seed of the run.</param>
/// <param name="Replay">The command that reproduces the state.</param>
public sealed record ViolationDump(Violation Violation, string Scenario, ulong Seed, string Replay)
{
    /// <summary>The file's text: indented JSON, ending in a line feed.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ViolationJson.Default.ViolationDump) + "\n";
}

/// <summary>Serialization of <c>violation.json</c>.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(ViolationDump))]
sealed partial class ViolationJson : JsonSerializerContext;
