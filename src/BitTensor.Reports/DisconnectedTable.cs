using System.Globalization;

namespace BitTensor.Reports;

/// <summary>
/// What neurons do on held-out data, networked and without their peers (section 1.6, step 6): a row per population,
/// accuracy for classes and loss for a regression, at the last audited block.
/// </summary>
public static class DisconnectedTable
{
    /// <summary>What is in each column: its head, and a sentence.</summary>
    public static IReadOnlyList<(string Head, string Doc)> Explained { get; } =
    [
        ("population", "name of the population"),
        ("held-out", "what is measured on held-out data: accuracy, or loss in a regression"),
        ("networked", "with the answers that came since the audit before"),
        ("with student", "without peers, each neuron's student in their place"),
        ("with zeros", "without peers, zeros in their place"),
        ("solo", "of the same neurons had they made the same steps alone"),
    ];

    /// <summary>Heads of the columns.</summary>
    public static IReadOnlyList<string> Heads { get; } = [.. Explained.Select(c => c.Head)];

    /// <summary>The rows; none where nothing was measured without peers.</summary>
    public static IReadOnlyList<string[]> Rows(IReadOnlyList<PopulationSummary> populations) =>
        [.. populations.Where(p => p.Disconnected is not null).Select(p => Cells(p.Population, p.Disconnected!))];

    /// <summary>The table as plain text, columns aligned; empty where nothing was measured without peers.</summary>
    /// <param name="populations">The populations.</param>
    /// <param name="width">Columns of the terminal; null for no limit.</param>
    public static string Text(IReadOnlyList<PopulationSummary> populations, int? width = null)
    {
        var rows = Rows(populations);
        return rows.Count == 0 ? "" : AlignedText.Of([[.. Heads], .. rows], c => c > 1, width);
    }

    static string[] Cells(string population, DisconnectedSummary d) => d.ZeroAccuracy is null
        ? [
            population, "loss", Loss(d.NetworkedLoss), Loss(d.StudentLoss), Loss(d.ZeroLoss), Loss(d.SoloLoss),
        ]
        : [
            population, "accuracy", Share(d.NetworkedAccuracy), Share(d.StudentAccuracy), Share(d.ZeroAccuracy),
            Share(d.SoloAccuracy),
        ];

    static string Share(double? value) => value is { } v ? v.ToString("0.0%", CultureInfo.InvariantCulture) : "-";

    static string Loss(double? value) => value is { } v ? v.ToString("G4", CultureInfo.InvariantCulture) : "-";
}
