using System.Collections.Immutable;
using BitTensor.Scenarios;

namespace BitTensor.Reports;

/// <summary>Why a property came out as it did, from the metrics of its run alone.</summary>
/// <param name="Property">The property.</param>
/// <param name="Verdict">Its judgement: the comparisons that decided, with value, bound, margin and neurons.</param>
public sealed record PropertyExplanation(Property Property, PropertyVerdict Verdict)
{
    /// <summary>Its comparisons, with the negations around them carried out.</summary>
    public ImmutableArray<Condition.Compare> Comparisons { get; private init; } = [];

    /// <summary>The property at every block with data on a side, ascending.</summary>
    public ImmutableArray<PropertySight> Sights { get; private init; } = [];

    /// <summary>
    /// Of a property of one comparison the judged block with the smallest margin; null when no block was judged.
    /// </summary>
    public PropertySight? Tightest { get; private init; }

    /// <summary>Judged blocks at which it is known whether it holds.</summary>
    public int Judged { get; private init; }

    /// <summary>Those of them at which it does not hold.</summary>
    public int Broken { get; private init; }

    /// <summary>
    /// The first of the blocks, without a gap up to the one that decided, at which it does not hold, be it before the
    /// horizon; null when it holds at the block that decided.
    /// </summary>
    public long? BrokenSince { get; private init; }

    /// <summary>The neurons that decided; empty for metrics of the network.</summary>
    public ImmutableArray<DecidingNeuron> Neurons { get; private init; } = [];

    /// <summary>Entries of the timeline in force at the block that decided, or that had just ended.</summary>
    public ImmutableArray<HappenedEvent> InForce { get; private init; } = [];

    /// <summary>Explains a verdict.</summary>
    /// <param name="property">The property.</param>
    /// <param name="verdict">Its verdict by the same metrics.</param>
    /// <param name="table">Metrics of the run.</param>
    /// <param name="events">What happened by the timeline, in order.</param>
    public static PropertyExplanation Of(
        Property property, PropertyVerdict verdict, MetricTable table, IReadOnlyCollection<HappenedEvent> events)
    {
        ImmutableArray<Condition.Compare> comparisons = [.. property.Condition.Comparisons()];
        ImmutableArray<PropertySight> sights =
            [.. PropertyJudge.Sights(property, table).Where(s => HasData(s, comparisons))];
        var judged = sights.Where(s => s is { IsJudged: true, Holds: not null }).ToArray();
        return new PropertyExplanation(property, verdict)
        {
            Comparisons = comparisons,
            Sights = sights,
            Judged = judged.Length,
            Broken = judged.Count(s => s.Holds is false),
            // NaN is the tightest of all: nothing compares with it.
            Tightest = comparisons is [var one]
                ? judged.MinBy(s => MarginOf(one.Comparison, s.Sides[0].Left, s.Sides[0].Right) is { } margin
                    && !double.IsNaN(margin) ? margin : double.NegativeInfinity)
                : null,
            BrokenSince = verdict.Block is { } block ? SinceOf(sights, block) : null,
            Neurons = [.. verdict.Decided.SelectMany(d => d.Neurons).Distinct()],
            InForce = verdict.Block is { } then ? InForceAt(events, then) : [],
        };
    }

    /// <summary>Distance to the bound, positive where the comparison holds; null without both sides.</summary>
    public static double? MarginOf(Comparison comparison, double? left, double? right) =>
        (left, right) is not ({ } a, { } b) ? null
        : comparison is Comparison.Below or Comparison.AtMost ? b - a
        : a - b;

    /// <summary>Entries of the timeline in force when a block closed, or that ended while it was open.</summary>
    public static ImmutableArray<HappenedEvent> InForceAt(IEnumerable<HappenedEvent> events, long block)
    {
        var open = new List<HappenedEvent>();
        foreach (var happened in events.Where(e => e.Block <= block))
        {
            if (happened.Begins)
            {
                open.Add(happened);
            }
            else if (happened.Block < block)
            {
                open.RemoveAll(e => e.Name == happened.Name && Concerns(e, happened));
            }
        }
        return [.. open];
    }

    static bool Concerns(HappenedEvent begun, HappenedEvent over) =>
        over.Neurons.IsEmpty || begun.Neurons.IsEmpty || begun.Neurons.Any(over.Neurons.Contains);

    /// <summary>True when a side that is not a mere number has a value.</summary>
    static bool HasData(PropertySight sight, ImmutableArray<Condition.Compare> comparisons) =>
        comparisons.Zip(sight.Sides).Any(c =>
            (c.First.Left is not Operand.Number && c.Second.Left is not null)
            || (c.First.Right is not Operand.Number && c.Second.Right is not null));

    static long? SinceOf(ImmutableArray<PropertySight> sights, long block)
    {
        long? since = null;
        foreach (var sight in sights.Where(s => s.Block <= block && s.Holds is not null).Reverse())
        {
            if (sight.Holds is true)
            {
                break;
            }
            since = sight.Block;
        }
        return since;
    }
}
