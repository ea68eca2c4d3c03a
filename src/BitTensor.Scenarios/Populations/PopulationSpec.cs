namespace BitTensor.Scenarios;

/// <summary>The rule by which a neuron chooses its row.</summary>
public enum WeightPolicy
{
    /// <summary>Payoff ascent, eq. (14)(15) with the live gradient.</summary>
    Competitive,

    /// <summary>The neuron's own measurement of eq. (3) on its data, by Fisher information.</summary>
    Significance,

    /// <summary>The same by the true rise of its loss without the peer.</summary>
    Ablation,

    /// <summary>The same by removals of single peers and of pairs.</summary>
    Synergy,

    /// <summary>Equal weight on every peer.</summary>
    Uniform,

    /// <summary>The mean weight g of the neuron's trained gate, eq. (10).</summary>
    Gate,
}

/// <summary>The form of a head: how a neuron reads its slots.</summary>
public enum HeadKind
{
    /// <summary>A hidden layer over all slots side by side.</summary>
    Hidden,

    /// <summary>One matrix over all slots side by side, without a hidden layer.</summary>
    Linear,

    /// <summary>A hidden layer over the sum of the peers' answers and the own representation.</summary>
    Sum,

    /// <summary>The own representation attends to the slots; a missing answer leaves the softmax.</summary>
    Attention,
}

/// <summary>The model of a neuron.</summary>
public abstract record ModelSpec
{
    ModelSpec() { }

    /// <summary>A TorchSharp model: an encoder, whose output peers receive, and a head over all slots.</summary>
    public abstract record Trained : ModelSpec
    {
        /// <summary>Width of the representation, shared by all neurons of a run.</summary>
        public required int Representation { get; init; }

        /// <summary>Width of the hidden layers.</summary>
        public required int Hidden { get; init; }

        /// <summary>The form of the head.</summary>
        public required HeadKind Head { get; init; }

        /// <summary>Share of a peer's answers that the head does not see in training, in [0, 1).</summary>
        public required double SlotDropout { get; init; }

        /// <summary>The same of the own representation, in [0, 1).</summary>
        public required double OwnDropout { get; init; }
    }

    /// <summary>Encoder x -> hidden -> representation, with tanh after both.</summary>
    public sealed record Mlp : Trained
    {
        /// <summary>The model with every other key at its default.</summary>
        public static Mlp Of(int representation, int hidden) =>
            PopulationFormat.Mlp.Default with { Representation = representation, Hidden = hidden };
    }

    /// <summary>Encoder x -> representation, without a hidden layer.</summary>
    public sealed record Linear : Trained;

    /// <summary>Encoder of images: a convolution of 3 x 3, pooling of 2 x 2, a hidden layer.</summary>
    public sealed record Conv : Trained
    {
        /// <summary>Feature maps of the convolution.</summary>
        public required int Channels { get; init; }
    }

    /// <summary>Encoder of text: a transformer over the bytes before the next one.</summary>
    public sealed record Transformer : Trained
    {
        /// <summary>Width of a position, a multiple of <see cref="Heads"/>.</summary>
        public required int Width { get; init; }

        /// <summary>Layers.</summary>
        public required int Layers { get; init; }

        /// <summary>Attention heads per layer.</summary>
        public required int Heads { get; init; }
    }

    /// <summary>A neuron whose loss is the quadratic form of eq. (16).</summary>
    /// <param name="HessianRank">r, columns of the factor of its Hessian.</param>
    /// <param name="Sigma">
    /// Spread of the importance exp(sigma z) of the peers, shared by all quadratic neurons of a run.
    /// </param>
    public sealed record Quadratic(int HessianRank, double Sigma) : ModelSpec;
}

/// <summary>Which optimizer trains a model.</summary>
public enum OptimizerKind
{
    /// <summary>Adam.</summary>
    Adam,

    /// <summary>Stochastic gradient descent.</summary>
    Sgd,
}

/// <summary>Section <c>training</c>: a neuron's own pace and learning.</summary>
public sealed record TrainingSpec
{
    /// <summary>The section when it is left out.</summary>
    public static TrainingSpec Default => PopulationFormat.Training.Default;

    /// <summary>Emulated time from the start of one training iteration to the start of the next.</summary>
    public required TimeSpan IterationInterval { get; init; }

    /// <summary>Emulated compute time of one own training step.</summary>
    public required TimeSpan StepCost { get; init; }

    /// <summary>
    /// Emulated time after which a reply counts as missing; above 0 and at most the iteration interval.
    /// </summary>
    public required TimeSpan ReplyTimeout { get; init; }

    /// <summary>Answers after which an iteration goes on, at least 1; null waits for all.</summary>
    public int? KMin { get; init; }

    /// <summary>
    /// Time for which a peer is not asked after its first refusal for want of room; zero asks again at once.
    /// </summary>
    public required TimeSpan BackOff { get; init; }

    /// <summary>Longest time for which a peer is not asked.</summary>
    public required TimeSpan BackOffMost { get; init; }

    /// <summary>Examples per batch.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Learning rate.</summary>
    public required double LearningRate { get; init; }

    /// <summary>L2 weight decay, at least 0.</summary>
    public required double WeightDecay { get; init; }

    /// <summary>Optimizer of the neuron's own parameters.</summary>
    public required OptimizerKind Optimizer { get; init; }
}

/// <summary>Section <c>serving</c>: a neuron's service to its peers.</summary>
public sealed record ServingSpec
{
    /// <summary>Emulated compute time of one answer or one backward pass.</summary>
    public required TimeSpan Cost { get; init; }

    /// <summary>
    /// Most answered queries that wait for their Backward. One more makes the neuron forget the oldest of them.
    /// </summary>
    public required int OpenQueries { get; init; }

    /// <summary>Time for which an answered query waits for its Backward.</summary>
    public required TimeSpan Remember { get; init; }

    /// <summary>Limits of the service; null computes everything one after another in the neuron's own time.</summary>
    public ServiceLimits? Limits { get; init; }
}

/// <summary>The capacity of a serving neuron.</summary>
/// <param name="Workers">Answers and backward passes at a time, at least 1.</param>
/// <param name="Queue">Most requests that wait for a worker.</param>
/// <param name="Timeout">Longest wait of a request; null for no bound.</param>
/// <param name="ByStake">True when callers that put more stake on the neuron come first.</param>
public sealed record ServiceLimits(int Workers, int Queue, TimeSpan? Timeout, bool ByStake);

/// <summary>The rule by which gradients of several callers become steps.</summary>
public enum GradientRule
{
    /// <summary>A step per gradient, as it comes.</summary>
    Each,

    /// <summary>A step along their mean.</summary>
    Mean,

    /// <summary>Along their coordinate-wise median.</summary>
    Median,

    /// <summary>Along their coordinate-wise mean without the largest and smallest.</summary>
    TrimmedMean,

    /// <summary>Along the one that lies nearest to its neighbours.</summary>
    Krum,
}

/// <summary>
/// Section <c>defence</c>: a neuron's defence against tensors of its peers, beside refusing those that are not finite
/// or of a wrong shape.
/// </summary>
/// <param name="NormClip">Longest tensor in multiples of the median length, at least 1; null for no bound.</param>
/// <param name="Gradients">The rule by which gradients become steps.</param>
/// <param name="Of">Gradients gathered for a step.</param>
/// <param name="Byzantine">Number of them that may be arbitrary.</param>
public sealed record DefenceSpec(double? NormClip, GradientRule Gradients, int Of, int Byzantine)
{
    /// <summary>The section when it is left out.</summary>
    public static DefenceSpec Default => PopulationFormat.Defence.Default;

    /// <summary>Fewest gradients among which the rule stands <see cref="Byzantine"/> arbitrary ones.</summary>
    public int Fewest => Gradients switch
    {
        GradientRule.Krum => 2 * Byzantine + 3,
        GradientRule.Median or GradientRule.TrimmedMean => 2 * Byzantine + 1,
        _ => 1,
    };
}

/// <summary>
/// Sections <c>joins</c> and <c>leaves</c>: when the neurons of a population come to an open network, or leave it, one
/// after another.
/// </summary>
/// <param name="From">Blocks until the first does, at least 1.</param>
/// <param name="Every">Blocks from one to the next; 0 for all at once.</param>
public sealed record PaceSpec(int From, int Every)
{
    // Later than any run ends, and early enough to be added to.
    static readonly TimeSpan Never = TimeSpan.MaxValue / 2;

    /// <summary>Blocks until a neuron does.</summary>
    /// <param name="position">Position of the neuron in its population, from 0.</param>
    public long Block(int position) => From + (long)position * Every;

    /// <summary>
    /// Emulated time at which a neuron does: just before the block closes, so that it hears of the next one.
    /// </summary>
    /// <param name="position">Position of the neuron in its population, from 0.</param>
    /// <param name="interval">Time between two blocks.</param>
    public TimeSpan At(int position, TimeSpan interval) =>
        Block(position) > Never / interval ? Never : Block(position) * interval - TimeSpan.FromTicks(1);
}

/// <summary>
/// Section <c>explore</c>: how soon and how often a neuron asks a peer that its row gives no weight.
/// </summary>
/// <param name="After">Blocks since its row on the ledger first named the peer, at least 0.</param>
/// <param name="Every">In one of so many iterations, at least 1.</param>
public sealed record ExploreSpec(int After, int Every);

/// <summary>One population.</summary>
public sealed record PopulationSpec
{
    /// <summary>Name, unique in the file.</summary>
    public required string Name { get; init; }

    /// <summary>Number of neurons, at least 1.</summary>
    public required int Count { get; init; }

    /// <summary>Zone in which its neurons stand, for rules of links; null for none.</summary>
    public string? Zone { get; init; }

    /// <summary>When its neurons come and register; null for those who are there from the start.</summary>
    public PaceSpec? Joins { get; init; }

    /// <summary>When its neurons leave; null for those who stay.</summary>
    public PaceSpec? Leaves { get; init; }

    /// <summary>Stake each owner starts with.</summary>
    public required StakeSpec Stake { get; init; }

    /// <summary>The row each neuron starts with; null where <see cref="Scenario.State"/> has all rows.</summary>
    public required FirstWeights? FirstWeights { get; init; }

    /// <summary>Relative shard size in the <c>sizes</c> split, above 0.</summary>
    public required double DataShare { get; init; }

    /// <summary>Model.</summary>
    public required ModelSpec Model { get; init; }

    /// <summary>Training.</summary>
    public required TrainingSpec Training { get; init; }

    /// <summary>Serving.</summary>
    public required ServingSpec Serving { get; init; }

    /// <summary>Defence against arbitrary tensors of peers.</summary>
    public required DefenceSpec Defence { get; init; }

    /// <summary>The choice of the peers that are queried; null queries all.</summary>
    public GatingSpec? Gating { get; init; }

    /// <summary>
    /// When they ask a peer that their row gives no weight; null asks it like any other.
    /// </summary>
    public ExploreSpec? Explore { get; init; }

    /// <summary>A student of the peers; null for none.</summary>
    public StudentSpec? Student { get; init; }

    /// <summary>
    /// How far a query of them goes: 1 to their student, 2 to their peers; null where they answer by themselves.
    /// </summary>
    public int? Depth { get; init; }

    /// <summary>Data that never leave them; null for none.</summary>
    public PrivateSpec? Private { get; init; }

    /// <summary>What stands in for an answer that does not come.</summary>
    public required MissingAnswer Missing { get; init; }

    /// <summary>The evidence of its peers' worth; null takes the batches that it trains on.</summary>
    public SignificanceSpec? Significance { get; init; }

    /// <summary>The rule by which rows are chosen.</summary>
    public required WeightPolicy Weights { get; init; }

    /// <summary>Behaviour.</summary>
    public required ConductSpec Conduct { get; init; }
}
