using System.Globalization;
using System.Text;
using BitTensor.Records;
using BitTensor.Studies;
using Parquet.Schema;
using ScottPlot;

namespace BitTensor.Reports;

/// <summary>Turns runs of the regret study on a network into its table, figure and text.</summary>
public static class RegretReport
{
    const int RowHeight = 24;

    /// <summary>Writes table and figure into the study's folder.</summary>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static void Write(string folder, RegretNetwork study, IReadOnlyList<RegretRun> runs)
    {
        WriteTable(Path.Combine(folder, RunFolder.StudyTable), study, runs);
        var rows = study.Rows(runs);
        var plots = FigureStyle.Grid(1, 3);
        Bars(plots.GetPlot(0), rows, r => r.Payoff, "Payoff gained over honesty", "-alpha L + tau R per block");
        Bars(
            plots.GetPlot(1), rows, r => Percent(r.StakeShare), "Stake gained over honesty",
            "points of all stake");
        Bars(plots.GetPlot(2), rows, r => r.OthersLoss, "What the others lose", "rise of their mean loss");
        FigureStyle.Save(plots, folder, "study", 1700, 160 + RowHeight * rows.Length);
    }

    /// <summary>A line per deviation, the best first.</summary>
    public static string Text(RegretNetwork study, IReadOnlyList<RegretRun> runs)
    {
        var rows = study.Rows(runs);
        var width = rows.Max(r => r.Name.Length);
        var text = new StringBuilder(
            $"{"deviation".PadRight(width)}  {"payoff",-28}  {"stake, points",-28}  others' loss\n");
        foreach (var row in rows)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"{row.Name.PadRight(width)}  {Cell(row.Payoff),-28}  {Cell(Percent(row.StakeShare)),-28}  "
                + $"{Cell(row.OthersLoss)}\n");
        }
        return text.ToString();
    }

    static MeanInterval? Percent(MeanInterval? share) =>
        share is var (mean, low, high) ? new MeanInterval(100 * mean, 100 * low, 100 * high) : null;

    static string Cell(MeanInterval? value) => value is not var (mean, low, high) ? "-"
        : string.Create(CultureInfo.InvariantCulture, $"{mean:0.0000;-0.0000;0}")
            + (
                double.IsNaN(low)
                    ? ""
                    : string.Create(CultureInfo.InvariantCulture, $" ({low:0.000}..{high:0.000})"));

    static void Bars(
        Plot plot, IReadOnlyList<RegretRow> rows, Func<RegretRow, MeanInterval?> of, string title, string label)
    {
        foreach (var (k, row) in rows.Index())
        {
            // Beside a bar that is missing stands its name alone.
            if (of(row) is not { } value || !double.IsFinite(value.Mean))
            {
                continue;
            }
            var color = value.Low > 0 ? FigureStyle.Palette[1] : value.High < 0 ? FigureStyle.Palette[0] : Colors.Gray;
            var bar = plot.Add.Bar(-k, value.Mean);
            bar.Horizontal = true;
            (bar.Bars[0].FillColor, bar.Bars[0].LineWidth) = (color.WithAlpha(0.7), 0);
            if (double.IsFinite(value.Low))
            {
                var interval = plot.Add.Line(value.Low, -k, value.High, -k);
                (interval.LineColor, interval.LineWidth) = (Colors.Black, 1.5f);
            }
        }
        plot.Axes.Left.SetTicks([.. rows.Index().Select(r => -(double)r.Index)], [.. rows.Select(r => r.Name)]);
        plot.Axes.SetLimitsY(-rows.Count + 0.3, 0.7);
        plot.Title(title);
        plot.XLabel(label);
    }

    static void WriteTable(string path, RegretNetwork study, IReadOnlyList<RegretRun> runs)
    {
        using var table = new TableWriter(
            path,
            new DataField<string>("deviation"), new DataField<long>("seed"), new DataField<double?>("payoff"),
            new DataField<double?>("loss"),
            new DataField<double>("rank"), new DataField<double>("stake_share"), new DataField<double?>("others_loss"));
        foreach (var run in runs)
        {
            table.Add(
                study.Names[study.DeviationOf(run.Item)], (long)run.Seed, study.PayoffOf(run), run.Loss, run.Rank,
                run.StakeShare, run.OthersLoss);
        }
    }
}
