using System.Globalization;

namespace BitTensor.Scenarios;

/// <summary>Conditions and operands in the language of properties, with the fewest parentheses.</summary>
static class PropertyText
{
    // How tightly a part binds, from the loosest.
    const int Disjunction = 0;
    const int Conjunction = 1;
    const int Negation = 2;
    const int Side = 3;
    const int Sum = 4;
    const int Product = 5;
    const int Factor = 6;

    /// <summary>The text of a condition.</summary>
    public static string Of(Condition condition) => Of(condition, Disjunction);

    /// <summary>The text of an operand.</summary>
    public static string Of(Operand operand) => Of(operand, Side);

    /// <summary>The sign of a comparison.</summary>
    public static string Of(Comparison comparison) => comparison switch
    {
        Comparison.Below => "<",
        Comparison.AtMost => "<=",
        Comparison.Above => ">",
        _ => ">=",
    };

    static string Of(Condition condition, int least) => condition switch
    {
        Condition.Or or => Grouped($"{Of(or.Left, Disjunction)} or {Of(or.Right, Conjunction)}", Disjunction, least),
        Condition.And and => Grouped($"{Of(and.Left, Conjunction)} and {Of(and.Right, Negation)}", Conjunction, least),
        Condition.Not not => Grouped($"not {Of(not.Of, Negation)}", Negation, least),
        Condition.Compare compare => Of(compare, Side),
        _ => throw new InvalidOperationException($"There is no condition {condition}."),
    };

    static string Of(Condition.Compare compare, int side) =>
        $"{Of(compare.Left, side)} {Of(compare.Comparison)} {Of(compare.Right, side)}";

    static string Of(Operand operand, int least) => operand switch
    {
        Operand.Number number => YamlText.Number(number.Value),
        Operand.Own own => own.Name,
        Operand.OfNeuron one => $"{one.Name} of neuron {one.Neuron}",
        Operand.Metric metric => Of(metric),
        Operand.Cells cells => $"{YamlText.Word(cells.Aggregate)} {cells.Name}"
            + (cells.Points.IsEmpty ? "" : $" at {string.Join(", ", cells.Points.Select(p => $"{p.Axis} {p.Value}"))}"),
        Operand.At at => Grouped($"{Placed(at.Of)} at {Of(at.Moment)}", Factor, least),
        Operand.Negative negative => Grouped($"-{Of(negative.Of, Factor)}", Factor, least),
        Operand.Infix infix => Of(infix, least),
        Operand.Share share => Grouped(Of(share), Side, least),
        _ => throw new InvalidOperationException($"There is no operand {operand}."),
    };

    static string Of(Operand.Metric metric)
    {
        var aggregate = metric.Aggregate is { } named ? $"{YamlText.Word(named)} " : "";
        return $"{aggregate}{metric.Name}{(metric.Population is { } population ? $" of {population}" : "")}";
    }

    static string Of(Operand.Share share)
    {
        var of = share.Population is { } population ? $" of {population}" : "";
        return $"share{of} with "
            + (share.With is Condition.Compare compare ? Of(compare, Sum) : $"({Of(share.With)})");
    }

    static string Of(Operand.Infix infix, int least)
    {
        var (sign, binds) = infix.Sign switch
        {
            Arithmetic.Plus => ('+', Sum),
            Arithmetic.Minus => ('-', Sum),
            Arithmetic.Times => ('*', Product),
            _ => ('/', Product),
        };
        return Grouped($"{Of(infix.Left, binds)} {sign} {Of(infix.Right, binds + 1)}", binds, least);
    }

    /// <summary>What stands before <c>at</c>: a metric, or anything else in parentheses.</summary>
    static string Placed(Operand operand) => operand is Operand.Metric or Operand.OfNeuron or Operand.Own
        ? Of(operand)
        : $"({Of(operand)})";

    static string Of(Moment moment) => moment switch
    {
        Moment.Block block => string.Create(CultureInfo.InvariantCulture, $"block {block.Height}"),
        Moment.Before before => string.Create(
            CultureInfo.InvariantCulture, $"{before.Blocks} block{(before.Blocks == 1 ? "" : "s")} before"),
        _ => "end",
    };

    static string Grouped(string text, int binds, int least) => binds < least ? $"({text})" : text;
}
