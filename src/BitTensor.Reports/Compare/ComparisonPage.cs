using System.Globalization;
using System.Net;
using System.Text;

namespace BitTensor.Reports.Compare;

/// <summary>
/// A comparison as one page of HTML that loads nothing: the text, and the curves of the runs overlaid.
/// </summary>
/// <param name="comparison">The comparison.</param>
/// <param name="runs">Its runs, in its order.</param>
public sealed class ComparisonPage(RunComparison comparison, IReadOnlyList<ComparedRun> runs)
{
    const int MostRows = 25;
    const int MostChanges = 3;

    const string Style = """
        :root { color-scheme: light dark; --line: #8884; }
        body { font: 16px/1.5 system-ui, sans-serif; margin: 1.5rem auto; max-width: 60rem; padding: 0 1rem; }
        .wide { overflow-x: auto; }
        table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
        th, td { padding: .2rem .6rem; text-align: right; border-bottom: 1px solid var(--line); }
        th:first-child, td:first-child, .words th, .words td { text-align: left; vertical-align: top; }
        .FAIL { font-weight: bold; }
        svg { max-width: 100%; height: auto; }
        svg text { font-size: 12px; fill: currentColor; }
        .grid { stroke: var(--line); }
        .legend { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; }
        .legend svg { vertical-align: middle; }
        @media print { details { display: none; } }
        """;

    static readonly (string Metric, string Doc)[] Metrics =
    [
        ("rank-share", "Share of all rank (5) that a population holds together."),
        ("stake-share", "Share of all stake after the block that a population holds together."),
        ("loss", "Mean training loss over the neurons of a population."),
        ("accuracy", "Mean training accuracy over the neurons of a population."),
        ("mask", "Mean mask (8) that peers grant the neurons of a population."),
        ("self-weight", "Mean w_ii over the neurons of a population."),
    ];

    /// <summary>The page.</summary>
    public string Html()
    {
        var page = new StringBuilder();
        var title = $"Comparison of {string.Join(", ", comparison.Runs.Select(r => r.Label))}";
        page.Append(
            "<!doctype html>\n<html lang='en'><head><meta charset='utf-8'>"
            + "<meta name='viewport' content='width=device-width, initial-scale=1'>"
            + $"<title>{title}</title>\n<style>\n{Style}\n</style></head><body><main>\n<h1>{title}</h1>\n");
        page.Append("<h2>What changed for whom</h2>\n");
        var text = new ComparisonText(comparison, null);
        for (var k = 1; k < comparison.Runs.Length; k++)
        {
            var (run, against) = (comparison.Runs[k], comparison.Against[k - 1]);
            page.Append($"<p>{run.Label} ({OutcomeWords.Of(run.Verdict)}) against A "
                + $"({OutcomeWords.Of(comparison.Runs[0].Verdict)}){Text(Changed(against))}: {Text(text.Sentence(k))}.</p>\n");
        }
        AddPopulations(page);
        foreach (var against in comparison.Against)
        {
            page.Append($"<p>A and {against.Label}: {Text(ComparisonText.Difference(against))}.</p>\n");
        }
        AddRuns(page);
        AddProperties(page);
        AddCurves(page);
        return page.Append("</main></body></html>\n").ToString();
    }

    /// <summary>The first values that the scenario of a run changes, in words.</summary>
    static string Changed(ComparisonAgainst against)
    {
        var changes = against.Scenario.Where(c => c.Path != "description").ToArray();
        var named = changes.Take(MostChanges).Select(c => $"{c.Path} from {c.Left} to {c.Right}");
        return changes.Length == 0 ? ", of the same scenario"
            : $", which changes {string.Join(", ", named)}"
                + (changes.Length > MostChanges ? $" and {changes.Length - MostChanges} values more" : "");
    }

    static string Cell(string text) => text.StartsWith("FAIL", StringComparison.Ordinal)
        ? $"<td class='FAIL'>{Text(text)}</td>"
        : $"<td>{Text(text)}</td>";

    static string Text(string text) => WebUtility.HtmlEncode(text);

    void AddRuns(StringBuilder page)
    {
        page.Append("<h2>Runs</h2>\n");
        AddTable(
            page, ["run", "verdict", "blocks", "seed", "folder"],
            comparison.Runs.Select(r => (string[])
            [
                r.Label, OutcomeWords.Of(r.Verdict), $"{r.Blocks}{(r.IsEarly ? " (not at its end)" : "")}",
                $"{r.Seed}", r.Folder,
            ]),
            ofWords: true);
        foreach (var against in comparison.Against)
        {
            page.Append($"<h3>What the scenario of {against.Label} changes</h3>\n");
            AddTable(
                page, ["value", "A", against.Label], against.Scenario.Select(c => (string[])[c.Path, c.Left, c.Right]),
                ofWords: true);
        }
    }

    void AddPopulations(StringBuilder page)
    {
        var quantities = ComparedQuantity.All
            .Where(q => comparison.Populations.Any(p => p.Values[q.Name].Any(v => v is not null))).ToArray();
        AddTable(
            page, ["population", "run", "neurons", .. quantities.Select(q => q.Name)],
            comparison.Populations.SelectMany(p => comparison.Runs.Select((run, k) => (string[])
            [
                p.Name, run.Label, p.Neurons[k]?.ToString(CultureInfo.InvariantCulture) ?? "-",
                .. quantities.Select(q => q.Text(p.Values[q.Name][k])),
            ])));
        page.Append($"<p>{Text(string.Join("; ", quantities.Select(q => $"{q.Name}: {q.Doc}")))}.</p>\n");
    }

    void AddProperties(StringBuilder page)
    {
        page.Append("<h2>Properties</h2>\n");
        AddTable(
            page, ["property", .. comparison.Runs.Select(r => r.Label)],
            comparison.Properties.Select(p => (string[])
            [
                $"{p.Name}, {p.Holds}",
                .. p.Verdicts.Select(v => v is null ? "not stated" : $"{OutcomeWords.Of(v)}: {v.Detail}"),
            ]),
            ofWords: true);
    }

    void AddCurves(StringBuilder page)
    {
        page.Append("<h2>Curves</h2>\n");
        var drawn = comparison.Populations.Take(CurveFigure.Colours).Select((p, k) => (p.Name, k)).ToArray();
        if (drawn.Length < comparison.Populations.Length)
        {
            page.Append($"<p>The {drawn.Length} populations whose shares changed most, of "
                + $"{comparison.Populations.Length}.</p>\n");
        }
        foreach (var (metric, doc) in Metrics)
        {
            Curve[] curves = [.. drawn
                .SelectMany(p => runs.Select((run, k) => Curve.Of(run, metric, p, (comparison.Runs[k].Label, k))))
                .Where(c => c.Points.Count > 0)];
            if (curves.Length > 0)
            {
                var figure = new CurveFigure($"{metric} over the blocks", curves);
                page.Append($"<h3>{metric}</h3>\n<p>{doc}</p>\n{figure.Svg()}{figure.Legend()}");
                AddNumbers(page, curves);
            }
        }
        page.Append($"<p>A curve of more than {Curve.MostPoints} points shows every k-th of them.</p>\n");
    }

    static void AddNumbers(StringBuilder page, Curve[] curves)
    {
        var blocks = curves.SelectMany(c => c.Points.Select(p => p.Block)).Distinct().Order().ToArray();
        var every = (blocks.Length + MostRows - 1) / MostRows;
        page.Append($"<details><summary>the numbers{(every > 1 ? $", every {every} blocks" : "")}</summary>\n");
        var values = curves.Select(c => c.Points.ToDictionary(p => p.Block, p => p.Value)).ToArray();
        AddTable(
            page, ["block", .. curves.Select(c => c.Name)],
            blocks.Where((_, k) => k % every == 0 || k == blocks.Length - 1).Select(b => (string[])
            [
                b.ToString(CultureInfo.InvariantCulture),
                .. values.Select(v =>
                    v.TryGetValue(b, out var value) ? value.ToString("G5", CultureInfo.InvariantCulture) : "-"),
            ]));
        page.Append("</details>\n");
    }

    static void AddTable(
        StringBuilder page, string[] head, IEnumerable<string[]> rows, bool ofWords = false)
    {
        var heads = string.Concat(head.Select(h => $"<th scope='col'>{Text(h)}</th>"));
        page.Append("<div class='wide' tabindex='0'>")
            .Append(ofWords ? "<table class='words'>" : "<table>")
            .Append($"<thead><tr>{heads}</tr></thead><tbody>\n");
        foreach (var row in rows)
        {
            page.Append($"<tr>{string.Concat(row.Select(Cell))}</tr>\n");
        }
        page.Append("</tbody></table></div>\n");
    }
}
