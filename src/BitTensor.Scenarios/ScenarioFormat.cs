using BitTensor.Parcels;

namespace BitTensor.Scenarios;

/// <summary>The format of a scenario file, the one table that the reader, the JSON Schema and the documentation are made from.</summary>
static class ScenarioFormat
{
    const double Unbounded = double.PositiveInfinity;
    const string NamePattern = "^[A-Za-z0-9_-]{1,64}$";
    const string NameForm = "a name of letters, digits, '-' and '_', at most 64";
    const string TextPattern = "^[\\s\\S]+$";

    static readonly Section Paper = new("paper", "mechanism rule: paper", "The rank, eq. (5).");

    static readonly Section Trust = new("trust", "mechanism rule: trust", "Rank times a sigmoid of trust, the share of stake that gives a neuron any weight: the paper's later version.",
        new Field("kappa", new ShareType(inner: true), "Trust at which half of the rank is paid.", "0.5"),
        new Field("rho", new NumberType(0, Unbounded, aboveLeast: true), "Steepness of the sigmoid.", "10"));

    static readonly Section Yuma = new("yuma", "mechanism rule: yuma", "Weights above the stake-weighted median are clipped to it; a part is paid to those who give weight (Yuma consensus, bonds of one block).",
        new Field("kappa", new ShareType(inner: true), "Share of stake that must support a weight.", "0.5"),
        new Field("dividend", new ShareType(inner: false), "Share paid for giving weight.", "0.5"));

    public static readonly Section Mechanism = new("mechanism", "mechanism", "The numbers of the market.",
        new Field("block-interval", new DurationType(zero: false), "Emulated time between two blocks.", "10 s"),
        new Field("alpha", new NumberType(0, Unbounded), "Price of one unit of loss, eq. (22).", "10"),
        new Field("tau", new NumberType(0, Unbounded, aboveLeast: true), "Inflation, eq. (6).", "0.1"),
        new Field("step", new NumberType(0, Unbounded, aboveLeast: true), "Step lambda of a neuron's payoff ascent, eq. (13).", "0.005"),
        new Field("epsilon", new NumberType(0, Unbounded, aboveLeast: true), "Largest change of a row in one block, Euclidean norm (section 1.3).", "0.1"),
        new Field("temperature", new NumberType(0, Unbounded, aboveLeast: true), "Temperature T of the mask, eq. (8).", "1"),
        new Field("rule", new VariantType("kind", new ChoiceType("paper", "trust", "yuma"), Paper, Trust, Yuma), "What a block pays for.", "paper"),
        new Field("norm", new ChoiceType("l2", "l1"), "Norm that divides the rank in eq. (6); l2 is the paper's.", "l2"),
        new Field("stake", new ChoiceType("raw", "share"), "Stake in the mask, eq. (7): as it stands, or as share of all stake times n.", "raw"),
        new Field("emission", new ChoiceType("on", "frozen"), "Whether stake is minted; frozen keeps S as it starts.", "on"),
        new Field("reveal-after", new BlocksType(0, never: false), "Blocks for which a row is hidden: a neuron commits to it by its hash and shows it so many blocks later, one at a time; what can be copied is old by then. 0 blocks takes rows as they are.", "0 blocks"),
        new Field("registration-cost", new NumberType(0, Unbounded), "Stake that is destroyed when an identity changes its row for the first time; one that holds less is refused. 0 makes identities free, as in the paper.", "0"));

    public static readonly Section Data = new("data", "data", "What neurons with a trained model learn from. Left out when every model is quadratic.",
        new Field("set", new ChoiceType("digits", "fashion-mnist", "synthetic"), "The data set; digits is built in.", "digits"),
        new Field("folder", new TextType(TextPattern, "a path", 4096), "Folder of IDX files for fashion-mnist; the usual places are tried without it."),
        new Field("split", new ChoiceType("iid", "dirichlet", "by-label", "sizes"), "How examples are dealt to neurons.", "iid"),
        new Field("concentration", new NumberType(0, Unbounded, aboveLeast: true), "Of the dirichlet split; small is more unequal.", "0.5"),
        new Field("labels-per-neuron", new IntegerType(1, 1000), "Classes per neuron of the by-label split.", "2"),
        new Field("holdout", new ShareType(inner: true), "Share of each shard that only the audit sees.", "0.25"),
        new Field("examples", new IntegerType(1, 10_000_000), "Use at most so many examples; how many the synthetic set has."),
        new Field("features", new IntegerType(1, 100_000), "Columns of the synthetic set.", "16"),
        new Field("classes", new IntegerType(2, 1000), "Classes of the synthetic set.", "4"),
        new Field("spread", new NumberType(0, Unbounded), "Standard deviation of the synthetic clusters around centres of unit spread.", "1"));

    public static readonly Section Mlp = new("mlp", "model kind: mlp", "A TorchSharp model: an encoder peers query, and a head over all slots.",
        new Field("representation", new IntegerType(1, 4096), "Width of an answer; the same for every population.", "16"),
        new Field("hidden", new IntegerType(1, 65536), "Width of the hidden layers.", "64"));

    public static readonly Section Quadratic = new("quadratic", "model kind: quadratic", "A neuron whose loss is the quadratic form of eq. (16) over the masks it is granted.",
        new Field("hessian-rank", new IntegerType(1, 4096), "Columns r of the Hessian's factor.", "8"),
        new Field("sigma", new NumberType(0, 10), "Spread of how much each peer matters to everybody.", "0.5"));

    public static readonly Section Training = new("training", "training", "A neuron's own pace.",
        new Field("iteration-interval", new DurationType(zero: false), "From the start of one iteration to the start of the next.", "2 s"),
        new Field("step-cost", new DurationType(zero: true), "Emulated compute time of one training step.", "50 ms"),
        new Field("reply-timeout", new DurationType(zero: false), "When a reply that has not come counts as missing; at most the iteration interval.", "1 s"),
        new Field("k-min", new IntegerType(1, 1_000_000), "Answers after which an iteration goes on without the others; all without it."),
        new Field("back-off", new DurationType(zero: true), "A peer that refuses for want of room is not asked for this long, doubled with every refusal in a row.", "0 s"),
        new Field("back-off-most", new DurationType(zero: false), "Longest time a peer is not asked.", "1 min"),
        new Field("batch-size", new IntegerType(1, 65536), "Examples per batch.", "32"),
        new Field("learning-rate", new NumberType(0, Unbounded, aboveLeast: true), "Learning rate.", "0.003"),
        new Field("weight-decay", new NumberType(0, Unbounded), "L2 weight decay.", "0"),
        new Field("optimizer", new ChoiceType("adam", "sgd"), "Optimizer.", "adam"));

    public static readonly Section Serving = new("serving", "serving", "How a neuron serves its peers.",
        new Field("cost", new DurationType(zero: true), "Emulated compute time of one answer or one backward pass.", "5 ms"),
        new Field("open-queries", new IntegerType(1, 1_000_000), "Queries that may wait for an answer, and answered ones that may wait for their gradient.", "256"),
        new Field("remember", new DurationType(zero: false), "How long an answered query waits for its gradient.", "5 s"),
        new Field("workers", new IntegerType(1, 100_000), "Answers and backward passes at a time, beside the neuron's own training. Without it everything the neuron computes is done one after another."),
        new Field("queue", new IntegerType(0, 1_000_000), "With workers: how many may wait for one; what finds no room is refused as Busy. As many as open-queries without it."),
        new Field("timeout", new DurationType(zero: false), "With workers: what has waited longer is refused as TimedOut."),
        new Field("admission", new ChoiceType("first-come", "stake"), "With workers: who waits and is served next. stake: callers that put more of it on the neuron; who gives way to one is refused as Outbid.", "first-come"));

    public static readonly Section Defence = new("defence", "defence", "What a neuron does about tensors of its peers that may be anything. Wrong shapes and values that are not finite are refused in any case. For models that learn from data; the inputs of a model are never averaged, each peer has its own slot, so for answers there is the bound alone.",
        new Field("norm-clip", new NumberType(1, Unbounded), "Answers longer than so many times the median length of an iteration's answers, and gradients likewise of the last 32, are scaled down to it. No bound without it."),
        new Field("gradients", new ChoiceType("each", "mean", "median", "trimmed-mean", "krum"), "A step per gradient; or the gradients of several callers are gathered, and one step is made along their mean, their coordinate-wise median or trimmed mean (Yin et al. 2018), or the one Krum selects (Blanchard et al. 2017).", "each"),
        new Field("of", new IntegerType(1, 1000), "Gradients gathered for a step. With f byzantine ones median and trimmed-mean want 2 f + 1, krum 2 f + 3.", "5"),
        new Field("byzantine", new IntegerType(0, 499), "f, how many of them may be anything.", "1"));

    public static readonly Section Population = new("populations", "populations", "Who takes part, as a list; neuron ids count through it.",
        new Field("name", new TextType(NamePattern, NameForm, 64), "Name, unique.", Required: true),
        new Field("count", new IntegerType(1, 1_000_000), "How many neurons.", Required: true),
        new Field("zone", new TextType(NamePattern, NameForm, 64), "Zone they stand in, a name for links to speak of."),
        new Field("stake", new NumberType(0, 1e15), "Stake each of them starts with.", "1"),
        new Field("data-share", new NumberType(0, Unbounded, aboveLeast: true), "Relative size of their shards in the sizes split.", "1"),
        new Field("model", new VariantType("kind", null, Mlp, Quadratic), "What they compute.", "kind: mlp"),
        new Field("training", new SectionType(Training), "Their own pace."),
        new Field("serving", new SectionType(Serving), "How they serve."),
        new Field("defence", new SectionType(Defence), "What they do about tensors of others."),
        new Field("weights", new ChoiceType("competitive", "significance", "uniform"), "How they choose their row: payoff ascent (14), eq. (3) on their own data, or equal.", "competitive"),
        new Field("strategy", StrategyFormat.Type, "How they behave; a list of strategies does them all.", "honest"));

    public static readonly Section Random = new("random", "topology kind: random", "Everybody queries a few distinct peers drawn from the seed; rows name these only.",
        new Field("degree", new IntegerType(1, 1_000_000), "How many peers, fewer than there are neurons.", Required: true));

    public static readonly Section Ring = new("ring", "topology kind: ring", "Neurons stand in a circle by id; everybody queries the nearest on either side.",
        new Field("reach", new IntegerType(1, 500_000), "How many on either side.", "1"));

    public static readonly Section Regular = new("regular", "topology kind: regular", "A random graph in which everybody has equally many mutual peers.",
        new Field("degree", new IntegerType(1, 1_000_000), "How many; this times the number of neurons is even.", Required: true));

    public static readonly Section SmallWorld = new("small-world", "topology kind: small-world", "A ring some of whose edges are moved anywhere (Watts and Strogatz 1998); edges are mutual.",
        new Field("reach", new IntegerType(1, 500_000), "How many on either side before edges are moved.", "2"),
        new Field("rewire", new ShareType(inner: false), "Probability that an edge is moved.", "0.1"));

    public static readonly Section Star = new("star", "topology kind: star", "Neuron 0 and everybody else query each other; nobody else does.");

    public static readonly Section Edges = new("edges", "topology kind: edges", "Mutual edges, listed.",
        new Field("list", new TextType("^[0-9]+-[0-9]+([ ,]+[0-9]+-[0-9]+)*$", "edges like 0-1 0-2 1-2", 500_000), "Pairs of neuron ids.", Required: true));

    static readonly Field Minimum = new("minimum", new DurationType(zero: true), "Draws below are raised to it.", "0 s");
    static readonly Field Jitter = new("jitter", new DurationType(zero: true), "Width of a uniform draw added to every latency.", "0 s");
    static readonly Field Correlation = new("correlation", new ShareType(inner: false), "Probability that a parcel has the same draw as the one before it on its link.", "0");

    public static readonly VariantType Latency = new("distribution", new DurationType(zero: true),
        new Section("constant", "latency: constant", "Always the same.",
            new Field("value", new DurationType(zero: true), "The latency.", Required: true), Minimum, Jitter, Correlation),
        new Section("uniform", "latency: uniform", "Uniform between two bounds.",
            new Field("low", new DurationType(zero: true), "Lower bound.", Required: true),
            new Field("high", new DurationType(zero: true), "Upper bound.", Required: true), Minimum, Jitter, Correlation),
        new Section("normal", "latency: normal", "Normal; draws below the minimum are raised to it.",
            new Field("mean", new DurationType(zero: true), "Mean.", Required: true),
            new Field("deviation", new DurationType(zero: true), "Standard deviation.", Required: true), Minimum, Jitter, Correlation),
        new Section("lognormal", "latency: lognormal", "Lognormal.",
            new Field("median", new DurationType(zero: false), "Median.", Required: true),
            new Field("sigma", new NumberType(0, 10), "Standard deviation of the logarithm.", Required: true), Minimum, Jitter, Correlation),
        new Section("exponential", "latency: exponential", "Exponential.",
            new Field("mean", new DurationType(zero: false), "Mean.", Required: true), Minimum, Jitter, Correlation));

    public static readonly VariantType Loss = new("model", new ShareType(inner: false),
        new Section("bursts", "loss: bursts", "Gilbert and Elliott's model: a link is in a good or a bad state, changes it before a parcel, and loses by its state.",
            new Field("good-to-bad", new ShareType(inner: false), "Probability of leaving the good state.", Required: true),
            new Field("bad-to-good", new ShareType(inner: false), "Probability of leaving the bad state.", Required: true),
            new Field("loss-good", new ShareType(inner: false), "Loss in the good state.", "0"),
            new Field("loss-bad", new ShareType(inner: false), "Loss in the bad state.", "1")));

    static readonly Field[] LinkFields =
    [
        new Field("latency", Latency, "A duration, or a distribution.", "0 s"),
        new Field("loss", Loss, "Probability that a parcel is lost, or loss in bursts.", "0"),
        new Field("bandwidth", new RateType(), "Parcels of one direction of one link leave one after another at this rate; unlimited without it."),
        new Field("queue", new SizeType(), "Bytes that may wait for the bandwidth, the parcel being sent included; one beyond them is dropped. Unlimited without it."),
        new Field("reorder", new ShareType(inner: false), "Probability that a parcel is held back, so that later ones overtake it.", "0"),
        new Field("reorder-delay", new DurationType(zero: false), "A parcel held back waits up to this long, uniformly drawn.", "100 ms"),
        new Field("duplicate", new ShareType(inner: false), "Probability that a parcel arrives twice.", "0"),
        new Field("duplicate-delay", new DurationType(zero: true), "The copy comes up to this much later, uniformly drawn.", "100 ms"),
        new Field("corrupt", new ShareType(inner: false), "Probability that bits of a parcel's bytes are flipped. A checksum or the signature notices it.", "0"),
        new Field("replay", new ShareType(inner: false), "Probability that a parcel brings one of the last 32 of its link with it, which arrives again.", "0"),
    ];

    public static readonly Section Default = new("default", "network default", "Every link that no entry of `links` covers.", LinkFields);

    const string EndPattern = "^([A-Za-z0-9_-]{1,64}|zone [A-Za-z0-9_-]{1,64}|neuron [0-9]{1,7})$";
    const string EndForm = "a population, `zone NAME`, `neuron N`, `ledger` or `any`";

    public static readonly Section DirectedLink = new("links", "network links", "Some links, by direction and kind of message. The last entry that matches a message replaces the default entirely.",
        [
            new Field("from", new TextType(EndPattern, EndForm, 80), "Senders; `any` is everybody and the ledger.", "any"),
            new Field("to", new TextType(EndPattern, EndForm, 80), "Receivers, likewise.", "any"),
            new Field("kind", new ChoiceType(["any", .. ParcelKinds.Words]), "Which messages.", "any"),
            new Field("toxicity", new ShareType(inner: false), "Probability that the entry acts on a message; one it spares arrives at once.", "1"),
            .. LinkFields,
        ]);

    public static readonly Section Network = new("network", "network", "What happens to tensors, submissions and receipts on their way.",
        new Field("wire", new ChoiceType("float32", "bfloat16", "int8"), "How the numbers of tensors travel: they arrive rounded to it, and a parcel is as large as it makes it.", "float32"),
        new Field("default", new SectionType(Default), "Every link."),
        new Field("links", new ListType(DirectedLink, needsOne: false), "Some links."));

    public static readonly Section Audit = new("audit", "audit", "The emulator's own measurement of the ideal rank, eq. (2). It does not disturb the run.",
        new Field("every", new BlocksType(1, never: true), "Blocks between two audits; the last block is always audited.", "10 blocks"),
        new Field("examples", new IntegerType(1, 1_000_000), "Held-out examples per neuron it uses, at most.", "64"));

    public static readonly Section Record = new("record", "record", "What the run folder holds.",
        new Field("weights-every", new BlocksType(1, never: false), "Blocks between two recordings of W in weights.parquet; the first and last are always there.", "1 block"));

    public static readonly Section Expect = new("expect", "expect", "Properties of the run, as a list; they decide its verdict.",
        new Field("property", new TextType(TextPattern, "a property like 'mean loss of honest < 1'", 500), "What must hold.", Required: true),
        new Field("holds", new TextType("^(always|at end|from block [0-9]+|eventually by block [0-9]+)$", "always, at end, from block N, or eventually by block N", 40), "When.", "at end"),
        new Field("name", new TextType(TextPattern, "a name", 200), "Name in the verdict; the property itself without it."),
        new Field("finding", new TextType(TextPattern, "text", 1000), "Why it is known not to hold, though the paper or a defence claims it. Then it passes when it is violated, and fails as a known finding that no longer holds when it is not."),
        new Field("of-seeds", new ShareType(inner: true), "Share of seeds in which `bta sweep` wants it to hold; unknown where the seeds cannot tell.", "0.95"));

    public static readonly Section Vary = new("vary", "sweep vary", "A value of the scenario that is varied.",
        new Field("path", new TextType("^[A-Za-z0-9_.\\[\\]-]{1,200}$", "a path of keys", 200), "Path of keys; list entries by name or number.", Required: true),
        new Field("values", new TextType(TextPattern, "values separated by commas", 10_000), "Its values, separated by commas.", Required: true));

    public static readonly Section Sweep = new("sweep", "sweep", "Many runs of this scenario, for `bta sweep`; `bta run` runs it once, as it stands.",
        new Field("seeds", new IntegerType(1, 100_000), "Seeds per point: the scenario's own and those after it.", "10"),
        new Field("sample", new IntegerType(1, 100_000), "Points drawn from the grid of all values; the whole grid without it."),
        new Field("vary", new ListType(Vary, needsOne: false), "What is varied, the last entry fastest."));

    public static readonly Field Version = new("version", new ChoiceType("1"), "Version of the format.", Required: true);
    public static readonly Field Kind = new("kind", new ChoiceType("network", "equilibrium"), "What runs: a network of neurons, or the paper's formulas alone.", "network");
    public static readonly Field Name = new("name", new TextType(NamePattern, NameForm, 64), "Name of the run folder.", Required: true);
    public static readonly Field Description = new("description", new TextType(TextPattern, "text", 10_000), "For people.");
    public static readonly Field Seed = new("seed", new IntegerType(0, long.MaxValue), "Seed of every draw: same seed, same run.", Required: true);

    /// <summary>The whole file, of <c>kind: network</c>.</summary>
    public static readonly Section Root = new("", "scenario", "Top level. `kind: equilibrium` has a [top level of its own](#equilibrium-scenario).",
        Version,
        Kind,
        Name,
        Description,
        Seed,
        new Field("duration", new LengthType(zero: false), "How long the run is; emulated time is rounded down to whole blocks.", Required: true),
        new Field("mechanism", new SectionType(Mechanism), "The market."),
        new Field("data", new SectionType(Data), "What is learned."),
        new Field("populations", new ListType(Population, needsOne: true), "Who takes part.", Required: true),
        new Field("topology", new VariantType("kind", new ChoiceType("complete"), new Section("complete", "topology kind: complete", "Everybody queries everybody else."), Random, Ring, Regular, SmallWorld, Star, Edges), "Who queries whom.", "complete"),
        new Field("network", new SectionType(Network), "The emulated network."),
        new Field("timeline", new ListType(TimelineFormat.Entry, needsOne: false), "What happens during the run."),
        new Field("coalition", new SectionType(CoalitionFormat.Root), "Who is commanded by one adversary."),
        new Field("audit", new SectionType(Audit), "The emulator's measurement."),
        new Field("record", new SectionType(Record), "What is recorded."),
        new Field("expect", new ListType(Expect, needsOne: false), "What must hold."),
        new Field("sweep", new SectionType(Sweep), "Many runs of it."));
}
