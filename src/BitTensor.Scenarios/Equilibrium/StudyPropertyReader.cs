using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace BitTensor.Scenarios;

/// <summary>
/// Reads properties of a study: <c>operand comparison operand</c>, where an operand is a number or a metric at points
/// of the study's axes, aggregated where these leave several rows: <c>pearson at alpha-over-tau 25</c>, <c>max
/// pearson-high at reference gain, sigma 0.5</c>.
/// </summary>
sealed class StudyPropertyReader(StudySpec study, ErrorList errors)
{
    readonly ImmutableArray<StudyAxis> _axes = StudyCatalogue.AxesOf(study);
    readonly ImmutableArray<string> _metrics = [.. StudyCatalogue.MetricsOf(study).SelectMany(m => m.Names)];

    public StudyProperty? Read(SectionReader section)
    {
        var text = section.Get<string>("property");
        if (text is null || section.ScalarOf("property") is not { } scalar)
        {
            return null;
        }
        var match = PropertyReader.Form().Match(text);
        if (!match.Success)
        {
            errors.Add(
                scalar.At, ErrorCodes.Property, $"'{Shorten.Of(text)}' is not a property",
                "write two sides with one of <, <=, >, >= between them");
            return null;
        }
        var (left, right) = (ReadOperand(match.Groups["left"], scalar), ReadOperand(match.Groups["right"], scalar));
        if (left is StudyOperand.Number && right is StudyOperand.Number)
        {
            errors.Add(
                scalar.At, ErrorCodes.Property, "the property compares two numbers", "name a metric on one side");
            return null;
        }
        return left is null || right is null
            ? null
            : new StudyProperty(
                section.Get<string>("name") ?? text, text, left,
                PropertyReader.ComparisonOf(match.Groups["sign"].Value), right);
    }

    StudyOperand? ReadOperand(Group side, YamlScalar scalar)
    {
        var text = side.Value.Trim();
        var at = scalar.PlaceOf(side.Index + side.Value.Length - side.Value.TrimStart().Length);
        if (text.Length == 0)
        {
            errors.Add(at, ErrorCodes.Property, "one side of the property is empty", "write a number or a metric");
            return null;
        }
        if (!text.Contains(' ', StringComparison.Ordinal) && Numbers.StartsWithNumber(text))
        {
            return PropertyReader.ReadNumber(text, at, errors) is { } number ? new StudyOperand.Number(number) : null;
        }
        return ReadCells(text, at);
    }

    StudyOperand? ReadCells(string text, Place at)
    {
        var parts = Regex.Split(text, "\\s+at\\s+");
        var words = parts[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var aggregate = words.Length > 1 && PropertyReader.Aggregates.Contains(words[0]) ? words[0] : null;
        if (parts.Length > 2 || words.Length != (aggregate is null ? 1 : 2))
        {
            errors.Add(
                at, ErrorCodes.Property, $"'{Shorten.Of(text)}' is not an operand",
                $"write it like: 0.5, or {Example}, or max {Example}");
            return null;
        }
        if (!_metrics.Contains(words[^1]))
        {
            errors.Add(
                at, ErrorCodes.UnknownMetric, $"unknown metric '{Shorten.Of(words[^1])}'",
                Shorten.DidYouMean(words[^1], _metrics));
            return null;
        }
        return ReadPoints(parts.Length > 1 ? parts[1] : "", at) is not { } points
            ? null
            : Cells(words[^1], aggregate, points, at);
    }

    string Example => _axes is [{ Points: [var point, ..] } axis, ..]
        ? $"{_metrics[0]} at {axis.Name} {point}"
        : _metrics[0];

    StudyOperand? Cells(string metric, string? aggregate, ImmutableArray<StudyPoint> points, Place at)
    {
        var open =
            _axes.Where(a => a.Points.Length > 1 && points.All(p => p.Axis != a.Name)).Select(a => a.Name).ToArray();
        if (aggregate is null && open.Length > 0)
        {
            errors.Add(
                at, ErrorCodes.Property, $"'{metric}' has several values there",
                $"name a point of {string.Join(", ", open)}, or put one of "
                + $"{string.Join(", ", PropertyReader.Aggregates)} before it");
            return null;
        }
        return new StudyOperand.Cells(
            metric, aggregate is null ? Aggregate.Mean : Enum.Parse<Aggregate>(aggregate, ignoreCase: true), points);
    }

    ImmutableArray<StudyPoint>? ReadPoints(string text, Place at)
    {
        var points = ImmutableArray.CreateBuilder<StudyPoint>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (ReadPoint(part.Split(' ', StringSplitOptions.RemoveEmptyEntries), part, at) is not { } point)
            {
                return null;
            }
            if (points.Any(p => p.Axis == point.Axis))
            {
                errors.Add(at, ErrorCodes.Property, $"'{point.Axis}' stands twice", "name one point of it");
                return null;
            }
            points.Add(point);
        }
        return points.ToImmutable();
    }

    StudyPoint? ReadPoint(string[] words, string text, Place at)
    {
        var names = _axes.Select(a => a.Name).ToArray();
        if (words.Length != 2 || _axes.FirstOrDefault(a => a.Name == words[0]) is not { } axis)
        {
            var remedy = names.Length == 0
                ? "this study has one row: write the metric alone"
                : Shorten.DidYouMean(words[0], names);
            errors.Add(at, ErrorCodes.Property, $"'{Shorten.Of(text)}' is not a point of an axis", remedy);
            return null;
        }
        var value = Numbers.Parse(words[1], out _) is { } number ? StudyTable.PointOf(number) : words[1];
        if (!axis.Points.Contains(value))
        {
            errors.Add(
                at, ErrorCodes.Contradiction, $"{axis.Name} has no point {Shorten.Of(words[1])}",
                $"one of {string.Join(", ", axis.Points.Take(20))}");
            return null;
        }
        return new StudyPoint(axis.Name, value);
    }
}
