using System.Collections.Immutable;
using System.Globalization;

namespace BitTensor.Scenarios;

/// <summary>One axis of a study's results and the points on it, as text.</summary>
public sealed record StudyAxis(string Name, ImmutableArray<string> Points);

/// <summary>A number a study has at every combination of its axes' points.</summary>
/// <param name="Name">Name.</param>
/// <param name="Interval">
/// True when <c>NAME-low</c> and <c>NAME-high</c>, the ends of its 95 % interval, are there too.
/// </param>
/// <param name="Doc">What it is, with unit and range.</param>
public sealed record StudyMetric(string Name, bool Interval, string Doc)
{
    /// <summary>The name, and those of the interval's ends when there is one.</summary>
    public IEnumerable<string> Names => Interval ? [Name, Name + "-low", Name + "-high"] : [Name];
}

/// <summary>A combination of points with its numbers; NaN is undefined, and infinity compares as infinity.</summary>
/// <param name="At">A point per axis.</param>
/// <param name="Values">Numbers by metric name.</param>
public sealed record StudyRow(ImmutableArray<string> At, ImmutableSortedDictionary<string, double> Values);

/// <summary>The results of a study: a row for every combination of points.</summary>
/// <param name="Axes">Axes, outermost first; none for a single row.</param>
/// <param name="Rows">Rows in the order of the axes.</param>
public sealed record StudyTable(ImmutableArray<StudyAxis> Axes, ImmutableArray<StudyRow> Rows)
{
    /// <summary>The rows that match, in their order.</summary>
    public IEnumerable<StudyRow> Where(IReadOnlyCollection<StudyPoint> points) =>
        Rows.Where(row => points.All(p => row.At[AxisOf(p.Axis)] == p.Value));

    /// <summary>The value of an operand; null when a row it speaks of has none.</summary>
    public double? Value(Operand operand) => Evaluation.Value(operand, Measure);

    /// <summary>What a condition comes to.</summary>
    internal Judged Judge(Condition condition) => Evaluation.Judge(condition, Measure);

    double? Measure(Operand operand, int wanted)
    {
        if (operand is not Operand.Cells cells)
        {
            return null;
        }
        var values = Where(cells.Points)
            .Select(row => row.Values.TryGetValue(cells.Name, out var v) && !double.IsNaN(v) ? v : (double?)null)
            .ToArray();
        return values.Length == 0 || values.Contains(null)
            ? null
            : MetricTable.Combine([.. values.Select(v => v!.Value)], cells.Aggregate);
    }

    /// <summary>A number as a point of an axis: the shortest text that reads back as it.</summary>
    public static string PointOf(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    int AxisOf(string name) => Axes.IndexOf(Axes.First(a => a.Name == name));
}

/// <summary>A point of an axis that a property names.</summary>
public sealed record StudyPoint(string Axis, string Value);

/// <summary>A property of a study's results.</summary>
/// <param name="Name">Name in the verdict.</param>
/// <param name="Text">The property as written.</param>
/// <param name="Condition">What must hold.</param>
public sealed record StudyProperty(string Name, string Text, Condition Condition);

/// <summary>The judgement of one property of a study.</summary>
/// <param name="Name">Name.</param>
/// <param name="Text">The property as written.</param>
/// <param name="Outcome">Outcome.</param>
/// <param name="Left">Left side; null without data, and for a property of several comparisons.</param>
/// <param name="Right">Right side, likewise.</param>
/// <param name="Detail">The numbers as a sentence.</param>
public sealed record StudyVerdict(
    string Name, string Text, Outcome Outcome, double? Left, double? Right, string Detail)
{
    /// <summary>The comparisons that made it hold, or not, in the order of the text; empty without data.</summary>
    public ImmutableArray<DecidingComparison> Decided { get; init; } = [];

    /// <summary>One verdict per property, in their order.</summary>
    public static ImmutableArray<StudyVerdict> Judge(IEnumerable<StudyProperty> properties, StudyTable table) =>
        [.. properties.Select(p => Judge(p, table))];

    static StudyVerdict Judge(StudyProperty property, StudyTable table)
    {
        var judged = table.Judge(property.Condition);
        if (property.Condition.AsComparison() is { } compare)
        {
            var (left, right) = (table.Value(compare.Left), table.Value(compare.Right));
            return Verdict(property, judged, left is null || right is null ? "no data on one side" : Sides(judged)) with
            {
                Left = left,
                Right = right,
            };
        }
        return Verdict(property, judged, judged.Holds is null ? "no data to tell" : Sides(judged, named: true));
    }

    static StudyVerdict Verdict(StudyProperty property, Judged judged, string detail) => new(
        property.Name, property.Text,
        judged.Holds switch { null => Outcome.Unknown, true => Outcome.Pass, false => Outcome.Fail }, null, null, detail)
    {
        Decided =
        [
            .. judged.Decided.Select(d =>
                new DecidingComparison(d.Compare.ToString(), d.Left, d.Right, d.Margin, [])),
        ],
    };

    static string Sides(Judged judged, bool named = false) => string.Join("; ", judged.Decided.Select(d =>
        (named ? $"{d.Compare}: " : "")
        + string.Create(CultureInfo.InvariantCulture, $"{d.Left:G6} against {d.Right:G6}")));
}
