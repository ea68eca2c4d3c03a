using System.Collections.Immutable;
using System.Text.Json.Serialization;
using BitTensor.Scenarios;

namespace BitTensor.Studies;

/// <summary>One run of a sweep.</summary>
/// <param name="Item">Number of the run: seeds of one point follow each other.</param>
/// <param name="Point">Index of its point among the points that run.</param>
/// <param name="Seed">Seed.</param>
/// <param name="JournalHash">Hash of its journal, hex.</param>
/// <param name="Properties">Outcome of each property of the scenario.</param>
/// <param name="Values">
/// Metrics at the last block that has them, by <c>metric</c> or <c>metric of population</c>.
/// </param>
public sealed record SweepTrial(
    int Item, int Point, ulong Seed, string JournalHash, ImmutableArray<SweepOutcome> Properties,
    ImmutableSortedDictionary<string, double> Values);

/// <summary>Outcome of a property in one run.</summary>
/// <param name="Outcome">Outcome.</param>
/// <param name="Left">Left side at the block that decided; null without one.</param>
/// <param name="Right">Right side, likewise.</param>
public sealed record SweepOutcome(Outcome Outcome, double? Left, double? Right);

/// <summary>How trials are written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(SweepTrial))]
public sealed partial class SweepJson : JsonSerializerContext;
