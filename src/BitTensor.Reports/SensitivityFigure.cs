using System.Globalization;
using BitTensor.Scenarios;
using ScottPlot;

namespace BitTensor.Reports;

/// <summary>Map of the correlation over temperature, n, sigma and alpha/tau.</summary>
static class SensitivityFigure
{
    /// <summary>
    /// A panel per reference and alpha/tau: sigma upwards, temperature and n to the right, the mean Pearson correlation
    /// in each cell.
    /// </summary>
    public static (Multiplot Plots, int Width, int Height) Draw(StudySpec.Sensitivity spec, StudyTable table)
    {
        var (references, ratios) = (table.Axes[0].Points, table.Axes[4].Points);
        var plots = FigureStyle.Grid(references.Length, ratios.Length);
        for (var k = 0; k < ratios.Length * references.Length; k++)
        {
            DrawPanel(plots.GetPlot(k), table, references[k / ratios.Length], ratios[k % ratios.Length]);
        }
        var columns = spec.Temperatures.Length * spec.Neurons.Length;
        return (
            plots, ratios.Length * Math.Max(420, 170 + 62 * columns),
            references.Length * Math.Max(260, 130 + 48 * spec.Sigmas.Length));
    }

    static void DrawPanel(Plot plot, StudyTable table, string reference, string ratio)
    {
        var (sigmas, temperatures, neurons) = (table.Axes[1].Points, table.Axes[2].Points, table.Axes[3].Points);
        var cells = new double[sigmas.Length, temperatures.Length * neurons.Length];
        foreach (var row in table.Where([new("reference", reference), new("alpha-over-tau", ratio)]))
        {
            var column = temperatures.IndexOf(row.At[2]) * neurons.Length + neurons.IndexOf(row.At[3]);
            cells[sigmas.IndexOf(row.At[1]), column] = row.Values["pearson"];
        }
        plot.Title($"reference {reference}, alpha / tau = {ratio}");
        if (cells.Cast<double>().All(double.IsNaN))
        {
            FigureStyle.Instead(plot, "no trial is finished");
            return;
        }
        Map(plot, cells, new ScottPlot.Colormaps.Balance(), -1, 1, "mean Pearson", true);
        plot.XLabel(neurons.Length == 1 ? $"temperature T (n = {neurons[0]})" : "temperature T, and n below it");
        plot.YLabel("sigma");
        var labels = temperatures.SelectMany(t => neurons.Select(n => neurons.Length == 1 ? t : $"{t}\n{n}")).ToArray();
        Ticks(plot.Axes.Bottom, labels);
        Ticks(plot.Axes.Left, [.. sigmas.Reverse()]);
    }

    /// <summary>Cells with their numbers, the first row on top.</summary>
    public static void Map(
        Plot plot, double[,] cells, IColormap colors, double least, double most, string label, bool numbers)
    {
        var map = plot.Add.Heatmap(cells);
        (map.Colormap, map.ManualRange) = (colors, new ScottPlot.Range(least, most));
        plot.Add.ColorBar(map).Label = label;
        for (var i = 0; numbers && i < cells.GetLength(0); i++)
        {
            for (var j = 0; j < cells.GetLength(1); j++)
            {
                if (double.IsNaN(cells[i, j]))
                {
                    continue;
                }
                var text = plot.Add.Text(Text(cells[i, j]), j, cells.GetLength(0) - 1 - i);
                var fill = colors.GetColor((cells[i, j] - least) / (most - least));
                text.LabelFontColor = fill.Luminance > 0.5 ? Colors.Black : Colors.White;
                (text.LabelAlignment, text.LabelFontSize) = (Alignment.MiddleCenter, 12);
            }
        }
        plot.HideGrid();
        plot.Axes.Margins(0, 0);
        Ticks(plot.Axes.Bottom, [.. Enumerable.Range(0, cells.GetLength(1)).Select(Name)]);
        Ticks(plot.Axes.Left, [.. Enumerable.Range(0, cells.GetLength(0)).Reverse().Select(Name)]);
    }

    static string Text(double value) =>
        (Math.Abs(value) < 0.005 ? 0 : value).ToString("0.00", CultureInfo.InvariantCulture);

    static string Name(int index) => index.ToString(CultureInfo.InvariantCulture);

    static void Ticks(IAxis axis, string[] labels) =>
        axis.SetTicks([.. Enumerable.Range(0, labels.Length).Select(k => (double)k)], labels);
}
