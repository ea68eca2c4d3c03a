using System.Globalization;
using BitTensor.Scenarios;
using BitTensor.Studies;
using ScottPlot;

namespace BitTensor.Reports;

/// <summary>
/// Where honest stake is retained: contours E_H = S_H over the honest utility W_H and the coalition's weight on itself
/// W_C.
/// </summary>
static class RetentionFigure
{
    const int PanelWidth = 380;
    const int PanelHeight = 340;

    /// <summary>
    /// A panel per weight noise, downwards, and rule; a contour per share of stake S_H with the band of its 95 %
    /// interval.
    /// </summary>
    public static (Multiplot Plots, int Width, int Height) Draw(StudyTable table)
    {
        var (rules, noises, stakes) = (table.Axes[0].Points, table.Axes[1].Points, table.Axes[2].Points);
        var plots = FigureStyle.Grid(noises.Length, rules.Length);
        for (var k = 0; k < noises.Length * rules.Length; k++)
        {
            var (plot, noise, rule) = (plots.GetPlot(k), noises[k / rules.Length], rules[k % rules.Length]);
            for (var s = 0; s < stakes.Length; s++)
            {
                Contour(
                    plot,
                    [.. table.Where([new("rule", rule), new("weight-noise", noise), new("honest-stake", stakes[s])])],
                    s, $"S_H = {stakes[s]}");
            }
            Dress(plot, $"{rule}, weight noise {noise}", legend: k == 0);
        }
        return (plots, PanelWidth * rules.Length, PanelHeight * noises.Length);
    }

    /// <summary>A panel per kind of links, downwards, and rule; in grey the formula for the same neurons.</summary>
    public static void Write(string folder, RetentionNetwork study, IReadOnlyList<RetentionRun> runs)
    {
        var (rules, links) = (RetentionNetwork.Rules, RetentionNetwork.Links);
        var plots = FigureStyle.Grid(links.Length, rules.Length);
        for (var k = 0; k < links.Length * rules.Length; k++)
        {
            var (plot, link, rule) = (plots.GetPlot(k), links[k / rules.Length], rules[k % rules.Length]);
            foreach (var (s, stake) in RetentionNetwork.HonestStakes.Index())
            {
                var formula = study.Formula(rule, stake);
                var line = plot.Add.ScatterLine(
                    formula.Select(c => c.Utility).ToArray(), formula.Select(c => c.SelfWeight).ToArray(), Colors.Gray);
                (line.LineWidth, line.Color, line.LegendText) = (
                    5, Colors.Gray.WithAlpha(0.45), s == 0 ? "formula" : "");
                var measured = study.Contour(runs, rule, link, stake);
                if (measured.All(c => c.Utility == 0))
                {
                    FigureStyle.Instead(plot, "retained at any W_H");
                }
                Contour(
                    plot, [.. measured.Select(c => c.Utility)], [.. measured.Select(c => c.Low)],
                    [.. measured.Select(c => c.High)],
                    [.. measured.Select(c => c.SelfWeight)], s,
                    string.Create(CultureInfo.InvariantCulture, $"S_H = {stake}"));
            }
            Dress(plot, $"{rule.ToString().ToLowerInvariant()}: {link}", legend: k == 0);
        }
        FigureStyle.Save(plots, folder, "study", PanelWidth * rules.Length, PanelHeight * links.Length);
    }

    static void Contour(Plot plot, StudyRow[] rows, int series, string name)
    {
        double[] Of(string metric) => [.. rows.Select(r => r.Values[metric])];
        double[] selfWeight = [.. rows.Select(r => double.Parse(r.At[3], CultureInfo.InvariantCulture))];
        Contour(plot, Of("utility"), Of("utility-low"), Of("utility-high"), selfWeight, series, name);
    }

    /// <summary>A contour with its band: the least W_H at each W_C.</summary>
    public static void Contour(
        Plot plot, double[] utility, double[] low, double[] high, double[] selfWeight, int series, string name)
    {
        var color = FigureStyle.Palette[series % FigureStyle.Palette.Count];
        if (low.All(double.IsFinite))
        {
            var band = plot.Add.Polygon([
                .. low.Zip(selfWeight).Concat(high.Zip(selfWeight).Reverse())
                    .Select(p => new Coordinates(p.First, p.Second)),
            ]);
            (band.FillColor, band.LineWidth) = (color.WithAlpha(0.25), 0);
        }
        var line = plot.Add.Scatter(utility, selfWeight, color);
        (line.LineWidth, line.MarkerShape, line.MarkerSize, line.LegendText) = (2, FigureStyle.Marker(series), 6, name);
    }

    /// <summary>Title, axes from 0 to 1 and what they are.</summary>
    public static void Dress(Plot plot, string title, bool legend)
    {
        plot.Title(title);
        plot.XLabel("W_H, honest utility");
        plot.YLabel("W_C, coalition's self-weight");
        plot.Axes.SetLimits(-0.02, 1.04, -0.02, 1.02);
        foreach (var axis in new IAxis[] { plot.Axes.Bottom, plot.Axes.Left })
        {
            axis.SetTicks([0, 0.2, 0.4, 0.6, 0.8, 1], ["0", "0.2", "0.4", "0.6", "0.8", "1"]);
        }
        if (legend)
        {
            FigureStyle.Legend(plot);
        }
        else
        {
            plot.HideLegend();
        }
    }
}
