using System.Globalization;
using BitTensor.Mechanism;
using BitTensor.Records;
using BitTensor.Scenarios;
using BitTensor.Studies;

namespace BitTensor.Reports;

/// <summary>
/// <c>report.html</c> of a sweep: what each property measures against the first path, a line per combination of the
/// other ones, and in how many seeds it holds.
/// </summary>
static class SweepPage
{
    /// <summary>Writes the page.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(
        string folder, Scenario scenario, IReadOnlyList<SweepPoint> points, IReadOnlyList<SweepTrial> trials,
        SweepVerdict verdict)
    {
        var word = OutcomeWords.Of(verdict.Verdict);
        var page = new PageBuilder($"{scenario.Name}, sweep: {word}");
        page.Section("outcomes", "Verdict: every property at every point");
        page.Table(
            "In how many seeds each property holds, and what it measures",
            [
                .. verdict.Axes, "property", "held", "of seeds", "wanted", "measured", "95 %", "against", "outcome",
                "to decide",
            ],
            verdict.Rows.SelectMany(row => row.Properties.Select(p => (string[])
            [
                .. row.Values, p.Name, SweepText.Count(p), $"{SweepText.Share(p.Low)}..{SweepText.Share(p.High)}",
                SweepText.Share(p.Wanted), SweepText.Number(p.Measured?.Mean), SweepText.Interval(p.Measured),
                SweepText.Number(p.Measured?.Against), OutcomeWords.Of(p.Outcome), SweepText.Decides(p),
            ])));
        page.Html("<details><summary>What the columns are</summary><ul>"
            + string.Concat(SweepText.Explained.Select(
                e => $"<li><b>{PageBuilder.Escaped(e.Head)}</b>: {PageBuilder.Escaped(e.Doc)}</li>"))
            + "</ul></details>");
        AddMeasured(page, scenario, points, trials);
        AddShares(page, scenario, points, verdict);
        AddMetrics(page, verdict);
        var head = $"<h1><span class=\"badge {word.ToLowerInvariant()}\">{word}</span> {PageBuilder.Escaped(scenario.Name)}, a sweep</h1>\n"
            + $"<p>{Counted.Of(points.Count, "point")} of {Counted.Of(verdict.Seeds, "seed")} from {verdict.Seed}; varied: "
            + $"{PageBuilder.Escaped(verdict.Axes.IsEmpty ? "the seed alone" : string.Join(", ", verdict.Axes))}</p>\n";
        File.WriteAllText(Path.Combine(folder, RunFolder.ReportFile), page.Build(head));
    }

    static void AddMeasured(
        PageBuilder page, Scenario scenario, IReadOnlyList<SweepPoint> points, IReadOnlyList<SweepTrial> trials)
    {
        page.Section("measured", "What the properties measure");
        var byPoint = trials.ToLookup(t => t.Point);
        foreach (var (k, property) in scenario.Expect.Index())
        {
            var dice = new RandomStream(scenario.Seed, "sweep-figure", k);
            MeanInterval? MeanOf(int point, Func<SweepOutcome, double?> side)
            {
                double[] values = [.. byPoint[point].Select(t => side(t.Properties[k])).OfType<double>()];
                return values.Length > 0 ? Bootstrap.Mean(values, dice) : null;
            }
            page.Figure(
                Figure(
                    scenario, points, $"property-{k}", property.Name,
                    $"{property.Text}, {PropertyJudge.TextOf(property.Holds)}: the left side, mean over the seeds with its "
                    + "95 % interval, at the block that decided; the right side in grey.",
                    property.Condition.AsComparison() is { } one ? one.Left.ToString() : "left side",
                    p => MeanOf(p, o => o.Left), p => MeanOf(p, o => o.Right)?.Mean),
                $"{property.Name}: no run has data on both sides.");
        }
    }

    static void AddShares(PageBuilder page, Scenario scenario, IReadOnlyList<SweepPoint> points, SweepVerdict verdict)
    {
        page.Section("shares", "In how many seeds they hold");
        foreach (var (k, property) in scenario.Expect.Index())
        {
            page.Figure(Figure(
                scenario, points, $"share-{k}", property.Name,
                "Share of the seeds in which the property holds, with its 95 % interval (Wilson); the wanted share in grey.",
                "share of seeds",
                p =>
                {
                    var held = verdict.Rows[p].Properties[k];
                    return held.Seeds > 0
                        ? new MeanInterval((double)held.Held / held.Seeds, held.Low, held.High)
                        : null;
                },
                _ => property.OfSeeds));
        }
    }

    static void AddMetrics(PageBuilder page, SweepVerdict verdict)
    {
        page.Section("metrics", "Every metric");
        page.Html("<details><summary>Mean over the seeds with its 95 % interval, each metric at the last block that has it</summary>")
            .Table(
                "Metrics by point", [.. verdict.Axes, "metric", "mean", "low", "high"],
                verdict.Rows.SelectMany(row => row.Metrics.Select(m => (string[])
                [
                    .. row.Values, m.Metric, PageNumbers.Text(m.Mean),
                        PageNumbers.Text(m.Low), PageNumbers.Text(m.High),
                ])))
            .Html("</details>");
    }

    static CurveFigure Figure(
        Scenario scenario, IReadOnlyList<SweepPoint> points, string id, string title, string about, string label,
        Func<int, MeanInterval?> mean, Func<int, double?> bound)
    {
        var lines = new SweepLines(scenario.Sweep!, points);
        var scale = AxisScale.Of(lines.Choices);
        int[] order = [.. Enumerable.Range(0, lines.Choices.Length).OrderBy(v => scale.Numbers[v])];
        var curves = lines.Lines.SelectMany((one, k) =>
        {
            // A sample of the grid leaves places without a point.
            var at = one.Points.ToDictionary(p => p.Place, p => p.Point);
            var means = order.Select(v => at.TryGetValue(v, out var p) ? mean(p) : null).ToArray();
            var name = one.Name.Length > 0 ? one.Name : "measured";
            return (Curve[])
            [
                new Curve(name, k, [.. means.Select(m => m?.Mean)])
                {
                    Kind = scale.IsNumeric ? CurveKind.Line : CurveKind.Points,
                    Low = [.. means.Select(m => Finite(m?.Low))],
                    High = [.. means.Select(m => Finite(m?.High))],
                },
                new Curve($"bound{(one.Name.Length > 0 ? $" at {one.Name}" : "")}", k,
                    [.. order.Select(v => at.TryGetValue(v, out var p) ? bound(p) : null)])
                {
                    Kind = CurveKind.Bound,
                },
            ];
        }).ToList();
        // One bound that is the same everywhere is one line.
        if (curves.Where(c => c.Kind == CurveKind.Bound).SelectMany(c => c.Values).Distinct().Count() == 1)
        {
            curves = [.. curves.Where(c => c.Kind != CurveKind.Bound), curves[1] with { Name = "bound" }];
        }
        var unit = scale.Unit.Length > 0 ? $", {scale.Unit}" : "";
        return new CurveFigure(id, title, about, label, curves)
        {
            X = [.. order.Select(v => scale.Numbers[v])],
            XLabel = $"{lines.XLabel}{unit}",
            Names = scale.IsNumeric ? null : [.. order.Select(v => lines.Choices[v])],
            OverBlocks = false,
            LogX = scale.IsLog,
        };
    }

    /// <summary>An end of an interval; null where a mean has none.</summary>
    static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? value : null;
}
