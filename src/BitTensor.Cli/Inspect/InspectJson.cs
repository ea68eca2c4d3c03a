using System.Text.Json.Serialization;

namespace BitTensor.Cli.Inspect;

/// <summary>Serialization of the results of commands that inspect a run or the machine.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(VerifyResult))]
[JsonSerializable(typeof(ReplayResult))]
[JsonSerializable(typeof(EquilibriumReplayResult))]
[JsonSerializable(typeof(DiffResult))]
[JsonSerializable(typeof(TraceResult))]
[JsonSerializable(typeof(IReadOnlyList<DoctorFinding>))]
sealed partial class InspectJson : JsonSerializerContext;
