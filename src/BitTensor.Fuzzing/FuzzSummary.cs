using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using BitTensor.Scenarios;

namespace BitTensor.Fuzzing;

/// <summary>Summary of a campaign.</summary>
/// <param name="FirstSeed">First seed.</param>
/// <param name="Seeds">Seeds run.</param>
/// <param name="Wanted">Seeds requested.</param>
/// <param name="Twice">Seeds run twice.</param>
/// <param name="PerMinute">Seeds per minute of this process, at this many jobs.</param>
/// <param name="Jobs">Seeds at a time.</param>
/// <param name="Features">How many seeds have each feature.</param>
/// <param name="Violations">How many seeds broke each invariant.</param>
/// <param name="Found">The seeds that broke one.</param>
public sealed record FuzzSummary(
    ulong FirstSeed, int Seeds, int Wanted, int Twice, double PerMinute, int Jobs,
    ImmutableSortedDictionary<string, int> Features,
    ImmutableSortedDictionary<string, int> Violations, ImmutableArray<FuzzTrial> Found)
{
    const int Columns = 4;

    /// <summary>Counts the finished trials.</summary>
    public static FuzzSummary Of(ulong firstSeed, IReadOnlyList<FuzzTrial?> trials, double perMinute, int jobs)
    {
        FuzzTrial[] done = [.. trials.OfType<FuzzTrial>()];
        return new FuzzSummary(
            firstSeed, done.Length, trials.Count, done.Count(t => t.Twice), Math.Round(perMinute, 1), jobs,
            done.SelectMany(t => t.Features).CountBy(f => f).ToImmutableSortedDictionary(StringComparer.Ordinal),
            done.Where(t => t.Finding is not null).CountBy(t => t.Finding!.What)
                .ToImmutableSortedDictionary(StringComparer.Ordinal),
            [.. done.Where(t => t.Finding is not null)]);
    }

    /// <summary>Indented JSON, ending in a line feed.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, FuzzFileJson.Default.FuzzSummary) + "\n";

    /// <summary>A table for people.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        var cells = Features.Select(f => string.Create(CultureInfo.InvariantCulture, $"{f.Value,6} {f.Key,-24}"));
        foreach (var row in cells.Chunk(Columns))
        {
            text.Append(string.Concat(row).TrimEnd()).Append('\n');
        }
        foreach (var (what, count) in Violations)
        {
            var seeds = Counted.Of(count, "seed");
            text.Append(CultureInfo.InvariantCulture, $"{seeds,12} {(count == 1 ? "breaks" : "break")} {what}\n");
        }
        foreach (var found in Found)
        {
            text.Append(CultureInfo.InvariantCulture, $"seed {found.Seed}: {found.Finding!.Text.Split('\n')[0]}\n");
        }
        return text.ToString();
    }
}

/// <summary>JSON of the summary.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(FuzzSummary))]
sealed partial class FuzzFileJson : JsonSerializerContext;
