namespace BitTensor.Scenarios;

/// <summary>The keys of section <c>populations</c>.</summary>
static class PopulationFormat
{
    public static readonly Section<ModelSpec.Mlp> Mlp = Trained(new Section<ModelSpec.Mlp>(
        "mlp", "model kind: mlp", "An encoder peers query, x -> hidden -> representation, and a head over all slots."));

    static readonly VariantType<ModelSpec> Model = new VariantType<ModelSpec>("kind")
        .With(Mlp)
        .With(Trained(new Section<ModelSpec.Linear>(
            "linear", "model kind: linear", "An encoder without a hidden layer, x -> representation, and a head.")))
        .With(Trained(new Section<ModelSpec.Conv>(
            "conv", "model kind: conv",
            "An encoder of images, and a head: convolution 3 x 3, pooling 2 x 2, hidden layer, representation."))
            .Key("channels", Types.Whole(1, 1024), "8", "Feature maps of the convolution.",
                m => m.Channels, (m, v) => m with { Channels = v }))
        .With(Trained(new Section<ModelSpec.Transformer>(
            "transformer", "model kind: transformer",
            "An encoder of text, and a head: embedded bytes and positions, layers of attention, the last position."))
            .Key("width", Types.Whole(1, 4096), "32", "Width of a position, a multiple of heads.",
                m => m.Width, (m, v) => m with { Width = v })
            .Key("layers", Types.Whole(1, 64), "1", "Layers.", m => m.Layers, (m, v) => m with { Layers = v })
            .Key("heads", Types.Whole(1, 64), "2", "Attention heads per layer.",
                m => m.Heads, (m, v) => m with { Heads = v })
            .Check("heads", (m, _) => m.Heads > 0 && m.Width % m.Heads != 0,
                m => $"{m.Heads} heads do not divide a width of {m.Width}",
                _ => "write a width that is a multiple of heads"))
        .With(new Section<ModelSpec.Quadratic>(
            "quadratic", "model kind: quadratic",
            "A neuron whose loss is the quadratic form of eq. (16) over the masks it is granted.")
            .Key("hessian-rank", Types.Whole(1, 4096), "8", "Columns r of the Hessian's factor.",
                q => q.HessianRank, (q, v) => q with { HessianRank = v })
            .Key("sigma", new NumberType(0, 10), "0.5", "Spread of how much each peer matters to everybody.",
                q => q.Sigma, (q, v) => q with { Sigma = v }));

    public static readonly Section<TrainingSpec> Training = new Section<TrainingSpec>(
        "training", "training", "A neuron's own pace.")
        .Key("iteration-interval", Types.Interval, "2 s",
            "From the start of one iteration to the start of the next.",
            t => t.IterationInterval, (t, v) => t with { IterationInterval = v })
        .Key("step-cost", Types.Duration, "50 ms", "Emulated compute time of one training step.",
            t => t.StepCost, (t, v) => t with { StepCost = v })
        .Key("reply-timeout", Types.PositiveDuration, "1 s",
            "When a reply that has not come counts as missing; at most the iteration interval.",
            t => t.ReplyTimeout, (t, v) => t with { ReplyTimeout = v })
        .Optional("k-min", Types.Whole(1, 1_000_000),
            "Answers after which an iteration goes on without the others; all without it.",
            t => t.KMin, (t, v) => t with { KMin = v })
        .Key("back-off", Types.Duration, "0 s",
            "A peer that refuses for want of room is not asked for this long, doubled with every refusal in a row.",
            t => t.BackOff, (t, v) => t with { BackOff = v })
        .Key("back-off-most", Types.PositiveDuration, "1 min", "Longest time a peer is not asked.",
            t => t.BackOffMost, (t, v) => t with { BackOffMost = v })
        .Key("batch-size", Types.Whole(1, 65536), "32", "Examples per batch.",
            t => t.BatchSize, (t, v) => t with { BatchSize = v })
        .Key("learning-rate", Types.Positive, "0.003", "Learning rate.",
            t => t.LearningRate, (t, v) => t with { LearningRate = v })
        .Key("weight-decay", Types.NotNegative, "0", "L2 weight decay.",
            t => t.WeightDecay, (t, v) => t with { WeightDecay = v })
        .Key("optimizer", Types.Enum<OptimizerKind>(), "adam", "Optimizer.",
            t => t.Optimizer, (t, v) => t with { Optimizer = v });

    static readonly Section<ServiceLimits> Limits = new Section<ServiceLimits>()
        .Optional("workers", Types.Whole(1, 100_000),
            "Answers and backward passes at a time, beside the neuron's own training. Without it everything the "
            + "neuron computes is done one after another.",
            l => l.Workers, (l, v) => l with { Workers = v ?? l.Workers })
        .Optional("queue", Types.Whole(0, 1_000_000),
            "With workers: how many may wait for one; what finds no room is refused as Busy. As many as open-queries "
            + "without it.",
            l => l.Queue, (l, v) => l with { Queue = v ?? l.Queue })
        .Optional("timeout", Types.PositiveDuration, "With workers: what has waited longer is refused as TimedOut.",
            l => l.Timeout, (l, v) => l with { Timeout = v })
        .Key("admission", Types.Either(("first-come", false), ("stake", true)), "first-come",
            "With workers: who waits and is served next. stake: callers that put more of it on the neuron; who gives "
            + "way to one is refused as Outbid.",
            l => l.ByStake, (l, v) => l with { ByStake = v });

    static readonly Section<ServingSpec> Serving = new Section<ServingSpec>(
        "serving", "serving", "How a neuron serves its peers.")
        .Key("cost", Types.Duration, "5 ms", "Emulated compute time of one answer or one backward pass.",
            s => s.Cost, (s, v) => s with { Cost = v })
        .Key("open-queries", Types.Whole(1, 1_000_000), "256",
            "Queries that may wait for an answer, and answered ones that may wait for their gradient.",
            s => s.OpenQueries, (s, v) => s with { OpenQueries = v })
        .Key("remember", Types.PositiveDuration, "5 s", "How long an answered query waits for its gradient.",
            s => s.Remember, (s, v) => s with { Remember = v })
        .Group(Limits, s => s.Limits, (s, v) => s with { Limits = v },
            begin: s => new ServiceLimits(0, s.OpenQueries, null, false));

    static readonly (Predicate<DefenceSpec>, string) Gathers =
        (d => d.Gradients != GradientRule.Each, "gradients: median or another rule over several");

    public static readonly Section<DefenceSpec> Defence = new Section<DefenceSpec>(
        "defence", "defence",
        "What a neuron does about tensors of its peers that may be anything. Wrong shapes and values that are not "
        + "finite are refused in any case. For models that learn from data; the inputs of a model are never averaged, "
        + "each peer has its own slot, so for answers there is the bound alone.")
        .Optional("norm-clip", new NumberType(1, Types.Largest),
            "Answers longer than so many times the median length of an iteration's answers, and gradients likewise of "
            + "the last 32, are scaled down to it. No bound without it.",
            d => d.NormClip, (d, v) => d with { NormClip = v })
        .Key("gradients", Types.Enum<GradientRule>(), "each",
            "A step per gradient; or the gradients of several callers are gathered, and one step is made along their "
            + "mean, their coordinate-wise median or trimmed mean (Yin et al. 2018), or the one Krum selects "
            + "(Blanchard et al. 2017).",
            d => d.Gradients, (d, v) => d with { Gradients = v })
        .Key("of", Types.Whole(1, 1000), "5",
            "Gradients gathered for a step. With f byzantine ones median and trimmed-mean want 2 f + 1, krum 2 f + 3.",
            d => d.Of, (d, v) => d with { Of = d.Gradients == GradientRule.Each ? 1 : v }, Gathers)
        .Key("byzantine", Types.Whole(0, 499), "1", "f, how many of them may be anything.",
            d => d.Byzantine, (d, v) => d with { Byzantine = d.Gradients == GradientRule.Each ? 0 : v }, Gathers)
        .Check("of", (d, _) => d.Of < d.Fewest, d => $"{d.Of} gradients do not stand {d.Byzantine} byzantine ones",
            d => $"write of: {d.Fewest} or more, or fewer byzantine ones");

    static readonly Section<PaceSpec> Joins = new Section<PaceSpec>(
        "joins", "joins",
        "The neurons of a population come one after another. Each registers at the ledger with the stake that it has, "
        + "less mechanism.registration-cost. Its row begins on itself, and no other names it before somebody votes.")
        .Key("from", new BlocksType<int>(1), "1 blocks", "When the first comes.",
            j => j.From, (j, v) => j with { From = v })
        .Key("every", new BlocksType<int>(0), "0 blocks", "Blocks from one to the next; 0 blocks for all at once.",
            j => j.Every, (j, v) => j with { Every = v });

    static readonly Section<PaceSpec> Leaves = new Section<PaceSpec>(
        "leaves", "leaves",
        "The neurons of a population leave one after another: each asks the ledger to end its registration. Its row "
        + "and its column are cleared, and its stake goes as mechanism.leaving-stake says. It does not come back.")
        .Key("from", new BlocksType<int>(1), "1 blocks", "When the first leaves.",
            j => j.From, (j, v) => j with { From = v })
        .Key("every", new BlocksType<int>(0), "0 blocks", "Blocks from one to the next; 0 blocks for all at once.",
            j => j.Every, (j, v) => j with { Every = v });

    static readonly Section<ExploreSpec> Explore = new Section<ExploreSpec>(
        "explore", "explore",
        "When a neuron asks a peer that its row gives no weight, such as a newcomer that it has not voted for. Without "
        + "the section it asks it in every iteration from the block on in which its row names it.")
        .Key("after", new BlocksType<int>(0), "0 blocks", "How soon: blocks since its row first named the peer.",
            e => e.After, (e, v) => e with { After = v })
        .Key("every", Types.Whole(1, 1_000_000), "1", "How often: in one of so many iterations, in turns.",
            e => e.Every, (e, v) => e with { Every = v });

    static readonly (Predicate<PopulationSpec>, string) Ungated =
        (p => p.Gating is not { By: GateRule.Gate }, "gating by another rule than gate: a gate chooses by itself");

    static readonly ScalarType<FirstWeights?> FirstRows = Types.Enum<FirstWeights>().As<FirstWeights?>(
        v => v, v => v is { } row ? YamlText.Word(row) : null);

    static readonly (Predicate<PopulationSpec>, string) Learns =
        (p => p.Model is ModelSpec.Trained, "a model that learns from data, such as model: { kind: mlp }");

    public static readonly Section<PopulationSpec> Section = new Section<PopulationSpec>(
        "populations", "populations", "Who takes part, as a list; neuron ids count through it.")
        .Required("name", Types.Name, "Name, unique.", p => p.Name, (p, v) => p with { Name = v ?? "" })
        .Required("count", Types.Whole(1, 1_000_000), "How many neurons.",
            p => p.Count / p.Conduct.Identities, (p, v) => p with { Count = v })
        .Optional("zone", Types.Name, "Zone they stand in, a name for links to speak of.",
            p => p.Zone, (p, v) => p with { Zone = v })
        .Optional("joins", Types.Section(Joins),
            "When they come and register, in an open network: mechanism.capacity. Without it they are there from the "
            + "start.", p => p.Joins, (p, v) => p with { Joins = v })
        .Optional("leaves", Types.Section(Leaves),
            "When they leave, in an open network: mechanism.capacity. Without it they stay.",
            p => p.Leaves, (p, v) => p with { Leaves = v })
        .Key("stake", new StakeType(), "1",
            "Stake each of them starts with: the same for all, one each, or drawn. `state` can say it instead.",
            p => p.Stake is StakeSpec.OfState ? null : p.Stake, (p, v) => p with { Stake = v })
        .Key<FirstWeights?>("initial-weights", FirstRows, "uniform",
            "The row each of them starts with, its part of W_0: equal weights on its slots, random ones (the paper's "
            + "W_0), all weight on itself, or none: it has not voted, and its first row is not bound by epsilon. "
            + "`state` can say it instead.",
            p => p.Joins is null ? p.FirstWeights : null, (p, v) => p with { FirstWeights = v })
        .Key("data-share", Types.Positive, "1", "Relative size of their shards in the sizes split.",
            p => p.DataShare, (p, v) => p with { DataShare = v })
        .Key("model", Model, "kind: mlp", "What they compute.", p => p.Model, (p, v) => p with { Model = v })
        .Key("training", Types.Section(Training), null, "Their own pace.",
            p => p.Training, (p, v) => p with { Training = v })
        .Key("serving", Types.Section(Serving), null, "How they serve.",
            p => p.Serving, (p, v) => p with { Serving = v })
        .Key("defence", Types.Section(Defence), null, "What they do about tensors of others.",
            p => p.Model is ModelSpec.Trained ? p.Defence : null, (p, v) => p with { Defence = v })
        .Optional("gating", Types.Section(GatingFormat.Section), "Which peers they query; all of them without it.",
            p => p.Gating, (p, v) => p with { Gating = v })
        .Optional("explore", Types.Section(Explore),
            "How soon and how often they query a peer that their row gives no weight; like any other without it.",
            p => p.Explore, (p, v) => p with { Explore = v }, Ungated)
        .Optional("student", Types.Section(StudentFormat.Section),
            "A student of their peers; none without it.", p => p.Student, (p, v) => p with { Student = v }, Learns)
        .Optional("private", Types.Section(StudentFormat.Private),
            "Data that never leave them; none without it.", p => p.Private, (p, v) => p with { Private = v }, Learns)
        .Optional("depth", Types.Whole(1, 2),
            "What an answer holds beside the neuron's own representation (figure 3): its peer input G(x), times a "
            + "matrix that is trained by the gradients of callers. 1: as its student predicts it. 2: as its peers "
            + "answer, whom it queries in turn for at most half its reply timeout; they answer at depth 1, and the "
            + "student stands in for those that do not. Without it an answer is the representation alone.",
            p => p.Depth, (p, v) => p with { Depth = v }, Learns)
        .Key("missing", Types.Enum<MissingAnswer>(), "zero",
            "What stands in for an answer that was asked for and did not come. zero: zeros. renormalise: zeros, and "
            + "the answers that came are scaled up to the weight of all; a trained gate's softmax leaves it out. "
            + "student: what the neuron's student predicts, once it has learned from that peer.",
            p => p.Missing, (p, v) => p with { Missing = v }, Learns)
        .Optional("significance", Types.Section(SignificanceFormat.Section),
            "On which data they learn what their peers are worth; those that they train on without it.",
            p => p.Significance, (p, v) => p with { Significance = v })
        .Key("weights", Types.Enum<WeightPolicy>(), "competitive",
            "How they choose their row: payoff ascent (14); eq. (3) on their own data by Fisher information, by the "
            + "true rise of the loss without the peer, or by removals of single peers and of pairs; equal; or the mean "
            + "importance that their trained gate gives each peer.",
            p => p.Weights, (p, v) => p with { Weights = v })
        .Key("strategy", StrategyFormat.Strategies, "honest", "How they behave; a list of strategies does them all.",
            p => p.Conduct.Strategies, (p, v) => p with { Conduct = ConductSpec.Of(v) });

    /// <summary>The keys of every trained model.</summary>
    static Section<T> Trained<T>(Section<T> section)
        where T : ModelSpec.Trained => section
        .Key("representation", Types.Whole(1, 4096), "16", "Width of an answer; the same for every population.",
            m => m.Representation, (m, v) => m with { Representation = v })
        .Key("hidden", Types.Whole(1, 65536), "64", "Width of the hidden layers.",
            m => m.Hidden, (m, v) => m with { Hidden = v })
        .Key("head", Types.Enum<HeadKind>(), "hidden",
            "How it reads its slots: a hidden layer over all of them, one matrix over all of them, a hidden layer over "
            + "the sum of the answers, or attention to them.",
            m => m.Head, (m, v) => m with { Head = v })
        .Key("slot-dropout", Types.Share, "0",
            "Share of each peer's answers that the head does not see in training, drawn per example: it learns that "
            + "answers may be missing.",
            m => m.SlotDropout, (m, v) => m with { SlotDropout = v })
        .Key("own-dropout", Types.Share, "0", "The same of the own representation.",
            m => m.OwnDropout, (m, v) => m with { OwnDropout = v })
        .Check("slot-dropout", (m, _) => m.SlotDropout >= 1, _ => "the head would never see an answer", Below)
        .Check("own-dropout", (m, _) => m.OwnDropout >= 1, _ => "the head would never see the own slot", Below);

    static string Below(ModelSpec.Trained model) => "write a share below 1";
}
