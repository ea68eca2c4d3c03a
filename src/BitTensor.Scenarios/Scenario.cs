using System.Collections.Immutable;
using BitTensor.Mechanism;

namespace BitTensor.Scenarios;

/// <summary>Everything a run is: a scenario file after parsing, with every default filled in and every range checked.</summary>
public sealed record Scenario
{
    /// <summary>Name of the run folder; letters, digits, '-' and '_'.</summary>
    public required string Name { get; init; }

    /// <summary>One paragraph for people.</summary>
    public string Description { get; init; } = "";

    /// <summary>Seed of every draw of the run.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Number of blocks closed after the genesis block; at least 1. A duration in emulated time is rounded down to whole blocks.</summary>
    public required int Blocks { get; init; }

    /// <summary>Emulated time between two blocks.</summary>
    public required TimeSpan BlockInterval { get; init; }

    /// <summary>The mechanism's numbers.</summary>
    public required MechanismParameters Mechanism { get; init; }

    /// <summary>What the neurons learn from; null when every population is quadratic.</summary>
    public DataSpec? Data { get; init; }

    /// <summary>Who takes part, in the order of the file. Neuron ids count through the populations in this order from 0.</summary>
    public required ImmutableArray<PopulationSpec> Populations { get; init; }

    /// <summary>The emulated network.</summary>
    public required NetworkSpec Network { get; init; }

    /// <summary>Who may query whom.</summary>
    public required TopologySpec Topology { get; init; }

    /// <summary>What happens during the run.</summary>
    public ImmutableArray<TimelineEntry> Timeline { get; init; } = [];

    /// <summary>Who is commanded by one adversary; null for nobody.</summary>
    public CoalitionSpec? Coalition { get; init; }

    /// <summary>How often the emulator measures the ideal rank.</summary>
    public required AuditSpec Audit { get; init; }

    /// <summary>What is recorded.</summary>
    public required RecordSpec Record { get; init; }

    /// <summary>What must hold.</summary>
    public required ImmutableArray<Property> Expect { get; init; }

    /// <summary>Many runs of it; null when the file speaks of one.</summary>
    public SweepSpec? Sweep { get; init; }
}

/// <summary>Which examples exist.</summary>
public enum DataSet
{
    /// <summary>Embedded 8 x 8 handwritten digits (optdigits), 1797 examples, 10 classes.</summary>
    Digits,

    /// <summary>28 x 28 clothing images from a folder of IDX files.</summary>
    FashionMnist,

    /// <summary>Gaussian clusters drawn from the seed.</summary>
    Synthetic,
}

/// <summary>How examples are dealt to neurons.</summary>
public enum DataSplit
{
    /// <summary>Shuffled, equal shards.</summary>
    Iid,

    /// <summary>Class proportions per neuron drawn from a Dirichlet distribution.</summary>
    Dirichlet,

    /// <summary>Sorted by label, each neuron gets a few classes.</summary>
    ByLabel,

    /// <summary>Shuffled, shards whose sizes are proportional to the populations' data-share.</summary>
    Sizes,
}

/// <summary>Section <c>data</c>.</summary>
public sealed record DataSpec
{
    /// <summary>The set.</summary>
    public DataSet Set { get; init; } = DataSet.Digits;

    /// <summary>Folder of IDX files for fashion-mnist; null tries the usual places.</summary>
    public string? Folder { get; init; }

    /// <summary>How examples are dealt.</summary>
    public DataSplit Split { get; init; } = DataSplit.Iid;

    /// <summary>Concentration of the Dirichlet split, above 0; small is more unequal.</summary>
    public double Concentration { get; init; } = 0.5;

    /// <summary>Classes per neuron of the by-label split, at least 1.</summary>
    public int LabelsPerNeuron { get; init; } = 2;

    /// <summary>Share of each neuron's shard that is held out from training, in (0, 1).</summary>
    public double Holdout { get; init; } = 0.25;

    /// <summary>Examples of the synthetic set, at least 1; also an upper bound on the examples used of the other sets when set, null for all.</summary>
    public int? Examples { get; init; }

    /// <summary>Input features of the synthetic set.</summary>
    public int Features { get; init; } = 16;

    /// <summary>Classes of the synthetic set, at least 2.</summary>
    public int Classes { get; init; } = 4;

    /// <summary>Standard deviation of the synthetic clusters around centres drawn from the unit normal.</summary>
    public double Spread { get; init; } = 1.0;
}

/// <summary>How a neuron chooses its row.</summary>
public enum WeightPolicy
{
    /// <summary>Payoff ascent, eq. (14)(15) with the live gradient.</summary>
    Competitive,

    /// <summary>What the neuron measures of eq. (3) on its own data.</summary>
    Significance,

    /// <summary>Equal weight on every peer.</summary>
    Uniform,
}

/// <summary>What a neuron computes.</summary>
public abstract record ModelSpec
{
    ModelSpec() { }

    /// <summary>
    /// A TorchSharp model: encoder x -> hidden -> representation, which peers receive, and a head over all slots -> hidden -> classes.
    /// </summary>
    /// <param name="Representation">Width of the representation, shared by all neurons of a run.</param>
    /// <param name="Hidden">Width of the hidden layers.</param>
    public sealed record Mlp(int Representation, int Hidden) : ModelSpec;

    /// <summary>A neuron whose loss is the quadratic form of eq. (16).</summary>
    /// <param name="HessianRank">r, columns of the factor of its Hessian.</param>
    /// <param name="Sigma">Spread of the importance exp(sigma z) of the peers, shared by all quadratic neurons of a run.</param>
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

/// <summary>A neuron's own pace and learning.</summary>
public sealed record TrainingSpec
{
    /// <summary>Emulated time from the start of one training iteration to the start of the next.</summary>
    public TimeSpan IterationInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Emulated compute time of one own training step.</summary>
    public TimeSpan StepCost { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Emulated time after which a reply counts as missing; above 0 and at most the iteration interval.</summary>
    public TimeSpan ReplyTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Answers after which an iteration goes on, at least 1; null waits for all.</summary>
    public int? KMin { get; init; }

    /// <summary>How long a peer that refuses for want of room is not asked, the first time; zero asks again at once.</summary>
    public TimeSpan BackOff { get; init; }

    /// <summary>Longest time a peer is not asked.</summary>
    public TimeSpan BackOffMost { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Examples per batch.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>Learning rate.</summary>
    public double LearningRate { get; init; } = 0.003;

    /// <summary>L2 weight decay, at least 0.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Optimizer of the neuron's own parameters.</summary>
    public OptimizerKind Optimizer { get; init; } = OptimizerKind.Adam;
}

/// <summary>How a neuron serves its peers.</summary>
public sealed record ServingSpec
{
    /// <summary>Emulated compute time of one answer or one backward pass.</summary>
    public TimeSpan Cost { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>How many answered queries wait for their Backward at most; the oldest is forgotten first.</summary>
    public int OpenQueries { get; init; } = 256;

    /// <summary>How long an answered query waits for its Backward.</summary>
    public TimeSpan Remember { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Limits of the service; null computes everything one after another in the neuron's own time.</summary>
    public ServiceLimits? Limits { get; init; }
}

/// <summary>What a serving neuron can do at a time.</summary>
/// <param name="Workers">Answers and backward passes at a time, at least 1.</param>
/// <param name="Queue">How many may wait for a worker.</param>
/// <param name="Timeout">How long one may wait; null for ever.</param>
/// <param name="ByStake">True when callers that put more stake on the neuron come first.</param>
public sealed record ServiceLimits(int Workers, int Queue, TimeSpan? Timeout, bool ByStake);

/// <summary>How gradients of several callers become steps.</summary>
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

/// <summary>Section <c>defence</c>: what a neuron does about tensors of its peers, beside refusing what is not finite or of a wrong shape.</summary>
/// <param name="NormClip">Longest tensor in multiples of the median length, at least 1; null for no bound.</param>
/// <param name="Gradients">How gradients become steps.</param>
/// <param name="Of">Gradients gathered for a step.</param>
/// <param name="Byzantine">How many of them may be anything.</param>
public sealed record DefenceSpec(double? NormClip, GradientRule Gradients, int Of, int Byzantine);

/// <summary>One population.</summary>
public sealed record PopulationSpec
{
    /// <summary>Name, unique in the file.</summary>
    public required string Name { get; init; }

    /// <summary>Number of neurons, at least 1.</summary>
    public required int Count { get; init; }

    /// <summary>Zone in which its neurons stand, for rules of links; null for none.</summary>
    public string? Zone { get; init; }

    /// <summary>Stake each neuron starts with, at least 0.</summary>
    public double Stake { get; init; } = 1;

    /// <summary>Relative shard size in the <c>sizes</c> split, above 0.</summary>
    public double DataShare { get; init; } = 1;

    /// <summary>Model.</summary>
    public required ModelSpec Model { get; init; }

    /// <summary>Training.</summary>
    public required TrainingSpec Training { get; init; }

    /// <summary>Serving.</summary>
    public required ServingSpec Serving { get; init; }

    /// <summary>What it does about tensors that may be anything.</summary>
    public DefenceSpec Defence { get; init; } = new(null, GradientRule.Each, 1, 0);

    /// <summary>How rows are chosen.</summary>
    public WeightPolicy Weights { get; init; } = WeightPolicy.Competitive;

    /// <summary>Behaviour.</summary>
    public ConductSpec Conduct { get; init; } = ConductSpec.Honest;

    /// <summary>Stake each neuron starts with: its owner's, shared by the owner's identities. <see cref="Count"/> counts identities.</summary>
    public double StakeEach => Stake / Conduct.Identities;
}

/// <summary>Section <c>audit</c>.</summary>
/// <param name="EveryBlocks">Blocks between two audits; 0 turns the audit off.</param>
/// <param name="Examples">Held-out examples per neuron used by one audit, at most; at least 1.</param>
public sealed record AuditSpec(int EveryBlocks, int Examples);

/// <summary>Section <c>record</c>.</summary>
/// <param name="WeightsEveryBlocks">Blocks between two recordings of W in weights.parquet; the last block is always recorded.</param>
public sealed record RecordSpec(int WeightsEveryBlocks);
