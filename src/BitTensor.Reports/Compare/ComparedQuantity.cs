using System.Globalization;

namespace BitTensor.Reports.Compare;

/// <summary>A quantity of a population that runs are compared by.</summary>
/// <param name="Name">Name, the head of its column.</param>
/// <param name="IsShare">True when it is a share, shown in percent.</param>
/// <param name="Doc">What it is, with unit and range.</param>
/// <param name="Of">Its value in a run; null where the run has none.</param>
public sealed record ComparedQuantity(string Name, bool IsShare, string Doc, Func<ComparedRun, string, double?> Of)
{
    /// <summary>All of them, the most telling first.</summary>
    public static IReadOnlyList<ComparedQuantity> All { get; } =
    [
        new(
            "emission", true, "the population's share of all that the blocks emitted (6)", (r, p) => r.EmissionShare(p)),
        new("rank", true, "its share of all rank (5) at the last block", (r, p) => SummaryOf(r, p)?.RankShare),
        new("stake", true, "its share of all stake after the last block", (r, p) => SummaryOf(r, p)?.StakeShare),
        new(
            "loss", false, "mean training loss of its neurons at the last block that has one", (r, p) => SummaryOf(r, p)?.Loss),
        new("accuracy", true, "mean training accuracy, likewise", (r, p) => SummaryOf(r, p)?.Accuracy),
        new("mask", false, "mean mask (8) that peers grant its neurons, in (0, 1)", (r, p) => SummaryOf(r, p)?.Mask),
        new("self-weight", false, "mean w_ii of its neurons", (r, p) => SummaryOf(r, p)?.SelfWeight),
        new(
            "ablation", false, "mean rise of the others' losses without one of its neurons, over n",
            (r, p) => SummaryOf(r, p)?.Ablation),
    ];

    /// <summary>A value as the tables write it; a dash where there is none.</summary>
    public string Text(double? value) => value is not { } number ? "-"
        : number.ToString(IsShare ? "0.0%" : "G4", CultureInfo.InvariantCulture);

    static PopulationSummary? SummaryOf(ComparedRun run, string population) =>
        run.Outcome.Populations.FirstOrDefault(p => p.Population == population);
}
