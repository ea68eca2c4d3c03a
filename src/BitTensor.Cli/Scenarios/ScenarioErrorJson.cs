using System.Collections.Immutable;
using System.Text.Json.Serialization;
using BitTensor.Scenarios;

namespace BitTensor.Cli.Scenarios;

/// <summary>Serialization of the errors in a scenario.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(ImmutableArray<ScenarioError>))]
sealed partial class ScenarioErrorJson : JsonSerializerContext;
