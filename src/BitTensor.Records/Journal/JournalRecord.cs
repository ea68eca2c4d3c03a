using System.Collections.Immutable;
using System.Text.Json.Serialization;
using BitTensor.Mechanism;
using BitTensor.Parcels;

namespace BitTensor.Records;

/// <summary>
/// One line of the journal: everything a report needs that the ledger does not hold. Records of one block follow each
/// other in a fixed order (block, timeline events, neurons by id, traffic by kind and outcome, audit), so equal runs
/// write equal bytes.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "record")]
[JsonDerivedType(typeof(Started), "started")]
[JsonDerivedType(typeof(BlockClosed), "block")]
[JsonDerivedType(typeof(Happened), "event")]
[JsonDerivedType(typeof(NeuronReported), "neuron")]
[JsonDerivedType(typeof(TrafficCounted), "traffic")]
[JsonDerivedType(typeof(Audited), "audit")]
[JsonDerivedType(typeof(Finished), "finished")]
public abstract record JournalRecord
{
    JournalRecord() { }

    /// <summary>First line: the run and its neurons.</summary>
    /// <param name="Run">Run id, derived from scenario and seed.</param>
    /// <param name="Seed">Seed.</param>
    /// <param name="Populations">Population of neuron i.</param>
    public sealed record Started(string Run, ulong Seed, ImmutableArray<string> Populations) : JournalRecord
    {
        /// <summary>Neurons that are not registered at the start, ascending; null in a closed network.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public ImmutableArray<int>? Outside { get; init; }
    }

    /// <summary>A closed block, as the ledger announced it.</summary>
    /// <param name="Height">Height; 0 is the genesis block.</param>
    /// <param name="AtMs">Emulated time of the close, milliseconds since the start.</param>
    /// <param name="Tau">tau of eq. (6) in this block.</param>
    /// <param name="Mint">Stake minted by this block.</param>
    /// <param name="Hash">Hash of the block, hex: it commits to W, S and all earlier blocks.</param>
    /// <param name="Stake">S^t, shape n: the stake that weighted the rank.</param>
    /// <param name="Rank">R of eq. (5), shape n.</param>
    /// <param name="Emission">tau R / norm(R), shape n: S^(t+1) - S^t.</param>
    public sealed record BlockClosed(
        long Height, double AtMs, double Tau, double Mint, string Hash,
        ImmutableArray<double> Stake, ImmutableArray<double> Rank, ImmutableArray<double> Emission) : JournalRecord
    {
        /// <summary>Numbers of the mechanism that are in force from the next block; null when none changes.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public SetNumbers? Set { get; init; }

        /// <summary>The neurons that the block registered, in the order of arrival; null for none.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public ImmutableArray<RegisteredNeuron>? Joined { get; init; }

        /// <summary>The neurons that left in the block, in the order of arrival; null for none.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public ImmutableArray<int>? Left { get; init; }
    }

    /// <summary>An entry of the scenario's timeline began or ended while a block was open.</summary>
    /// <param name="Block">Height of the block that closed then or next.</param>
    /// <param name="AtMs">Emulated time, milliseconds since the start.</param>
    /// <param name="Name">Name of the timeline's entry.</param>
    /// <param name="Action">Action of the entry.</param>
    /// <param name="Begins">True at the begin of the entry, false at its end.</param>
    /// <param name="Neurons">Neurons concerned; empty for entries about links or the ledger alone.</param>
    public sealed record Happened(
        long Block, double AtMs, string Name, string Action, bool Begins, ImmutableArray<int> Neurons) : JournalRecord;

    /// <summary>One neuron's counts and means over the time one block was open.</summary>
    /// <param name="Block">Height of the block that closed.</param>
    /// <param name="Neuron">Id.</param>
    /// <param name="Iterations">Training iterations finished.</param>
    /// <param name="Loss">
    /// Mean loss of those iterations, measured before each one's own update; null without iterations.
    /// </param>
    /// <param name="Accuracy">Mean accuracy, likewise; null without iterations or for quadratic neurons.</param>
    /// <param name="Queries">Queries it sent.</param>
    /// <param name="Answers">Replies that arrived in time.</param>
    /// <param name="Mask">
    /// Mean mask m_ij of the neuron over its peers j, from the ledger's state when the block closes.
    /// </param>
    public sealed record NeuronReported(
        long Block, int Neuron, int Iterations, double? Loss, double? Accuracy, long Queries, long Answers,
        double Mask) : JournalRecord
    {
        /// <summary>What it asked of which peer; null for a neuron that asks all its peers.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public GateReport? Gate { get; init; }

        /// <summary>
        /// Mean steps of its model between its answers and the arrival of their gradients; null where none came, and in
        /// a run in which no neuron has a gate or a student.
        /// </summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public double? AnswerAge { get; init; }
    }

    /// <summary>Count of messages of one kind and one outcome while one block was open, over all neurons.</summary>
    /// <param name="Block">Height; messages that end after the last block count at the last block.</param>
    /// <param name="Kind">forward, forward-reply, backward, submission, receipt; or report, for neurons' own.</param>
    /// <param name="Outcome">
    /// <c>sent</c> and <c>sent/...</c> at the begin, <c>delivered/...</c> and <c>dropped/...</c> at the end of a
    /// message. The last block adds the remainder: <c>in-flight</c>, or, when a process died with its counts,
    /// <c>uncounted/end</c> (sent, end unknown) or <c>uncounted/sending</c> (ended, sending uncounted): the smallest
    /// number that explains the difference. Reports: <c>missing</c>.
    /// </param>
    /// <param name="Count">How many.</param>
    public sealed record TrafficCounted(long Block, string Kind, string Outcome, long Count) : JournalRecord
    {
        /// <summary>The record of a count.</summary>
        public static TrafficCounted Of(long block, MessageCount counted) =>
            new(block, counted.Kind, counted.Outcome, counted.Count);

        /// <summary>The count.</summary>
        [JsonIgnore]
        public MessageCount Counted => new(Kind, Outcome, Count);
    }

    /// <summary>
    /// The emulator's own measurement of one neuron; not part of the run and outside the journal's hash. Loss and worth
    /// are means over the listeners' iterations since the last audit, each with the answers that it used.
    /// </summary>
    /// <param name="Block">Block at whose close the parameters were taken.</param>
    /// <param name="Neuron">Id.</param>
    /// <param name="HeldOutLoss">
    /// Loss on the neuron's own held-out data with the inputs that reached it; null without an iteration.
    /// </param>
    /// <param name="HeldOutAccuracy">Accuracy, likewise; null for quadratic neurons.</param>
    /// <param name="Hessian">
    /// Ideal rank (2) of the neuron by the exact Hessian, as it served; null when no neuron iterated.
    /// </param>
    /// <param name="Fisher">Ideal rank (2) by Fisher information, likewise.</param>
    /// <param name="Ablation">The true mean change of the losses when the neuron's slot is zeroed, likewise.</param>
    /// <param name="EquilibriumDistance">
    /// Total variation between the neuron's row and its row at the equilibrium of the formula's game, in [0, 1]; null
    /// unless every neuron is quadratic and stake is frozen.
    /// </param>
    /// <param name="Served">
    /// Share of its listeners' iterations that used its answer, mean over the listeners; null when none iterated.
    /// </param>
    /// <param name="Potential">The same as if every answer had been used.</param>
    public sealed record Audited(
        long Block, int Neuron, double? HeldOutLoss, double? HeldOutAccuracy,
        double? Hessian, double? Fisher, double? Ablation, double? EquilibriumDistance,
        double? Served, PotentialWorth Potential) : JournalRecord
    {
        /// <summary>
        /// The Taylor expansion of the ablation, linear term and half the second-order one; null as ablation is.
        /// </summary>
        public double? Taylor { get; init; }

        /// <summary>The ablation by three gradients along the path to an empty slot, likewise.</summary>
        public double? Path { get; init; }

        /// <summary>Sum of its Shapley values, over n; null in a run that does not draw orders of the peers.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public double? Shapley { get; init; }

        /// <summary>How the estimators agree; on the record of neuron 0 alone, for the network.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public WorthAgreement? Agreement { get; init; }

        /// <summary>
        /// What it would lose without its peers. Null for a neuron without a student in a run without solo training in
        /// which no neuron disconnects.
        /// </summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public AloneLoss? Alone { get; init; }
    }

    /// <summary>Last line.</summary>
    /// <param name="Blocks">Blocks closed after genesis.</param>
    public sealed record Finished(long Blocks) : JournalRecord;
}

/// <summary>Numbers of the mechanism that a ledger set; those that it left are not written.</summary>
/// <param name="Alpha">alpha of eq. (22).</param>
/// <param name="Tau">tau of eq. (6).</param>
/// <param name="Step">lambda of eq. (13).</param>
/// <param name="Epsilon">Largest change of a row.</param>
/// <param name="Temperature">T of eq. (8).</param>
/// <param name="Norm">Norm of eq. (6): l1 or l2.</param>
/// <param name="Rule">The rule in one line.</param>
public sealed record SetNumbers(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Alpha,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Tau,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Step,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Epsilon,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Temperature,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Norm,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Rule)
{
    /// <summary>The numbers of a change; null for none.</summary>
    public static SetNumbers? Of(MechanismChange? change) => change is null ? null : new(
        change.Alpha, change.Tau, change.Step, change.Epsilon, change.Temperature,
        change.Norm?.ToString().ToLowerInvariant(), change.Rule?.ToString());
}

/// <summary>A neuron that a block registered.</summary>
/// <param name="Neuron">Id.</param>
/// <param name="Index">The index that it got, in [0, capacity).</param>
public sealed record RegisteredNeuron(int Neuron, int Index)
{
    /// <summary>The neuron that had the index and is registered no longer; null for a free index.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Replaced { get; init; }
}

/// <summary>What a neuron that chooses among its peers asked while a block was open.</summary>
/// <param name="Peers">The neurons that it asked, ascending.</param>
/// <param name="Examples">Examples that it asked each of them for.</param>
/// <param name="Bytes">Bytes of its queries, of the answers that it used, and of the gradients that it sent.</param>
public sealed record GateReport(ImmutableArray<int> Peers, ImmutableArray<long> Examples, long Bytes)
{
    /// <summary>
    /// Mean entropy of the weights g that its trained gate gave the peers of an example, nats; null without such a
    /// gate.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Entropy { get; init; }

    /// <summary>The largest mean weight g of a peer over the examples, in [0, 1]; null likewise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Largest { get; init; }
}

/// <summary>A neuron on its held-out data, without its peers (section 1.6, step 6).</summary>
/// <param name="StudentLoss">
/// Loss with the student in the place of every peer that it has learned from; null without a student.
/// </param>
/// <param name="StudentAccuracy">Accuracy, likewise; null for a regression.</param>
/// <param name="ZeroLoss">Loss with zeros in the place of every peer.</param>
/// <param name="ZeroAccuracy">Accuracy, likewise.</param>
public sealed record AloneLoss(
    double? StudentLoss, double? StudentAccuracy, double ZeroLoss, double? ZeroAccuracy)
{
    /// <summary>
    /// Loss of the same neuron had it made the same steps alone; null in a run that does not measure it.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? SoloLoss { get; init; }

    /// <summary>Accuracy, likewise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? SoloAccuracy { get; init; }

    /// <summary>
    /// Loss on the neuron's private data with the student in the place of every peer; null without such data.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? PrivateLoss { get; init; }

    /// <summary>Accuracy, likewise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? PrivateAccuracy { get; init; }
}

/// <summary>
/// What a neuron would be worth, and what it would lose, if every listener used the answer of every peer.
/// </summary>
/// <param name="HeldOutLoss">Loss on the neuron's own held-out data with all inputs that the market grants it.</param>
/// <param name="HeldOutAccuracy">Accuracy, likewise; null for quadratic neurons.</param>
/// <param name="Hessian">Ideal rank (2) by the exact Hessian.</param>
/// <param name="Fisher">Ideal rank (2) by Fisher information.</param>
/// <param name="Ablation">The mean change of the losses when the neuron's slot is zeroed.</param>
public sealed record PotentialWorth(
    double HeldOutLoss, double? HeldOutAccuracy, double Hessian, double Fisher, double Ablation)
{
    /// <summary>The Taylor expansion of the ablation; null in a journal of an earlier version.</summary>
    public double? Taylor { get; init; }

    /// <summary>The ablation by three gradients along the path, likewise.</summary>
    public double? Path { get; init; }

    /// <summary>Sum of its Shapley values, over n; null in a run that does not draw orders of the peers.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Shapley { get; init; }
}

/// <summary>How the estimators of a slot's worth agree with ablation.</summary>
/// <param name="Served">As the listeners were served since the last audit; null when no neuron iterated.</param>
/// <param name="Potential">As if every listener used the answer of every peer.</param>
public sealed record WorthAgreement(PairAgreement? Served, PairAgreement Potential);

/// <summary>
/// Pearson's correlation with ablation over all pairs of a listener and a peer; null where it is undefined.
/// </summary>
/// <param name="Hessian">Of the exact Hessian.</param>
/// <param name="Fisher">Of Fisher information.</param>
/// <param name="Taylor">Of the Taylor expansion.</param>
/// <param name="Path">Of the path integral.</param>
public sealed record PairAgreement(double? Hessian, double? Fisher, double? Taylor, double? Path)
{
    /// <summary>Of Shapley values; null in a run that does not draw orders of the peers.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Shapley { get; init; }
}
