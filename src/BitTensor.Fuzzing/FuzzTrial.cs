using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace BitTensor.Fuzzing;

/// <summary>A finding of a seed: a broken invariant, differing runs, a failure, or a broken property.</summary>
/// <param name="What">
/// The invariant's name; or <c>Replay</c>, two runs that differ; or <c>Failure</c> with the exception's name, a run
/// that ended with an error; or <c>Property</c> with the property, one that does not hold.
/// </param>
/// <param name="Text">The finding in one sentence.</param>
public sealed record FuzzFinding(string What, string Text)
{
    /// <summary>Two runs of one scenario left different journals.</summary>
    public const string Replay = "Replay";

    /// <summary>A run ended with an error of the program.</summary>
    public const string Failure = "Failure";

    /// <summary>A property of the scenario does not hold.</summary>
    public const string Property = "Property";
}

/// <summary>Result of one seed.</summary>
/// <param name="Item">Number of the seed, from 0.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Twice">True when run twice.</param>
/// <param name="Features">Features of its scenario.</param>
/// <param name="Finding">The finding; null without one.</param>
/// <param name="File">File of the shrunk scenario, in the campaign's folder.</param>
public sealed record FuzzTrial(
    int Item, ulong Seed, bool Twice, ImmutableSortedSet<string> Features, FuzzFinding? Finding, string? File);

/// <summary>How trials are stored.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(FuzzTrial))]
public sealed partial class FuzzJson : JsonSerializerContext;
