using System.Collections.Immutable;

namespace BitTensor.Scenarios;

/// <summary>The values that one path takes in the course of a sweep.</summary>
/// <param name="Path">Path of keys, as <c>--set</c> takes it.</param>
/// <param name="Values">Its values, as the file would write them.</param>
public sealed record SweepValues(string Path, ImmutableArray<string> Values)
{
    /// <summary>Reads <c>path=value,value</c>; null when it has no path or no value.</summary>
    public static SweepValues? Parse(string text)
    {
        var sign = text.IndexOf('=', StringComparison.Ordinal);
        if (sign <= 0)
        {
            return null;
        }
        var values = Split(text[(sign + 1)..]);
        return values.IsEmpty ? null : new SweepValues(text[..sign].Trim(), values);
    }

    /// <summary>
    /// Values separated by commas; those within brackets, braces and quotes belong to a value. Empty when one is empty.
    /// </summary>
    public static ImmutableArray<string> Split(string text)
    {
        var values = ImmutableArray.CreateBuilder<string>();
        var (start, depth, quote) = (0, 0, '\0');
        for (var k = 0; k <= text.Length; k++)
        {
            var c = k < text.Length ? text[k] : ',';
            if (quote != '\0')
            {
                quote = c == quote && k < text.Length ? '\0' : quote;
            }
            else if (c is '"' or '\'')
            {
                quote = c;
            }
            depth += quote != '\0' ? 0 : c is '{' or '[' ? 1 : c is '}' or ']' ? -1 : 0;
            if (k == text.Length || (c == ',' && depth == 0 && quote == '\0'))
            {
                values.Add(text[start..k].Trim());
                start = k + 1;
            }
        }
        return values.Contains("") ? [] : values.ToImmutable();
    }
}

/// <summary>A point of a sweep that has a name.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Set">The values that make it, each <c>PATH=VALUE</c>; at least one.</param>
public sealed record NamedPoint(string Name, ImmutableArray<string> Set)
{
    /// <summary>Reads <c>name:path=value,path=value</c>; null when it has another form.</summary>
    public static NamedPoint? Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var set = colon < 0 ? [] : SweepValues.Split(text[(colon + 1)..]);
        return !set.IsEmpty && set.All(IsAssignment) && Types.Name.Parse(text[..colon].Trim()).Problem is null
            ? new NamedPoint(text[..colon].Trim(), set)
            : null;
    }

    static bool IsAssignment(string text) =>
        text.IndexOf('=', StringComparison.Ordinal) is > 0 and var sign && sign < text.Length - 1;
}

/// <summary>
/// What a sweep varies along one direction of its grid: the values of a path, the values of several paths in step, or
/// points with names.
/// </summary>
public abstract record SweepAxis
{
    SweepAxis() { }

    /// <summary>Number of choices, at least 1.</summary>
    public abstract int Count { get; }

    /// <summary>Names of the labels of a choice: the paths, or the name of the axis.</summary>
    public abstract ImmutableArray<string> Columns { get; }

    /// <summary>The labels of a choice, one per column.</summary>
    public abstract IEnumerable<string> LabelsOf(int choice);

    /// <summary>The values that make a choice, each <c>PATH=VALUE</c>.</summary>
    public abstract IEnumerable<string> SetOf(int choice);

    /// <summary>
    /// A path with its values, and further paths that take theirs in step with it: the k-th choice is the k-th value of
    /// each.
    /// </summary>
    public sealed record Path(SweepValues Values, ImmutableArray<SweepValues> With) : SweepAxis
    {
        /// <inheritdoc/>
        public override int Count => Values.Values.Length;

        /// <inheritdoc/>
        public override ImmutableArray<string> Columns => [.. All.Select(v => v.Path)];

        /// <inheritdoc/>
        public override IEnumerable<string> LabelsOf(int choice) => All.Select(v => v.Values[choice]);

        /// <inheritdoc/>
        public override IEnumerable<string> SetOf(int choice) => All.Select(v => $"{v.Path}={v.Values[choice]}");

        IEnumerable<SweepValues> All => With.Prepend(Values);
    }

    /// <summary>Points with names.</summary>
    /// <param name="Name">Name of the axis: the column of their names.</param>
    /// <param name="Of">The points, by different names.</param>
    public sealed record Points(string Name, ImmutableArray<NamedPoint> Of) : SweepAxis
    {
        /// <summary>The name of an axis that is given none.</summary>
        public const string DefaultName = "variant";

        /// <inheritdoc/>
        public override int Count => Of.Length;

        /// <inheritdoc/>
        public override ImmutableArray<string> Columns => [Name];

        /// <inheritdoc/>
        public override IEnumerable<string> LabelsOf(int choice) => [Of[choice].Name];

        /// <inheritdoc/>
        public override IEnumerable<string> SetOf(int choice) => Of[choice].Set;
    }
}

/// <summary>Section <c>sweep</c>: many runs of one scenario.</summary>
/// <param name="Seeds">Seeds per point, at least 1: the scenario's own and those after it.</param>
/// <param name="Sample">Points drawn from the grid without repetition; null for the whole grid.</param>
/// <param name="Vary">What is varied; nothing runs one point.</param>
public sealed record SweepSpec(int Seeds, int? Sample, ImmutableArray<SweepAxis> Vary)
{
    /// <summary>Words of the tables of results, which no axis may be called.</summary>
    public static ImmutableArray<string> Reserved { get; } = ["point", "seed", "metric", "value"];

    /// <summary>An empty section.</summary>
    public static SweepSpec Default => SweepFormat.Section.Default;

    /// <summary>Names of the labels of a point.</summary>
    public ImmutableArray<string> Columns => [.. Vary.SelectMany(a => a.Columns)];

    /// <summary>
    /// The name of an axis of points that another column of the results has; null when there is none.
    /// </summary>
    public string? TakenName => Vary.OfType<SweepAxis.Points>()
        .FirstOrDefault(a => Reserved.Contains(a.Name) || Columns.Count(c => c == a.Name) > 1)?.Name;
}
