using BitTensor.Mechanism;
using BitTensor.Parcels;
using BitTensor.Records;
using BitTensor.Scenarios;

namespace BitTensor.Reports;

/// <summary>Computes the metrics that properties name (<see cref="MetricCatalogue"/>) from run data.</summary>
public static class RunMetrics
{
    /// <summary>Every metric of every block.</summary>
    /// <param name="run">The run.</param>
    /// <param name="also">Sees each block too: a large run is read once for all who need it.</param>
    public static MetricTable Build(RunData run, Action<RunBlock>? also = null)
    {
        var table = new MetricTable(run.PopulationOf);
        var audits = run.Audits.GroupBy(a => a.Block).ToDictionary(g => g.Key, g => g.ToArray());
        double? before = null;
        foreach (var block in run.Blocks())
        {
            AddBlock(
                table, block, before,
                run.Happened.Where(h => h.Block <= block.Ledger.Height && h.Action != "tactic").Sum(h =>
                    h.Begins ? 1 : -1));
            before = block.Ledger.AtMs;
            also?.Invoke(block);
            if (audits.TryGetValue(block.Ledger.Height, out var rows))
            {
                AddAudit(table, block.Ledger, rows);
            }
        }
        return table;
    }

    /// <summary>Computes every metric of one block except the audit's; replaces earlier values of the block.</summary>
    /// <param name="table">The table.</param>
    /// <param name="block">The block.</param>
    /// <param name="beforeMs">Emulated time of the block before, milliseconds; null for the first block.</param>
    /// <param name="faults">Number of timeline entries in effect at the block's close.</param>
    public static void AddBlock(MetricTable table, RunBlock block, double? beforeMs, int faults)
    {
        table.LastBlock = block.Ledger.Height;
        table.SetNetwork("block-time", block.Ledger.Height, (block.Ledger.AtMs - beforeMs) / 1000);
        table.SetNetwork("faults", block.Ledger.Height, faults);
        AddNetwork(table, block);
        AddTraffic(table, block);
        AddNeurons(table, block);
        AddRows(table, block);
        AddGates(table, block);
    }

    static void AddNetwork(MetricTable table, RunBlock block)
    {
        var (height, figures) = (block.Ledger.Height, BlockFigures.Of(block));
        table.SetNetwork("mint", height, block.Ledger.Mint);
        table.SetNetwork("tau", height, block.Ledger.Tau);
        table.SetNetwork("diagonal", height, figures.Diagonal);
        table.SetNetwork("diagonal-ratio", height, figures.DiagonalRatio);
        table.SetNetwork("delivered", height, figures.Delivered);
        table.SetNetwork("gini", height, figures.Gini);
        table.SetNetwork("nakamoto", height, figures.Nakamoto);
        table.SetNetwork("accepted", height, figures.Accepted);
        table.SetNetwork("refused", height, figures.Refused);
        var stakeShare = BlockFigures.Shares(figures.StakeNext);
        foreach (var i in block.Members)
        {
            table.SetNeuron("stake", height, i, figures.StakeNext[i]);
            table.SetNeuron("stake-share", height, i, stakeShare[i]);
        }
    }

    static void AddTraffic(MetricTable table, RunBlock block)
    {
        var counts = block.Traffic.Select(t => (Outcome: t.Counted.OfParcels, t.Counted)).ToArray();
        void Set(string metric, Func<ParcelOutcome?, MessageCount, bool> which)
        {
            var sum = counts.Where(c => which(c.Outcome, c.Counted)).Sum(c => c.Counted.Count);
            // Nobody lived before the genesis block: that nothing was counted is no zero.
            if (sum > 0 || block.Ledger.Height > 0)
            {
                table.SetNetwork(metric, block.Ledger.Height, sum);
            }
        }
        Set("lost", (o, _) => o == ParcelOutcome.Loss || o == ParcelOutcome.BurstLoss);
        Set("partitioned", (o, _) => o == ParcelOutcome.Partition);
        Set("corrupted", (o, _) => o == ParcelOutcome.Corrupted);
        Set("duplicated", (o, _) => o == ParcelOutcome.Duplicated || o == ParcelOutcome.Replayed);
        Set("duplicates", (o, _) => o == ParcelOutcome.Duplicate || o == ParcelOutcome.Stale);
        Set("dead", (o, _) => o is { Phase: Phase.Dead });
        Set("late", (o, _) => o == ParcelOutcome.Late);
        Set("unserved", (o, c) => o is { IsRefusal: true } && c.IsOf(ParcelKind.Forward));
        Set("acknowledged", (_, c) => c.Is(ParcelOutcome.Accepted.Of(ParcelKind.Submission)));
        Set("unwritten", (_, c) => c.Is(Happenings.StoreFailed));
    }

    static void AddNeurons(MetricTable table, RunBlock block)
    {
        var height = block.Ledger.Height;
        var rankShare = BlockFigures.Shares(block.Ledger.Rank);
        for (var i = 0; i < block.Rows.Count; i++)
        {
            table.SetNeuron("registered", height, i, block.IsMember(i) ? 1 : 0);
        }
        foreach (var i in block.Members)
        {
            table.SetNeuron("rank", height, i, block.Ledger.Rank[i]);
            table.SetNeuron("rank-share", height, i, rankShare[i]);
            table.SetNeuron("self-weight", height, i, block.Rows[i][i]);
            if (block.Reports[i] is { } report)
            {
                table.SetNeuron("loss", height, i, report.Loss);
                table.SetNeuron("accuracy", height, i, report.Accuracy);
                table.SetNeuron("mask", height, i, report.Mask);
                table.SetNeuron("iterations", height, i, report.Iterations);
                table.SetNeuron(
                    "answered", height, i, report.Queries > 0 ? (double)report.Answers / report.Queries : null);
            }
        }
    }

    static void AddRows(MetricTable table, RunBlock block)
    {
        var (height, given) = (block.Ledger.Height, new double[block.Rows.Count]);
        for (var i = 0; i < given.Length; i++)
        {
            var row = block.Rows[i];
            for (var k = 0; k < row.Count; k++)
            {
                given[row.Targets[k]] += row.Targets[k] == i ? 0 : row.Values[k];
            }
        }
        var (accepted, refused) = (new int[given.Length], new int[given.Length]);
        foreach (var entry in block.Ledger.Submissions.Where(e => e.From >= 0 && e.From < given.Length))
        {
            (entry.Refused is null ? accepted : refused)[entry.From]++;
        }
        foreach (var i in block.Members)
        {
            table.SetNeuron("weight-on", height, i, given[i]);
            table.SetNeuron("rows-accepted", height, i, accepted[i]);
            table.SetNeuron("rows-refused", height, i, refused[i]);
        }
    }

    static void AddGates(MetricTable table, RunBlock block)
    {
        var height = block.Ledger.Height;
        for (var i = 0; i < block.Rows.Count; i++)
        {
            table.SetNeuron("answer-age", height, i, block.Reports[i]?.AnswerAge);
            if (block.Reports[i]?.Gate is { } gate)
            {
                table.SetNeuron("exchanged-bytes", height, i, gate.Bytes);
                table.SetNeuron("gate-entropy", height, i, gate.Entropy);
                table.SetNeuron("largest-importance", height, i, gate.Largest);
            }
        }
        if (GateLoad.Shares(block) is not { } load)
        {
            return;
        }
        table.SetNetwork("largest-load", height, load.Max());
        table.SetNetwork("load-entropy", height, GateLoad.Evenness(load));
        table.SetNetwork("never-asked", height, load.Count(l => l == 0));
        for (var i = 0; i < load.Length; i++)
        {
            table.SetNeuron("load-share", height, i, load[i]);
        }
    }

    /// <summary>
    /// exp of a cross-entropy in nats; null for a loss that is none, which has no accuracy beside it.
    /// </summary>
    public static double? Perplexity(double? loss, double? accuracy) =>
        accuracy is null || loss is null ? null : Math.Exp(loss.Value);

    /// <summary>The metrics of an audit of a block.</summary>
    public static void AddAudit(MetricTable table, LedgerBlock block, IReadOnlyList<JournalRecord.Audited> rows)
    {
        void Neurons(string metric, Func<JournalRecord.Audited, double?> value)
        {
            foreach (var row in rows)
            {
                table.SetNeuron(metric, row.Block, row.Neuron, value(row));
            }
        }
        void Worth(string of, IReadOnlyList<WorthColumn> columns, PairAgreement? pairs)
        {
            var ablation = columns.Single(c => c.Estimator == "ablation");
            foreach (var column in columns)
            {
                Neurons(of + column.Estimator, column.Of);
                AddCorrelations(table, block, of + column.Estimator, rows, column);
                AddWithoutSelfVoters(table, block, of + column.Estimator, rows, column);
                if (column != ablation)
                {
                    AddAgreement(table, block.Height, of + column.Estimator, rows, column, ablation);
                    table.SetNetwork($"pair-agreement-{of}{column.Estimator}", block.Height, column.Pairs(pairs));
                }
            }
        }
        const string potential = MetricCatalogue.Potential;
        Neurons("held-out-loss", r => r.HeldOutLoss);
        Neurons("held-out-accuracy", r => r.HeldOutAccuracy);
        Neurons("perplexity", r => Perplexity(r.HeldOutLoss, r.HeldOutAccuracy));
        Neurons("served", r => r.Served);
        Neurons("student-held-out-loss", r => r.Alone?.StudentLoss);
        Neurons("student-held-out-accuracy", r => r.Alone?.StudentAccuracy);
        Neurons("zero-held-out-loss", r => r.Alone?.ZeroLoss);
        Neurons("zero-held-out-accuracy", r => r.Alone?.ZeroAccuracy);
        Neurons("private-loss", r => r.Alone?.PrivateLoss);
        Neurons("private-accuracy", r => r.Alone?.PrivateAccuracy);
        Neurons("equilibrium-distance", r => r.EquilibriumDistance);
        Neurons("solo-held-out-loss", r => r.Alone?.SoloLoss);
        Neurons("solo-held-out-accuracy", r => r.Alone?.SoloAccuracy);
        Neurons($"{potential}held-out-loss", r => r.Potential.HeldOutLoss);
        Neurons($"{potential}held-out-accuracy", r => r.Potential.HeldOutAccuracy);
        Neurons(
            $"{potential}perplexity", r => Perplexity(r.Potential.HeldOutLoss, r.Potential.HeldOutAccuracy));
        var agreement = rows.Select(r => r.Agreement).FirstOrDefault(a => a is not null);
        Worth("", WorthColumn.Served, agreement?.Served);
        Worth(potential, WorthColumn.Potential, agreement?.Potential);
        table.SetNetwork("benchmark", block.Height, SumOf(rows.Select(r => r.HeldOutLoss)));
        table.SetNetwork($"{potential}benchmark", block.Height, rows.Sum(r => r.Potential.HeldOutLoss));
    }

    /// <summary>A sum with a missing term is missing.</summary>
    static double? SumOf(IEnumerable<double?> terms) => terms.Aggregate((double?)0, (sum, term) => sum + term);

    static void AddCorrelations(
        MetricTable table, LedgerBlock block, string estimator, IReadOnlyList<JournalRecord.Audited> rows,
        WorthColumn column)
    {
        var ideal = rows.Select(column.Of).ToArray();
        if (Array.TrueForAll(ideal, value => value is not null))
        {
            double[] rank = [.. rows.Select(r => block.Rank[r.Neuron])];
            var worth = Array.ConvertAll(ideal, value => value!.Value);
            table.SetNetwork($"pearson-{estimator}", block.Height, Defined(Correlation.Pearson(rank, worth)));
            table.SetNetwork($"spearman-{estimator}", block.Height, Defined(Correlation.Spearman(rank, worth)));
            table.SetNetwork($"kendall-{estimator}", block.Height, Defined(Correlation.Kendall(rank, worth)));
        }
    }

    /// <summary>The same over the neurons that put no more than half of their row on themselves.</summary>
    static void AddWithoutSelfVoters(
        MetricTable table, LedgerBlock block, string estimator, IReadOnlyList<JournalRecord.Audited> rows,
        WorthColumn column)
    {
        JournalRecord.Audited[] others = [
            .. rows.Where(r => table.Neuron("self-weight", block.Height, r.Neuron) <= 0.5),
        ];
        if (Array.TrueForAll(others, r => column.Of(r) is not null))
        {
            var rank = Array.ConvertAll(others, r => block.Rank[r.Neuron]);
            var worth = Array.ConvertAll(others, r => column.Of(r)!.Value);
            table.SetNetwork(
                $"pearson-{estimator}-without-self-voters", block.Height, Defined(Correlation.Pearson(rank, worth)));
        }
    }

    static void AddAgreement(
        MetricTable table, long block, string estimator, IReadOnlyList<JournalRecord.Audited> rows, WorthColumn column,
        WorthColumn ablation)
    {
        var (left, right) = (rows.Select(column.Of).ToArray(), rows.Select(ablation.Of).ToArray());
        if (left.All(v => v is not null) && right.All(v => v is not null))
        {
            table.SetNetwork(
                $"agreement-{estimator}", block,
                Defined(Correlation.Pearson(
                    Array.ConvertAll(left, v => v!.Value), Array.ConvertAll(right, v => v!.Value))));
        }
    }

    /// <summary>An undefined correlation is missing.</summary>
    static double? Defined(double coefficient) => double.IsNaN(coefficient) ? null : coefficient;
}
