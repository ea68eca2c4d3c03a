using System.Collections.Immutable;
using BitTensor.Mechanism.Equilibrium;

namespace BitTensor.Scenarios;

/// <summary>What the results of each study are: its axes, and the metrics a property can speak of.</summary>
public static class StudyCatalogue
{
    const string OverTrials = "mean over the trials";

    static readonly ImmutableArray<StudyMetric> Equilibrium =
    [
        new(
            "pearson", true,
            $"Pearson's correlation of the competitive with the ideal rank, {OverTrials}. A rank that does not vary "
            + "says nothing and counts as 0."),
        new("spearman", true, "Spearman's correlation, likewise."),
        new("kendall", true, "Kendall's tau-b, likewise."),
        new("constant", false, "Share of the trials in which the competitive rank does not vary."),
        new("rank-spread", false, $"Largest |n R_j / sum R - 1|, {OverTrials}; 0 when every rank is the same."),
        new("diagonal", true, $"Mean of w_ii, {OverTrials}, in [0, 1]."),
        new("converged", false, "Share of the trials that reached the tolerance."),
        new("steps", false, $"Steps made, {OverTrials}."),
        new("residual", false, "Largest residual max |Proj(W + dW) - W| of all trials."),
    ];

    static readonly StudyMetric Exploitability = new(
        "exploitability", true,
        $"The most any neuron could gain by another row while the others stay, in units of tau, {OverTrials}; 0 at a "
        + "Nash equilibrium.");

    /// <summary>The metrics of every kind of study, in the order of the format.</summary>
    public static ImmutableArray<(
        string Kind, ImmutableArray<string> Axes, ImmutableArray<StudyMetric> Metrics)> All { get; } =
    [
        ("theta", [], [.. Equilibrium, Exploitability]),
        ("correlation", ["alpha-over-tau"], [.. Equilibrium, Exploitability]),
        ("sensitivity", ["reference", "sigma", "temperature", "neurons", "alpha-over-tau"], Equilibrium),
        ("adaptive-tau", [],
        [
            new(
                "settled", false,
                "Share of the trials in which the ratio comes within 5 % of the target and stays there to the end."),
            new("settled-step", true, "The step from which it stays there, mean over the trials that settle."),
            new("ratio", true, $"sum(diag W) / (sum W - sum(diag W)) at the end, {OverTrials}."),
            new(
                "overshoot", true,
                $"Largest ratio over the target from the first crossing on, {OverTrials}; 1 without any."),
            new("tau", true, $"tau at the end, {OverTrials}."),
            new(
                "pearson", true,
                $"Pearson's correlation of the competitive with the ideal rank at the end, {OverTrials}."),
        ]),
        ("regret", ["alpha-over-tau", "step"],
        [
            new(
                "regret", true,
                "Regret (28) of the gradient step at the initial weights, per unit of lambda and in units of tau: "
                + $"the most any neuron would gain by another step of the same length, {OverTrials}."),
            new("regret-simplex", true, "The same among steps that keep the row on the simplex."),
            Exploitability,
            new("price-of-anarchy", true, "Sum of the losses at the equilibrium over that at the coordinated "
                + $"optimum, {OverTrials}; at least 1."),
            new("converged", false, "Share of the trials that reached the tolerance."),
        ]),
        ("mint-inflation", ["norm", "share", "parts"],
        [
            new("mint", false, "What the owner mints per block with all its identities, in units of tau."),
            new("gain", false, "The same over what it minted as one identity."),
            new(
                "total", false,
                "What everybody mints per block, in units of tau; between 1 and sqrt(n) under l2, 1 under l1."),
        ]),
        ("retention", ["rule", "weight-noise", "honest-stake", "self-weight"],
        [
            new(
                "utility", true,
                "The least W_H, the share of its row an honest validator gives to honest neurons, from which on "
                + $"honest neurons are paid at least their share of stake, E_H >= S_H, {OverTrials}; 1 where no W_H "
                + "is enough."),
            new("attained", false, "Share of the trials in which some W_H is enough."),
        ]),
        ("mu-dilution", ["temperature", "sybils"],
        [
            new("honest", false, "Mean mask an honest neuron is granted by its honest peers, in (0, 1)."),
            new("defector", false, "The same for the neuron that underbids."),
            new("retained", false, "The defector's over the honest mask: what it keeps though it pays nothing."),
        ]),
    ];

    /// <summary>The name of a study, as the format writes it; <c>theta</c> for a game of the user's own.</summary>
    public static string KindOf(StudySpec study) =>
        study is StudySpec.Own ? "theta" : YamlText.Word(study.GetType().Name);

    /// <summary>The metrics of a study.</summary>
    public static ImmutableArray<StudyMetric> MetricsOf(StudySpec study) =>
        All.First(s => s.Kind == KindOf(study)).Metrics;

    /// <summary>The axes of a study with their points, outermost first.</summary>
    public static ImmutableArray<StudyAxis> AxesOf(StudySpec study)
    {
        ImmutableArray<ImmutableArray<string>> points = study switch
        {
            StudySpec.Correlation c => [Points(c.Ratios)],
            StudySpec.Sensitivity s =>
                [
                    Words(s.References), Points(s.Sigmas), Points(s.Temperatures),
                    Points(s.Neurons.Select(n => (double)n)), Points(s.Ratios),
                ],
            StudySpec.Regret r => [Points(r.Ratios), Points(r.Steps)],
            StudySpec.MintInflation m => [["l2", "l1"], Points(m.Shares), Points(m.Parts.Select(p => (double)p))],
            StudySpec.Retention r =>
            [
                [.. r.Game.Rules.Select(rule => YamlText.Word(rule))], Points(r.Game.WeightNoises),
                Points(r.Game.HonestStakes), Points(r.SelfWeights),
            ],
            StudySpec.MuDilution m => [Points(m.Temperatures), Points(m.Sybils.Select(s => (double)s))],
            _ => [],
        };
        var names = All.First(s => s.Kind == KindOf(study)).Axes;
        return [.. names.Zip(points, (name, at) => new StudyAxis(name, at))];
    }

    static ImmutableArray<string> Points(IEnumerable<double> values) => [.. values.Select(StudyTable.PointOf)];

    static ImmutableArray<string> Words(IEnumerable<LossReference> references) =>
        [.. references.Select(r => YamlText.Word(r))];
}
