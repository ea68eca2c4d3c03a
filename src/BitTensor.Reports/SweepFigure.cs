using System.Collections.Immutable;
using BitTensor.Mechanism;
using BitTensor.Scenarios;
using BitTensor.Studies;
using ScottPlot;

namespace BitTensor.Reports;

/// <summary>
/// The figure of a sweep: a panel per property of one comparison, the left side of each against the first axis, means
/// over the seeds with their 95 % intervals; a colour per combination of the other axes, the right side in grey. A
/// mean that is not finite has no place on an axis: the legend says at how many points.
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
        var lines = new SweepLines(scenario.Sweep!, points);
        var byPoint = trials.ToLookup(t => t.Point);
        var dice = new RandomStream(scenario.Seed, "sweep-figure", property);
        var scale = AxisScale.Of(lines.Choices);
        double[] places = [.. scale.Numbers.Select(v => scale.IsLog ? Math.Log10(v) : v)];
        // Beside each other, so that intervals do not hide each other: a hundredth of the axis apart.
        var apart = 0.012 * Math.Max(1, scale.IsLog ? 2 : scale.Numbers.Max() - scale.Numbers.Min());
        var diverged = false;
        foreach (var (k, one) in lines.Lines.Index())
        {
            var at = one.Points
                .Select(p => (X: places[p.Place] + apart * k, Trials: byPoint[p.Point].ToArray()))
                .OrderBy(p => p.X)
                .ToArray();
            double[] x = [.. at.Select(p => p.X)];
            diverged |= Means(
                plot, x, [.. at.Select(p => Mean(p.Trials, t => t.Properties[property].Left, dice))], k, one.Name,
                joined: scale.IsNumeric);
            var right = at.Select(p => Mean(p.Trials, t => t.Properties[property].Right, dice)?.Mean).ToArray();
            var line = Finite(plot, x, right, Colors.Gray);
            (line.LineWidth, line.MarkerShape, line.MarkerSize) = (
                scale.IsNumeric ? 1 : 0, MarkerShape.HorizontalBar, 12);
        }
        // Broken, not cut: the end of a property is its bound.
        plot.Title(WrappedText.Of(scenario.Expect[property].Name, 52), 15);
        plot.YLabel(WrappedText.Of(scenario.Expect[property].Text, 50), 12);
        plot.XLabel(lines.XLabel);
        plot.Axes.Bottom.SetTicks(places, [.. lines.Choices]);
        plot.Axes.Margins(0.12, 0.15);
        if (lines.Lines.Length <= 8 && (lines.Lines.Length > 1 || diverged))
        {
            // The legend is outside: any corner may hold data.
            plot.ShowLegend(Edge.Right);
            plot.Legend.ShadowColor = Colors.Transparent;
        }
    }

    /// <returns>True when a mean is not finite.</returns>
    static bool Means(
        Plot plot, double[] x, MeanInterval?[] means, int series, string name, bool joined)
    {
        var color = FigureStyle.ColorOf(series);
        var line = Finite(plot, x, [.. means.Select(m => m?.Mean)], color);
        (line.LineWidth, line.MarkerShape, line.MarkerSize) = (
            joined ? 2 : 0, FigureStyle.MarkerOf(series), 8);
        var diverged = means.Count(m => m is { } mean && !double.IsFinite(mean.Mean));
        var without = diverged > 0 ? $" (not finite at {diverged} of {means.Length})" : "";
        if (name.Length + without.Length > 0)
        {
            line.LegendText = Shortened(name, 40) + without;
        }
        foreach (var (at, mean) in x.Zip(means.Select(m => m ?? new MeanInterval(0, double.NaN, double.NaN)))
            .Where(p => double.IsFinite(p.Second.Low)))
        {
            var bar = plot.Add.Line(at, mean.Low, at, mean.High);
            (bar.Color, bar.LineWidth) = (color, 2);
        }
        return diverged > 0;
    }

    /// <summary>The points whose value is finite.</summary>
    static ScottPlot.Plottables.Scatter Finite(Plot plot, double[] x, double?[] values, Color color)
    {
        var seen = x.Zip(values).Where(p => p.Second is { } value && double.IsFinite(value)).ToArray();
        return plot.Add.Scatter(
            seen.Select(p => p.First).ToArray(), seen.Select(p => p.Second!.Value).ToArray(), color);
    }

    /// <summary>The mean over the seeds that have a value; null without one.</summary>
    static MeanInterval? Mean(SweepTrial[] trials, Func<SweepTrial, double?> value, RandomStream dice)
    {
        double[] values = [.. trials.Select(value).OfType<double>()];
        return values.Length > 0 ? Bootstrap.Mean(values, dice) : null;
    }

    static string Shortened(string text, int length) => text.Length <= length ? text : text[..(length - 3)] + "...";
}
