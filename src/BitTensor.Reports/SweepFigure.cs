using System.Collections.Immutable;
using BitTensor.Mechanism;
using BitTensor.Scenarios;
using BitTensor.Studies;
using ScottPlot;

namespace BitTensor.Reports;

/// <summary>
/// The figure of a sweep: a panel per property of one comparison, the left side of each against the first axis, means over the seeds with
/// their 95 % intervals; a colour per combination of the other axes, the right side in grey. Values that are not finite
/// have no place on an axis.
/// </summary>
static class SweepFigure
{
    const int MostPanels = 9;

    /// <summary>Writes sweep.png and sweep.svg.</summary>
    public static void Write(
        string folder, Scenario scenario, ImmutableArray<SweepPoint> points, IReadOnlyList<SweepTrial> trials)
    {
        int[] drawn = [.. Drawn(scenario)];
        var panels = Math.Min(MostPanels, drawn.Length);
        if (panels == 0)
        {
            return;
        }
        var columns = Math.Min(3, panels);
        var rows = (panels + columns - 1) / columns;
        var plots = FigureStyle.Grid(rows, columns);
        for (var k = 0; k < rows * columns; k++)
        {
            if (k < panels)
            {
                Panel(plots.GetPlot(k), scenario, drawn[k], points, trials);
            }
            else
            {
                plots.GetPlot(k).HideAxesAndGrid();
            }
        }
        FigureStyle.Save(plots, folder, "sweep", 560 * columns, 460 * rows);
    }

    /// <summary>
    /// The properties that have a panel: those of one comparison. The sides of several have no axis in common.
    /// </summary>
    public static IEnumerable<int> Drawn(Scenario scenario) => Enumerable.Range(0, scenario.Expect.Length)
        .Where(k => scenario.Expect[k].Condition.AsComparison() is not null);

    static void Panel(
        Plot plot, Scenario scenario, int property, ImmutableArray<SweepPoint> points, IReadOnlyList<SweepTrial> trials)
    {
        var sweep = scenario.Sweep!;
        string[] labels = sweep.Vary.IsEmpty ? [$"{sweep.Seeds} seeds"] : [.. sweep.Vary[0].Values];
        var byPoint = trials.ToLookup(t => t.Point);
        var dice = new RandomStream(scenario.Seed, "sweep-figure", property);
        var others = sweep.Vary.Skip(1).Select(a => a.Path.Split('.')[^1]).ToArray();
        var series = points.Index()
            .GroupBy(p => string.Join(", ", others.Zip(p.Item.Values.Skip(1), (name, value) => $"{name} {value}")))
            .ToArray();
        double XOf(SweepPoint point) => sweep.Vary.IsEmpty ? 0.0 : Array.IndexOf(labels, point.Values[0]);
        foreach (var (k, one) in series.Index())
        {
            var at = one
                .Select(p => (X: XOf(p.Item), Trials: byPoint[p.Index].ToArray()))
                .OrderBy(p => p.X)
                .ToArray();
            Means(
                plot, [.. at.Select(p => p.X + 0.06 * k)],
                [.. at.Select(p => Mean(p.Trials, t => t.Properties[property].Left, dice))],
                FigureStyle.Palette[k % FigureStyle.Palette.Count], k, series.Length > 1 ? one.Key : "");
            var right = at.Select(p => Mean(p.Trials, t => t.Properties[property].Right, dice).Mean).ToArray();
            var line = plot.Add.Scatter(at.Select(p => p.X + 0.06 * k).ToArray(), right, Colors.Gray);
            (line.LineWidth, line.MarkerShape, line.MarkerSize) = (1, MarkerShape.HorizontalBar, 12);
        }
        plot.Title(Shortened(scenario.Expect[property].Name, 46));
        plot.YLabel(Shortened(scenario.Expect[property].Text, 42));
        plot.XLabel(sweep.Vary.IsEmpty ? "" : sweep.Vary[0].Path);
        plot.Axes.Bottom.SetTicks([.. Enumerable.Range(0, labels.Length).Select(k => (double)k)], labels);
        plot.Axes.Margins(0.12, 0.15);
        if (series.Length is > 1 and <= 8)
        {
            // The legend is outside: any corner may hold data.
            plot.ShowLegend(Edge.Right);
            plot.Legend.ShadowColor = Colors.Transparent;
        }
    }

    static void Means(Plot plot, double[] x, MeanInterval[] means, Color color, int series, string name)
    {
        var line = plot.Add.Scatter(x, means.Select(m => m.Mean).ToArray(), color);
        (line.LineWidth, line.MarkerShape, line.MarkerSize) = (2, FigureStyle.Marker(series), 8);
        if (name.Length > 0)
        {
            line.LegendText = Shortened(name, 40);
        }
        foreach (var (at, mean) in x.Zip(means).Where(p => double.IsFinite(p.Second.Low)))
        {
            var bar = plot.Add.Line(at, mean.Low, at, mean.High);
            (bar.Color, bar.LineWidth) = (color, 2);
        }
    }

    static MeanInterval Mean(SweepTrial[] trials, Func<SweepTrial, double?> value, RandomStream dice) =>
        Bootstrap.Mean([.. trials.Select(value).OfType<double>().Where(double.IsFinite)], dice);

    static string Shortened(string text, int length) => text.Length <= length ? text : text[..(length - 3)] + "...";
}
