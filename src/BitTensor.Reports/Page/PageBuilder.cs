using System.Globalization;
using System.Net;
using System.Reflection;
using System.Text;
using System.Text.Json;

namespace BitTensor.Reports;

/// <summary>
/// One self-contained page: text, data, style, program and the library that draws curves. It asks no network for
/// anything, and its own policy forbids it.
/// </summary>
sealed class PageBuilder(string title)
{
    const int MostOfShort = 24;

    readonly StringBuilder _body = new();
    readonly List<CurveFigure> _figures = [];
    readonly List<(string Id, string Heading)> _sections = [];
    readonly List<(string Name, Action<Utf8JsonWriter> Write)> _data = [];

    /// <summary>Text with the characters of the language escaped.</summary>
    public static string Escaped(string text) => WebUtility.HtmlEncode(text);

    /// <summary>A path as one word of a command line.</summary>
    public static string Argument(string path) =>
        path.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '-' or '_')
            ? path
            : $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    /// <summary>Begins a section, which the page's contents list.</summary>
    public PageBuilder Section(string id, string heading)
    {
        if (_sections.Count > 0)
        {
            Html("</section>");
        }
        _sections.Add((id, heading));
        return Html($"<section id=\"{id}\" aria-labelledby=\"{id}-heading\">")
            .Html($"<h2 id=\"{id}-heading\">{Escaped(heading)}</h2>");
    }

    /// <summary>Adds markup as it is.</summary>
    public PageBuilder Html(string markup)
    {
        _body.Append(markup).Append('\n');
        return this;
    }

    /// <summary>Adds a paragraph of text.</summary>
    public PageBuilder Text(string text) => Html($"<p>{Escaped(text)}</p>");

    /// <summary>Adds commands to copy, a line each.</summary>
    public PageBuilder Commands(params string[] lines) =>
        Html($"<pre class=\"commands\"><code>{Escaped(string.Join('\n', lines))}</code></pre>");

    /// <summary>Adds a table of texts; the first column heads its rows.</summary>
    /// <param name="caption">Caption.</param>
    /// <param name="head">Heads of the columns.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="idOf">Id of a row by its number; null for none.</param>
    public PageBuilder Table(
        string caption, IReadOnlyList<string> head, IEnumerable<IReadOnlyList<string>> rows,
        Func<int, string?>? idOf = null)
    {
        IReadOnlyList<string>[] cells = [.. rows];
        string[] classes = [.. head.Select((_, c) => ClassOf([.. cells.Select(r => r[c])], c == 0))];
        Html($"<div class=\"wide\" tabindex=\"0\" role=\"group\" aria-label=\"{Escaped(caption)}\"><table>");
        Html($"<caption><span>{Escaped(caption)}</span></caption><thead><tr>");
        Html(string.Concat(head.Select((h, c) => $"<th scope=\"col\"{classes[c]}>{Escaped(h)}</th>")) + "</tr></thead><tbody>");
        foreach (var (k, row) in cells.Index())
        {
            var id = idOf?.Invoke(k) is { } name ? $" id=\"{name}\"" : "";
            Html($"<tr{id}>{string.Concat(row.Select((cell, c) => c == 0
                ? $"<th scope=\"row\"{classes[0]}>{Escaped(cell)}</th>"
                : $"<td{classes[c]}>{Escaped(cell)}</td>"))}</tr>");
        }
        return Html("</tbody></table></div>");
    }

    /// <summary>Adds a figure of curves; without any value a sentence takes its place.</summary>
    /// <param name="figure">The figure.</param>
    /// <param name="otherwise">The sentence.</param>
    public PageBuilder Figure(CurveFigure figure, string otherwise = "")
    {
        if (!figure.Curves.Any(c => c.Kind != CurveKind.Bound && c.Values.Any(v => v is not null)))
        {
            return otherwise.Length > 0 ? Html($"<p class=\"absent\">{Escaped(otherwise)}</p>") : this;
        }
        _figures.Add(figure);
        return Open(figure.Id, figure.Title, figure.About, "chart")
            .Html("<div class=\"legend\"></div><div class=\"plot\"></div><p class=\"readout\"></p>").Close();
    }

    /// <summary>Opens a figure with its title and its sentence.</summary>
    public PageBuilder Open(string id, string heading, string about, string kind) =>
        Html($"<figure id=\"figure-{id}\" class=\"{kind}\" data-figure=\"{id}\" aria-labelledby=\"title-{id}\">")
            .Html($"<h3 id=\"title-{id}\">{Escaped(heading)}</h3><p class=\"about\">{Escaped(about)}</p>");

    /// <summary>Closes a figure, with the table behind it.</summary>
    public PageBuilder Close() => Html(
        "<details class=\"behind\"><summary>Numbers of this figure</summary><div></div></details></figure>");

    /// <summary>Adds a member to the data of the page.</summary>
    public PageBuilder Data(string name, Action<Utf8JsonWriter> write)
    {
        _data.Add((name, write));
        return this;
    }

    /// <summary>The page.</summary>
    /// <param name="head">Markup above the sections: the verdict.</param>
    public string Build(string head)
    {
        var page = new StringBuilder("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        page.Append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; ")
            .Append("style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:\">\n")
            .Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
            .Append("<meta name=\"color-scheme\" content=\"light dark\">\n")
            .Append("<link rel=\"icon\" href=\"data:,\">\n")
            .Append(CultureInfo.InvariantCulture, $"<title>{Escaped(title)}</title>\n")
            .Append(CultureInfo.InvariantCulture, $"<style>\n{Asset("uPlot.min.css")}\n{Asset("page.css")}</style>\n")
            .Append("</head>\n<body>\n<a class=\"skip\" href=\"#content\">To the content</a>\n")
            .Append(CultureInfo.InvariantCulture, $"<header>\n{head}\n{Contents()}</header>\n")
            .Append(CultureInfo.InvariantCulture, $"{(_figures.Count > 0 ? Asset("toolbar.html") : "")}")
            .Append("<main id=\"content\">\n").Append(_body);
        if (_sections.Count > 0)
        {
            page.Append("</section>\n");
        }
        page.Append("</main>\n<p id=\"live\" class=\"hidden\" role=\"status\"></p>\n")
            .Append("<noscript><p>Curves and sliders need JavaScript; text, tables and matrices do not.</p></noscript>")
            .Append(CultureInfo.InvariantCulture,
                $"\n<script type=\"application/json\" id=\"data\">{Json()}</script>\n");
        page.Append(CultureInfo.InvariantCulture, $"<script>\n/*\n{Asset("uPlot.LICENSE.txt")}*/\n</script>\n");
        foreach (var program in new[] { "uPlot.min.js", "page.js", "charts.js", "scatter.js", "matrix.js", "start.js" })
        {
            page.Append(CultureInfo.InvariantCulture, $"<script>\n{Asset(program)}\n</script>\n");
        }
        return page.Append("</body>\n</html>\n").ToString();
    }

    /// <summary>A file that the program carries.</summary>
    public static string Asset(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"Page/{name}")
            ?? throw new InvalidOperationException($"The program lacks its file {name}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    // A column of numbers is aligned to the right, one of sentences has the room of several words.
    static string ClassOf(string[] column, bool first) =>
        !first && column.Length > 0 && Array.TrueForAll(
            column, c => IsNumber(c) || c is "-" || c == PageNumbers.Text(null) || c == PageNumbers.Text(double.NaN))
            ? " class=\"number\""
            : Array.Exists(column, c => c.Length > MostOfShort) ? " class=\"long\"" : "";

    static bool IsNumber(string cell) => double.TryParse(
        cell.TrimEnd('%', ' '), NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    string Contents() => _sections.Count < 2
        ? ""
        : "<nav aria-label=\"Contents\"><ul>"
            + string.Concat(_sections.Select(s => $"<li><a href=\"#{s.Id}\">{Escaped(s.Heading)}</a></li>"))
            + "</ul></nav>\n";

    string Json()
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            foreach (var (name, write) in _data)
            {
                json.WritePropertyName(name);
                write(json);
            }
            json.WriteStartArray("figures");
            _figures.ForEach(f => Write(json, f));
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    static void Write(Utf8JsonWriter json, CurveFigure figure)
    {
        json.WriteStartObject();
        json.WriteString("id", figure.Id);
        json.WriteString("xLabel", figure.XLabel);
        json.WriteString("yLabel", figure.YLabel);
        json.WriteBoolean("overBlocks", figure.OverBlocks);
        json.WriteBoolean("logX", figure.LogX);
        if (figure.X is { } places)
        {
            PageNumbers.Write(json, "x", places.Select(p => (double?)p));
        }
        if (figure.Names is { } names)
        {
            json.WriteStartArray("names");
            foreach (var name in names)
            {
                json.WriteStringValue(name);
            }
            json.WriteEndArray();
        }
        if (figure.Marked is { } marked)
        {
            json.WriteNumber("marked", marked);
        }
        json.WriteStartArray("curves");
        foreach (var curve in figure.Curves)
        {
            Write(json, curve);
        }
        json.WriteEndArray();
        if (figure.Neurons is { Count: > 0 } neurons)
        {
            json.WriteStartObject("neurons");
            foreach (var (neuron, values) in neurons)
            {
                PageNumbers.Write(json, neuron.ToString(CultureInfo.InvariantCulture), values);
            }
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    static void Write(Utf8JsonWriter json, Curve curve)
    {
        json.WriteStartObject();
        json.WriteString("name", curve.Name);
        json.WriteString("kind", curve.Kind switch
        {
            CurveKind.Bound => "bound",
            CurveKind.Points => "points",
            _ => "line",
        });
        json.WriteNumber("style", curve.Style);
        PageNumbers.Write(json, "values", curve.Values);
        if (curve is { Low: { } low, High: { } high })
        {
            PageNumbers.Write(json, "low", low);
            PageNumbers.Write(json, "high", high);
        }
        json.WriteEndObject();
    }
}
