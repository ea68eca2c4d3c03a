using System.Text.Json.Serialization;
using BitTensor.Cluster;

namespace BitTensor.Operations;

/// <summary>JSON of a node's answers.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(ClusterView))]
[JsonSerializable(typeof(NeuronsView))]
[JsonSerializable(typeof(LedgerReading))]
[JsonSerializable(typeof(NodeHealth))]
[JsonSerializable(typeof(DownOutcome))]
public sealed partial class OperationsJson : JsonSerializerContext;
