using BitTensor.Scenarios;

namespace BitTensor.Reports;

/// <summary>Curves of the network as a whole: the market, how rank follows worth, and the traffic.</summary>
sealed class NetworkFigures(RunView view)
{
    const int MostOutcomes = 10;

    static readonly SortedDictionary<string, string> Worths = new(StringComparer.Ordinal)
    {
        ["hessian"] = "the ideal rank (2) by the exact Hessian",
        ["fisher"] = "the ideal rank (2) by Fisher information",
        ["taylor"] = "the Taylor expansion of the ablation, linear term and half the second-order one",
        ["path"] = "the ablation by three gradients along the path to an empty slot",
        ["shapley"] = "the Shapley value, the mean over orders in which the peers join",
        ["ablation"] = "the true rise of the others' losses without the neuron, which (2) approximates",
    };

    /// <summary>How rank follows worth, block by block of the audit.</summary>
    public IEnumerable<CurveFigure> Worth() => MetricCatalogue.Estimators.Reverse()
        .Where(e => e != "shapley" || view.Table.Blocks("shapley").Any())
        .Select(e => Metrics(
            $"correlation-{e}", $"Rank against worth by {e}", $"Correlation of the rank (5) with {Worths[e]}.",
            "correlation",
            ("Pearson", $"pearson-{e}"), ("Spearman", $"spearman-{e}"), ("Kendall's tau-b", $"kendall-{e}")))
        .Append(Metrics(
            "pair-agreement", "Estimators of worth against ablation",
            "Pearson's correlation with the true rise of the loss, over all pairs of a listener and a peer; hessian "
            + "and fisher lack the linear term of (18).",
            "correlation", [.. Worths.Keys.Where(e => e != "ablation").Select(e => (e, $"pair-agreement-{e}"))]))
        .Append(Metrics(
            "benchmark", "Benchmark", "Eq. (1): B = sum_i L_i over held-out data.", "sum of losses",
            ("benchmark", "benchmark")));

    /// <summary>The market.</summary>
    public IEnumerable<CurveFigure> Market() =>
    [
        Metrics(
            "diagonal-ratio", "Diagonal of W over the rest",
            "The ratio of figure 5: sum(diag W) / (sum W - sum(diag W)); 1 is what an adaptive tau aims at.", "ratio",
            ("ratio", "diagonal-ratio"), ("mean w_ii", "diagonal")),
        WithTau(Metrics(
            "mint", "Inflation and mint",
            "Eq. (6): a block mints tau |R|_1 / |R|, with the l2 norm between tau and tau sqrt(n).", "stake per block",
            ("mint", "mint"))),
        Metrics(
            "gini", "Concentration of stake",
            "Gini coefficient of S after (6): 0 when all hold the same, near 1 when one holds all.", "Gini coefficient",
            ("Gini", "gini")),
        Metrics(
            "nakamoto", "Neurons that hold the majority",
            "Fewest neurons that together hold more than half of S.", "neurons", ("neurons", "nakamoto")),
        Metrics(
            "submissions", "Submissions to the ledger",
            "Rows that the ledger judged: accepted ones move W, of which (5) makes the rank.", "submissions per block",
            ("accepted", "accepted"), ("refused", "refused")),
        Metrics(
            "block-time", "Time between blocks", "Emulated seconds from one close to the next.", "seconds",
            ("seconds", "block-time")),
    ];

    /// <summary>How evenly gates spread their queries.</summary>
    public IEnumerable<CurveFigure> Gates() =>
    [
        Metrics(
            "load-entropy", "How even the load is",
            "Entropy of the neurons' shares of the load over ln n: 1 is even; and the largest share.", "share",
            ("entropy / ln n", "load-entropy"), ("largest share", "largest-load")),
        Metrics(
            "never-asked", "Neurons that no gate asks", "Neurons without a query in the block: a gate (9) asks its top k.",
            "neurons", ("neurons", "never-asked")),
    ];

    /// <summary>Messages by kind and outcome: a figure per kind; outcomes that did not happen are not listed.</summary>
    public IEnumerable<CurveFigure> Traffic()
    {
        yield return Metrics(
            "delivered", "Parcels that no link dropped",
            "Share of what was sent in the block; a message that is dropped is zero input to its receiver.", "share",
            ("delivered", "delivered"));
        foreach (var kind in view.Overview.Traffic.GroupBy(t => t.Key.Kind))
        {
            var outcomes = kind.OrderByDescending(t => t.Value.Values.Sum()).ToArray();
            var left = outcomes.Length - MostOutcomes;
            yield return new CurveFigure(
                $"traffic-{kind.Key}", $"Messages: {kind.Key}",
                $"Count per block by how a message of kind {kind.Key} began and ended"
                + (left > 0 ? $"; the {left} rarest outcomes are in the table of messages." : "."),
                "messages per block",
                [.. outcomes.Take(MostOutcomes).Select((o, k) => new Curve(o.Key.Outcome, k, Counts(o.Value)))])
            {
                X = [.. view.Blocks.Select(b => (double)b)],
            };
        }
    }

    /// <summary>A curve per metric of the network that was measured.</summary>
    CurveFigure Metrics(
        string id, string title, string about, string label, params (string Name, string Metric)[] metrics)
    {
        var measured = metrics.SelectMany(m => view.Table.Blocks(m.Metric)).ToHashSet();
        long[] blocks = [.. view.Blocks.Where(measured.Contains)];
        return new CurveFigure(
            id, title, about, label,
            [
                .. metrics.Index().Where(m => blocks.Length == 0 || view.Table.Blocks(m.Item.Metric).Count > 0)
                    .Select(m => new Curve(
                        m.Item.Name, m.Index, [.. blocks.Select(b => view.Table.Network(m.Item.Metric, b))])),
            ])
        {
            X = [.. blocks.Select(b => (double)b)],
        };
    }

    CurveFigure WithTau(CurveFigure mint)
    {
        var tau = view.Run.LedgerBlocks().ToDictionary(b => b.Height, b => b.Tau);
        return mint with
        {
            Curves = [.. mint.Curves, new Curve("tau", 1, [.. mint.X!.Select(b => (double?)tau[(long)b])])],
        };
    }

    IReadOnlyList<double?> Counts(Dictionary<int, long> counts) =>
        [.. view.Kept.Select(k => (double?)counts.GetValueOrDefault(k))];
}
