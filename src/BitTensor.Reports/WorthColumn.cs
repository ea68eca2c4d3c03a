using BitTensor.Records;

namespace BitTensor.Reports;

/// <summary>Where an audit's records keep one estimator of the ideal rank.</summary>
/// <param name="Estimator">Its name in <see cref="Scenarios.MetricCatalogue.Estimators"/>.</param>
/// <param name="Of">Its value of a neuron; null where it was not measured.</param>
/// <param name="Pairs">Its agreement with ablation over pairs; null where there is none.</param>
sealed record WorthColumn(
    string Estimator, Func<JournalRecord.Audited, double?> Of, Func<PairAgreement?, double?> Pairs)
{
    /// <summary>As the neurons served.</summary>
    public static IReadOnlyList<WorthColumn> Served { get; } =
    [
        new("hessian", r => r.Hessian, p => p?.Hessian),
        new("fisher", r => r.Fisher, p => p?.Fisher),
        new("taylor", r => r.Taylor, p => p?.Taylor),
        new("path", r => r.Path, p => p?.Path),
        new("shapley", r => r.Shapley, p => p?.Shapley),
        new("ablation", r => r.Ablation, _ => null),
    ];

    /// <summary>As if every answer were used.</summary>
    public static IReadOnlyList<WorthColumn> Potential { get; } =
    [
        new("hessian", r => r.Potential.Hessian, p => p?.Hessian),
        new("fisher", r => r.Potential.Fisher, p => p?.Fisher),
        new("taylor", r => r.Potential.Taylor, p => p?.Taylor),
        new("path", r => r.Potential.Path, p => p?.Path),
        new("shapley", r => r.Potential.Shapley, p => p?.Shapley),
        new("ablation", r => r.Potential.Ablation, _ => null),
    ];
}
