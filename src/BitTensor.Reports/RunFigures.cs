using BitTensor.Records;
using BitTensor.Scenarios;
using ScottPlot;

namespace BitTensor.Reports;

/// <summary>The figures of a run folder, as PNG and SVG.</summary>
static class RunFigures
{
    const int PanelWidth = 640;
    const int Height = 580;

    /// <summary>Writes <c>ranks</c> and <c>losses</c>: no panel without data.</summary>
    public static void Write(RunView view, string folder)
    {
        var figures = new PopulationFigures(view);
        CurveFigure Of(string section, string metric) => figures.Of(section).First(f => f.Id == metric);
        var ranks = new List<Action<Plot>>
        {
            plot => Draw(view, Of("ledger", "rank-share"), plot),
            plot => Draw(view, Of("ledger", "stake-share"), plot),
        };
        if (view.Table.Blocks("ablation") is [.., var audited])
        {
            ranks.Add(plot => DrawWorth(view, audited, plot));
        }
        Save(folder, RunFolder.RanksFigure, ranks);
        var losses = new List<Action<Plot>> { plot => Draw(view, Of("training", "loss"), plot) };
        if (view.Table.Blocks("accuracy").Count > 0)
        {
            losses.Add(plot => Draw(view, Of("training", "accuracy"), plot));
        }
        Save(folder, RunFolder.LossesFigure, losses);
    }

    static void Save(string folder, string file, List<Action<Plot>> panels)
    {
        var plots = FigureStyle.Grid(1, panels.Count);
        foreach (var (k, panel) in panels.Index())
        {
            panel(plots.GetPlot(k));
        }
        FigureStyle.Save(plots, folder, Path.GetFileNameWithoutExtension(file), PanelWidth * panels.Count, Height);
    }

    /// <summary>A line for the mean of each population, over a band from its smallest to its largest neuron.</summary>
    static void Draw(RunView view, CurveFigure figure, Plot plot)
    {
        foreach (var (name, from, to) in RunPage.ShadesOf(view.Verdict.Events))
        {
            var end = to is { } ms ? view.PositionOf(ms) : view.Overview.Blocks[^1];
            var span = plot.Add.HorizontalSpan(view.PositionOf(from), end, Color.FromHex("#BE5A00").WithAlpha(0.14));
            (span.LineWidth, span.LegendText) = (0, "");
            _ = name;
        }
        foreach (var curve in figure.Curves.Where(c => c.Kind == CurveKind.Line))
        {
            Draw(plot, curve, figure.X!);
        }
        if (figure.Curves.Any(c => c.Kind == CurveKind.Bound))
        {
            FigureStyle.Reference(plot, 1);
        }
        plot.Title(view.Verdict.Events.IsEmpty ? figure.Title : $"{figure.Title} (shaded: faults of the timeline)");
        plot.XLabel("block");
        plot.YLabel(figure.YLabel);
        plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericAutomatic { IntegerTicksOnly = true };
        FigureStyle.Legend(plot);
    }

    static void Draw(Plot plot, Curve curve, IReadOnlyList<double> blocks)
    {
        var measured = Enumerable.Range(0, blocks.Count).Where(k => curve.Values[k] is not null).ToArray();
        var seen = measured.Where(k => double.IsFinite(curve.Values[k]!.Value)).ToArray();
        if (measured.Length == 0)
        {
            return;
        }
        double[] Places(int[] of) => [.. of.Select(k => blocks[k])];
        if (curve is { Low: { } low, High: { } high } && seen.Length > 0)
        {
            var band = plot.Add.FillY(
                Places(seen), [.. seen.Select(k => low[k]!.Value)], [.. seen.Select(k => high[k]!.Value)]);
            (band.FillColor, band.LineWidth) = (FigureStyle.ColorOf(curve.Style).WithAlpha(0.18), 0);
        }
        var line = plot.Add.ScatterLine(
            Places(seen), seen.Select(k => curve.Values[k]!.Value).ToArray(), FigureStyle.ColorOf(curve.Style));
        (line.LineWidth, line.LinePattern) = (2.5f, FigureStyle.PatternOf(curve.Style));
        // A population that has diverged has a place in the legend, be it its only one.
        line.LegendText = measured.Length > seen.Length
            ? $"{curve.Name} (not finite from block {blocks[measured.Except(seen).First()]})"
            : curve.Name;
    }

    static void DrawWorth(RunView view, long block, Plot plot)
    {
        var (run, table) = (view.Run, view.Table);
        foreach (var (p, population) in run.Populations.Index())
        {
            var neurons = run.NeuronsOf(population)
                .Where(i => table.Neuron("ablation", block, i) is { } worth && double.IsFinite(worth))
                .Where(i => table.Neuron("rank-share", block, i) is not null)
                .ToArray();
            var points = plot.Add.ScatterPoints(
                neurons.Select(i => table.Neuron("ablation", block, i)!.Value).ToArray(),
                neurons.Select(i => table.Neuron("rank-share", block, i)!.Value * run.Count).ToArray(),
                FigureStyle.ColorOf(p));
            (points.MarkerShape, points.MarkerSize, points.LegendText) = (FigureStyle.MarkerOf(p), 9, population);
        }
        var diverged = Enumerable.Range(0, run.Count)
            .Count(i => table.Neuron("ablation", block, i) is { } worth && !double.IsFinite(worth));
        var without = diverged > 0 ? $"; not finite, so not drawn: {diverged} of {run.Count} neurons" : "";
        var pearson = Text(table.Network("pearson-ablation", block));
        plot.Title($"Rank against worth at block {block}, Pearson {pearson}{without}");
        plot.XLabel("rise of the others' loss without the neuron, over n");
        plot.YLabel("rank, in equal shares");
        FigureStyle.Legend(plot);
    }

    static string Text(double? value) =>
        value?.ToString("0.00", System.Globalization.CultureInfo.InvariantCulture) ?? "undefined";
}
