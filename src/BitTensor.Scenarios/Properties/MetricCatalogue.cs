using System.Collections.Immutable;

namespace BitTensor.Scenarios;

/// <summary>A metric a property can speak of.</summary>
/// <param name="Name">Name.</param>
/// <param name="OfNeurons">True when each neuron has a value, false when the network has one.</param>
/// <param name="NeedsAudit">True when only audited blocks have it.</param>
/// <param name="Doc">What it is, with unit and range.</param>
public sealed record MetricInfo(string Name, bool OfNeurons, bool NeedsAudit, string Doc);

/// <summary>Every metric.</summary>
public static class MetricCatalogue
{
    /// <summary>The estimators of the ideal rank; the last is what the others approximate.</summary>
    public static ImmutableArray<string> Estimators { get; } =
        ["hessian", "fisher", "taylor", "path", "shapley", "ablation"];

    /// <summary>
    /// Begins the name of what an audit measures as if every listener used the answer of every peer.
    /// </summary>
    public const string Potential = "potential-";

    /// <summary>All metrics: of the network first, then of neurons.</summary>
    public static ImmutableArray<MetricInfo> All { get; } =
    [
        .. Correlations("", "as the neurons served since the last audit"),
        .. Correlations(Potential, "if every listener used the answer of every peer"),
        .. WithoutSelfVoters("", "as the neurons served since the last audit"),
        .. WithoutSelfVoters(Potential, "if every listener used the answer of every peer"),
        .. Agreements("", "as the neurons served since the last audit"),
        .. Agreements(Potential, "if every listener used the answer of every peer"),
        new("benchmark", false, true, "Eq. (1): sum of the held-out losses; none while one of them is missing."),
        new($"{Potential}benchmark", false, true, "Eq. (1): sum of the potential held-out losses."),
        new("mint", false, false, "Stake minted by the block."),
        new("tau", false, false, "tau of (6) in the block."),
        new("diagonal", false, false, "Mean of w_ii."),
        new("diagonal-ratio", false, false, "sum(diag W) / (sum W - sum(diag W))."),
        new(
            "delivered", false, false,
            "Share of the parcels sent in the block that no link dropped, times the share of those arriving in it that "
            + "were not corrupted."),
        new("gini", false, false, "Gini coefficient of stake after the block; 0 is equal."),
        new("nakamoto", false, false, "Fewest neurons that together hold more than half of the stake."),
        new("accepted", false, false, "Submissions accepted in the block."),
        new("refused", false, false, "Submissions refused in the block."),
        new("block-time", false, false, "Emulated seconds since the block before; none for the genesis block."),
        new("faults", false, false, "Entries of the timeline that are going on at the close."),
        new("lost", false, false, "Messages lost by links in the block, by loss or burst-loss."),
        new("partitioned", false, false, "Messages dropped at a partition in the block."),
        new("corrupted", false, false, "Messages dropped in the block because a checksum noticed damage."),
        new("duplicated", false, false, "Copies and old messages that links added in the block."),
        new("duplicates", false, false, "Messages that receivers noticed in the block to have come before."),
        new("dead", false, false, "Messages in the block whose receiver did not live."),
        new("late", false, false, "Answers in the block that came after their time-out."),
        new("unserved", false, false, "Queries refused by those asked, in the block."),
        new("acknowledged", false, false, "Submissions acknowledged in the block."),
        new("unwritten", false, false, "Failed attempts to write the block."),
        new(
            "largest-load", false, false,
            "The largest load-share of a neuron, in [0, 1]; 1/n is even. Only where neurons have a gate."),
        new(
            "load-entropy", false, false,
            "Entropy of the load-shares over ln n, in [0, 1]; 1 is even. Only where neurons have a gate."),
        new(
            "never-asked", false, false,
            "Neurons that no neuron with a gate asked in the block. Only where neurons have a gate."),
        new("registered", true, false, "1 for a neuron that is registered after the block, 0 for one that is not."),
        new("stake", true, false, "S after the block."),
        new("stake-share", true, false, "Share of all stake after the block."),
        new("rank", true, false, "R of eq. (5)."),
        new("rank-share", true, false, "Share of all rank."),
        new("loss", true, false, "Mean training loss during the block; none without an iteration."),
        new("accuracy", true, false, "Mean training accuracy during the block."),
        new("mask", true, false, "Mean mask m_ij its peers grant the neuron, in (0, 1)."),
        new("iterations", true, false, "Training iterations finished during the block."),
        new(
            "answered", true, false,
            "Answers it used in the block per query it sent in the block; none without a query. Above 1 where answers "
            + "to queries of the block before are used in it."),
        new(
            "load-share", true, false,
            "Of the examples that neurons with a gate asked their peers for in the block, the share that it was asked "
            + "for, in [0, 1]; none without such a query."),
        new(
            "exchanged-bytes", true, false,
            "Bytes of its queries, of the answers that it used, and of the gradients that it sent, in the block. Only "
            + "of a neuron with a gate."),
        new(
            "gate-entropy", true, false,
            "Mean entropy of the weights g that its trained gate gave the peers of an example in the block, nats; "
            + "ln k where k peers weigh the same."),
        new(
            "largest-importance", true, false,
            "Largest mean weight g that its trained gate gave one peer, over the examples of the block, in [0, 1]; "
            + "1 where the gate has collapsed on that peer."),
        new(
            "answer-age", true, false,
            "Mean steps of its own model, on own batches and on gradients, between its answers and the arrival of their "
            + "gradients in the block; none where none came. Only in runs in which a neuron has a gate or a student."),
        new("self-weight", true, false, "w_ii after the block."),
        new("rows-accepted", true, false, "Submissions it sent that were accepted in the block."),
        new("rows-refused", true, false, "Submissions it sent that were refused in the block."),
        new("weight-on", true, false, "Sum of what the other rows give it, sum_j w_ji without w_ii."),
        new(
            "held-out-loss", true, true,
            "Loss on its own held-out data, mean over its iterations since the last audit, each with the answers that "
            + "it used; none without an iteration."),
        new("held-out-accuracy", true, true, "Accuracy, likewise."),
        new(
            "perplexity", true, true,
            "exp of held-out-loss, for classes: how many equally likely ones the model chooses among; 1 is certain."),
        new("hessian", true, true, "Ideal rank (2) by the exact Hessian, over the answers that its listeners used."),
        new("fisher", true, true, "Ideal rank (2) by Fisher information, likewise."),
        new(
            "ablation", true, true,
            "Mean true rise of the other neurons' losses when its answers are zeroed, over n: over their iterations "
            + "since the last audit, each with the answers that it used. 0 where no answer of it was used."),
        new(
            "taylor", true, true,
            "Taylor expansion of the ablation: the linear term, which (18) drops, plus half the second-order one. "
            + "Means as of ablation."),
        new("path", true, true, "Ablation by three gradients along the path to an empty slot, likewise."),
        new(
            "shapley", true, true,
            "Sum over the other neurons of its Shapley value to them, over n, likewise. Only with audit: shapley."),
        new(
            "served", true, true,
            "Share of its listeners' iterations since the last audit that used its answer, in [0, 1], mean over the "
            + "listeners that iterated."),
        new($"{Potential}held-out-loss", true, true, "Loss on its own held-out data if it used every peer's answer."),
        new($"{Potential}held-out-accuracy", true, true, "Accuracy, likewise."),
        new($"{Potential}perplexity", true, true, "exp of that loss, for classes."),
        new($"{Potential}hessian", true, true, "Ideal rank (2) by the exact Hessian if every answer were used."),
        new($"{Potential}fisher", true, true, "Ideal rank (2) by Fisher information, likewise."),
        new($"{Potential}ablation", true, true, "Ablation, likewise: its worth to listeners that it reaches."),
        new($"{Potential}taylor", true, true, "Taylor expansion of the ablation, likewise."),
        new($"{Potential}path", true, true, "Ablation by three gradients, likewise."),
        new($"{Potential}shapley", true, true, "Shapley values, likewise. Only with audit: shapley."),
        new(
            "student-held-out-loss", true, true,
            "Loss on its own held-out data with its student in the place of all peers; only of a neuron with one."),
        new("student-held-out-accuracy", true, true, "Accuracy, likewise."),
        new(
            "zero-held-out-loss", true, true,
            "Loss on its own held-out data with zeros in the place of all peers; of a neuron with a student, or with "
            + "audit: solo, or where neurons disconnect."),
        new("zero-held-out-accuracy", true, true, "Accuracy, likewise."),
        new(
            "solo-held-out-loss", true, true,
            "Loss on its own held-out data had it made the same steps alone (section 1.6, step 6); only with "
            + "audit: solo."),
        new("solo-held-out-accuracy", true, true, "Accuracy, likewise."),
        new(
            "private-loss", true, true,
            "Loss on its private data with its student in the place of all peers; only of a neuron with such data."),
        new("private-accuracy", true, true, "Accuracy, likewise."),
        new(
            "equilibrium-distance", true, true,
            "Total variation between its row and its row at the formula's equilibrium, in [0, 1]; only where all "
            + "neurons are quadratic, honest and competitive and stake is frozen."),
    ];

    static IEnumerable<MetricInfo> Correlations(string of, string when) =>
        from estimator in Estimators
        from kind in new[] {
            ("pearson", "Pearson's correlation"), ("spearman", "Spearman's correlation"),
            ("kendall", "Kendall's tau-b"),
        }
        select new MetricInfo(
            $"{kind.Item1}-{of}{estimator}", false, true,
            $"{kind.Item2} of the ledger's rank with the ideal rank by {estimator}, over all neurons, {when}.");

    static IEnumerable<MetricInfo> WithoutSelfVoters(string of, string when) => Estimators.Select(e => new MetricInfo(
        $"pearson-{of}{e}-without-self-voters", false, true,
        $"As pearson-{of}{e}, over the neurons that put no more than half of their row on themselves, {when}."));

    static IEnumerable<MetricInfo> Agreements(string of, string when) =>
        Estimators.Where(e => e != "ablation").SelectMany(e => new[]
        {
            new MetricInfo(
                $"pair-agreement-{of}{e}", false, true,
                $"Pearson's correlation of {e} with ablation over all pairs of a listener and a peer, {when}."),
            new MetricInfo(
                $"agreement-{of}{e}", false, true,
                $"Pearson's correlation of {e} with ablation over the neurons, {when}."),
        });

    /// <summary>The metric of this name, or null.</summary>
    public static MetricInfo? Find(string name) => All.FirstOrDefault(m => m.Name == name);
}
