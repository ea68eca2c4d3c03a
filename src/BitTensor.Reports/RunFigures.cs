using BitTensor.Records;
using BitTensor.Scenarios;
using ScottPlot;

namespace BitTensor.Reports;

/// <summary>The figures of a run folder.</summary>
public static class RunFigures
{
    const int Width = 1200;
    const int Height = 560;

    /// <summary>Writes <c>ranks.png</c> and <c>losses.png</c>.</summary>
    public static void Write(RunData run, MetricTable table, string folder)
    {
        var ranks = FigureStyle.Grid(1, 2);
        DrawRanks(run, table, ranks.GetPlot(0));
        DrawIdeal(run, table, ranks.GetPlot(1));
        ranks.SavePng(Path.Combine(folder, RunFolder.RanksFigure), Width, Height);

        using var losses = new Plot();
        DrawBands(run, table, losses, "loss", scale: 1);
        losses.Title("Training loss of each population: mean, and the range of its neurons");
        losses.XLabel("block");
        losses.YLabel(run.Blocks().Any(b => b.Reports.Any(r => r?.Accuracy is not null)) ? "loss (nats)" : "loss");
        losses.SavePng(Path.Combine(folder, RunFolder.LossesFigure), Width, Height);
    }

    static void DrawRanks(RunData run, MetricTable table, Plot plot)
    {
        DrawBands(run, table, plot, "rank-share", run.Count);
        var even = plot.Add.HorizontalLine(1);
        (even.Color, even.LinePattern, even.LineWidth) = (Colors.Gray, LinePattern.Dotted, 1);
        plot.Title("Rank of a neuron on the ledger (1 = an equal share)");
        plot.XLabel("block");
        plot.YLabel("rank, in equal shares");
    }

    static void DrawIdeal(RunData run, MetricTable table, Plot plot)
    {
        plot.Title("Rank against ideal rank at the last audit");
        plot.XLabel("ablation: rise of the others' loss without the neuron");
        plot.YLabel("rank, in equal shares");
        if (table.Blocks("ablation") is not [.., var block])
        {
            plot.Add.Annotation("no audit in this run", Alignment.MiddleCenter);
            return;
        }
        for (var p = 0; p < run.Populations.Length; p++)
        {
            var neurons = run.NeuronsOf(run.Populations[p])
                .Where(i => table.Neuron("ablation", block, i) is { } worth && double.IsFinite(worth))
                .Where(i => table.Neuron("rank-share", block, i) is not null)
                .ToArray();
            var points = plot.Add.ScatterPoints(
                neurons.Select(i => table.Neuron("ablation", block, i)!.Value).ToArray(),
                neurons.Select(i => table.Neuron("rank-share", block, i)!.Value * run.Count).ToArray(),
                FigureStyle.Palette[p % FigureStyle.Palette.Count]);
            (points.MarkerShape, points.MarkerSize, points.LegendText) = (
                FigureStyle.Markers[p % FigureStyle.Markers.Count], 9, run.Populations[p]);
        }
        var diverged = Enumerable.Range(0, run.Count)
            .Count(i => table.Neuron("ablation", block, i) is { } worth && !double.IsFinite(worth));
        var without = diverged > 0 ? $"; not finite, so not drawn: {diverged} of {run.Count} neurons" : "";
        var note = plot.Add.Annotation(
            $"block {block}: Pearson {Text(table.Network("pearson-ablation", block))}{without}", Alignment.UpperLeft);
        (note.LabelBackgroundColor, note.LabelBorderWidth, note.LabelShadowColor) = (
            Colors.White, 0, Colors.Transparent);
        Legend(plot);
    }

    /// <summary>A line for the mean of each population, over a band from its smallest to its largest neuron.</summary>
    static void DrawBands(RunData run, MetricTable table, Plot plot, string metric, double scale)
    {
        for (var p = 0; p < run.Populations.Length; p++)
        {
            var name = run.Populations[p];
            double[] Series(Aggregate aggregate, IEnumerable<long> blocks) =>
                [.. blocks.Select(b => table.Value(new Operand.Metric(metric, aggregate, name), b)!.Value * scale)];
            var measured = table.Blocks(metric)
                .Where(b => table.Value(new Operand.Metric(metric, Aggregate.Mean, name), b) is not null).ToArray();
            var seen = measured
                .Where(b => double.IsFinite(table.Value(new Operand.Metric(metric, Aggregate.Mean, name), b)!.Value))
                .ToArray();
            var diverged = measured.Length > seen.Length
                ? $"{name} (not finite from block {measured.Except(seen).First()})"
                : name;
            if (seen.Length == 0)
            {
                if (measured.Length > 0)
                {
                    Diverged(plot, diverged, p);
                }
                continue;
            }
            var blocks = seen.Select(b => (double)b).ToArray();
            var color = FigureStyle.Palette[p % FigureStyle.Palette.Count];
            if (run.NeuronsOf(name).Count() > 1)
            {
                var band = plot.Add.FillY(blocks, Series(Aggregate.Min, seen), Series(Aggregate.Max, seen));
                (band.FillColor, band.LineWidth) = (color.WithAlpha(0.18), 0);
            }
            var line = plot.Add.ScatterLine(blocks, Series(Aggregate.Mean, seen), color);
            (line.LineWidth, line.LinePattern, line.LegendText) = (
                2.5f, FigureStyle.Patterns[p % FigureStyle.Patterns.Count], diverged);
        }
        Legend(plot);
    }

    /// <summary>A population without a finite value has a place in the legend and none on the axes.</summary>
    static void Diverged(Plot plot, string text, int population)
    {
        var nothing = plot.Add.ScatterLine(
            Array.Empty<double>(), Array.Empty<double>(), FigureStyle.Palette[population % FigureStyle.Palette.Count]);
        nothing.LegendText = text;
    }

    /// <summary>Below the axes, in one row: never over the data.</summary>
    static void Legend(Plot plot)
    {
        plot.Legend.Orientation = Orientation.Horizontal;
        (plot.Legend.OutlineWidth, plot.Legend.ShadowColor) = (0, Colors.Transparent);
        plot.ShowLegend(Edge.Bottom);
    }

    static string Text(double? value) =>
        value?.ToString("0.00", System.Globalization.CultureInfo.InvariantCulture) ?? "undefined";
}
