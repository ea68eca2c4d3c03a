using System.Globalization;
using System.Net;
using System.Text;

namespace BitTensor.Reports.Compare;

/// <summary>Curves over the blocks as SVG: a colour per population, dashes per run.</summary>
/// <param name="title">The figure's name for readers that do not see it.</param>
/// <param name="curves">Curves, each with a point at least.</param>
sealed class CurveFigure(string title, IReadOnlyList<Curve> curves)
{
    const double Width = 640;
    const double Height = 300;
    const double Left = 62;
    const double Right = 12;
    const double Top = 12;
    const double Bottom = 40;
    const int Ticks = 5;

    /// <summary>Number of colours: later populations would repeat one.</summary>
    public const int Colours = 8;

    // Okabe and Ito's palette, which colour-blind readers distinguish as well; the last is the text's own colour.
    static readonly string[] Palette = [
        "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8C6D1F", "currentColor",
    ];

    static readonly string[] Dashes = ["", "7 4", "2 3", "11 3 2 3", "1 5", "14 5"];

    readonly long _first = curves.Min(c => c.Points[0].Block);
    readonly long _last = Math.Max(curves.Max(c => c.Points[^1].Block), curves.Min(c => c.Points[0].Block) + 1);
    readonly double _low = curves.Min(c => c.Points.Min(p => p.Value));
    readonly double _high = curves.Max(c => c.Points.Max(p => p.Value));

    /// <summary>The figure.</summary>
    public string Svg()
    {
        var svg = new StringBuilder();
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<svg viewBox='0 0 {Width} {Height}' role='img'><title>{WebUtility.HtmlEncode(title)}</title>\n");
        AddAxes(svg);
        foreach (var curve in curves)
        {
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<polyline points='{string.Join(' ', curve.Points.Select(Point))}' {Style(curve)}>"
                + $"<title>{WebUtility.HtmlEncode(curve.Name)}</title></polyline>\n");
        }
        return svg.Append("</svg>\n").ToString();
    }

    /// <summary>The legend: a piece of line and a name per curve.</summary>
    public string Legend() => $"<ul class='legend'>{string.Concat(curves.Select(c =>
        $"<li><svg viewBox='0 0 34 10' width='34' height='10' aria-hidden='true'><polyline points='0,5 34,5' "
        + $"{Style(c)}/></svg> {WebUtility.HtmlEncode(c.Name)}</li>"))}</ul>\n";

    static string Style(Curve curve)
    {
        var dashes = Dashes[curve.Run % Dashes.Length];
        return $"fill='none' stroke='{Palette[curve.Population % Colours]}' stroke-width='2'"
            + (dashes.Length > 0 ? $" stroke-dasharray='{dashes}'" : "");
    }

    void AddAxes(StringBuilder svg)
    {
        for (var k = 0; k <= Ticks; k++)
        {
            var value = _low + (_high - _low) * k / Ticks;
            var y = Y(value);
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<line class='grid' x1='{Left}' x2='{Width - Right}' y1='{y:0.#}' y2='{y:0.#}'/>"
                + $"<text x='{Left - 6}' y='{y + 4:0.#}' text-anchor='end'>{value:G3}</text>\n");
        }
        var blocks = Enumerable.Range(0, Ticks + 1).Select(k => _first + (_last - _first) * k / Ticks);
        foreach (var block in blocks.Distinct())
        {
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<text x='{X(block):0.#}' y='{Height - Bottom + 16}' text-anchor='middle'>{block}</text>\n");
        }
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<text x='{(Left + Width - Right) / 2}' y='{Height - 6}' text-anchor='middle'>block</text>\n");
    }

    string Point((long Block, double Value) point) =>
        string.Create(CultureInfo.InvariantCulture, $"{X(point.Block):0.#},{Y(point.Value):0.#}");

    double X(long block) => Left + (Width - Left - Right) * (block - _first) / (_last - _first);

    double Y(double value) => _high > _low
        ? Height - Bottom - (Height - Bottom - Top) * (value - _low) / (_high - _low)
        : (Top + Height - Bottom) / 2;
}
