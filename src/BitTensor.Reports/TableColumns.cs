namespace BitTensor.Reports;

/// <summary>A column of a table.</summary>
/// <param name="Name">Name.</param>
/// <param name="Doc">What it is, in Markdown, as docs/RUN-FOLDER.md says it.</param>
public sealed record ColumnDoc(string Name, string Doc);

/// <summary>What the columns of a network run's tables are; a test holds docs/RUN-FOLDER.md to it.</summary>
public static class TableColumns
{
    /// <summary>The columns of each table, in their order.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<ColumnDoc>> All { get; } =
        new SortedDictionary<string, IReadOnlyList<ColumnDoc>>(StringComparer.Ordinal)
        {
            ["blocks"] =
            [
                new("block", "Height."),
                new("at_ms", "Emulated time of the close, milliseconds since the start."),
                new("tau", "tau of (6) in this block."),
                new("mint", "Stake minted by the block: the sum of `neurons.emission`."),
                new("stake_total", "All stake after the block."),
                new("accepted", "Submissions accepted."),
                new("refused", "Submissions refused."),
                new("diagonal", "Mean of w_ii after the block."),
                new(
                    "diagonal_ratio",
                    "sum(diag W) / (sum W - sum(diag W)) after the block; `Infinity` when W is the "
                    + "identity."),
                new("gini", "Gini coefficient of stake after the block."),
                new(
                    "nakamoto",
                    "Fewest neurons that together hold more than half of the stake after the block."),
                new("hash", "Hash of the block in `ledger.db`."),
            ],
            ["neurons"] =
            [
                new("block", "Height."),
                new("neuron", "Id, 0..n-1, counted through the populations in the order of the scenario."),
                new("population", "Its population."),
                new("stake", "S before the block: what weighted the rank."),
                new("rank", "R of (5), or the score of another `mechanism: rule:`."),
                new(
                    "loss",
                    "Mean training loss of the iterations finished while the block was open, each before "
                    + "its own step; empty without one."),
                new("accuracy", "Mean training accuracy, likewise; empty for quadratic neurons."),
                new("rank_share", "`rank` over the sum of all ranks."),
                new("stake_share", "`stake` over the sum of all stake, before the block."),
                new("emission", "What (6) added to its stake."),
                new("stake_next", "S after the block."),
                new("mask", "Mean m_ij its peers grant it, by the state after the block."),
                new("self_weight", "w_ii after the block."),
                new("iterations", "Training iterations finished while the block was open."),
                new("queries", "Queries it sent while the block was open."),
                new(
                    "answers",
                    "Answers that arrived in time for those iterations whose training began while the "
                    + "block was open."),
                new(
                    "exchanged_bytes",
                    "Bytes of its queries, of the answers that it used and of the gradients that it sent while the "
                    + "block was open; empty for a neuron without `gating`."),
                new(
                    "gate_entropy",
                    "Mean entropy of the weights g that its trained gate gave the peers of an example, nats; empty "
                    + "without a trained gate."),
                new(
                    "largest_importance",
                    "Largest mean weight g that its trained gate gave one peer, in [0, 1]; empty likewise."),
                new(
                    "load_share",
                    "Of the examples that neurons with a gate asked their peers for, the share that it was asked for; "
                    + "empty where no neuron has a gate."),
                new(
                    "answer_age",
                    "Mean steps of its model between its answers and the arrival of their gradients; empty where none "
                    + "came, and where no neuron has a gate or a student."),
            ],
            ["weights"] =
            [
                new("block", "Height."),
                new("from", "i."),
                new("to", "j."),
                new("weight", "w_ij after the block. A pair that is not listed has weight zero."),
            ],
            ["messages"] =
            [
                new("block", "Height. What happens after the last block counts at the last block."),
                new(
                    "kind",
                    "A kind of message over links: `forward`, `forward-reply`, `backward`, `submission`, "
                    + "`receipt`, `coalition`. Or of happenings: `query`, `iteration`, `back-off`, "
                    + "`report`, `store`."),
                new(
                    "outcome",
                    "How it began: `sent`, or `sent/...` for what a link made of it; or how it ended, "
                    + "see below."),
                new(
                    "count",
                    "How many in this block, over all neurons and the ledger; outcomes that did not "
                    + "happen are not listed."),
            ],
            ["audit"] =
            [
                new("block", "Block at whose close the parameters were copied."),
                new("neuron", "Id."),
                new("population", "Its population."),
                new(
                    "held_out_loss",
                    "Loss on the neuron's own held-out data: mean over its iterations since the last audit, "
                    + "each with the answers that it used, under the masks of this block. Empty without an "
                    + "iteration."),
                new("held_out_accuracy", "Accuracy, likewise; empty for quadratic neurons."),
                new(
                    "hessian",
                    "Ideal rank (2) by the exact Hessian, over the same iterations of the other neurons. "
                    + "Empty when no neuron iterated."),
                new(
                    "fisher",
                    "Ideal rank (2) by Fisher information over the model's own label distribution, likewise."),
                new(
                    "ablation",
                    "1/n times the sum of the rises of the other neurons' held-out losses when this neuron's "
                    + "slot is zeroed, likewise. 0 when none of its answers was used."),
                new(
                    "equilibrium_distance",
                    "Half the sum of the differences between its row and its row where the formula's game "
                    + "comes to rest, in [0, 1]; empty unless all neurons are quadratic, honest and "
                    + "competitive and stake is frozen."),
                new(
                    "served",
                    "Share of its listeners' iterations since the last audit that used its answer, mean over "
                    + "the listeners that iterated; empty when none did."),
                new("potential_held_out_loss", "As `held_out_loss`, if the neuron used the answer of every peer."),
                new("potential_held_out_accuracy", "Accuracy, likewise; empty for quadratic neurons."),
                new("potential_hessian", "As `hessian`, if every listener used the answer of every peer."),
                new("potential_fisher", "As `fisher`, likewise."),
                new("potential_ablation", "As `ablation`, likewise: its worth to listeners that it reaches."),
                new(
                    "taylor",
                    "Taylor expansion of `ablation`: the linear term, which (18) drops, plus half the second-order "
                    + "one (`hessian` is the second-order term alone)."),
                new("path", "`ablation` by three gradients along the path to an empty slot."),
                new(
                    "shapley",
                    "1/n times the sum of its Shapley values to the other neurons; empty without `audit: shapley`."),
                new("potential_taylor", "As `taylor`, if every listener used the answer of every peer."),
                new("potential_path", "As `path`, likewise."),
                new("potential_shapley", "As `shapley`, likewise."),
                new(
                    "student_held_out_loss",
                    "Loss on its own held-out data with its student in the place of all peers; empty for a neuron "
                    + "without one."),
                new("student_held_out_accuracy", "Accuracy, likewise."),
                new(
                    "zero_held_out_loss",
                    "Loss with zeros in the place of all peers; of a neuron with a student, or with `audit: solo`, or "
                    + "where neurons disconnect."),
                new("zero_held_out_accuracy", "Accuracy, likewise."),
                new(
                    "private_loss",
                    "Loss on its private data with its student in the place of all peers; empty without such data."),
                new("private_accuracy", "Accuracy, likewise."),
                new(
                    "solo_held_out_loss",
                    "Loss on its held-out data had it made the same steps alone; empty without `audit: solo`."),
                new("solo_held_out_accuracy", "Accuracy, likewise."),
            ],
        };
}
