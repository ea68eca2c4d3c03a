using System.Collections.Immutable;

namespace BitTensor.Scenarios;

/// <summary>A strategy of the format.</summary>
/// <param name="Section">Its name, its effect in the paper's terms, and its keys.</param>
/// <param name="Decides">The decisions that it makes.</param>
sealed record StrategyEntry(Section<StrategySpec> Section, Decides Decides)
{
    const Decides BeforeStart = Decides.Data | Decides.Presence | Decides.Identities | Decides.Peers;

    /// <summary>True when it shapes the run before the start, so that no neuron can adopt it later.</summary>
    public bool FromTheStart => (Decides & BeforeStart) != 0;

    /// <summary>Adds a key with a default.</summary>
    public StrategyEntry Key<T>(string key, FieldType<T> type, string @default, string doc)
    {
        Section.Key(key, type, @default, doc, s => s.Find<T>(key), (s, v) => s.With(key, v));
        return this;
    }

    /// <summary>Adds a key that may not be left out.</summary>
    public StrategyEntry Required<T>(string key, FieldType<T> type, string doc)
    {
        Section.Required(key, type, doc, s => s.Find<T>(key), (s, v) => s.With(key, v));
        return this;
    }

    /// <summary>Adds a key for a number that has no default.</summary>
    public StrategyEntry Optional(string key, ScalarType<double> type, string doc)
    {
        Section.Optional(key, type, doc, s => (double?)s.Find(key), (s, v) => s.With(key, v));
        return this;
    }

    /// <summary>Adds a key that names populations.</summary>
    /// <param name="key">Key.</param>
    /// <param name="doc">Its meaning.</param>
    /// <param name="required">True when it may not be left out.</param>
    public StrategyEntry Populations(string key, string doc, bool required = true)
    {
        if (required)
        {
            return Required(key, StrategyFormat.Populations, doc);
        }
        Section.Optional(
            key, StrategyFormat.Populations, doc, s => (ImmutableArray<string>?)s.Find(key), (s, v) => s.With(key, v));
        return this;
    }

    /// <summary>Keys whose values are names of populations.</summary>
    public IEnumerable<string> PopulationKeys =>
        Section.Fields.Where(f => f.Type == StrategyFormat.Populations).Select(f => f.Key);
}

/// <summary>
/// Every strategy a population may follow, by name. Some decide the row and act on W, the others act on tensors and
/// messages. A population that names several follows all of them.
/// </summary>
static class StrategyFormat
{
    const string TargetsDoc = "Populations whose neurons it is about, each alike.";
    const string FactorDoc = "With kind: scale: what it multiplies by.";
    const string DeviationsDoc = "With kind: shift: how many standard deviations.";
    const string QueriesDoc = "More queries per peer and iteration.";

    static readonly NumberType Factor = new(0, 1e30);
    static readonly NumberType Deviations = new(-1000, 1000);
    static readonly IntegerType<long> Number = new(1, 100_000);
    static readonly BlocksType<long> Blocks = new(1);

    /// <summary>Names of populations.</summary>
    public static readonly ManyType<string> Populations = Types.Many(Types.PopulationName);

    public static readonly StrategyEntry[] Entries =
    [
        Of("honest", Decides.Nothing, "Follows the protocol."),
        Of("self-weight", Decides.Row,
            "Moves all its weight to itself, epsilon per block; serves and learns honestly."),
        Of("cartel", Decides.Row,
            "Puts a share c of its row on the members, each alike, and the rest on everybody else: a preference that "
            + "no loss changes.")
            .Populations("members", "Populations that are its members; its own without it.", required: false)
            .Key("share", Types.Share, "1", "c, the share of the row on members other than itself.")
            .Key("noise", Types.NotNegative, "0",
                "Standard deviation of each weight in units of its size, drawn once per neuron; what falls below 0 is "
                + "0."),
        Of("underweight", Decides.Row,
            "Keeps w_ij of its rivals low and spreads what they lose over the others in proportion; else its row is "
            + "honest.")
            .Populations("rivals", "Populations that are its rivals.")
            .Key("most", Types.Share, "0", "Share of the row that all rivals together may keep."),
        Of("sybil-split", Decides.Identities,
            "Each of them is an owner with several identities, which share its stake equally: under eq. (6) with the "
            + "l2 norm they mint more. `count` counts owners.")
            .Required("identities", Number, "Identities of each."),
        Of("sybil-dilute", Decides.Row | Decides.Answer | Decides.Callers | Decides.Questions,
            "Does nothing but be counted: n grows and every mu_j of eq. (7) falls, so that who underbids is masked "
            + "out less."),
        Of("sybil-flood", Decides.Row | Decides.Callers | Decides.Questions,
            "Never bids and never serves, but asks every peer many queries of one example each.")
            .Key("queries", Number, "10", QueriesDoc),
        Of("copy-weights", Decides.Row,
            "Its row is the consensus of the others, mu_j less its own part, over its slots: all that its "
            + "announcement tells. It judges nobody itself."),
        Of("lazy", Decides.Row, "Never looks at what its peers are worth.")
            .Key("kind", Types.Words("never", "uniform"), "never", "never submits, or weighs all peers alike."),
        Of("last-mover", Decides.Moment,
            "Decides as it would, and submits at the last moment before the block closes. Submissions are sealed, so "
            + "there is nothing to wait for.")
            .Key("margin", Types.PositiveDuration, "100 ms", "How long before the close; shorter than a block."),
        Of("slow-walk", Decides.Row, "Moves its row to its targets by the largest steps the bound epsilon admits.")
            .Populations("targets", TargetsDoc)
            .Key("pace", Types.Share, "0.999", "Length of a step, as a share of epsilon."),
        Of("malformed", Decides.Submission, "Submits, instead of its row, what the ledger must refuse.")
            .Key("kind",
                Types.Words(
                    "cycle", "not-a-number", "negative", "sum", "unknown-target", "step", "foreign", "replay",
                    "signature", "stale", "future", "run"),
                "cycle", "What is wrong with it; cycle takes one after another, a block each."),
        Of("equivocate", Decides.Submission,
            "Signs two rows for one block: its own, and the same with the weights in reverse."),
        Of("outbid", Decides.Row,
            "Puts all its stake on its targets, so that mu_j rises and others are masked out there, eq. (7).")
            .Populations("targets", TargetsDoc),
        Of("tau-game", Decides.Row,
            "Holds w_ii at one value and leaves the rest of its row honest: what steers the diagonal ratio, and by it "
            + "the adaptive tau of figure 5.")
            .Key("diagonal", Types.Share, "1", "w_ii it holds; 1 makes inflation look too strong, 0 too weak."),
        Of("free-ride", Decides.Answer,
            "Answers at no cost with what is worth nothing and learns from nobody's gradients.")
            .Key("kind", Types.Words("noise", "zeros", "constant", "cached"), "noise",
                "What it answers; cached is the first answer it ever computed.")
            .Key("scale", Types.NotNegative, "1", "Standard deviation of the noise, or the constant."),
        Of("relay", Decides.Answer, "Asks another neuron what it is asked, and passes that answer on as its own.")
            .Populations(
                "targets", "Populations whose neurons it asks, one after another; they need not be its slots."),
        Of("bait-and-switch", Decides.Answer,
            "Serves and learns well up to a block; from then on it answers zeros and learns from nobody.")
            .Required("at", Blocks, "The block."),
        Of("selective", Decides.Callers, "Serves only some callers; the others are told that it is busy.")
            .Populations("members", "Populations it serves; its own without it.", required: false)
            .Optional("least-bid", Types.NotNegative, "Callers that bid at least this s_c w_ci are served too."),
        Of("poison-forward", Decides.Answer,
            "Changes what it answers. shift is the attack of Baruch et al., A Little Is Enough: each value moves by "
            + "some standard deviations of its column.")
            .Key("kind", Types.Words("sign-flip", "scale", "shift", "not-a-number", "shape"), "sign-flip", "How.")
            .Key("factor", Factor, "100", FactorDoc)
            .Key("deviations", Deviations, "1", DeviationsDoc),
        Of("poison-backward", Decides.Gradient, "Changes the gradients it sends its peers; stale sends the one before.")
            .Key("kind", Types.Words("sign-flip", "scale", "shift", "stale"), "sign-flip", "How.")
            .Key("factor", Factor, "100", FactorDoc)
            .Key("deviations", Deviations, "1", DeviationsDoc),
        Of("withhold-backward", Decides.Gradient,
            "Never sends a gradient: it learns from its peers and they learn nothing from it."),
        Of("poison-data", Decides.Data,
            "Learns from data with wrong labels, each moved on to the next class, or wrong targets, each with the "
            + "other sign; else it is honest. For models that learn from data.")
            .Key("share", Types.Share, "1", "Share of its examples whose labels or targets are wrong."),
        Of("delay", Decides.Delay, "Holds its messages of one kind for a while.")
            .Key("kind", Types.Words("reply", "backward"), "reply", "Which messages.")
            .Key("by", Types.PositiveDuration, "900 ms", "For how long."),
        Of("flood", Decides.Questions,
            "Asks every peer many more queries of one example each, and does not care for the answers.")
            .Key("queries", Number, "10", QueriesDoc),
        Of("eclipse", Decides.Peers,
            "Surrounds its victims: from the first block on they know nobody but themselves and these.")
            .Populations("victims", "Populations that are surrounded."),
        Of("churn", Decides.Presence,
            "All of them are there and away in step, so that weight stays pointed at the absent.")
            .Key("present", Blocks, "3 blocks", "Blocks they are there.")
            .Key("away", Blocks, "3 blocks", "Blocks they are away."),
        Of("adaptive", Decides.Row,
            "Its row is what its coalition's adversary orders, which ascends the members' joint payoff sum_k P_k by "
            + "its gradient over all their rows. For members of a coalition.")
            .Key("step", Types.Positive, "0.1",
                "Step of the ascent in the place of lambda; the bound epsilon holds in any case."),
    ];

    /// <summary>The names of all strategies.</summary>
    public static readonly ImmutableArray<string> Names = [.. Entries.Select(e => e.Section.Name)];

    /// <summary>One strategy.</summary>
    public static readonly VariantType<StrategySpec> Strategy = Entries.Aggregate(
        new VariantType<StrategySpec>("name").Named(Names),
        (type, entry) => type.With(entry.Section, s => s.Name == entry.Section.Name));

    /// <summary>The strategies of a population.</summary>
    public static readonly VariantsType<StrategySpec> Strategies = new(Strategy);

    /// <summary>The strategy of a name.</summary>
    public static StrategyEntry Find(string name) => Array.Find(Entries, e => e.Section.Name == name)!;

    static StrategyEntry Of(string name, Decides decides, string doc) =>
        new(new Section<StrategySpec>(name, "strategy: " + name, doc, new StrategySpec(name, [])), decides);
}
