using System.Collections.Immutable;
using BitTensor.Scenarios;
using BitTensor.Studies;

namespace BitTensor.Reports;

/// <summary>A line of a figure of a sweep.</summary>
/// <param name="Name">The choice of every axis but the first; empty when there is one axis.</param>
/// <param name="Points">Its points: the number of the point, and its place along the first axis.</param>
sealed record SweepLine(string Name, ImmutableArray<(int Point, int Place)> Points);

/// <summary>
/// The points of a sweep as its figures show them: the first axis from left to right, a line for each choice of the
/// others.
/// </summary>
sealed class SweepLines
{
    /// <summary>The lines of a sweep.</summary>
    public SweepLines(SweepSpec sweep, IReadOnlyList<SweepPoint> points)
    {
        var first = sweep.Vary.FirstOrDefault();
        var columns = first?.Columns.Length ?? 0;
        Choices = first is null
            ? ["all seeds"]
            : [.. Enumerable.Range(0, first.Count).Select(k => string.Join(", ", first.LabelsOf(k)))];
        XLabel = first is null ? "seeds" : string.Join(", ", first.Columns);
        var others = sweep.Columns.Skip(columns).Select(c => c.Split('.')[^1]).ToArray();
        string NameOf(SweepPoint point) =>
            string.Join(", ", others.Zip(point.Labels.Skip(columns), (name, label) => $"{name} {label}"));
        int PlaceOf(SweepPoint point) =>
            first is null ? 0 : Choices.IndexOf(string.Join(", ", point.Labels.Take(columns)));
        Lines =
        [
            .. points.Index().GroupBy(p => NameOf(p.Item)).Select(line => new SweepLine(
                line.Key, [.. line.Select(p => (p.Index, PlaceOf(p.Item)))])),
        ];
    }

    /// <summary>The labels of the first axis, a label per place; one when nothing is varied.</summary>
    public ImmutableArray<string> Choices { get; }

    /// <summary>The name of the first axis.</summary>
    public string XLabel { get; }

    /// <summary>The lines.</summary>
    public ImmutableArray<SweepLine> Lines { get; }
}
