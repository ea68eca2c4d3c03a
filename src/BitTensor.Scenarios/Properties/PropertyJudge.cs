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
/// <param name="Left">Left side at that block; null for a property of several comparisons.</param>
/// <param name="Right">Right side at that block, likewise.</param>
/// <param name="Detail">The same as a sentence.</param>
public sealed record PropertyVerdict(
    string Name, string Text, string Holds, Outcome Outcome, long? Block, double? Left, double? Right, string Detail)
{
    /// <summary>
    /// For a known finding, why the property does not hold: it passes when it is violated. Null for any other.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Finding { get; init; }

    /// <summary>
    /// The comparisons that made it hold, or not, at the block that decided, in the order of the text; empty without
    /// such a block.
    /// </summary>
    public ImmutableArray<DecidingComparison> Decided { get; init; } = [];

    /// <summary>Margins and neurons of the comparisons that decided, as a sentence; empty without any.</summary>
    public string Decision() => string.Join(
        "; ", Decided.Select(d => Decided.Length == 1 ? d.Text() : $"{d.Comparison}: {d.Text()}"));
}

/// <summary>A property at a block.</summary>
/// <param name="Block">Height.</param>
/// <param name="IsJudged">True when the property's horizon holds the block.</param>
/// <param name="Holds">Whether it holds; null where a missing value leaves that open.</param>
/// <param name="Sides">
/// Both sides of each comparison, in the order of the text; null where one has no data.
/// </param>
public sealed record PropertySight(
    long Block, bool IsJudged, bool? Holds, ImmutableArray<(double? Left, double? Right)> Sides);

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
        Horizon.UntilBlock { First: 0 } until => $"until block {until.Last}",
        Horizon.UntilBlock until => $"from block {until.First} until block {until.Last}",
        Horizon.EventuallyBy by => $"eventually by block {by.Block}",
        _ => "at end",
    };

    /// <summary>A property at every block of a run, in order: of its horizon, and those around it.</summary>
    /// <param name="property">The property.</param>
    /// <param name="table">Metrics of the run.</param>
    public static IEnumerable<PropertySight> Sights(Property property, MetricTable table)
    {
        var judged = Candidates(property.Holds, table).ToHashSet();
        Condition.Compare[] comparisons = [.. property.Condition.Comparisons()];
        for (var block = 0L; block <= table.LastBlock; block++)
        {
            var values = new BlockValues(table, block);
            yield return new PropertySight(
                block, judged.Contains(block), values.Judge(property.Condition).Holds,
                [.. comparisons.Select(c => (values.Value(c.Left), values.Value(c.Right)))]);
        }
    }

    static PropertyVerdict Judge(Property property, MetricTable table)
    {
        var blocks = Candidates(property.Holds, table).ToArray();
        var seen = blocks
            .Select(b => (Block: b, Judged: new BlockValues(table, b).Judge(property.Condition)))
            .Where(s => s.Judged.Holds is not null)
            .Select(s => new Sight(s.Block, s.Judged.Holds!.Value, s.Judged.Decided))
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
            && !(property.Holds is Horizon.UntilBlock until && until.Last <= table.LastBlock)
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
            Horizon.UntilBlock until => (until.First, Math.Min(until.Last, table.LastBlock)),
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
            return Verdict(property, table, Outcome.Unknown, null, NoData(property));
        }
        var broken = Array.Find(seen, s => !s.Holds);
        // Before the genesis block nobody did anything: that it has no data goes without saying.
        var silent = blocks - seen.Count(s => s.Block > 0);
        var without = silent > 0 ? $", {silent} without data" : "";
        return broken is null
            ? Verdict(
                property, table, Outcome.Pass, seen[^1],
                $"holds at {Counted.Of(seen.Length, "block")}{without}; at block {seen[^1].Block}: "
                + Sides(property, table, seen[^1]))
            : Verdict(
                property, table, Outcome.Fail, broken,
                $"broken at block {broken.Block}: {Sides(property, table, broken)}");
    }

    static PropertyVerdict JudgeEventually(
        Property property, Horizon.EventuallyBy by, MetricTable table, Sight[] seen)
    {
        if (Array.Find(seen, s => s.Holds) is { } held)
        {
            return Verdict(
                property, table, Outcome.Pass, held, $"holds at block {held.Block}: {Sides(property, table, held)}");
        }
        return seen.Length > 0 && table.LastBlock >= by.Block
            ? Verdict(
                property, table, Outcome.Fail, seen[^1],
                $"never held up to block {by.Block}; at block {seen[^1].Block}: "
                + Sides(property, table, seen[^1]))
            : Verdict(
                property, table, Outcome.Unknown, null,
                seen.Length == 0 ? NoData(property) : $"the run ended before block {by.Block}");
    }

    static PropertyVerdict Verdict(
        Property property, MetricTable table, Outcome outcome, Sight? at, string detail)
    {
        var one = property.Condition.AsComparison() is null ? null : at?.Decided.Single();
        return new PropertyVerdict(
            property.Name, property.Text, TextOf(property.Holds), outcome, at?.Block, one?.Left, one?.Right, detail)
        {
            Decided = at is null ? [] : [.. at.Decided.Select(d => Decision.Of(d, new BlockValues(table, at.Block)))],
        };
    }

    static string NoData(Property property) => property.Condition.AsComparison() is null
        ? "no block has data to tell"
        : "no block has data on both sides";

    /// <summary>
    /// Both sides in numbers, and why one of them is not finite; of several comparisons those that decided, each with
    /// its text.
    /// </summary>
    static string Sides(Property property, MetricTable table, Sight sight)
    {
        var values = new BlockValues(table, sight.Block);
        return property.Condition.AsComparison() is null
            ? string.Join("; ", sight.Decided.Select(d => $"{d.Compare}: {Sides(d, values)}"))
            : Sides(sight.Decided.Single(), values);
    }

    static string Sides(Compared compared, BlockValues values)
    {
        var why = Divergence.Of(compared.Compare.Left, values) ?? Divergence.Of(compared.Compare.Right, values);
        return string.Create(CultureInfo.InvariantCulture, $"{compared.Left:G6} against {compared.Right:G6}")
            + (why is null ? "" : $" ({why})");
    }

    sealed record Sight(long Block, bool Holds, ImmutableArray<Compared> Decided);
}
