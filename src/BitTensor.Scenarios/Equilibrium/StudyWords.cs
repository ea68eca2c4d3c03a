using System.Collections.Immutable;

namespace BitTensor.Scenarios;

/// <summary>What the words of a property of a study mean: its metrics and the points of its axes.</summary>
sealed class StudyWords(StudySpec study) : PropertyWords
{
    readonly ImmutableArray<StudyAxis> _axes = StudyCatalogue.AxesOf(study);
    readonly ImmutableArray<string> _metrics = [.. StudyCatalogue.MetricsOf(study).SelectMany(m => m.Names)];

    public override IReadOnlyCollection<string> Metrics => _metrics;

    public override string Places => _axes.IsEmpty ? "write the metric alone" : $"write it like: {Example}";

    public override Operand? Metric(PropertyMetric metric, bool ofOne)
    {
        if (!_metrics.Contains(metric.Name.Text))
        {
            return No<Operand>(
                metric.Name, ErrorCodes.UnknownMetric, $"unknown metric '{Shorten.Of(metric.Name.Text)}'",
                Remedy(metric.Name.Text, _metrics));
        }
        if ((metric.Neuron ?? metric.Population) is { } of)
        {
            return NoNetwork<Operand>(of);
        }
        return Points(metric) is { } points ? Cells(metric, points) : null;
    }

    public override Moment? Moment(PropertyWord word, Func<int, Moment> moment) => NoNetwork<Moment>(word);

    public override bool Population(PropertyWord word) => NoNetwork<object>(word) is not null;

    T? NoNetwork<T>(PropertyWord word)
        where T : class => No<T>(
            word, ErrorCodes.Property, "a study has no neurons and no blocks", Places);

    string Example => _axes is [{ Points: [var point, ..] } axis, ..]
        ? $"{_metrics[0]} at {axis.Name} {point}"
        : _metrics[0];

    Operand.Cells? Cells(PropertyMetric metric, ImmutableArray<StudyPoint> points)
    {
        var open =
            _axes.Where(a => a.Points.Length > 1 && points.All(p => p.Axis != a.Name)).Select(a => a.Name).ToArray();
        if (metric.Aggregate is null && open.Length > 0)
        {
            return No<Operand.Cells>(
                metric.Name, ErrorCodes.Property, $"'{metric.Name.Text}' has several values there",
                $"name a point of {string.Join(", ", open)}, or put one of {string.Join(", ", Aggregates)} before it");
        }
        return new Operand.Cells(
            metric.Name.Text, metric.Aggregate is { } aggregate ? AggregateOf(aggregate) : Aggregate.Mean, points);
    }

    ImmutableArray<StudyPoint>? Points(PropertyMetric metric)
    {
        var points = ImmutableArray.CreateBuilder<StudyPoint>();
        foreach (var (axis, value) in metric.Points)
        {
            if (Point(axis, value) is not { } point)
            {
                return null;
            }
            if (points.Any(p => p.Axis == point.Axis))
            {
                Fault(axis.At, ErrorCodes.Property, $"'{point.Axis}' stands twice", "name one point of it");
                return null;
            }
            points.Add(point);
        }
        return points.ToImmutable();
    }

    StudyPoint? Point(PropertyWord axis, PropertyWord value)
    {
        if (_axes.FirstOrDefault(a => a.Name == axis.Text) is not { } known)
        {
            return No<StudyPoint>(
                axis, ErrorCodes.Property, $"'{Shorten.Of(axis.Text)}' is not an axis",
                _axes.IsEmpty
                    ? "this study has one row: write the metric alone"
                    : Shorten.DidYouMean(axis.Text, [.. _axes.Select(a => a.Name)]));
        }
        var point = Numbers.Parse(value.Text, out _) is { } number ? StudyTable.PointOf(number) : value.Text;
        return known.Points.Contains(point)
            ? new StudyPoint(known.Name, point)
            : No<StudyPoint>(
                value, ErrorCodes.Contradiction, $"{known.Name} has no point {Shorten.Of(value.Text)}",
                $"one of {string.Join(", ", known.Points.Take(20))}");
    }
}
