using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Serialization;

namespace BitTensor.Scenarios;

/// <summary>The judgement of one property.</summary>
/// <param name="Name">Name.</param>
/// <param name="Text">The property as written.</param>
/// <param name="Holds">When it was to hold, as written.</param>
/// <param name="Outcome">Outcome.</param>
/// <param name="Block">The block that decided; null when none did.</param>
/// <param name="Left">Left side at that block.</param>
/// <param name="Right">Right side at that block.</param>
/// <param name="Detail">The same as a sentence.</param>
public sealed record PropertyVerdict(
    string Name, string Text, string Holds, Outcome Outcome, long? Block, double? Left, double? Right, string Detail)
{
    /// <summary>
    /// For a known finding, why the property does not hold: it passes when it is violated. Null for any other.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Finding { get; init; }
}

/// <summary>Judges properties against the metrics of a run.</summary>
public static class PropertyJudge
{
    /// <summary>One verdict per property, in their order.</summary>
    public static ImmutableArray<PropertyVerdict> Judge(IEnumerable<Property> properties, MetricTable table) =>
        [.. properties.Select(p => Judge(p, table))];

    /// <summary>A horizon as a scenario writes it.</summary>
    public static string TextOf(Horizon horizon) => horizon switch
    {
        Horizon.Always => "always",
        Horizon.FromBlock from => $"from block {from.Block}",
        Horizon.EventuallyBy by => $"eventually by block {by.Block}",
        _ => "at end",
    };

    static PropertyVerdict Judge(Property property, MetricTable table)
    {
        var blocks = Candidates(property.Holds, table).ToArray();
        var seen = blocks
            .Select(b => new Sight(b, table.Value(property.Left, b), table.Value(property.Right, b)))
            .Where(s => s.Left is not null && s.Right is not null)
            .Select(s => s with { Holds = Holds(s.Left!.Value, property.Comparison, s.Right!.Value) })
            .ToArray();
        return AsFinding(
            property,
            property.Holds is Horizon.EventuallyBy by
                ? JudgeEventually(property, by, table, seen)
                : Incomplete(property, JudgeThroughout(property, table, seen, blocks.Count(b => b > 0)), table));
    }

    /// <summary>
    /// The outcome of a run that ended early: what was to hold at its end is open, and so is what has held at every
    /// block so far. What is broken is broken.
    /// </summary>
    static PropertyVerdict Incomplete(Property property, PropertyVerdict verdict, MetricTable table) =>
        table.IsCutShort && (property.Holds is Horizon.AtEnd || verdict.Outcome == Outcome.Pass)
            ? verdict with
            {
                Outcome = Outcome.Unknown,
                Detail = $"the run ended at block {table.LastBlock} of {table.PlannedBlock}; so far: {verdict.Detail}",
            }
            : verdict;

    /// <summary>A known finding is wanted as it is known: a change of outcome in either direction is noticed.</summary>
    static PropertyVerdict AsFinding(Property property, PropertyVerdict verdict) =>
        (property.Finding, verdict.Outcome) switch
    {
        (null, _) or (_, Outcome.Unknown) => verdict with { Finding = property.Finding },
        ({ } finding, Outcome.Fail) =>
            verdict with { Outcome = Outcome.Pass, Finding = finding, Detail = $"{verdict.Detail} ({finding})" },
        ({ } finding, _) =>
            verdict with
            {
                Outcome = Outcome.Fail,
                Finding = finding,
                Detail = $"known finding no longer holds: {verdict.Detail}",
            },
    };

    static IEnumerable<long> Candidates(Horizon horizon, MetricTable table)
    {
        var (first, last) = horizon switch
        {
            Horizon.AtEnd => (table.LastBlock, table.LastBlock),
            Horizon.FromBlock from => (from.Block, table.LastBlock),
            Horizon.EventuallyBy by => (0L, Math.Min(by.Block, table.LastBlock)),
            _ => (0L, table.LastBlock),
        };
        for (var block = first; block <= last; block++)
        {
            yield return block;
        }
    }

    static PropertyVerdict JudgeThroughout(Property property, MetricTable table, Sight[] seen, int blocks)
    {
        if (seen.Length == 0)
        {
            return Verdict(property, Outcome.Unknown, null, "no block has data on both sides");
        }
        var broken = Array.Find(seen, s => !s.Holds);
        // Before the genesis block nobody did anything: that it has no data goes without saying.
        var silent = blocks - seen.Count(s => s.Block > 0);
        var without = silent > 0 ? $", {silent} without data" : "";
        return broken is null
            ? Verdict(
                property, Outcome.Pass, seen[^1],
                $"holds at {seen.Length} block(s){without}; at block {seen[^1].Block}: "
                + Sides(property, table, seen[^1]))
            : Verdict(
                property, Outcome.Fail, broken,
                $"broken at block {broken.Block}: {Sides(property, table, broken)}");
    }

    static PropertyVerdict JudgeEventually(
        Property property, Horizon.EventuallyBy by, MetricTable table, Sight[] seen)
    {
        if (Array.Find(seen, s => s.Holds) is { } held)
        {
            return Verdict(
                property, Outcome.Pass, held, $"holds at block {held.Block}: {Sides(property, table, held)}");
        }
        return seen.Length > 0 && table.LastBlock >= by.Block
            ? Verdict(
                property, Outcome.Fail, seen[^1],
                $"never held up to block {by.Block}; at block {seen[^1].Block}: "
                + Sides(property, table, seen[^1]))
            : Verdict(
                property, Outcome.Unknown, null,
                seen.Length == 0 ? "no block has data on both sides" : $"the run ended before block {by.Block}");
    }

    static PropertyVerdict Verdict(Property property, Outcome outcome, Sight? at, string detail) =>
        new(property.Name, property.Text, TextOf(property.Holds), outcome, at?.Block, at?.Left, at?.Right, detail);

    /// <summary>Infinity compares as infinity; a comparison with NaN does not hold.</summary>
    public static bool Holds(double left, Comparison comparison, double right) => comparison switch
    {
        Comparison.Below => left < right,
        Comparison.AtMost => left <= right,
        Comparison.Above => left > right,
        _ => left >= right,
    };

    /// <summary>Both sides in numbers, and why one of them is not finite.</summary>
    static string Sides(Property property, MetricTable table, Sight sight)
    {
        var why = table.Divergence(property.Left, sight.Block) ?? table.Divergence(property.Right, sight.Block);
        return string.Create(CultureInfo.InvariantCulture, $"{sight.Left:G6} against {sight.Right:G6}")
            + (why is null ? "" : $" ({why})");
    }

    sealed record Sight(long Block, double? Left, double? Right, bool Holds = false);
}
