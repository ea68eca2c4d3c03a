using BitTensor.Records;
using BitTensor.Scenarios;

namespace BitTensor.Reports;

/// <summary>How long queries took, by percentiles.</summary>
static class LatencySection
{
    // A time-out that no query comes near would press the curves flat: it is said, not drawn.
    const int FarAway = 4;
    const int MostNamed = 4;

    /// <summary>Adds the figure, or says why there is none.</summary>
    public static void AddTo(PageBuilder page, RunView view, string folder)
    {
        var rows = LatencyTable.Read(folder).ToDictionary(r => r.Block);
        long[] blocks = [.. view.Blocks.Where(rows.ContainsKey)];
        Curve Of(string name, int style, Func<QueryLatencies, double> value) =>
            new(name, style, [.. blocks.Select(b => (double?)(value(rows[b]) / 1000))]);
        var timeouts = Timeouts(view.Scenario);
        page.Figure(
            new CurveFigure(
                "latency", "How long queries took",
                "Emulated time from a caller's question to the arrival of the answer that it used. An answer that "
                    + $"comes after the caller's time-out ({Sentence(timeouts)}) is zero input to eq. (1).",
                "seconds",
                [
                    Of("median", 0, r => r.Median), Of("90th percentile", 1, r => r.P90),
                    Of("99th percentile", 2, r => r.P99), Of("longest", 3, r => r.Max),
                    .. timeouts
                        .Where(t => rows.Values.Any(r => r.Max / 1000 > t.Seconds / FarAway))
                        .Select((t, k) => new Curve(
                            $"time-out of {Names(t.Populations)}", 4 + k,
                            [.. blocks.Select(_ => (double?)t.Seconds)]) { Kind = CurveKind.Bound }),
                ])
            {
                X = [.. blocks.Select(b => (double)b)],
            },
            $"How long queries took was not measured: {RunFolder.LatenciesFile} comes with a run in virtual time.");
    }

    static (double Seconds, string[] Populations)[] Timeouts(Scenario scenario) => [
        .. scenario.Populations.GroupBy(p => p.Training.ReplyTimeout.TotalSeconds, p => p.Name).OrderBy(g => g.Key)
            .Select(g => (g.Key, g.ToArray())),
    ];

    static string Sentence((double Seconds, string[] Populations)[] timeouts) => timeouts is [var one]
        ? $"{PageNumbers.Text(one.Seconds)} s"
        : string.Join("; ", timeouts.Select(t => $"{PageNumbers.Text(t.Seconds)} s of {Names(t.Populations)}"));

    static string Names(string[] populations) => populations.Length <= MostNamed
        ? string.Join(", ", populations)
        : $"{string.Join(", ", populations.Take(MostNamed))} and {populations.Length - MostNamed} more";
}
