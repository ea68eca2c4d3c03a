using BitTensor.Records;
using BitTensor.Scenarios;
using BitTensor.Studies;

namespace BitTensor.Reports;

/// <summary>
/// <c>report.html</c> of an equilibrium scenario: its properties, its metrics against the axis of numbers, and what
/// figures 4 and 5 of the paper show.
/// </summary>
static class StudyPage
{
    const int MostPoints = 12_000;

    /// <summary>Writes the page.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(
        string folder, EquilibriumScenario scenario, StudyResult result, EquilibriumVerdict verdict)
    {
        var word = OutcomeWords.Of(verdict.Verdict);
        var page = new PageBuilder($"{scenario.Name}: {word}");
        page.Section("properties", "Verdict: every property");
        foreach (var property in verdict.Properties)
        {
            var outcome = OutcomeWords.Of(property.Outcome);
            page.Html($"<p><span class=\"badge {outcome.ToLowerInvariant()}\">{outcome}</span> <b>{PageBuilder.Escaped(property.Name)}</b>: "
                + $"<code>{PageBuilder.Escaped(property.Text)}</code>; value {PageNumbers.Text(property.Left)}, bound "
                + $"{PageNumbers.Text(property.Right)}</p>");
        }
        page.Section("metrics", "What was measured");
        AddPicture(page, scenario, result);
        foreach (var figure in Figures(scenario, result.Table))
        {
            page.Figure(figure);
        }
        page.Html($"<pre>{PageBuilder.Escaped(StudyText.Text(scenario.Study, verdict.Summary))}</pre>");
        page.Commands($"bta replay {PageBuilder.Argument(folder)}    # computes every trial again and compares it to the last bit");
        var head = $"<h1><span class=\"badge {word.ToLowerInvariant()}\">{word}</span> {PageBuilder.Escaped(scenario.Name)}</h1>\n"
            + (scenario.Description.Length > 0 ? $"<p>{PageBuilder.Escaped(scenario.Description)}</p>\n" : "")
            + $"<p>Study {PageBuilder.Escaped(verdict.Study)}: {Counted.Of(verdict.Trials, "trial")}, seed {verdict.Seed}, hash of the results {verdict.ResultHash}</p>\n";
        File.WriteAllText(Path.Combine(folder, RunFolder.ReportFile), page.Build(head));
    }

    static void AddPicture(PageBuilder page, EquilibriumScenario scenario, StudyResult result)
    {
        switch (scenario.Study)
        {
            case StudySpec.Correlation or StudySpec.Own:
                AddRanks(page, result);
                break;
            case StudySpec.AdaptiveTau spec:
                AddSteps(page, spec, result);
                break;
            default:
                break;
        }
    }

    /// <summary>Figure 4: competitive against ideal rank, a slider over alpha over tau.</summary>
    static void AddRanks(PageBuilder page, StudyResult result)
    {
        var places = result.Trials.Cast<TrialResult.Solved>()
            .GroupBy(t => t.AlphaOverTau).OrderBy(g => g.Key).ToArray();
        var each = MostPoints / Math.Max(1, places.Length * places[0].First().Rank.Length);
        var shown = places.Select(g => g.Take(Math.Max(1, each)).ToArray()).ToArray();
        page.Open(
            "scatter", "Competitive against ideal rank",
            "Figure 4: the rank (5) where the game (12) comes to rest, against the ideal rank (2), both in equal shares; on "
            + "the diagonal the market pays what is due.",
            "scatter");
        page.Html("<p class=\"slider\"><label>alpha / tau <input type=\"range\" min=\"0\" "
            + $"max=\"{places.Length - 1}\" value=\"{places.Length - 1}\"></label> <output></output></p>");
        page.Html("<div class=\"legend\"></div><div class=\"picture\"></div>");
        if (shown[0].Length < places[0].Count())
        {
            page.Text($"{shown[0].Length} of {places[0].Count()} games are drawn at each place.");
        }
        page.Close().Data("scatter", json =>
        {
            json.WriteStartObject();
            json.WriteString("place", "alpha / tau");
            json.WriteString("xLabel", "ideal rank, in equal shares");
            json.WriteString("yLabel", "competitive rank, in equal shares");
            PageNumbers.Write(json, "blocks", places.Select(p => (double?)p.Key));
            PageNumbers.Write(json, "pearson", places.Select(p => (double?)p.Average(t => t.Pearson ?? 0)));
            json.WriteStartArray("labels");
            foreach (var (game, trial) in shown.MaxBy(s => s.Length)!.Index())
            {
                for (var i = 0; i < trial.Rank.Length; i++)
                {
                    json.WriteStringValue($"game {game}, neuron {i}");
                }
            }
            json.WriteEndArray();
            Write("x", t => t.IdealRank);
            Write("y", t => t.Rank);
            json.WriteEndObject();

            void Write(string name, Func<TrialResult.Solved, double[]> of)
            {
                json.WriteStartArray(name);
                foreach (var place in shown)
                {
                    PageNumbers.Write(json, place.SelectMany(t => Shares(of(t))));
                }
                json.WriteEndArray();
            }
        });
    }

    static IEnumerable<double?> Shares(double[] rank) =>
        BlockFigures.Shares(rank).Select(s => (double?)(s * rank.Length));

    /// <summary>Figure 5: the ratio, tau and the correlation over the steps, median and four of five games.</summary>
    static void AddSteps(PageBuilder page, StudySpec.AdaptiveTau spec, StudyResult result)
    {
        var runs = result.Trials.Cast<TrialResult.AdaptiveTau>().ToArray();
        CurveFigure Figure(string id, string title, string about, string label,
            Func<TrialResult.AdaptiveTau, IEnumerable<double?>> values, double? bound)
        {
            var series = runs.Select(r => values(r).ToArray()).ToArray();
            double?[] At(double share) =>
                [.. Enumerable.Range(0, runs[0].Steps.Length).Select(k => Quantile(series, k, share))];
            var median = new Curve("median, and four of five games", 0, At(0.5)) { Low = At(0.1), High = At(0.9) };
            Curve[] target = bound is { } at
                ? [new Curve("target", 0, [.. runs[0].Steps.Select(_ => (double?)at)]) { Kind = CurveKind.Bound }]
                : [];
            return new CurveFigure(id, title, about, label, [median, .. target])
            {
                X = [.. runs[0].Steps.Select(s => (double)s)],
                XLabel = "step",
                OverBlocks = false,
            };
        }
        page.Figure(Figure(
            "ratio", "Diagonal of W over the rest", "Figure 5: sum(diag W) / (sum W - sum(diag W)), which the controller drives to its target.",
            "ratio", r => r.Ratio.Select(v => (double?)v), spec.Target));
        page.Figure(Figure(
            "tau", "Inflation the controller sets", "tau of (6): the more of it, the more a vote for oneself pays against the loss in (12).", "tau",
            r => r.Tau.Select(v => (double?)v), null));
        page.Figure(Figure(
            "steps-pearson", "Competitive against ideal rank", "Pearson's correlation of the rank (5) with the ideal rank (2); missing where the rank does not vary.",
            "correlation", r => r.Pearson, null));
    }

    static double? Quantile(double?[][] series, int k, double share)
    {
        double[] sorted = [.. series.Select(s => s[k]).OfType<double>().Where(double.IsFinite).Order()];
        if (sorted.Length == 0)
        {
            return null;
        }
        var at = share * (sorted.Length - 1);
        var (low, high) = ((int)Math.Floor(at), (int)Math.Ceiling(at));
        return sorted[low] + (at - low) * (sorted[high] - sorted[low]);
    }

    /// <summary>
    /// A figure per metric, against the longest axis of numbers; a line per combination of the other axes.
    /// </summary>
    static IEnumerable<CurveFigure> Figures(EquilibriumScenario scenario, StudyTable table)
    {
        if (table.Axes.IsEmpty)
        {
            yield break;
        }
        var scales = table.Axes.Select(a => AxisScale.Of(a.Points)).ToArray();
        var axis = Enumerable.Range(0, scales.Length)
            .OrderByDescending(a => scales[a].IsNumeric).ThenByDescending(a => scales[a].Numbers.Length).First();
        var (scale, points) = (scales[axis], table.Axes[axis].Points);
        int[] order = [.. Enumerable.Range(0, points.Length).OrderBy(v => scale.Numbers[v])];
        var series = table.Rows.GroupBy(r => string.Join(", ", r.At.Index()
            .Where(p => p.Index != axis && table.Axes[p.Index].Points.Length > 1)
            .Select(p => $"{table.Axes[p.Index].Name} {p.Item}"))).ToArray();
        foreach (var metric in StudyCatalogue.MetricsOf(scenario.Study))
        {
            IReadOnlyList<double?> Of(IEnumerable<StudyRow> rows, string name) =>
            [
                .. order.Select(v => rows.FirstOrDefault(r => r.At[axis] == points[v]) is { } row
                    && row.Values.TryGetValue(name, out var value) && !double.IsNaN(value) ? value : (double?)null),
            ];
            yield return new CurveFigure(
                $"metric-{metric.Name}", $"{char.ToUpperInvariant(metric.Name[0])}{metric.Name[1..]}", metric.Doc, metric.Name,
                [
                    .. series.Select((s, k) => new Curve(s.Key.Length > 0 ? s.Key : metric.Name, k, Of(s, metric.Name))
                    {
                        Kind = scale.IsNumeric ? CurveKind.Line : CurveKind.Points,
                        Low = metric.Interval ? Of(s, $"{metric.Name}-low") : null,
                        High = metric.Interval ? Of(s, $"{metric.Name}-high") : null,
                    }),
                ])
            {
                X = [.. order.Select(v => scale.Numbers[v])],
                XLabel = table.Axes[axis].Name,
                Names = scale.IsNumeric ? null : [.. order.Select(v => points[v])],
                OverBlocks = false,
                LogX = scale.IsLog,
            };
        }
    }
}
