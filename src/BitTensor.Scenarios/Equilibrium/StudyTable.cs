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

    /// <summary>The value of one side of a property; null when a row it speaks of has none.</summary>
    public double? Value(StudyOperand operand)
    {
        if (operand is StudyOperand.Number number)
        {
            return number.Value;
        }
        var cells = (StudyOperand.Cells)operand;
        var values = Where(cells.Points)
            .Select(row => row.Values.TryGetValue(cells.Metric, out var v) && !double.IsNaN(v) ? v : (double?)null)
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

/// <summary>One side of a property of a study.</summary>
public abstract record StudyOperand
{
    StudyOperand() { }

    /// <summary>A number.</summary>
    public sealed record Number(double Value) : StudyOperand;

    /// <summary>
    /// A metric over the rows at these points, all rows without any; one row needs no aggregate and its mean is itself.
    /// </summary>
    public sealed record Cells(string Metric, Aggregate Aggregate, ImmutableArray<StudyPoint> Points) : StudyOperand
    {
        /// <inheritdoc/>
        public bool Equals(Cells? other) =>
            other is not null && Metric == other.Metric && Aggregate == other.Aggregate
                && Points.AsSpan().SequenceEqual(other.Points.AsSpan());

        /// <inheritdoc/>
        public override int GetHashCode() => HashCode.Combine(Metric, Aggregate, Points.Length);
    }
}

/// <summary>A property of a study's results: <c>left comparison right</c>.</summary>
public sealed record StudyProperty(
    string Name, string Text, StudyOperand Left, Comparison Comparison, StudyOperand Right);

/// <summary>The judgement of one property of a study.</summary>
/// <param name="Name">Name.</param>
/// <param name="Text">The property as written.</param>
/// <param name="Outcome">Outcome.</param>
/// <param name="Left">Left side; null without data.</param>
/// <param name="Right">Right side.</param>
public sealed record StudyVerdict(string Name, string Text, Outcome Outcome, double? Left, double? Right)
{
    /// <summary>One verdict per property, in their order.</summary>
    public static ImmutableArray<StudyVerdict> Judge(IEnumerable<StudyProperty> properties, StudyTable table) =>
        [.. properties.Select(p => Judge(p, table.Value(p.Left), table.Value(p.Right)))];

    /// <summary>Both sides in numbers.</summary>
    public string Detail => Left is null || Right is null
        ? "no data on one side"
        : string.Create(CultureInfo.InvariantCulture, $"{Left:G6} against {Right:G6}");

    static StudyVerdict Judge(StudyProperty property, double? left, double? right)
    {
        var outcome = left is null || right is null ? Outcome.Unknown
            : PropertyJudge.Holds(left.Value, property.Comparison, right.Value) ? Outcome.Pass
            : Outcome.Fail;
        return new StudyVerdict(property.Name, property.Text, outcome, left, right);
    }
}
