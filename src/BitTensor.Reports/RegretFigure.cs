using BitTensor.Studies;
using ScottPlot;

namespace BitTensor.Reports;

/// <summary>Theorem 6.5 and the price of anarchy.</summary>
static class RegretFigure
{
    /// <summary>
    /// Left: regret per unit of step as the step shrinks. Right: cost of the equilibrium relative to the coordinated
    /// optimum.
    /// </summary>
    public static Multiplot Draw(StudyResult result)
    {
        var plots = FigureStyle.Grid(1, 2);
        DrawRegret(plots.GetPlot(0), result);
        DrawAnarchy(plots.GetPlot(1), result);
        return plots;
    }

    static void DrawRegret(Plot plot, StudyResult result)
    {
        var ratios = result.Table.Axes[0].Points;
        for (var k = 0; k < ratios.Length; k++)
        {
            var rows = result.Table.Where([new("alpha-over-tau", ratios[k])]).ToArray();
            Line(plot, rows, "regret", k, $"alpha / tau = {ratios[k]}", open: false);
            Line(plot, rows, "regret-simplex", k, "", open: true);
        }
        plot.Title("Regret of the gradient step (open: among rows on the simplex)");
        plot.XLabel("lambda, length of the step (no point: regret below rounding)");
        plot.YLabel("regret per lambda, in units of tau");
        (plot.Axes.Bottom.TickGenerator, plot.Axes.Left.TickGenerator) = (FigureStyle.Decades(), FigureStyle.Decades());
        FigureStyle.Legend(plot);
    }

    static void Line(Plot plot, Scenarios.StudyRow[] rows, string metric, int series, string name, bool open)
    {
        // A regret below the payoff's rounding is 0 and has no logarithm: the line ends before it.
        var seen = rows.Where(r => r.Values[metric] > 0).ToArray();
        double[] x = [
            .. seen.Select(r => Math.Log10(double.Parse(r.At[1], System.Globalization.CultureInfo.InvariantCulture))),
        ];
        var color = FigureStyle.Palette[series % FigureStyle.Palette.Count];
        var line = plot.Add.Scatter(x, seen.Select(r => Math.Log10(r.Values[metric])).ToArray(), color);
        (line.LineWidth, line.MarkerShape, line.MarkerSize) = (open ? 1 : 2, FigureStyle.Marker(series, open), 8);
        line.LegendText = name;
    }

    static void DrawAnarchy(Plot plot, StudyResult result)
    {
        var ratios = result.Table.Axes[0].Points;
        for (var k = 0; k < ratios.Length; k++)
        {
            var row = result.Table.Where([new("alpha-over-tau", ratios[k])]).First();
            if (!row.Values.TryGetValue("price-of-anarchy", out var price) || !double.IsFinite(price))
            {
                continue;
            }
            var color = FigureStyle.Palette[k % FigureStyle.Palette.Count];
            var point = plot.Add.ScatterPoints(new double[] { k }, [price], color);
            (point.MarkerShape, point.MarkerSize) = (FigureStyle.Markers[k % FigureStyle.Markers.Count], 11);
            if (double.IsFinite(row.Values["price-of-anarchy-low"]))
            {
                var bar = plot.Add.Line(k, row.Values["price-of-anarchy-low"], k, row.Values["price-of-anarchy-high"]);
                (bar.LineColor, bar.LineWidth) = (color, 2);
            }
        }
        FigureStyle.Reference(plot, 1);
        plot.Axes.Bottom.SetTicks([.. Enumerable.Range(0, ratios.Length).Select(k => (double)k)], [.. ratios]);
        plot.Axes.SetLimitsX(-0.5, ratios.Length - 0.5);
        plot.Title("Price of anarchy, with 95 % intervals");
        plot.XLabel("alpha / tau");
        plot.YLabel("sum of losses, competitive over coordinated");
    }
}
