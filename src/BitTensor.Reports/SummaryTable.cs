using System.Globalization;
using System.Text;

namespace BitTensor.Reports;

/// <summary>The table at the end of a run: a row per population.</summary>
public static class SummaryTable
{
    static readonly (string Head, Func<PopulationSummary, string> Cell)[] Columns =
    [
        ("population", p => p.Population),
        ("neurons", p => p.Neurons.ToString(CultureInfo.InvariantCulture)),
        ("of all", p => Share(p.FairShare)),
        ("rank", p => Share(p.RankShare)),
        ("stake", p => Share(p.StakeShare)),
        ("mask", p => Number(p.Mask)),
        ("self-weight", p => Number(p.SelfWeight)),
        ("loss", p => Number(p.Loss)),
        ("accuracy", p => Share(p.Accuracy)),
        ("ablation", p => Number(p.Ablation)),
    ];

    /// <summary>The table as plain text, columns aligned, one line per population.</summary>
    public static string Text(IReadOnlyList<PopulationSummary> populations)
    {
        var cells = populations.Select(p => Columns.Select(c => c.Cell(p)).ToArray()).Prepend([.. Columns.Select(c => c.Head)]).ToArray();
        var widths = Columns.Select((_, c) => cells.Max(row => row[c].Length)).ToArray();
        var text = new StringBuilder();
        foreach (var row in cells)
        {
            // Names to the left, numbers to the right.
            var padded = row.Select((cell, c) => c == 0 ? cell.PadRight(widths[c]) : cell.PadLeft(widths[c]));
            text.Append(string.Join("  ", padded).TrimEnd()).Append('\n');
        }
        return text.ToString();
    }

    static string Share(double? value) => value is { } v ? v.ToString("0.0%", CultureInfo.InvariantCulture) : "-";

    static string Number(double? value) => value is { } v ? v.ToString("G4", CultureInfo.InvariantCulture) : "-";
}
