namespace BitTensor.Scenarios;

/// <summary>Section <c>coalition</c> as keys.</summary>
static class CoalitionFormat
{
    const double Unbounded = double.PositiveInfinity;

    /// <summary>Metrics a trigger can speak of.</summary>
    public static readonly string[] Metrics = ["rank", "stake", "self-weight", "loss", "rank-share", "stake-share"];

    static readonly TextType Name = new("^[A-Za-z0-9_-]{1,64}$", "the name of a population", 64);

    public static readonly Section Budget = new("budget", "coalition budget", "What the coalition may spend.",
        new Field("stake", new NumberType(0, 1e15), "Stake its members may start with in all; no bound without it."),
        new Field("identities", new IntegerType(0, 1_000_000), "Neurons of the reserve it may call in all; all of them without it."),
        new Field("messages", new IntegerType(0, long.MaxValue), "Orders it may send in all; no bound without it. A tactic that finds no order left changes nothing."));

    public static readonly Section Tactic = new("tactics", "coalition tactics", "Something the coalition does. One of at, metric and probability says when; it is judged once a block, from what the members reported of it.",
        new Field("name", new TextType("^[\\s\\S]+$", "a name", 200), "Name in the journal; what it does without it."),
        new Field("at", new BlocksType(0, never: false), "From this block on."),
        new Field("metric", new ChoiceType(Metrics), "When this is above or below a bound. The shares need knowledge: ledger; loss is known of members alone; the others are known of members, and with more knowledge of others: rank of those whom members name, with the ledger of everybody."),
        new Field("of", Name, "Of this population: the mean over those who are there, of shares their sum. All members without it."),
        new Field("above", new NumberType(-1e300, Unbounded), "The bound."),
        new Field("below", new NumberType(-1e300, Unbounded), "The bound."),
        new Field("probability", new ShareType(inner: false), "With this probability, each block."),
        new Field("from", new BlocksType(0, never: false), "Not before this block.", "0 blocks"),
        new Field("times", new IntegerType(1, 1_000_000), "How often at most.", "1"),
        new Field("who", Name, "Members it is about; all of them without it."),
        new Field("strategy", StrategyFormat.Type, "What they follow from then on. What shapes a run before it begins cannot be taken up: churn, eclipse, poison-data, sybil-split."),
        new Field("spawn", new IntegerType(1, 1_000_000), "So many neurons of the reserve join, in the order of their ids."),
        new Field("retire", new IntegerType(1, 1_000_000), "So many of those who are there leave for good, in the order of their ids. With spawn it is whitewashing."));

    public static readonly Section Root = new("coalition", "coalition", "Populations that one adversary commands: members report to it each block, and it orders what they follow. It stands where its first neuron stands.",
        new Field("members", new ManyType(Name), "Its populations.", Required: true),
        new Field("reserve", new ManyType(Name), "Those of them whose neurons are away until they are called: identities the ledger knows, with nobody behind them yet."),
        new Field("knowledge", new ChoiceType("own", "neighbours", "ledger"), "What it sees: what members are told of themselves; also mu of those they name; all of W and S.", "own"),
        new Field("channel", new ChoiceType("links", "private"), "Whether its messages, of kind coalition, meet the emulated links.", "links"),
        new Field("budget", new SectionType(Budget), "What it may spend."),
        new Field("tactics", new ListType(Tactic, needsOne: false), "What it does."));
}
