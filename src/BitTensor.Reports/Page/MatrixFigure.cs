using System.Globalization;
using System.Text;

namespace BitTensor.Reports;

/// <summary>
/// W between populations as a picture with a slider over the blocks, and the network as a graph. Both are drawn here,
/// as SVG with a title per part.
/// </summary>
static class MatrixFigure
{
    const int MostValues = 30_000;
    const int Side = 520;
    const int MostNamed = 8;
    const int MostLetters = 16;
    const int LetterWidth = 10;

    /// <summary>
    /// Adds the matrix: entry (p, q) is what a neuron of population p gives to population q together.
    /// </summary>
    public static void AddTo(PageBuilder page, RunView view)
    {
        var n = view.Populations.Length;
        var stride = Math.Max(1, (int)Math.Ceiling(view.Kept.Length * (double)(n * n) / MostValues));
        int[] kept = [
            .. view.Kept.Where((k, at) => at % stride == 0 || at == view.Kept.Length - 1),
        ];
        page.Open(
            "matrix", "W by population",
            "Row p, column q: the sum over j in q of w_ij, mean over i in p; by (5) a column times stake is what q is paid. "
            + "Each row of W sums to 1.",
            "matrix");
        page.Html("<p class=\"slider\"><label>Block <input type=\"range\" min=\"0\" "
            + $"max=\"{kept.Length - 1}\" value=\"{kept.Length - 1}\"></label> <output></output></p>");
        page.Html(Svg(view, kept[^1])).Close();
        page.Data("matrix", json =>
        {
            json.WriteStartObject();
            PageNumbers.Write(json, "blocks", kept.Select(k => (double?)view.Overview.Blocks[k]));
            json.WriteStartArray("values");
            foreach (var k in kept)
            {
                PageNumbers.Write(json, Entries(view, k).Select(v => (double?)v));
            }
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    static IEnumerable<double> Entries(RunView view, int index)
    {
        var (n, all, weights) = (view.Populations.Length, view.Run.Populations.Length, view.Overview.WeightsAt(index));
        return Enumerable.Range(0, n * n).Select(k => weights[k / n * all + k % n]);
    }

    static string Svg(RunView view, int index)
    {
        var n = view.Populations.Length;
        var cell = Side / n;
        var edge = 20 + LetterWidth * Math.Min(MostLetters, view.Populations.Max(p => p.Length));
        var turned = edge - 20 > cell;
        var top = turned ? edge : 30;
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg role=\"img\" aria-labelledby=\"title-matrix\" viewBox=\"0 0 {edge + n * cell + 10} {top + n * cell + 10}\" class=\"picture\">");
        foreach (var (k, value) in Entries(view, index).Index())
        {
            var (p, q) = (k / n, k % n);
            var (x, y) = (edge + q * cell, top + p * cell);
            svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{x}\" y=\"{y}\" width=\"{cell}\" height=\"{cell}\" fill=\"{ColorOf(value)}\"><title>{Title(view, p, q, value)}</title></rect>");
            if (n <= MostNamed)
            {
                svg.Append(CultureInfo.InvariantCulture, $"<text class=\"value\" x=\"{x + cell / 2}\" y=\"{y + cell / 2 + 5}\" text-anchor=\"middle\" fill=\"{(value > 0.55 ? "#000" : "#fff")}\">{value:0.000}</text>");
            }
        }
        foreach (var (k, name) in view.Populations.Index())
        {
            var text = PageBuilder.Escaped(name.Length <= MostLetters ? name : name[..(MostLetters - 1)] + "…");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{edge - 8}\" y=\"{top + k * cell + cell / 2 + 5}\" text-anchor=\"end\">{text}</text>");
            var (x, y) = (edge + k * cell + cell / 2, top - 8);
            svg.Append(!turned
                ? string.Create(CultureInfo.InvariantCulture, $"<text x=\"{x}\" y=\"{y}\" text-anchor=\"middle\">{text}</text>")
                : string.Create(CultureInfo.InvariantCulture, $"<text x=\"{x + 4}\" y=\"{y}\" transform=\"rotate(-90 {x + 4} {y})\">{text}</text>"));
        }
        return svg.Append("</svg>").ToString();
    }

    static string Title(RunView view, int p, int q, double value) => PageBuilder.Escaped(
        $"a neuron of {view.Populations[p]} gives {view.Populations[q]} {PageNumbers.Text(value)}");

    /// <summary>
    /// Viridis, which readers of all kinds of sight order alike; the page's program has the same stops.
    /// </summary>
    public static string ColorOf(double share)
    {
        (int R, int G, int B)[] stops = [(68, 1, 84), (59, 82, 139), (33, 145, 140), (94, 201, 98), (253, 231, 37)];
        var at = Math.Clamp(double.IsFinite(share) ? share : 0, 0, 1) * (stops.Length - 1);
        var k = Math.Min((int)at, stops.Length - 2);
        int Mix(int a, int b) => (int)Math.Round(a + (b - a) * (at - k));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"rgb({Mix(stops[k].R, stops[k + 1].R)},{Mix(stops[k].G, stops[k + 1].G)},{Mix(stops[k].B, stops[k + 1].B)})");
    }
}
