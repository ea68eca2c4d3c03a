namespace BitTensor.Scenarios;

/// <summary>What a strategy decides in its neuron's place. Two strategies that decide the same contradict each other.</summary>
[Flags]
enum Decides
{
    /// <summary>Nothing: it is honest.</summary>
    Nothing = 0,

    /// <summary>Which row W_i it wants.</summary>
    Row = 1,

    /// <summary>What it sends to the ledger for that row.</summary>
    Submission = 2,

    /// <summary>When it sends it.</summary>
    Moment = 4,

    /// <summary>What it answers, F.</summary>
    Answer = 8,

    /// <summary>Whom it answers.</summary>
    Callers = 16,

    /// <summary>What gradients it sends, G.</summary>
    Gradient = 32,

    /// <summary>How long its messages wait.</summary>
    Delay = 64,

    /// <summary>What it asks.</summary>
    Questions = 128,

    /// <summary>What it learns from.</summary>
    Data = 256,

    /// <summary>Whether it is there.</summary>
    Presence = 512,

    /// <summary>How many identities it has.</summary>
    Identities = 1024,

    /// <summary>Whom others know.</summary>
    Peers = 2048,
}

/// <summary>A strategy of the format.</summary>
/// <param name="Section">Its name, what it does in the paper's terms, and its keys.</param>
/// <param name="Decides">What it decides.</param>
sealed record StrategyEntry(Section Section, Decides Decides)
{
    /// <summary>True when it shapes the run before it begins, so that nobody can take it up later.</summary>
    public bool FromTheStart => (Decides & (Decides.Data | Decides.Presence | Decides.Identities | Decides.Peers)) != 0;
}

/// <summary>
/// Every strategy a population may follow, by name. Those that decide the row act on W, the others on tensors and messages; a population
/// that names several does them all.
/// </summary>
static class StrategyFormat
{
    const double Unbounded = double.PositiveInfinity;

    /// <summary>Keys whose values are names of populations.</summary>
    public static readonly string[] PopulationKeys = ["members", "rivals", "targets", "victims"];

    public static readonly ManyType Populations = new(new TextType("^[A-Za-z0-9_-]{1,64}$", "the name of a population", 64));

    static readonly Field Targets = new("targets", Populations, "Populations whose neurons it is about, each alike.", Required: true);

    static readonly Field Factor = new("factor", new NumberType(0, 1e30), "With kind: scale: what it multiplies by.", "100");

    static readonly Field Deviations = new("deviations", new NumberType(-1000, 1000), "With kind: shift: how many standard deviations.", "1");

    public static readonly StrategyEntry[] Entries =
    [
        Of("honest", Decides.Nothing, "Follows the protocol."),
        Of("self-weight", Decides.Row, "Moves all its weight to itself, epsilon per block; serves and learns honestly."),
        Of("cartel", Decides.Row, "Puts a share c of its row on the members, each alike, and the rest on everybody else: a preference that no loss changes.",
            new Field("members", Populations, "Populations that are its members; its own without it."),
            new Field("share", new ShareType(inner: false), "c, the share of the row on members other than itself.", "1"),
            new Field("noise", new NumberType(0, Unbounded), "Standard deviation of each weight in units of its size, drawn once per neuron; what falls below 0 is 0.", "0")),
        Of("underweight", Decides.Row, "Keeps w_ij of its rivals low and spreads what they lose over the others in proportion; else its row is honest.",
            new Field("rivals", Populations, "Populations that are its rivals.", Required: true),
            new Field("most", new ShareType(inner: false), "Share of the row that all rivals together may keep.", "0")),
        Of("sybil-split", Decides.Identities, "Each of them is an owner with several identities, which share its stake equally: under eq. (6) with the l2 norm they mint more. `count` counts owners.",
            new Field("identities", new IntegerType(1, 100_000), "Identities of each.", Required: true)),
        Of("sybil-dilute", Decides.Row | Decides.Answer | Decides.Callers | Decides.Questions, "Does nothing but be counted: n grows and every mu_j of eq. (7) falls, so that who underbids is masked out less."),
        Of("sybil-flood", Decides.Row | Decides.Callers | Decides.Questions, "Never bids and never serves, but asks every peer many queries of one example each.",
            new Field("queries", new IntegerType(1, 100_000), "More queries per peer and iteration.", "10")),
        Of("copy-weights", Decides.Row, "Its row is the consensus of the others, mu_j less its own part, over its slots: all that its announcement tells. It judges nobody itself."),
        Of("lazy", Decides.Row, "Never looks at what its peers are worth.",
            new Field("kind", new ChoiceType("never", "uniform"), "never submits, or weighs all peers alike.", "never")),
        Of("last-mover", Decides.Moment, "Decides as it would, and submits at the last moment before the block closes. Submissions are sealed, so there is nothing to wait for.",
            new Field("margin", new DurationType(zero: false), "How long before the close; shorter than a block.", "100 ms")),
        Of("slow-walk", Decides.Row, "Moves its row to its targets by the largest steps the bound epsilon admits.",
            Targets,
            new Field("pace", new ShareType(inner: false), "Length of a step, as a share of epsilon.", "0.999")),
        Of("malformed", Decides.Submission, "Submits, instead of its row, what the ledger must refuse.",
            new Field("kind", new ChoiceType("cycle", "not-a-number", "negative", "sum", "unknown-target", "step", "foreign", "replay", "signature", "stale", "future", "run"),
                "What is wrong with it; cycle takes one after another, a block each.", "cycle")),
        Of("equivocate", Decides.Submission, "Signs two rows for one block: its own, and the same with the weights in reverse."),
        Of("outbid", Decides.Row, "Puts all its stake on its targets, so that mu_j rises and others are masked out there, eq. (7).", Targets),
        Of("tau-game", Decides.Row, "Holds w_ii at one value and leaves the rest of its row honest: what steers the diagonal ratio, and by it the adaptive tau of figure 5.",
            new Field("diagonal", new ShareType(inner: false), "w_ii it holds; 1 makes inflation look too strong, 0 too weak.", "1")),
        Of("free-ride", Decides.Answer, "Answers at no cost with what is worth nothing and learns from nobody's gradients.",
            new Field("kind", new ChoiceType("noise", "zeros", "constant", "cached"), "What it answers; cached is the first answer it ever computed.", "noise"),
            new Field("scale", new NumberType(0, Unbounded), "Standard deviation of the noise, or the constant.", "1")),
        Of("relay", Decides.Answer, "Asks another neuron what it is asked, and passes that answer on as its own.",
            new Field("targets", Populations, "Populations whose neurons it asks, one after another; they need not be its slots.", Required: true)),
        Of("bait-and-switch", Decides.Answer, "Serves and learns well up to a block; from then on it answers zeros and learns from nobody.",
            new Field("at", new BlocksType(1, never: false), "The block.", Required: true)),
        Of("selective", Decides.Callers, "Serves only some callers; the others are told that it is busy.",
            new Field("members", Populations, "Populations it serves; its own without it."),
            new Field("least-bid", new NumberType(0, Unbounded), "Callers that bid at least this s_c w_ci are served too.")),
        Of("poison-forward", Decides.Answer, "Changes what it answers. shift is the attack of Baruch et al., A Little Is Enough: each value moves by some standard deviations of its column.",
            new Field("kind", new ChoiceType("sign-flip", "scale", "shift", "not-a-number", "shape"), "How.", "sign-flip"),
            Factor,
            Deviations),
        Of("poison-backward", Decides.Gradient, "Changes the gradients it sends its peers; stale sends the one before.",
            new Field("kind", new ChoiceType("sign-flip", "scale", "shift", "stale"), "How.", "sign-flip"),
            Factor,
            Deviations),
        Of("withhold-backward", Decides.Gradient, "Never sends a gradient: it learns from its peers and they learn nothing from it."),
        Of("poison-data", Decides.Data, "Learns from data with wrong labels, each moved on to the next class; else it is honest. For models that learn from data.",
            new Field("share", new ShareType(inner: false), "Share of its examples whose labels are wrong.", "1")),
        Of("delay", Decides.Delay, "Holds its messages of one kind for a while.",
            new Field("kind", new ChoiceType("reply", "backward"), "Which messages.", "reply"),
            new Field("by", new DurationType(zero: false), "For how long.", "900 ms")),
        Of("flood", Decides.Questions, "Asks every peer many more queries of one example each, and does not care for the answers.",
            new Field("queries", new IntegerType(1, 100_000), "More queries per peer and iteration.", "10")),
        Of("eclipse", Decides.Peers, "Surrounds its victims: from the first block on they know nobody but themselves and these.",
            new Field("victims", Populations, "Populations that are surrounded.", Required: true)),
        Of("churn", Decides.Presence, "All of them are there and away in step, so that weight stays pointed at the absent.",
            new Field("present", new BlocksType(1, never: false), "Blocks they are there.", "3 blocks"),
            new Field("away", new BlocksType(1, never: false), "Blocks they are away.", "3 blocks")),
        Of("adaptive", Decides.Row, "Its row is what its coalition's adversary orders, which ascends the members' joint payoff sum_k P_k by its gradient over all their rows. For members of a coalition.",
            new Field("step", new NumberType(0, Unbounded, aboveLeast: true), "Step of the ascent in the place of lambda; the bound epsilon holds in any case.", "0.1")),
    ];

    /// <summary>The field <c>strategy</c> of a population.</summary>
    public static readonly VariantType Type =
        new("name", new ChoiceType([.. Entries.Select(e => e.Section.Key)]), [.. Entries.Select(e => e.Section)]) { Many = true };

    /// <summary>The strategy of a name.</summary>
    public static StrategyEntry Find(string name) => Array.Find(Entries, e => e.Section.Key == name)!;

    static StrategyEntry Of(string name, Decides decides, string doc, params Field[] fields) => new(new Section(name, "strategy: " + name, doc, fields), decides);
}
