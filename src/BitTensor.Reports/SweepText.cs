using System.Globalization;
using System.Text;
using BitTensor.Scenarios;
using BitTensor.Studies;

namespace BitTensor.Reports;

/// <summary>The result of a sweep for people: a table per property, a line per point.</summary>
public static class SweepText
{
    /// <summary>What is in each column: its head, and a sentence.</summary>
    public static IReadOnlyList<(string Head, string Doc)> Explained { get; } =
    [
        ("held", "seeds in which the property holds; 'a to b' where it is unknown in some"),
        ("of seeds", "95 % interval of the share of seeds in which it holds (Wilson)"),
        ("measured", "mean over the seeds of the left side at the block that decided; not finite where one is not"),
        ("95 %", "interval of that mean (bootstrap); none for one seed, nor where it is not finite"),
        ("against", "mean of its right side"),
        ("outcome", "pass or FAIL where the interval lies on one side of the wanted share, else unknown"),
        ("to decide", "seeds that would decide if it went on to hold in the same share of them"),
    ];

    /// <summary>The tables.</summary>
    /// <param name="verdict">The verdict.</param>
    /// <param name="width">Columns of the terminal; null for no limit.</param>
    public static string Of(SweepVerdict verdict, int? width)
    {
        var text = new StringBuilder();
        var properties = verdict.Rows.IsEmpty ? 0 : verdict.Rows[0].Properties.Length;
        for (var k = 0; k < properties; k++)
        {
            var (name, wanted) = (verdict.Rows[0].Properties[k].Name, verdict.Rows[0].Properties[k].Wanted);
            text.Append(WrappedText.Of($"{name} - wanted in {Share(wanted)} of seeds", width, 2)).Append('\n');
            text.Append(Table(verdict, k, width)).Append('\n');
        }
        return text.ToString();
    }

    /// <summary>What the named points of a sweep set, a line for each; empty without any.</summary>
    public static string NamesOf(SweepSpec sweep, int? width)
    {
        string[][] lines = [
            .. sweep.Vary.OfType<SweepAxis.Points>().SelectMany(
                a => a.Of.Select(p => (string[])[a.Name, p.Name, string.Join(", ", p.Set)])),
        ];
        return lines.Length > 0 ? AlignedText.Of(lines, width: width) : "";
    }

    static string Table(SweepVerdict verdict, int property, int? width)
    {
        var rows = verdict.Rows.Select(row => (row.Values, Property: row.Properties[property])).ToArray();
        var decides = Array.Exists(rows, r => r.Property.Outcome == Outcome.Unknown);
        List<string[]> lines =
        [
            [
                .. Heads(verdict.Axes), "held", "of seeds", "measured", "95 %", "against",
                "outcome", .. decides ? (string[])["to decide"] : [],
            ],
            .. rows.Select(r => (string[])
            [
                .. r.Values, Count(r.Property), $"{Share(r.Property.Low)}..{Share(r.Property.High)}",
                Number(r.Property.Measured?.Mean), Interval(r.Property.Measured), Number(r.Property.Measured?.Against),
                OutcomeWords.Of(r.Property.Outcome), .. decides ? (string[])[Decides(r.Property)] : [],
            ]),
        ];
        return AlignedText.Of(lines, width: width);
    }

    /// <summary>The last key of each path; whole paths where two end alike.</summary>
    static IEnumerable<string> Heads(IReadOnlyCollection<string> axes)
    {
        string[] last = [.. axes.Select(a => a.Split('.')[^1])];
        return last.Distinct().Count() == last.Length ? last : axes;
    }

    internal static string Decides(SweepProperty property) => property.SeedsToDecide is { } seeds ? $"{seeds} seeds"
        : property.Outcome == Outcome.Unknown ? "no number"
        : "-";

    internal static string Count(SweepProperty property) => property.Unknown == 0
        ? $"{property.Held} of {property.Seeds}"
        : $"{property.Held} to {property.Held + property.Unknown} of {property.Seeds}";

    internal static string Interval(SweepMeasure? measure) => measure is { Low: not null, High: not null }
        ? $"{Number(measure.Low)}..{Number(measure.High)}"
        : "-";

    internal static string Number(double? value) => value?.ToString("G3", CultureInfo.InvariantCulture) ?? "-";

    internal static string Share(double share) => share.ToString("0.#%", CultureInfo.InvariantCulture);
}
