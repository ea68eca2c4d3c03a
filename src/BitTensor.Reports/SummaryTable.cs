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
            [[.. Heads], .. populations.Select(p => Cells(p).ToArray())],
            c => c > 0);

    /// <summary>Heads of the columns.</summary>
    public static IReadOnlyList<string> Heads { get; } = [.. Columns.Select(c => c.Head)];

    /// <summary>The cells of a population, in the order of the columns.</summary>
    public static IReadOnlyList<string> Cells(PopulationSummary population) =>
        [.. Columns.Select(c => c.Cell(population))];

    static string Share(double? value) => value is { } v ? v.ToString("0.0%", CultureInfo.InvariantCulture) : "-";

    static string Number(double? value) => value is { } v ? v.ToString("G4", CultureInfo.InvariantCulture) : "-";
}
