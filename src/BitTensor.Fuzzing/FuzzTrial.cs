using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace BitTensor.Fuzzing;

/// <summary>Something that must not be.</summary>
/// <param name="What">
/// The invariant's name; or <c>Replay</c>, two runs that differ; or <c>Failure</c> with the exception's name, a run
/// that ended with an error.
/// </param>
/// <param name="Text">What is the case.</param>
public sealed record FuzzFinding(string What, string Text)
{
    /// <summary>Two runs of one scenario left different journals.</summary>
    public const string Replay = "Replay";

    /// <summary>A run ended with an error of the program.</summary>
    public const string Failure = "Failure";
}

/// <summary>What became of one seed.</summary>
/// <param name="Item">Number of the seed, from 0.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Twice">True when it was run twice.</param>
/// <param name="Features">What its scenario has.</param>
/// <param name="Finding">What must not be; null when nothing was found.</param>
/// <param name="File">File of the shrunk scenario, in the campaign's folder.</param>
public sealed record FuzzTrial(
    int Item, ulong Seed, bool Twice, ImmutableSortedSet<string> Features, FuzzFinding? Finding, string? File);

/// <summary>How trials are stored.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(FuzzTrial))]
public sealed partial class FuzzJson : JsonSerializerContext;
