using System.Collections.Immutable;
using BitTensor.Scenarios;

namespace BitTensor.Reports;

/// <summary>Both sides of a property at a block; null where a side has no data.</summary>
/// <param name="Block">Height.</param>
/// <param name="Left">Left side.</param>
/// <param name="Right">Right side.</param>
/// <param name="Judged">True when the property's horizon holds the block.</param>
public sealed record PropertySides(long Block, double? Left, double? Right, bool Judged);

/// <summary>The neuron that decides a side of a property at a block.</summary>
/// <param name="Neuron">Id.</param>
/// <param name="Population">Its population.</param>
/// <param name="Metric">Metric of the side.</param>
/// <param name="Value">Its value of the metric there.</param>
/// <param name="Alone">
/// True when its value is the side's: the smallest or largest, or of the only neuron. False when it is the value of a
/// mean or a sum that is furthest on the side that breaks the property.
/// </param>
public sealed record DecidingNeuron(int Neuron, string Population, string Metric, double Value, bool Alone);

/// <summary>Why a property came out as it did, from the metrics of its run alone.</summary>
/// <param name="Property">The property.</param>
/// <param name="Verdict">Its judgement.</param>
public sealed record PropertyExplanation(Property Property, PropertyVerdict Verdict)
{
    /// <summary>Both sides at every block with data on one of them, ascending.</summary>
    public ImmutableArray<PropertySides> Sides { get; private init; } = [];

    /// <summary>Distance to the bound at the block that decided: negative when broken. Null without both sides.</summary>
    public double? Margin { get; private init; }

    /// <summary>The judged block with the smallest margin; null when no block was judged.</summary>
    public PropertySides? Tightest { get; private init; }

    /// <summary>Judged blocks with data on both sides.</summary>
    public int Judged { get; private init; }

    /// <summary>Those of them at which the comparison does not hold.</summary>
    public int Broken { get; private init; }

    /// <summary>
    /// The first of the blocks, without a gap up to the one that decided, at which the comparison does not hold, be it
    /// before the horizon; null when it holds at the block that decided.
    /// </summary>
    public long? BrokenSince { get; private init; }

    /// <summary>The neurons that decide the sides at the block that decided; empty for metrics of the network.</summary>
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
        ImmutableArray<PropertySides> sides = [.. SidesOf(property, table)];
        var judged = sides.Where(s => s is { Judged: true, Left: not null, Right: not null }).ToArray();
        return new PropertyExplanation(property, verdict)
        {
            Sides = sides,
            Margin = MarginOf(property.Comparison, verdict.Left, verdict.Right),
            Judged = judged.Length,
            Broken = judged.Count(s => !Holds(property, s)),
            // NaN is the tightest of all: nothing compares with it.
            Tightest = judged.MinBy(s => MarginOf(property.Comparison, s.Left, s.Right) is { } margin
                && !double.IsNaN(margin) ? margin : double.NegativeInfinity),
            BrokenSince = verdict.Block is { } block ? SinceOf(property, sides, block) : null,
            Neurons = verdict.Block is { } at ? [.. NeuronsOf(property, table, at)] : [],
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

    static IEnumerable<PropertySides> SidesOf(Property property, MetricTable table)
    {
        for (var block = 0L; block <= table.LastBlock; block++)
        {
            var (left, right) = (table.Value(property.Left, block), table.Value(property.Right, block));
            if ((property.Left is Operand.Metric && left is not null)
                || (property.Right is Operand.Metric && right is not null))
            {
                yield return new PropertySides(block, left, right, IsJudged(property.Holds, block, table.LastBlock));
            }
        }
    }

    static bool IsJudged(Horizon horizon, long block, long last) => horizon switch
    {
        Horizon.AtEnd => block == last,
        Horizon.FromBlock from => block >= from.Block,
        Horizon.EventuallyBy by => block <= by.Block,
        _ => true,
    };

    static bool Holds(Property property, PropertySides sides) =>
        PropertyJudge.Holds(sides.Left!.Value, property.Comparison, sides.Right!.Value);

    static long? SinceOf(Property property, ImmutableArray<PropertySides> sides, long block)
    {
        long? since = null;
        foreach (var one in sides.Where(s => s.Block <= block && s is { Left: not null, Right: not null }).Reverse())
        {
            if (Holds(property, one))
            {
                break;
            }
            since = one.Block;
        }
        return since;
    }

    static IEnumerable<DecidingNeuron> NeuronsOf(Property property, MetricTable table, long block)
    {
        var upper = property.Comparison is Comparison.Below or Comparison.AtMost;
        return new[] { (property.Left, upper), (property.Right, !upper) }
            .Select(side => NeuronOf(side.Item1, table, block, largest: side.Item2)).OfType<DecidingNeuron>();
    }

    /// <summary>The neuron of a side: with a value that is not finite, the extreme, or the worst of a mean or sum.</summary>
    static DecidingNeuron? NeuronOf(Operand operand, MetricTable table, long block, bool largest)
    {
        if (operand is not Operand.Metric { Aggregate: { } aggregate } metric)
        {
            return null;
        }
        var values = Enumerable.Range(0, table.PopulationOf.Length)
            .Where(i => metric.Population is null || table.PopulationOf[i] == metric.Population)
            .Select(i => (Neuron: i, Value: table.Neuron(metric.Name, block, i)))
            .Where(v => v.Value is not null).Select(v => (v.Neuron, Value: v.Value!.Value)).ToArray();
        if (values.Length == 0)
        {
            return null;
        }
        var diverged = Array.Find(values, v => !double.IsFinite(v.Value));
        var most = aggregate is Aggregate.Max || (aggregate is not Aggregate.Min && largest);
        var (neuron, value) = Array.Exists(values, v => !double.IsFinite(v.Value)) ? diverged
            : most ? values.MaxBy(v => v.Value)
            : values.MinBy(v => v.Value);
        var alone = values.Length == 1 || aggregate is Aggregate.Min or Aggregate.Max;
        return new DecidingNeuron(neuron, table.PopulationOf[neuron], metric.Name, value, alone);
    }
}
