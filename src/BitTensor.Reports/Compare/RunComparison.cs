using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using BitTensor.Scenarios;

namespace BitTensor.Reports.Compare;

/// <summary>A run of a comparison.</summary>
/// <param name="Label">A, B, C ... in the order given.</param>
/// <param name="Folder">Its folder.</param>
/// <param name="Scenario">Name of its scenario.</param>
/// <param name="Seed">Its seed.</param>
/// <param name="Verdict">Its verdict.</param>
/// <param name="Blocks">Its last block.</param>
/// <param name="IsEarly">True when it ended before its planned end, or has not ended.</param>
public sealed record ComparisonRun(
    string Label, string Folder, string Scenario, ulong Seed, Outcome Verdict, long Blocks, bool IsEarly);

/// <summary>A population in all runs.</summary>
/// <param name="Name">Name.</param>
/// <param name="Neurons">Number of neurons per run; null where the run has no such population.</param>
/// <param name="Values">By quantity, a value per run; null where the run has none.</param>
public sealed record ComparisonPopulation(
    string Name, ImmutableArray<int?> Neurons, ImmutableDictionary<string, ImmutableArray<double?>> Values);

/// <summary>A property in all runs.</summary>
/// <param name="Name">Name.</param>
/// <param name="Holds">When it was to hold.</param>
/// <param name="Verdicts">A verdict per run; null where the run's scenario does not state it.</param>
public sealed record ComparisonProperty(string Name, string Holds, ImmutableArray<PropertyVerdict?> Verdicts)
{
    /// <summary>True when every run states it, with one outcome.</summary>
    [JsonIgnore]
    public bool IsSame => Verdicts.Select(v => v?.Outcome).Distinct().Count() == 1;
}

/// <summary>A run against the first one.</summary>
/// <param name="Label">The run.</param>
/// <param name="Scenario">What its scenario changes.</param>
/// <param name="Difference">
/// The first block of difference; null when there is none, or when they cannot be compared.
/// </param>
/// <param name="Incomparable">Why blocks are not compared; null when they are.</param>
public sealed record ComparisonAgainst(
    string Label, ImmutableArray<ScenarioChange> Scenario, FirstDifference? Difference, string? Incomparable);

/// <summary>Several runs side by side, the first one as the reference.</summary>
/// <param name="Runs">The runs.</param>
/// <param name="Against">Each run but the first against the first.</param>
/// <param name="Populations">Populations, those that changed most first.</param>
/// <param name="Properties">Properties in the order of the scenarios.</param>
public sealed record RunComparison(
    ImmutableArray<ComparisonRun> Runs, ImmutableArray<ComparisonAgainst> Against,
    ImmutableArray<ComparisonPopulation> Populations, ImmutableArray<ComparisonProperty> Properties)
{
    // What a population gains or loses.
    static readonly string[] Gains = ["emission", "rank", "stake"];

    /// <summary>Most runs of one comparison: the labels are letters.</summary>
    public const int MostRuns = 26;

    /// <summary>True when verdict and outcomes of all runs are the same.</summary>
    [JsonIgnore]
    public bool IsSameOutcome =>
        Runs.Select(r => r.Verdict).Distinct().Count() == 1 && Properties.All(p => p.IsSame);

    /// <summary>Compares two runs or more.</summary>
    /// <param name="runs">2 to <see cref="MostRuns"/> runs.</param>
    public static RunComparison Of(IReadOnlyList<ComparedRun> runs) => new(
        [.. runs.Select((r, k) => new ComparisonRun(
            LabelOf(k), r.Folder, r.Scenario.Name, r.Scenario.Seed, r.Outcome.Verdict, r.Outcome.Blocks,
            r.Outcome.IsEarly))],
        [.. runs.Skip(1).Select((r, k) => Compared(runs[0], r, LabelOf(k + 1)))],
        [.. PopulationsOf(runs).OrderByDescending(LargestChange)],
        PropertiesOf(runs));

    /// <summary>The file's text: indented JSON, ending in a line feed.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Readable.RunComparison) + "\n";

    static readonly ComparisonJson Readable = new(new JsonSerializerOptions(ComparisonJson.Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    static string LabelOf(int k) => $"{(char)('A' + k)}";

    static ComparisonAgainst Compared(ComparedRun first, ComparedRun other, string label)
    {
        var changes = ScenarioChange.Between(first.ScenarioText, other.ScenarioText);
        var reason = first.Scenario.Seed != other.Scenario.Seed
                ? $"the seeds differ ({first.Scenario.Seed} and {other.Scenario.Seed})"
            : !first.Data.PopulationOf.SequenceEqual(other.Data.PopulationOf)
                ? "the populations differ"
            : null;
        return new ComparisonAgainst(
            label, changes, reason is null ? FirstDifference.Between(first.Data, other.Data) : null, reason);
    }

    static IEnumerable<ComparisonPopulation> PopulationsOf(IReadOnlyList<ComparedRun> runs)
    {
        foreach (var name in runs.SelectMany(r => r.Data.Populations).Distinct())
        {
            yield return new ComparisonPopulation(
                name,
                [.. runs.Select(r => r.Data.Populations.Contains(name) ? r.Data.NeuronsOf(name).Count() : (int?)null)],
                ComparedQuantity.All.ToImmutableDictionary(
                    q => q.Name, q => runs.Select(r => q.Of(r, name)).ToImmutableArray()));
        }
    }

    /// <summary>
    /// The largest change of the population's share of emission, rank or stake against the first run.
    /// </summary>
    static double LargestChange(ComparisonPopulation population) =>
        Gains.SelectMany(q => population.Values[q].Select(v => v - population.Values[q][0]))
            .Select(d => Math.Abs(d ?? 0)).Max();

    static ImmutableArray<ComparisonProperty> PropertiesOf(IReadOnlyList<ComparedRun> runs)
    {
        // Two properties may have one name: the second of them is compared with the second.
        var keyed = runs.Select(r => r.Outcome.Properties.GroupBy(p => (p.Name, p.Holds))
            .SelectMany(g => g.Select((p, k) => (Key: (g.Key.Name, g.Key.Holds, k), Verdict: p)))
            .ToDictionary(p => p.Key, p => p.Verdict)).ToArray();
        return [.. keyed.SelectMany(k => k.Keys).Distinct()
            .Select(key => new ComparisonProperty(
                key.Name, key.Holds, [.. keyed.Select(k => k.GetValueOrDefault(key))]))];
    }
}

/// <summary>Serialization of a comparison.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(RunComparison))]
sealed partial class ComparisonJson : JsonSerializerContext;
