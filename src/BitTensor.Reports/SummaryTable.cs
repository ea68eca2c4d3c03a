using System.Globalization;

namespace BitTensor.Reports;

/// <summary>The table at the end of a run: a row per population.</summary>
public static class SummaryTable
{
    static readonly (string Head, string Doc, Func<PopulationSummary, string> Cell)[] Columns =
    [
        ("population", "name of the population", p => p.Population),
        ("neurons", "number of its neurons", p => p.Neurons.ToString(CultureInfo.InvariantCulture)),
        ("of all", "its share of all neurons: the share it holds when all are alike", p => Share(p.FairShare)),
        ("rank", "the share of all rank (5) that it holds together", p => Share(p.RankShare)),
        ("stake", "the share of all stake (6) that it holds together, after the block", p => Share(p.StakeShare)),
        ("mask", "mean mask (8) that peers grant its neurons, in (0, 1)", p => Number(p.Mask)),
        ("self-weight", "mean w_ii of its neurons, in [0, 1]", p => Number(p.SelfWeight)),
        ("loss", "mean training loss of its neurons, each before its own step", p => Number(p.Loss)),
        ("accuracy", "mean training accuracy, likewise; none for quadratic neurons", p => Share(p.Accuracy)),
        (
            "ablation",
            "mean rise of the others' held-out losses without one of its neurons, over n; negative where the others "
            + "do better without it",
            p => Number(p.Ablation)),
    ];

    /// <summary>
    /// What is in each column: its head, and a sentence. Values are those of the last block that has one.
    /// </summary>
    public static IReadOnlyList<(string Head, string Doc)> Explained { get; } =
        [.. Columns.Select(c => (c.Head, c.Doc))];

    /// <summary>The table as plain text, columns aligned, one line per population.</summary>
    /// <param name="populations">The populations.</param>
    /// <param name="width">Columns of the terminal; null for no limit.</param>
    public static string Text(IReadOnlyList<PopulationSummary> populations, int? width = null) =>
        AlignedText.Of(
            [[.. Heads], .. populations.Select(p => Cells(p).ToArray())],
            c => c > 0, width);

    /// <summary>Heads of the columns.</summary>
    public static IReadOnlyList<string> Heads { get; } = [.. Columns.Select(c => c.Head)];

    /// <summary>The cells of a population, in the order of the columns.</summary>
    public static IReadOnlyList<string> Cells(PopulationSummary population) =>
        [.. Columns.Select(c => c.Cell(population))];

    static string Share(double? value) => value is { } v ? v.ToString("0.0%", CultureInfo.InvariantCulture) : "-";

    static string Number(double? value) => value is { } v ? v.ToString("G4", CultureInfo.InvariantCulture) : "-";
}
