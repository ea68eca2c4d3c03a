using System.Collections.Immutable;

namespace BitTensor.Scenarios;

/// <summary>Section <c>budget</c> of a coalition as a file states it.</summary>
/// <param name="Stake">Most stake its members may start with in all; null for no bound.</param>
/// <param name="Identities">Most neurons of the reserve it may call in all; null for all of them.</param>
/// <param name="Messages">Most orders it may send in all; null for no bound.</param>
sealed record BudgetKeys(double? Stake, int? Identities, long? Messages);

/// <summary>The keys of section <c>coalition</c>.</summary>
static class CoalitionFormat
{
    static readonly NumberType Bound = new(-Types.Largest, Types.Largest);

    static readonly Section<BudgetKeys> Budget = new Section<BudgetKeys>(
        "budget", "coalition budget", "What the coalition may spend.")
        .Optional("stake", new NumberType(0, 1e15), "Stake its members may start with in all; no bound without it.",
            b => b.Stake, (b, v) => b with { Stake = v })
        .Optional("identities", Types.Whole(0, 1_000_000),
            "Neurons of the reserve it may call in all; all of them without it.",
            b => b.Identities, (b, v) => b with { Identities = v })
        .Optional("messages", new IntegerType<long>(0, 1_000_000_000_000),
            "Orders it may send in all; no bound without it. A tactic that finds no order left changes nothing.",
            b => b.Messages, (b, v) => b with { Messages = v });

    /// <summary>A tactic. Its name and its trigger are read by <see cref="CoalitionReader"/>.</summary>
    static readonly Section<TacticSpec> Tactic = new Section<TacticSpec>(
        "tactics", "coalition tactics",
        "Something the coalition does. One of at, metric and probability says when; it is judged once a block, from "
        + "what the members reported of it.")
        .Optional("name", Types.AnyText("a name", 200), "Name in the journal; what it does without it.", t => t.Name)
        .Optional("at", new BlocksType<int>(0), "From this block on.", t => (t.When as TriggerSpec.AtBlock)?.Block)
        .Optional("metric", Types.Words("rank", "stake", "self-weight", "loss", "rank-share", "stake-share"),
            "When this is above or below a bound. The shares need knowledge: ledger; loss is known of members alone; "
            + "the others are known of members, and with more knowledge of others: rank of those whom members name, "
            + "with the ledger of everybody.",
            t => (t.When as TriggerSpec.Metric)?.Name)
        .Optional("of", Types.PopulationName,
            "Of this population: the mean over those who are there, of shares their sum. All members without it.",
            t => (t.When as TriggerSpec.Metric)?.Of)
        .Optional("above", Bound, "The bound.",
            t => t.When is TriggerSpec.Metric { Above: true, Bound: var b } ? b : null)
        .Optional("below", Bound, "The bound.",
            t => t.When is TriggerSpec.Metric { Above: false, Bound: var b } ? b : null)
        .Optional("probability", Types.Share, "With this probability, each block.",
            t => (t.When as TriggerSpec.Chance)?.Probability)
        .Key("from", new BlocksType<int>(0), "0 blocks", "Not before this block.",
            t => t.From, (t, v) => t with { From = v })
        .Key("times", Types.Whole(1, 1_000_000), "1", "How often at most.",
            t => t.Times, (t, v) => t with { Times = v })
        .Optional("who", Types.PopulationName, "Members it is about; all of them without it.",
            t => t.Who, (t, v) => t with { Who = v })
        .Optional("strategy", StrategyFormat.Strategies,
            "What they follow from then on. What shapes a run before it begins cannot be taken up: churn, eclipse, "
            + "poison-data, sybil-split.",
            t => t.Conduct?.Strategies,
            (t, v) => t with { Conduct = v is { } strategies ? ConductSpec.Of(strategies) : null })
        .Optional("spawn", Types.Whole(1, 1_000_000), "So many neurons of the reserve join, in the order of their ids.",
            t => t.Spawn > 0 ? t.Spawn : null, (t, v) => t with { Spawn = v ?? 0 })
        .Optional("retire", Types.Whole(1, 1_000_000),
            "So many of those who are there leave for good, in the order of their ids. With spawn it is whitewashing.",
            t => t.Retire > 0 ? t.Retire : null, (t, v) => t with { Retire = v ?? 0 });

    /// <summary>The coalition. Its budget and its tactics are read by <see cref="CoalitionReader"/>.</summary>
    public static readonly Section<CoalitionSpec> Section = new Section<CoalitionSpec>(
        "coalition", "coalition",
        "Populations that one adversary commands: members report to it each block, and it orders what they follow. It "
        + "stands where its first neuron stands.")
        .Required("members", StrategyFormat.Populations, "Its populations.",
            c => c.Members, (c, v) => c with { Members = v })
        .Optional("reserve", StrategyFormat.Populations,
            "Those of them whose neurons are away until they are called: identities the ledger knows, with nobody "
            + "behind them yet.",
            c => c.Reserve.IsEmpty ? null : (ImmutableArray<string>?)c.Reserve, (c, v) => c with { Reserve = v ?? [] })
        .Key("knowledge", Types.Enum<Knowledge>(), "own",
            "What it sees: what members are told of themselves; also mu of those they name; all of W and S.",
            c => c.Knowledge, (c, v) => c with { Knowledge = v })
        .Key("channel", Types.Either(("links", false), ("private", true)), "links",
            "Whether its messages, of kind coalition, meet the emulated links.",
            c => c.Private, (c, v) => c with { Private = v })
        .Key("budget", Types.Section(Budget), null, "What it may spend.",
            c => new BudgetKeys(null, c.Identities, c.Messages < long.MaxValue ? c.Messages : null))
        .Key("tactics", Types.List(Tactic), null, "What it does.", c => c.Tactics);
}
