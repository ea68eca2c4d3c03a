using System.Globalization;
using BitTensor.Scenarios;
using BitTensor.Studies;
using ScottPlot;

namespace BitTensor.Reports;

/// <summary>The figure of each study, as NAME.png and NAME.svg.</summary>
static class EquilibriumFigures
{
    /// <summary>The name of the figure of a study.</summary>
    public static string NameOf(StudySpec study) => study switch
    {
        StudySpec.Correlation => "figure-4",
        StudySpec.AdaptiveTau => "figure-5",
        _ => StudyCatalogue.KindOf(study),
    };

    /// <summary>Writes the figure of a study into a run folder.</summary>
    public static void Write(string folder, EquilibriumScenario scenario, StudyResult result)
    {
        var (plots, width, height) = scenario.Study switch
        {
            StudySpec.Own own => (Own(own, result), 1200, 560),
            StudySpec.Correlation => Correlation(result),
            StudySpec.AdaptiveTau spec => (AdaptiveTau(spec, result), 1500, 520),
            StudySpec.Regret => (RegretFigure.Draw(result), 1300, 560),
            StudySpec.Sensitivity spec => SensitivityFigure.Draw(spec, result.Table),
            StudySpec.Retention => RetentionFigure.Draw(result.Table),
            StudySpec.MintInflation spec => (Mint(spec, result.Table), 800, 560),
            StudySpec.MuDilution spec => (Dilution(spec, result.Table), 1200, 560),
            _ => throw new InvalidOperationException($"No figure for {scenario.Study}."),
        };
        FigureStyle.Save(plots, folder, NameOf(scenario.Study), width, height);
    }

    /// <summary>A mean with its interval, as text.</summary>
    public static string Interval(StudyRow row, string metric)
    {
        string Text(string name) =>
            row.Values.TryGetValue(name, out var v) && double.IsFinite(v)
                ? v.ToString("0.00", CultureInfo.InvariantCulture)
                : "-";
        return $"{Text(metric)} [{Text(metric + "-low")}, {Text(metric + "-high")}]";
    }

    static (Multiplot, int, int) Correlation(StudyResult result)
    {
        var rows = result.Table.Rows;
        var columns = (int)Math.Ceiling(Math.Sqrt(rows.Length));
        var lines = (rows.Length + columns - 1) / columns;
        var plots = FigureStyle.Grid(lines, columns);
        var all = result.Trials.Cast<TrialResult.Solved>().ToArray();
        var (mostIdeal, mostRank) = (all.Max(t => Shares(t.IdealRank).Max()), all.Max(t => Shares(t.Rank).Max()));
        for (var k = 0; k < rows.Length; k++)
        {
            var plot = plots.GetPlot(k);
            Scatter(plot, all.Where(t => t.At["alpha-over-tau"] == rows[k].At[0]), markerSize: 5);
            plot.Axes.SetLimits(0, 1.05 * mostIdeal, 0, 1.05 * mostRank);
            FigureStyle.Title(
                plot, $"alpha / tau = {rows[k].At[0]}",
                $"Pearson {Interval(rows[k], "pearson")}, mean w_ii {Interval(rows[k], "diagonal")}");
        }
        for (var spare = rows.Length; spare < lines * columns; spare++)
        {
            plots.GetPlot(spare).HideAxesAndGrid();
        }
        return (plots, 600 * columns, 480 * lines);
    }

    static Multiplot Own(StudySpec.Own own, StudyResult result)
    {
        var trial = (TrialResult.Solved)result.Trials[0];
        var plots = FigureStyle.Grid(1, 2);
        Scatter(plots.GetPlot(0), [trial], markerSize: 9);
        Number(plots.GetPlot(0), trial);
        FigureStyle.Title(
            plots.GetPlot(0), "Competitive against ideal rank",
            $"Pearson {trial.Pearson?.ToString("0.00", CultureInfo.InvariantCulture) ?? "undefined"}");
        var n = own.Theta.Count;
        var weights = new double[n, n];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++)
            {
                weights[i, j] = trial.Weights![i][j];
            }
        }
        var map = plots.GetPlot(1);
        SensitivityFigure.Map(map, weights, new ScottPlot.Colormaps.Viridis(), 0, 1, "", n <= 12);
        map.Title(
            trial.Converged
                ? "Weights w_ij at the equilibrium"
                : "Weights w_ij where the solver stopped: not an equilibrium");
        map.XLabel("j, who is given weight");
        map.YLabel("i, whose row it is");
        return plots;
    }

    /// <summary>Every neuron of every trial: its ideal against its competitive share of all rank, times n.</summary>
    static void Scatter(Plot plot, IEnumerable<TrialResult.Solved> trials, float markerSize)
    {
        var points = trials.SelectMany(t => Shares(t.IdealRank).Zip(Shares(t.Rank))).ToArray();
        var scatter = plot.Add.ScatterPoints(
            points.Select(p => p.First).ToArray(), points.Select(p => p.Second).ToArray(),
            FigureStyle.Palette[0].WithAlpha(0.45));
        scatter.MarkerSize = markerSize;
        FigureStyle.Reference(plot, 1);
        plot.XLabel("ideal rank, share x n");
        plot.YLabel("competitive rank, share x n");
    }

    static void Number(Plot plot, TrialResult.Solved trial)
    {
        foreach (var (neuron, (x, y)) in Shares(trial.IdealRank).Zip(Shares(trial.Rank)).Index())
        {
            var text = plot.Add.Text(neuron.ToString(CultureInfo.InvariantCulture), x, y);
            (text.LabelAlignment, text.OffsetX) = (Alignment.MiddleLeft, 8);
        }
    }

    static IEnumerable<double> Shares(double[] rank) => BlockFigures.Shares(rank).Select(s => s * rank.Length);

    static Multiplot AdaptiveTau(StudySpec.AdaptiveTau spec, StudyResult result)
    {
        var runs = result.Trials.Cast<TrialResult.AdaptiveTau>().ToArray();
        var plots = FigureStyle.Grid(1, 3);
        var (ratio, tau, rank) = (plots.GetPlot(0), plots.GetPlot(1), plots.GetPlot(2));
        Series(ratio, runs, r => [.. r.Ratio.Select(v => double.IsFinite(v) ? v : double.NaN)], FigureStyle.Palette[0]);
        FigureStyle.Reference(ratio, spec.Target);
        ratio.Title("Diagonal of W over the rest");
        ratio.YLabel("sum(diag W) / (sum W - sum(diag W))");
        Series(tau, runs, r => r.Tau, FigureStyle.Palette[1]);
        tau.Title("Inflation the controller sets");
        tau.YLabel("tau");
        Series(rank, runs, r => [.. r.Pearson.Select(v => v ?? 0)], FigureStyle.Palette[2]);
        rank.Title("Competitive against ideal rank");
        rank.YLabel("Pearson's correlation");
        foreach (var plot in new[] { ratio, tau, rank })
        {
            plot.XLabel("step");
        }
        return plots;
    }

    /// <summary>Median over the runs, over a band that holds four of five of them.</summary>
    static void Series(
        Plot plot, TrialResult.AdaptiveTau[] runs, Func<TrialResult.AdaptiveTau, double[]> values, Color color)
    {
        var series = runs.Select(values).ToArray();
        double[] At(double share) =>
            [
                .. Enumerable.Range(0, runs[0].Steps.Length)
                    .Select(k => Quantile([.. series.Select(s => s[k]).Order()], share)),
            ];
        var steps = runs[0].Steps.Select(s => (double)s).ToArray();
        if (runs.Length > 1)
        {
            var band = plot.Add.FillY(steps, At(0.1), At(0.9));
            (band.FillColor, band.LineWidth, band.LegendText) = (
                color.WithAlpha(0.2), 0, $"4 of 5 of {runs.Length} games");
        }
        var line = plot.Add.ScatterLine(steps, At(0.5), color);
        (line.LineWidth, line.LegendText) = (2.5f, "median");
        FigureStyle.Legend(plot);
    }

    static double Quantile(double[] sorted, double share)
    {
        var at = share * (sorted.Length - 1);
        var (low, high) = ((int)Math.Floor(at), (int)Math.Ceiling(at));
        return sorted[low] + (at - low) * (sorted[high] - sorted[low]);
    }

    static Multiplot Mint(StudySpec.MintInflation spec, StudyTable table)
    {
        var plots = FigureStyle.Grid(1, 1);
        var plot = plots.GetPlot(0);
        var parts = spec.Parts.Select(p => Math.Log10(p)).ToArray();
        for (var k = 0; k < spec.Shares.Length; k++)
        {
            Curve(
                plot, parts,
                [
                    .. table.Where([new("norm", "l2"), new("share", StudyTable.PointOf(spec.Shares[k]))]).Select(r =>
                        r.Values["gain"]),
                ],
                k,
                $"l2, {spec.Shares[k].ToString("0.##%", CultureInfo.InvariantCulture)} of the rank");
        }
        Curve(
            plot, parts,
            [
                .. table.Where([new("norm", "l1"), new("share", StudyTable.PointOf(spec.Shares[0]))]).Select(r =>
                    r.Values["gain"]),
            ],
            6, "l1, any share");
        plot.Title("What splitting one neuron into identities mints");
        plot.XLabel("identities the owner's rank is split into");
        plot.YLabel("the owner's mint, in multiples of the unsplit one");
        plot.Axes.Bottom.TickGenerator = FigureStyle.Decades();
        FigureStyle.Legend(plot);
        return plots;
    }

    static Multiplot Dilution(StudySpec.MuDilution spec, StudyTable table)
    {
        var plots = FigureStyle.Grid(1, 2);
        var sybils = spec.Sybils.Select(s => (double)s).ToArray();
        var (masks, kept) = (plots.GetPlot(0), plots.GetPlot(1));
        for (var k = 0; k < spec.Temperatures.Length; k++)
        {
            var at = StudyTable.PointOf(spec.Temperatures[k]);
            double[] Of(string metric) => [.. table.Where([new("temperature", at)]).Select(r => r.Values[metric])];
            Curve(masks, sybils, Of("honest"), k, $"honest, T = {at}");
            Curve(masks, sybils, Of("defector"), k, $"defector, T = {at}", open: true);
            Curve(kept, sybils, Of("retained"), k, $"T = {at}");
        }
        masks.Title($"Mask that {spec.Honest} honest neurons grant");
        masks.YLabel("mean mask m_ij");
        kept.Title("What the neuron that underbids keeps");
        kept.YLabel("defector's mask over an honest one's");
        foreach (var plot in new[] { masks, kept })
        {
            plot.XLabel("identities without stake");
            plot.Axes.SetLimitsY(0, 1);
            FigureStyle.Legend(plot);
        }
        return plots;
    }

    static void Curve(Plot plot, double[] x, double[] y, int series, string name, bool open = false)
    {
        var line = plot.Add.Scatter(x, y, FigureStyle.Palette[series % FigureStyle.Palette.Count]);
        (line.LineWidth, line.MarkerShape, line.MarkerSize, line.LegendText) = (
            open ? 1 : 2, FigureStyle.Marker(series, open), 8, name);
    }
}
