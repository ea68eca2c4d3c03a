using System.Collections.Immutable;
using System.Globalization;

namespace BitTensor.Reports;

/// <summary>The axis of a quantity that was varied: of numbers where all values are, else of names.</summary>
/// <param name="Numbers">Place of each value, in the order of the values.</param>
/// <param name="Unit">Unit of the numbers; empty for none.</param>
/// <param name="IsNumeric">False when the places only count the values.</param>
sealed record AxisScale(ImmutableArray<double> Numbers, string Unit, bool IsNumeric)
{
    const double LogFrom = 50;

    static readonly (string Suffix, string Unit, double Factor)[] Units =
    [
        ("%", "%", 1), ("us", "s", 1e-6), ("ms", "s", 1e-3), ("min", "s", 60), ("s", "s", 1), ("h", "s", 3600),
        ("blocks", "blocks", 1), ("", "", 1),
    ];

    /// <summary>True when the numbers span so much that only their logarithms show all of them.</summary>
    public bool IsLog => IsNumeric && Numbers.Length > 2
        && Numbers.Min() > 0 && Numbers.Max() / Numbers.Min() >= LogFrom;

    /// <summary>The axis of values as a scenario writes them.</summary>
    public static AxisScale Of(IReadOnlyList<string> values)
    {
        var read = values.Select(Read).ToArray();
        var numbers = read.OfType<(double Number, string Unit)>().ToArray();
        return numbers.Length == values.Count && numbers.Select(n => n.Unit).Distinct().Count() == 1
            && numbers.Select(n => n.Number).Distinct().Count() == values.Count
            ? new AxisScale([.. numbers.Select(n => n.Number)], numbers[0].Unit, true)
            : new AxisScale([.. Enumerable.Range(0, values.Count).Select(k => (double)k)], "", false);
    }

    static (double Number, string Unit)? Read(string value)
    {
        foreach (var (suffix, unit, factor) in Units)
        {
            if (value.EndsWith(suffix, StringComparison.Ordinal) && double.TryParse(
                value[..^suffix.Length].Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                && double.IsFinite(number))
            {
                return (number * factor, unit);
            }
        }
        return null;
    }
}
