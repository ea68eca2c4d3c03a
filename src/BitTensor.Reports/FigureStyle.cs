using ScottPlot;
using SkiaSharp;

namespace BitTensor.Reports;

/// <summary>
/// Shared style of all figures: a font that every machine has, colours, markers, and the file formats.
/// </summary>
static class FigureStyle
{
    const string Font = "DejaVu Sans";

    static FigureStyle()
    {
        Fonts.AddFontFile(Font, Path.Combine(AppContext.BaseDirectory, "Fonts", "DejaVuSans.ttf"));
        Fonts.Default = Font;
    }

    /// <summary>
    /// Okabe and Ito's palette, which colour-blind readers distinguish as well; wine takes the place of their yellow,
    /// which white paper swallows.
    /// </summary>
    public static IReadOnlyList<Color> Palette { get; } =
        [
            .. new[] { "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#882255" }.Select(
                Color.FromHex),
        ];

    /// <summary>Markers that distinguish series without colour.</summary>
    public static IReadOnlyList<MarkerShape> Markers { get; } =
        [MarkerShape.FilledCircle, MarkerShape.FilledSquare, MarkerShape.FilledTriangleUp, MarkerShape.FilledDiamond];

    /// <summary>Line patterns that distinguish series in print.</summary>
    public static IReadOnlyList<LinePattern> Patterns { get; } = [
        LinePattern.Solid, LinePattern.Dashed, LinePattern.DenselyDashed, LinePattern.Dotted,
    ];

    /// <summary>
    /// Loads fonts and the library that draws, by drawing a small figure that nobody sees. It can be done while the run
    /// is still being read.
    /// </summary>
    public static void Prepare()
    {
        using var plot = new Plot();
        plot.Add.ScatterLine(new double[] { 0, 1 }, new double[] { 0, 1 });
        Legend(plot);
        plot.GetImageBytes(64, 64, ImageFormat.Png);
    }

    /// <summary>Empty plots in a grid.</summary>
    public static Multiplot Grid(int rows, int columns)
    {
        var plots = new Multiplot();
        plots.AddPlots(rows * columns);
        plots.Layout = new ScottPlot.MultiplotLayouts.Grid(rows, columns);
        return plots;
    }

    /// <summary>Writes NAME.png and NAME.svg.</summary>
    public static void Save(Multiplot plots, string folder, string name, int width, int height)
    {
        plots.SavePng(Path.Combine(folder, name + ".png"), width, height);
        using var stream = File.Create(Path.Combine(folder, name + ".svg"));
        using var canvas = SKSvgCanvas.Create(new SKRect(0, 0, width, height), stream);
        plots.Render(canvas, new PixelRect(0, width, height, 0));
    }

    /// <summary>A title with a note below it: a note among the points would hide some.</summary>
    public static void Title(Plot plot, string title, string note) => plot.Title($"{title}\n{note}", 14);

    /// <summary>Words in the place of data, for a panel that has none.</summary>
    public static void Instead(Plot plot, string text)
    {
        var note = plot.Add.Annotation(text, Alignment.MiddleCenter);
        (note.LabelBackgroundColor, note.LabelBorderWidth, note.LabelShadowColor) = (
            Colors.White.WithAlpha(0.8), 0, Colors.Transparent);
    }

    /// <summary>A thin grey reference line. It is not dotted: SVG canvases draw no patterns.</summary>
    public static void Reference(Plot plot, double y)
    {
        var line = plot.Add.HorizontalLine(y);
        (line.Color, line.LineWidth) = (Colors.Gray, 1);
    }

    /// <summary>A legend below the axes, in rows: never over the data.</summary>
    public static void Legend(Plot plot)
    {
        (plot.Legend.Orientation, plot.Legend.OutlineWidth) = (Orientation.Horizontal, 0);
        plot.Legend.ShadowColor = Colors.Transparent;
        plot.ShowLegend(Edge.Bottom);
    }

    /// <summary>Colour of a series: with <see cref="PatternOf"/> 32 styles before one repeats.</summary>
    public static Color ColorOf(int series) => Palette[series % Palette.Count];

    /// <summary>Line pattern of a series; neighbours differ in colour and in pattern.</summary>
    public static LinePattern PatternOf(int series) => Patterns[(series + series / Palette.Count) % Patterns.Count];

    /// <summary>Marker of a series, likewise.</summary>
    public static MarkerShape MarkerOf(int series) => Markers[(series + series / Palette.Count) % Markers.Count];

    /// <summary>The marker of a series, filled or, for the second of a pair, open.</summary>
    public static MarkerShape Marker(int series, bool open = false)
    {
        MarkerShape[] openOnes = [
            MarkerShape.OpenCircle, MarkerShape.OpenSquare, MarkerShape.OpenTriangleUp, MarkerShape.OpenDiamond,
        ];
        return open ? openOnes[series % openOnes.Length] : Markers[series % Markers.Count];
    }

    /// <summary>Decades of a quantity given as its logarithm to base 10.</summary>
    public static ScottPlot.TickGenerators.NumericAutomatic Decades() => new()
    {
        IntegerTicksOnly = true,
        LabelFormatter = exponent => Math.Abs(exponent) <= 3
            ? Math.Pow(10, exponent).ToString("G4", System.Globalization.CultureInfo.InvariantCulture)
            : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"1e{exponent:0}"),
    };
}
