using System.Collections.Immutable;
using System.Globalization;
using BitTensor.Mechanism;
using BitTensor.Scenarios;

namespace BitTensor.Studies;

/// <summary>
/// The two studies that evaluate one block at each point: splitting a rank share, and identities without stake.
/// </summary>
sealed class FormulaStudy(EquilibriumScenario scenario) : Study(scenario)
{
    /// <inheritdoc/>
    protected override int Trials => 1;

    /// <inheritdoc/>
    public override void Work(IReadOnlyList<int> items, Action<TrialResult> done, CancellationToken cancellation)
    {
        foreach (var item in items)
        {
            cancellation.ThrowIfCancellationRequested();
            var (trial, at) = Place(item);
            var values = Scenario.Study is StudySpec.MintInflation mint
                ? Mint(mint, at)
                : Dilution((StudySpec.MuDilution)Scenario.Study, at);
            done(
                new TrialResult.Formula
                {
                    Item = item,
                    Trial = trial,
                    At = at,
                    Values = values.ToImmutableSortedDictionary(StringComparer.Ordinal),
                });
        }
    }

    /// <inheritdoc/>
    protected override IEnumerable<(string Metric, IEnumerable<double> Values)> Measure(
        ImmutableSortedDictionary<string, string> at, IReadOnlyList<TrialResult> trials) =>
        trials.Cast<TrialResult.Formula>().SelectMany(t => t.Values)
            .Select(v => (v.Key, (IEnumerable<double>)[v.Value]));

    static Dictionary<string, double> Mint(StudySpec.MintInflation study, ImmutableSortedDictionary<string, string> at)
    {
        var norm = at["norm"] == "l1" ? InflationNorm.L1 : InflationNorm.L2;
        var (share, parts) = (Number(at, "share"), (int)Number(at, "parts"));
        var (mint, total) = Close(study.Neurons, share, parts, norm);
        return new()
        {
            ["mint"] = mint,
            ["total"] = total,
            ["gain"] = mint / Close(study.Neurons, share, 1, norm).Owner,
        };
    }

    /// <summary>
    /// One block's emission when <paramref name="parts"/> identities hold the share together; its scale cancels in eq.
    /// (6).
    /// </summary>
    static (double Owner, double Total) Close(int neurons, double share, int parts, InflationNorm norm)
    {
        var rank = new double[parts + neurons - 1];
        Array.Fill(rank, share / parts, 0, parts);
        Array.Fill(rank, (1 - share) / (neurons - 1), parts, neurons - 1);
        var emission = Ranking.Emission(rank, tau: 1, norm);
        return (emission[..parts].Sum(), emission.Sum());
    }

    static Dictionary<string, double> Dilution(StudySpec.MuDilution study, ImmutableSortedDictionary<string, string> at)
    {
        var (temperature, sybils) = (Number(at, "temperature"), (int)Number(at, "sybils"));
        var market = Market.Genesis(
            [.. Bids(study.Honest, sybils)], Stakes(study.Honest, sybils),
            new MechanismParameters { Temperature = temperature });
        var masks = new Masks(market);
        // Neuron 0 queries, and so does the defector, whose index follows the honest neurons; both query the same
        // honest peers.
        var honest = masks.Row(0)[1..study.Honest].Average();
        var defector = masks.Row(study.Honest)[1..study.Honest].Average();
        return new() { ["honest"] = honest, ["defector"] = defector, ["retained"] = defector / honest };
    }

    /// <summary>
    /// Honest neurons bid equally for one another. The defector gives them a fifth of an honest weight and keeps the
    /// rest. Identities without stake bid for themselves.
    /// </summary>
    static IEnumerable<WeightRow> Bids(int honest, int sybils)
    {
        int[] peers = [.. Enumerable.Range(0, honest)];
        var defector = Enumerable.Repeat(0.2 / honest, honest).Append(0.8).ToArray();
        return
        [
            .. Enumerable.Repeat(WeightRow.Uniform(peers), honest),
            WeightRow.Dense(defector),
            .. Enumerable.Range(honest + 1, sybils).Select(i => WeightRow.Uniform([i])),
        ];
    }

    static double[] Stakes(int honest, int sybils) =>
        [.. Enumerable.Repeat(1.0, honest + 1), .. Enumerable.Repeat(0.0, sybils)];

    static double Number(ImmutableSortedDictionary<string, string> at, string axis) =>
        double.Parse(at[axis], CultureInfo.InvariantCulture);
}
