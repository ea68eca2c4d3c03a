using BitTensor.Scenarios;

namespace BitTensor.Reports;

/// <summary>
/// Curves of a metric of neurons: mean of each population with its range, and single neurons on demand.
/// </summary>
sealed class PopulationFigures(RunView view)
{
    readonly int[][] _members = [.. view.Populations.Select(p => view.Run.NeuronsOf(p).ToArray())];

    /// <summary>
    /// True where the run has what a section shows: neurons with a gate, an audit, a measurement without peers.
    /// </summary>
    public bool Has(string section) => section switch
    {
        "gates" => view.Table.Blocks("load-share").Count > 0,
        "disconnected" => view.Table.Blocks("zero-held-out-loss").Count > 0,
        "audit" => view.Run.Audits.Count > 0,
        _ => true,
    };

    /// <summary>The figures in their order: ledger, training, gates, without peers, audit.</summary>
    public IEnumerable<CurveFigure> Of(string section) => section switch
    {
        "ledger" => [
            Shares("rank-share", "Rank", "Eq. (5): R_j = 1/n sum_i s_i w_ij, here over the mean of all ranks; 1 is an equal share."),
            Shares("stake-share", "Stake", "Eq. (6): S grows by tau R / |R| in every block, here over the mean of all stakes; 1 is an equal share."),
            Values("mask", "Mask", "Eq. (7): m_ij = sigmoid((s_i w_ij - mu_j) / T), mean over the peers j that the neuron queries.", "mean m_ij"),
            Values("self-weight", "Weight on itself",
                "w_ii: eq. (5) counts a vote for oneself like any other.", "w_ii"),
        ],
        "training" => [
            Values("loss", "Training loss", "L_i of eq. (1) on the batches of the block, each before its own step.", LossUnit),
            Values("accuracy", "Training accuracy",
                "Share of the batches' examples that the neuron gets right.", "share"),
            Values("answered", "Answers used per query", "An answer that is lost, refused or late is zero input to eq. (1); above 1 where answers to queries of the block before are used.", "answers / queries"),
        ],
        "gates" => Measured([
            Shares("load-share", "Load", "Examples that gates (9) ask a neuron for, over the mean of all neurons; 1 is an equal share."),
            Values("exchanged-bytes", "Bytes exchanged", "Queries, answers used and gradients of a neuron with a gate, in the block.", "bytes per block"),
            Values("gate-entropy", "Entropy of the gate", "Eq. (10): of the weights g that a trained gate gives the peers of an example; ln k where k peers weigh the same.", "nats"),
            Values("largest-importance", "Largest weight of a peer", "Eq. (10): the largest mean weight g that a trained gate gives one peer; near 1 it has collapsed on it.", "weight g"),
            Values("answer-age", "Age of answers", "Steps of the answering neuron's model between its answer and the arrival of the gradient.", "steps"),
        ]),
        "disconnected" => Measured([
            Values("student-held-out-accuracy", "Held-out accuracy with the student alone", "Eq. (11): the student in the place of all peers, as after step 6 of section 1.6.", "share"),
            Values(
                "zero-held-out-accuracy", "Held-out accuracy with zeros",
                "The same with zeros in the place of all peers.", "share"),
            Values("solo-held-out-accuracy", "Held-out accuracy solo", "Section 1.6, step 6: of the same neuron had it made the same steps alone.", "share"),
            Values("student-held-out-loss", "Held-out loss with the student alone", "Beside it stands the held-out loss with the answers of the peers, under the audit.", LossUnit),
            Values(
                "zero-held-out-loss", "Held-out loss with zeros", "The same with zeros in the place of all peers.",
                LossUnit),
            Values(
                "solo-held-out-loss", "Held-out loss solo", "Of the same neuron had it made the same steps alone.",
                LossUnit),
        ]),
        _ => [
            Values("held-out-loss", "Held-out loss", "Eq. (1): the benchmark B is the sum of these losses on data that no neuron trains on.", LossUnit),
            Values("held-out-accuracy", "Held-out accuracy",
                "Share of the held-out examples that the neuron gets right.", "share"),
            Values("ablation", "Worth to the others", "What eq. (2) approximates: mean true rise of the others' held-out losses when the neuron's answers are zeroed.", "rise of loss / n"),
        ],
    };

    /// <summary>The figures whose metric has a value in some block: not every gate is trained.</summary>
    IEnumerable<CurveFigure> Measured(IEnumerable<CurveFigure> figures) =>
        figures.Where(f => view.Table.Blocks(f.Id).Count > 0);

    string LossUnit => view.Table.Blocks("accuracy").Count > 0 ? "loss, nats" : "loss";

    CurveFigure Shares(string metric, string title, string about) =>
        Figure(metric, title, about, "in equal shares", view.Run.Count, new Curve("equal share", 0, [])
        {
            Kind = CurveKind.Bound,
        });

    CurveFigure Values(string metric, string title, string about, string label) =>
        Figure(metric, title, about, label, 1, null);

    CurveFigure Figure(string metric, string title, string about, string label, double scale, Curve? reference)
    {
        var measured = view.Table.Blocks(metric).ToHashSet();
        long[] blocks = [.. view.Blocks.Where(measured.Contains)];
        var curves = _members.Select((members, p) => CurveOf(metric, blocks, members, p, scale)).ToList();
        if (reference is not null)
        {
            curves.Add(reference with { Values = [.. blocks.Select(_ => (double?)1)] });
        }
        return new CurveFigure(metric, title, about, label, curves)
        {
            X = [.. blocks.Select(b => (double)b)],
            Neurons = view.Shown.ToDictionary(
                i => i,
                i => (IReadOnlyList<double?>)[.. blocks.Select(b => view.Table.Neuron(metric, b, i) * scale)]),
        };
    }

    Curve CurveOf(string metric, long[] blocks, int[] members, int population, double scale)
    {
        var mean = new double?[blocks.Length];
        var (low, high) = (new double?[blocks.Length], new double?[blocks.Length]);
        for (var k = 0; k < blocks.Length; k++)
        {
            (low[k], mean[k], high[k]) = Summary(view.Table.Neurons(metric, blocks[k])!, members, scale);
        }
        return new Curve($"{view.Populations[population]}", population, mean)
        {
            Low = members.Length > 1 ? low : null,
            High = members.Length > 1 ? high : null,
        };
    }

    /// <summary>The range is of the finite values; the mean is not finite when one value is not.</summary>
    static (double? Low, double? Mean, double? High) Summary(IReadOnlyList<double?> values, int[] members, double scale)
    {
        double sum = 0, low = double.PositiveInfinity, high = double.NegativeInfinity;
        var count = 0;
        foreach (var i in members)
        {
            if (values[i] is { } value)
            {
                (sum, count) = (sum + value, count + 1);
                if (double.IsFinite(value))
                {
                    (low, high) = (Math.Min(low, value), Math.Max(high, value));
                }
            }
        }
        return count == 0 ? (null, null, null)
            : low > high ? (null, sum / count, null)
            : (low * scale, sum / count * scale, high * scale);
    }
}
