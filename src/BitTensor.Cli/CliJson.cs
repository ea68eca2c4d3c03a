using System.Collections.Immutable;
using System.Text.Json.Serialization;
using BitTensor.Scenarios;

namespace BitTensor.Cli;

/// <summary>What the command writes as JSON itself.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ImmutableArray<ScenarioError>))]
[JsonSerializable(typeof(RunEnvironment))]
[JsonSerializable(typeof(VerifyCommand.VerifyResult))]
[JsonSerializable(typeof(ReplayCommand.ReplayResult))]
[JsonSerializable(typeof(DiffCommand.DiffResult))]
[JsonSerializable(typeof(TraceCommand.TraceResult))]
[JsonSerializable(typeof(EquilibriumReplay.Result))]
[JsonSerializable(typeof(IReadOnlyList<DoctorCommand.Finding>))]
sealed partial class CliJson : JsonSerializerContext;
