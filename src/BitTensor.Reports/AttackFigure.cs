using System.Globalization;
using BitTensor.Studies;
using ScottPlot;

namespace BitTensor.Reports;

/// <summary>The results of attacks under the paper's rule, and with the best defence.</summary>
static class AttackFigure
{
    const int RowHeight = 22;
    const double Apart = 0.17;

    // Percent; values beyond are written at the edge.
    const double Most = 300;

    /// <summary>
    /// Left the attackers' gain, right the others' loss: a line per attack, grouped by aim, the worst first.
    /// </summary>
    public static void Write(string folder, IReadOnlyList<AttackRow> rows)
    {
        var pairs = rows.GroupBy(r => r.Trial.Attack)
            .Select(g => (
                Paper: g.First(), Best: g.First().Succeeds ? AttackNetwork.Best(g) : null,
                Answer: AttackReport.AnswerTo(g)))
            .OrderBy(p => p.Paper.Trial.Harms).ThenByDescending(p => p.Paper.Success.Mean).ToArray();
        var plots = FigureStyle.Grid(1, 2);
        Draw(
            plots.GetPlot(0), pairs, r => r.Gain, p => p.Paper.Trial.Attack, "Attackers' gain",
            "points of what blocks emit");
        Draw(
            plots.GetPlot(1), pairs, r => r.OthersLoss, p => p.Answer,
            "Rise of the others' loss, and the best defence", "% of their loss with neither attack nor defence");
        FigureStyle.Legend(plots.GetPlot(0));
        FigureStyle.Save(plots, folder, "study", 1400, 130 + RowHeight * pairs.Length);
    }

    static void Draw(
        Plot plot, (AttackRow Paper, AttackRow? Best, string Answer)[] pairs, Func<AttackRow, MeanInterval> of,
        Func<(AttackRow Paper, AttackRow? Best, string Answer), string> label,
        string title, string axis)
    {
        for (var k = 1; k < pairs.Length; k++)
        {
            var line = plot.Add.HorizontalLine(0.5 - k);
            (line.Color, line.LineWidth) = (
                Colors.Gray.WithAlpha(pairs[k].Paper.Trial.Harms != pairs[k - 1].Paper.Trial.Harms ? 0.9 : 0.15), 1);
        }
        var zero = plot.Add.VerticalLine(0);
        (zero.Color, zero.LineWidth) = (Colors.Gray, 1);
        Series(plot, [.. pairs.Select((p, k) => (of(p.Paper), Apart - k))], 1, "the paper's rule");
        Series(
            plot,
            [.. pairs.Index().Where(p => p.Item.Best is not null).Select(p => (of(p.Item.Best!), -Apart - p.Index))],
            0, "the best defence");
        plot.Axes.Left.SetTicks([.. pairs.Index().Select(p => -(double)p.Index)], [.. pairs.Select(label)]);
        plot.Axes.SetLimitsY(0.3 - pairs.Length, 0.7);
        if (pairs.Any(p => 100 * of(p.Paper).Mean > Most))
        {
            plot.Axes.SetLimitsX(-Most / 10, Most);
        }
        plot.Title(title);
        plot.XLabel(axis);
        plot.HideLegend();
    }

    static void Series(Plot plot, (MeanInterval Share, double Y)[] values, int series, string name)
    {
        var color = FigureStyle.Palette[series];
        (MeanInterval Share, double Y)[] seen = [.. values.Where(v => !double.IsNaN(v.Share.Mean))];
        foreach (var (share, y) in seen.Where(v => 100 * v.Share.Mean > Most))
        {
            var beyond = plot.Add.Text(string.Create(CultureInfo.InvariantCulture, $"{100 * share.Mean:0} >"), Most, y);
            (beyond.LabelAlignment, beyond.LabelFontColor, beyond.LabelFontSize) = (Alignment.MiddleRight, color, 11);
        }
        seen = [.. seen.Where(v => 100 * v.Share.Mean <= Most)];
        foreach (var (share, y) in seen.Where(v => double.IsFinite(v.Share.Low)))
        {
            var bar = plot.Add.Line(100 * share.Low, y, 100 * share.High, y);
            (bar.LineColor, bar.LineWidth) = (color, 2);
        }
        var dots = plot.Add.ScatterPoints(
            seen.Select(v => 100 * v.Share.Mean).ToArray(), seen.Select(v => v.Y).ToArray(), color);
        (dots.MarkerShape, dots.MarkerSize, dots.LegendText) = (FigureStyle.Marker(series), 7, name);
    }
}
