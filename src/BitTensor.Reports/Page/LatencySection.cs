using BitTensor.Records;

namespace BitTensor.Reports;

/// <summary>How long queries took, by percentiles.</summary>
static class LatencySection
{
    /// <summary>Adds the figure, or says why there is none.</summary>
    public static void AddTo(PageBuilder page, RunView view, string folder)
    {
        var rows = LatencyTable.Read(folder).ToDictionary(r => r.Block);
        long[] blocks = [.. view.Blocks.Where(rows.ContainsKey)];
        Curve Of(string name, int style, Func<QueryLatencies, double> value) =>
            new(name, style, [.. blocks.Select(b => (double?)(value(rows[b]) / 1000))]);
        page.Figure(
            new CurveFigure(
                "latency", "How long queries took",
                "Emulated time from a caller's question to the arrival of the answer that it used; longer than the time-out of an iteration is zero input to eq. (1).",
                "seconds",
                [
                    Of("median", 0, r => r.Median), Of("90th percentile", 1, r => r.P90),
                    Of("99th percentile", 2, r => r.P99), Of("longest", 3, r => r.Max),
                ])
            {
                X = [.. blocks.Select(b => (double)b)],
            },
            $"How long queries took was not measured: {RunFolder.LatenciesFile} comes with a run in virtual time.");
    }
}
