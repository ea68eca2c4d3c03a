using System.Collections.Immutable;
using System.Globalization;

namespace BitTensor.Scenarios;

/// <summary>A comparison that decided a property, in numbers.</summary>
/// <param name="Comparison">The comparison, with every <c>not</c> around it carried out.</param>
/// <param name="Value">The side that is measured; the left one where both are.</param>
/// <param name="Bound">The other side.</param>
/// <param name="Margin">
/// By how much it holds, in the unit of its sides; below 0 by how much it is broken. 0 holds for <c>&lt;=</c> and
/// <c>&gt;=</c> alone. NaN where a side is NaN, or both are infinite alike.
/// </param>
/// <param name="Neurons">
/// The neurons that made the sides what they are, at most one per metric: those of the value first.
/// </param>
public sealed record DecidingComparison(
    string Comparison, double Value, double Bound, double Margin, ImmutableArray<DecidingNeuron> Neurons)
{
    /// <summary>Margin and neurons as a sentence.</summary>
    public string Text()
    {
        var margin = string.Create(CultureInfo.InvariantCulture, $"margin {Margin:G6}");
        return Neurons.IsEmpty ? margin : $"{string.Join(", ", Neurons.Select(n => n.Text()))}; {margin}";
    }
}

/// <summary>
/// The neuron that decided an aggregate or a share: of a minimum the smallest, of a maximum the largest, of a mean or a
/// sum the one that pulls most against the comparison, of a share the first that counts against it; a neuron whose
/// value is not finite before all others.
/// </summary>
/// <param name="Neuron">Id.</param>
/// <param name="Population">Its population.</param>
/// <param name="Metric">The metric.</param>
/// <param name="Block">The block of the value.</param>
/// <param name="Value">Its value.</param>
public sealed record DecidingNeuron(int Neuron, string Population, string Metric, long Block, double Value)
{
    /// <summary>The same as words.</summary>
    public string Text() => string.Create(
        CultureInfo.InvariantCulture, $"neuron {Neuron} ({Population}) has {Metric} {Value:G6} at block {Block}");
}

/// <summary>Finds the neurons that decided a comparison.</summary>
static class Decision
{
    /// <summary>The comparison in numbers, with the neurons that decided it.</summary>
    public static DecidingComparison Of(Compared compared, BlockValues values)
    {
        var (compare, (toLeft, toRight)) = (compared.Compare, Evaluation.Wanted(compared.Compare.Comparison));
        var left = Neurons(compare.Left, toLeft, values);
        var right = Neurons(compare.Right, toRight, values);
        var turned = !IsMeasured(compare.Left) && IsMeasured(compare.Right);
        return new DecidingComparison(
            compare.ToString(), turned ? compared.Right : compared.Left, turned ? compared.Left : compared.Right,
            compared.Margin, [.. (turned ? right.Concat(left) : left.Concat(right)).Distinct()]);
    }

    static bool IsMeasured(Operand operand) => operand.Parts().Any(o => o.Measures is not null);

    static IEnumerable<DecidingNeuron> Neurons(Operand operand, int wanted, BlockValues values) => operand switch
    {
        Operand.Metric { Aggregate: { } aggregate } metric => OfAggregate(metric, aggregate, wanted, values),
        Operand.OfNeuron one => [.. Named(one.Name, one.Neuron, values)],
        Operand.Own own => [.. Named(own.Name, values.Neuron!.Value, values)],
        Operand.Share share => OfShare(share, wanted, values),
        Operand.At at => values.At(at.Moment) is { } then ? Neurons(at.Of, wanted, then) : [],
        Operand.Negative negative => Neurons(negative.Of, -wanted, values),
        Operand.Infix infix => OfInfix(infix, wanted, values),
        _ => [],
    };

    static IEnumerable<DecidingNeuron> OfInfix(Operand.Infix infix, int wanted, BlockValues values)
    {
        var (left, right) = Evaluation.Wanted(
            infix, wanted, SignOf(values.Value(infix.Left)), SignOf(values.Value(infix.Right)));
        return Neurons(infix.Left, left, values).Concat(Neurons(infix.Right, right, values));
    }

    static int SignOf(double? value) => value is { } number && !double.IsNaN(number) ? Math.Sign(number) : 0;

    static IEnumerable<DecidingNeuron> OfAggregate(
        Operand.Metric metric, Aggregate aggregate, int wanted, BlockValues values)
    {
        var all = values.Table.NeuronsOf(metric.Population).SelectMany(i => Named(metric.Name, i, values)).ToArray();
        var largest = aggregate == Aggregate.Max || (aggregate != Aggregate.Min && wanted < 0);
        return all.Length == 0 ? []
            : Array.Find(all, n => !double.IsFinite(n.Value)) is { } diverged ? [diverged]
            : [largest ? all.MaxBy(n => n.Value)! : all.MinBy(n => n.Value)!];
    }

    static IEnumerable<DecidingNeuron> OfShare(Operand.Share share, int wanted, BlockValues values)
    {
        var against = wanted < 0 ? Standing.With : Standing.Without;
        var standings = values.Standings(share).ToArray();
        int? decided = Array.FindIndex(standings, s => s.Standing == Standing.Neither) is >= 0 and var k ? k
            : Array.FindIndex(standings, s => s.Standing == against) is >= 0 and var l ? l
            : null;
        return decided is { } at && share.With.Parts().OfType<Operand.Own>().FirstOrDefault() is { } own
            ? Named(own.Name, standings[at].Neuron, values)
            : [];
    }

    static IEnumerable<DecidingNeuron> Named(string metric, int neuron, BlockValues values) =>
        values.Table.Neuron(metric, values.Block, neuron) is { } value
            ? [new DecidingNeuron(neuron, values.Table.PopulationOf[neuron], metric, values.Block, value)]
            : [];
}
