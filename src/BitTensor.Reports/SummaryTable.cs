using System.Globalization;

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
    public static string Text(IReadOnlyList<PopulationSummary> populations) =>
        AlignedText.Of(
            [[.. Columns.Select(c => c.Head)], .. populations.Select(p => Columns.Select(c => c.Cell(p)).ToArray())],
            c => c > 0);

    static string Share(double? value) => value is { } v ? v.ToString("0.0%", CultureInfo.InvariantCulture) : "-";

    static string Number(double? value) => value is { } v ? v.ToString("G4", CultureInfo.InvariantCulture) : "-";
}
