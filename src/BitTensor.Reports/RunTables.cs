using BitTensor.Records;
using Parquet;
using Parquet.Data;
using Parquet.Schema;

namespace BitTensor.Reports;

/// <summary>
/// The tables of a run folder, as Parquet: block by block, so that memory does not grow with the run.
/// </summary>
public static class RunTables
{
    // Size of a row group: large enough to compress, small enough to hold.
    /// <summary>Writes blocks, neurons, weights, messages and audit into <paramref name="folder"/>.</summary>
    /// <param name="run">The run.</param>
    /// <param name="folder">Run folder.</param>
    /// <param name="weightsEvery">
    /// Blocks between two recordings of W; the first and the last are always recorded.
    /// </param>
    public static void Write(RunData run, string folder, int weightsEvery)
    {
        var last = run.Blocks().Last().Ledger.Height;
        using var blocks = new TableWriter(Path.Combine(folder, RunFolder.BlocksFile), BlockColumns);
        using var neurons = new TableWriter(Path.Combine(folder, RunFolder.NeuronsFile), NeuronColumns);
        using var weights = new TableWriter(Path.Combine(folder, RunFolder.WeightsFile), WeightColumns);
        using var messages = new TableWriter(Path.Combine(folder, RunFolder.MessagesFile), MessageColumns);
        foreach (var block in run.Blocks())
        {
            var height = block.Ledger.Height;
            var figures = BlockFigures.Of(block);
            AddBlock(blocks, block.Ledger, figures);
            AddNeurons(neurons, run, block, figures);
            foreach (var counted in block.Traffic)
            {
                messages.Add(counted.Block, counted.Kind, counted.Outcome, counted.Count);
            }
            if (height % weightsEvery == 0 || height == last)
            {
                AddWeights(weights, block);
            }
        }
        using var audit = new TableWriter(Path.Combine(folder, RunFolder.AuditFile), AuditColumns);
        foreach (var a in run.Audits)
        {
            audit.Add(
                a.Block, (long)a.Neuron, run.PopulationOf[a.Neuron], a.HeldOutLoss, a.HeldOutAccuracy, a.Hessian,
                a.Fisher, a.Ablation, a.EquilibriumDistance, a.Served, a.Potential.HeldOutLoss,
                a.Potential.HeldOutAccuracy, a.Potential.Hessian, a.Potential.Fisher, a.Potential.Ablation, a.Taylor,
                a.Path, a.Shapley, a.Potential.Taylor, a.Potential.Path, a.Potential.Shapley, a.Alone?.StudentLoss,
                a.Alone?.StudentAccuracy, a.Alone?.ZeroLoss, a.Alone?.ZeroAccuracy, a.Alone?.PrivateLoss,
                a.Alone?.PrivateAccuracy, a.Alone?.SoloLoss, a.Alone?.SoloAccuracy);
        }
    }

    static DataField[] BlockColumns =>
    [
        new DataField<long>("block"), new DataField<double>("at_ms"), new DataField<double>("tau"),
        new DataField<double>("mint"),
        new DataField<double>("stake_total"), new DataField<long>("accepted"), new DataField<long>("refused"),
        new DataField<double>("diagonal"), new DataField<double>("diagonal_ratio"), new DataField<double>("gini"),
        new DataField<long>("nakamoto"), new DataField<string>("hash"),
    ];

    static DataField[] NeuronColumns =>
    [
        new DataField<long>("block"), new DataField<long>("neuron"), new DataField<string>("population"),
        new DataField<double>("stake"),
        new DataField<double>("rank"), new DataField<double?>("loss"), new DataField<double?>("accuracy"),
        new DataField<double>("rank_share"), new DataField<double>("stake_share"), new DataField<double>("emission"),
        new DataField<double>("stake_next"), new DataField<double?>("mask"), new DataField<double>("self_weight"),
        new DataField<long?>("iterations"), new DataField<long?>("queries"), new DataField<long?>("answers"),
        new DataField<long?>("exchanged_bytes"), new DataField<double?>("gate_entropy"),
        new DataField<double?>("largest_importance"), new DataField<double?>("load_share"),
        new DataField<double?>("answer_age"),
    ];

    static DataField[] WeightColumns =>
        [
            new DataField<long>("block"), new DataField<long>("from"), new DataField<long>("to"),
            new DataField<double>("weight"),
        ];

    static DataField[] MessageColumns =>
        [
            new DataField<long>("block"), new DataField<string>("kind"), new DataField<string>("outcome"),
            new DataField<long>("count"),
        ];

    static DataField[] AuditColumns =>
    [
        new DataField<long>("block"), new DataField<long>("neuron"), new DataField<string>("population"),
        new DataField<double?>("held_out_loss"), new DataField<double?>("held_out_accuracy"),
        new DataField<double?>("hessian"), new DataField<double?>("fisher"), new DataField<double?>("ablation"),
        new DataField<double?>("equilibrium_distance"), new DataField<double?>("served"),
        new DataField<double>("potential_held_out_loss"), new DataField<double?>("potential_held_out_accuracy"),
        new DataField<double>("potential_hessian"), new DataField<double>("potential_fisher"),
        new DataField<double>("potential_ablation"), new DataField<double?>("taylor"), new DataField<double?>("path"),
        new DataField<double?>("shapley"), new DataField<double?>("potential_taylor"),
        new DataField<double?>("potential_path"), new DataField<double?>("potential_shapley"),
        new DataField<double?>("student_held_out_loss"), new DataField<double?>("student_held_out_accuracy"),
        new DataField<double?>("zero_held_out_loss"), new DataField<double?>("zero_held_out_accuracy"),
        new DataField<double?>("private_loss"), new DataField<double?>("private_accuracy"),
        new DataField<double?>("solo_held_out_loss"), new DataField<double?>("solo_held_out_accuracy"),
    ];

    static void AddBlock(TableWriter table, LedgerBlock block, BlockFigures figures) => table.Add(
        block.Height, block.AtMs, block.Tau, block.Mint, figures.StakeNext.Sum(), (long)figures.Accepted,
        (long)figures.Refused, figures.Diagonal,
        figures.DiagonalRatio, figures.Gini, (long)figures.Nakamoto, block.Hash);

    static void AddNeurons(TableWriter table, RunData run, RunBlock block, BlockFigures figures)
    {
        var ledger = block.Ledger;
        var (rankShare, stakeShare) = (BlockFigures.Shares(ledger.Rank), BlockFigures.Shares(ledger.Stake));
        var load = GateLoad.Shares(block);
        foreach (var i in block.Members)
        {
            var report = block.Reports[i];
            table.Add(
                ledger.Height, (long)i, run.PopulationOf[i], ledger.Stake[i], ledger.Rank[i], report?.Loss,
                report?.Accuracy, rankShare[i],
                stakeShare[i], ledger.Emission[i], figures.StakeNext[i], report?.Mask, block.Rows[i][i],
                (long?)report?.Iterations,
                report?.Queries, report?.Answers, report?.Gate?.Bytes, report?.Gate?.Entropy, report?.Gate?.Largest,
                load?[i], report?.AnswerAge);
        }
    }

    static void AddWeights(TableWriter table, RunBlock block)
    {
        for (var i = 0; i < block.Rows.Count; i++)
        {
            var row = block.Rows[i];
            for (var k = 0; k < row.Count; k++)
            {
                table.Add(block.Ledger.Height, (long)i, (long)row.Targets[k], row.Values[k]);
            }
        }
    }
}
