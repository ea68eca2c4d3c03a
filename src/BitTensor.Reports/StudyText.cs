using System.Globalization;
using BitTensor.Scenarios;

namespace BitTensor.Reports;

/// <summary>The table at the end of an equilibrium scenario.</summary>
public static class StudyText
{
    // Metrics that only verdict.json lists; here they would make the lines too long.
    static readonly string[] Aside = ["constant", "rank-spread", "residual"];

    /// <summary>A line per row of the study, or per metric when there is one row only. Intervals are 95 %.</summary>
    /// <param name="study">The study.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="width">Columns of the terminal; null for no limit.</param>
    public static string Text(StudySpec study, IReadOnlyList<SummaryRow> rows, int? width = null)
    {
        var metrics = StudyCatalogue.MetricsOf(study);
        var axes = StudyCatalogue.AxesOf(study);
        return axes.IsEmpty
            ? AlignedText.Of([.. metrics.Select(m => new[] { m.Name, Cell(rows[0], m) })])
            : AlignedText.Of(
            [
                [.. axes.Select(a => a.Name), .. Shown(metrics).Select(m => m.Name)],
                .. rows.Select(row =>
                    (string[])[.. axes.Select(a => row.At[a.Name]), .. Shown(metrics).Select(m => Cell(row, m))]),
            ],
            width: width);
    }

    /// <summary>What is in each column: its head, and a sentence.</summary>
    public static IReadOnlyList<(string Head, string Doc)> Explained(StudySpec study) =>
        [.. Shown(StudyCatalogue.MetricsOf(study))
            .Select(m => (m.Name, m.Interval ? $"{m.Doc} Beside it the 95 % interval of the mean." : m.Doc))];

    static IEnumerable<StudyMetric> Shown(IEnumerable<StudyMetric> metrics) =>
        metrics.Where(m => !Aside.Contains(m.Name));

    static string Cell(SummaryRow row, StudyMetric metric)
    {
        var value = Number(row, metric.Name);
        return metric.Interval && Number(row, metric.Name + "-low") is var low and not "-"
            ? $"{value} ({low}..{Number(row, metric.Name + "-high")})"
            : value;
    }

    static string Number(SummaryRow row, string name)
    {
        if (row.Values.GetValueOrDefault(name) is not { } value)
        {
            return "-";
        }
        var format = Math.Abs(value) < 1e-300 || Math.Abs(value) is >= 0.01 and < 1000 ? "0.###"
            : Math.Abs(value) is >= 1000 and < 1e7 ? "0"
            : "0.0e0";
        return value.ToString(format, CultureInfo.InvariantCulture);
    }
}
