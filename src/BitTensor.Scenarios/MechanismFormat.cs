using System.Collections.Concurrent;
using BitTensor.Mechanism;

namespace BitTensor.Scenarios;

/// <summary>Section <c>mechanism</c> as a file states it.</summary>
/// <param name="BlockInterval">Emulated time between two blocks.</param>
/// <param name="Parameters">The numbers of the market.</param>
sealed record MechanismKeys(TimeSpan BlockInterval, MechanismParameters Parameters);

/// <summary>Inflation as a file states it.</summary>
/// <param name="Tau">tau at the start.</param>
/// <param name="Adaptive">What moves it; null for nothing.</param>
sealed record Inflation(double Tau, TauController? Adaptive);

/// <summary>
/// The keys of section <c>mechanism</c>. Their defaults are those of <see cref="MechanismParameters"/>.
/// </summary>
static class MechanismFormat
{
    static readonly Section<LiquidRate> Liquid = new Section<LiquidRate>(
        "liquid", "mechanism rule liquid",
        "A rate of each bond's own: low + (high - low) sigmoid(steepness (d - 1/2)), with d = w - c of a voter that "
        + "buys and B - w of one that sells.")
        .Key("alpha-low", Types.Share, "0.1", "Least share of a bond that is new in a block.",
            l => l.Low, (l, v) => l with { Low = v })
        .Key("alpha-high", Types.Share, "0.3", "Greatest.", l => l.High, (l, v) => l with { High = v })
        .Key("steepness", Types.Positive, "10", "Steepness of the sigmoid.",
            l => l.Steepness, (l, v) => l with { Steepness = v })
        .Check("alpha-low", (l, _) => l.Low > l.High, _ => "alpha-low is above alpha-high", _ => "swap them");

    static readonly ConcurrentDictionary<string, Section<OwnRule>> OwnSections = new();

    static readonly VariantType<RankRule> Rule = new VariantType<RankRule>("kind")
    {
        Otherwise = "a rule of one's own needs its library: --extensions FILE",
    }
        .Named("paper", "trust", "yuma", "yuma-ema", "yuma-relative")
        .With(new Section<RankRule.Paper>("paper", "mechanism rule: paper", "The rank, eq. (5)."))
        .With(new Section<RankRule.Trust>(
            "trust", "mechanism rule: trust",
            "Rank times a sigmoid of trust, the share of stake that gives a neuron any weight: the paper's later "
            + "version.")
            .Key("kappa", Types.InnerShare, "0.5", "Trust at which half of the rank is paid.",
                t => t.Kappa, (t, v) => t with { Kappa = v })
            .Key("rho", Types.Positive, "10", "Steepness of the sigmoid.", t => t.Rho, (t, v) => t with { Rho = v }))
        .With(new Section<RankRule.Yuma>(
            "yuma", "mechanism rule: yuma",
            "Weights above the stake-weighted median are clipped to it; a part is paid to those who give weight (Yuma "
            + "consensus, bonds of one block).")
            .Key("kappa", Types.InnerShare, "0.5", "Share of stake that must support a weight.",
                y => y.Kappa, (y, v) => y with { Kappa = v })
            .Key("dividend", Types.Share, "0.5", "Share paid for giving weight.",
                y => y.Dividend, (y, v) => y with { Dividend = v }))
        .With(Bonded(
            new Section<EmaBonds>(
                "yuma-ema", "mechanism rule: yuma-ema",
                "Yuma consensus whose bonds are a moving average over blocks of what voters buy by stake times weight, "
                + "divided by column."),
            penalty: "1"))
        .With(Bonded(
            new Section<RelativeBonds>(
                "yuma-relative", "mechanism rule: yuma-relative",
                "Yuma consensus with bonds between 0 and 1 that grow with weight alone and decay; stake enters with "
                + "the dividend."),
            penalty: "0"))
        .WithMore(() => RuleRegistry.All.Select(OwnSection), (section, rule) => section.Name == rule.Kind);

    static readonly Section<TauController> Adaptive = new Section<TauController>(
        "adaptive", "mechanism tau adaptive",
        "The ledger moves tau from block to block, from its lower bound, until as much weight lies on the diagonal of "
        + "W as target says (figure 5). The steps of neurons follow the payoff in fixed units: dW = 10 step (-dL/dW + "
        + "(tau / alpha) dR/dW).",
        start: new TauController())
        .Key("target", Types.Positive, "Ratio of the diagonal of W to the rest that tau is steered to.",
            a => a.Target, (a, v) => a with { Target = v })
        .Key("least", Types.Positive, "Lower bound of tau, where it begins.",
            a => a.Least, (a, v) => a with { Least = v })
        .Key("most", Types.Positive, "Upper bound.", a => a.Most, (a, v) => a with { Most = v })
        .Key("proportional", Types.NotNegative, "Change of ln tau per change of the error ln(target / ratio).",
            a => a.Proportional, (a, v) => a with { Proportional = v })
        .Key("integral", Types.NotNegative, "Change of ln tau per block and unit of error.",
            a => a.Integral, (a, v) => a with { Integral = v })
        .Check("least", (a, _) => a.Least > a.Most, _ => "least is above most", _ => "swap them");

    static readonly ScalarOrSectionType<Inflation> Tau = new(
        Types.Positive.As(tau => new Inflation(tau, null), i => Types.Positive.Text(i.Tau)),
        new Section<Inflation>("tau", "mechanism tau", "A tau that moves.")
            .Required("adaptive", Types.Section(Adaptive), "The controller.",
                i => i.Adaptive, (_, v) => new Inflation(v.Least, v)),
        i => i.Adaptive is not null);

    static readonly Section<VoterRoles> Roles = new Section<VoterRoles>("", "", "", start: VoterRoles.None)
        .Optional("validators", Types.Whole(1, 1_000_000),
            "Only so many neurons of largest stake vote: the rows of the others do not count. All vote without it.",
            r => r.Validators, (r, v) => r with { Validators = v })
        .Key("least-stake", Types.NotNegative, "Rows of neurons with less stake do not count.",
            r => r.LeastStake, (r, v) => r with { LeastStake = v })
        .Optional("activity-cutoff", new BlocksType<long>(0),
            "Rows that their owners have not changed for more blocks do not count.",
            r => r.ActivityCutoff, (r, v) => r with { ActivityCutoff = v })
        .Optional("max-weight", Types.InnerShare,
            "What a row gives one neuron counts up to this weight, and what is above is lost.",
            r => r.MaxWeight, (r, v) => r with { MaxWeight = v })
        .Optional("min-targets", Types.Whole(1, 1_000_000), "Rows that give fewer neurons weight do not count.",
            r => r.MinTargets, (r, v) => r with { MinTargets = v });

    static readonly Section<MembershipRules> Membership = new Section<MembershipRules>()
        .Optional("capacity", Types.Whole(1, 1_000_000),
            "Most neurons that are registered at a time. It opens the network: populations with `joins`, and the "
            + "reserve of a coalition, are not registered at the start, but register when they come. Without it the "
            + "network is closed: everybody is registered from the start.",
            r => r.Capacity, (r, v) => r with { Capacity = v ?? r.Capacity })
        .Key("immunity", new BlocksType<int>(0), "0 blocks",
            "With capacity: a newcomer that finds no room replaces the neuron of least rank, but none that registered "
            + "less than so many blocks ago.",
            r => r.Immunity, (r, v) => r with { Immunity = v })
        .Key("leaving-stake", Types.Either(("kept", false), ("burned", true)), "kept",
            "With capacity: whether a neuron that leaves or is replaced keeps its stake outside, or the ledger "
            + "destroys it.",
            r => r.BurnsStake, (r, v) => r with { BurnsStake = v })
        .Optional("target-rate", Types.Positive,
            "With capacity: a block with more registrations doubles the registration cost of the next block, one with "
            + "fewer halves it, down to registration-cost. A fixed cost without it.",
            r => r.TargetRate, (r, v) => r with { TargetRate = v });

    static readonly Section<MechanismParameters> Parameters = new Section<MechanismParameters>(
        "", "", "", start: new MechanismParameters())
        .Key("alpha", Types.NotNegative, "Price of one unit of loss, eq. (22).",
            m => m.Alpha, (m, v) => m with { Alpha = v })
        .Key("tau", Tau, "Inflation, eq. (6); or a section for a tau that the ledger moves.",
            m => new Inflation(m.Tau, m.Adaptive), (m, v) => m with { Tau = v.Tau, Adaptive = v.Adaptive })
        .Key("step", Types.Positive, "Step lambda of a neuron's payoff ascent, eq. (13).",
            m => m.Step, (m, v) => m with { Step = v })
        .Key("epsilon", Types.Positive, "Largest change of a row in one block, Euclidean norm (section 1.3).",
            m => m.Epsilon, (m, v) => m with { Epsilon = v })
        .Key("temperature", Types.Positive, "Temperature T of the mask, eq. (8).",
            m => m.Temperature, (m, v) => m with { Temperature = v })
        .Key("rule", Rule, "What a block pays for.", m => m.Rule, (m, v) => m with { Rule = v })
        .Key("norm", Types.Enum<InflationNorm>(), "Norm that divides the rank in eq. (6); l2 is the paper's.",
            m => m.Norm, (m, v) => m with { Norm = v })
        .Key("stake", Types.Enum<StakeScale>(),
            "Stake in the mask, eq. (7): as it stands, or as share of all stake times n.",
            m => m.StakeScale, (m, v) => m with { StakeScale = v })
        .Key("emission", Types.Either(("on", true), ("frozen", false)),
            "Whether stake is minted; frozen keeps S as it starts.",
            m => m.Emission, (m, v) => m with { Emission = v })
        .Key("reveal-after", new BlocksType<int>(0),
            "Blocks for which a row is hidden: a neuron commits to it by its hash and shows it so many blocks later, "
            + "one at a time; what can be copied is old by then. 0 blocks takes rows as they are.",
            m => m.RevealAfter, (m, v) => m with { RevealAfter = v })
        .Key("registration-cost", Types.NotNegative,
            "Stake that is destroyed when an identity changes its row for the first time, or with capacity when it "
            + "registers; one that holds less is refused. 0 makes identities free, as in the paper.",
            m => m.RegistrationCost, (m, v) => m with { RegistrationCost = v })
        .Keys(Roles, m => m.Roles, (m, v) => m with { Roles = v })
        .Group(Membership, m => m.Membership, (m, v) => m with { Membership = v }, begin: _ => new(1));

    /// <summary>The keys of a rule of one's own: its parameters.</summary>
    static Section<OwnRule> OwnSection(OwnRule rule) => OwnSections.GetOrAdd(rule.Kind, _ =>
        rule.Rule.Parameters.Aggregate(
            new Section<OwnRule>(rule.Kind, $"mechanism rule: {rule.Kind}", "", start: rule),
            (section, p) => section.Key(
                p.Name, new NumberType(p.Least, p.Most), p.Meaning, r => r.Values[p.Name],
                (r, v) => r with { Values = r.Values.SetItem(p.Name, v) })));

    /// <summary>The keys of every rule with bonds that last.</summary>
    static Section<T> Bonded<T>(Section<T> section, string penalty)
        where T : BondRule => section
        .Key("kappa", Types.InnerShare, "0.5", "Share of stake that must support a weight.",
            b => b.Kappa, (b, v) => b with { Kappa = v })
        .Key("dividend", Types.Share, "0.5", "Share paid for giving weight.",
            b => b.Share, (b, v) => b with { Share = v })
        .Key("bond-moving-average", Types.Share, "0.9",
            "Share of the old bonds that stays in a block: 1 - a.", b => b.Average, (b, v) => b with { Average = v })
        .Key("bond-penalty", Types.Share, penalty, "How much of a weight above the median counts for no bond.",
            b => b.Penalty, (b, v) => b with { Penalty = v })
        .Optional("liquid", Types.Section(Liquid), "A rate of each bond's own, in place of bond-moving-average.",
            b => b.Liquid, (b, v) => b with { Liquid = v });

    /// <summary>The numbers that the timeline can set.</summary>
    public static readonly Section<MechanismChange> Change = new Section<MechanismChange>()
        .Optional("alpha", Types.NotNegative, "Price of one unit of loss.",
            c => c.Alpha, (c, v) => c with { Alpha = v })
        .Optional("tau", Types.Positive, "Inflation.", c => c.Tau, (c, v) => c with { Tau = v })
        .Optional("step", Types.Positive, "Step of the ascent.", c => c.Step, (c, v) => c with { Step = v })
        .Optional("epsilon", Types.Positive, "Largest change of a row.",
            c => c.Epsilon, (c, v) => c with { Epsilon = v })
        .Optional("temperature", Types.Positive, "Temperature of the mask.",
            c => c.Temperature, (c, v) => c with { Temperature = v })
        .Optional("norm", Types.Enum<InflationNorm>(), "Norm in eq. (6).", c => c.Norm, (c, v) => c with { Norm = v })
        .Optional("rule", Rule, "What a block pays for. A rule of another kind begins without bonds.",
            c => c.Rule, (c, v) => c with { Rule = v });

    public static readonly Section<MechanismKeys> Section = new Section<MechanismKeys>(
        "mechanism", "mechanism", "The numbers of the market.",
        start: new MechanismKeys(default, new MechanismParameters()))
        .Key("block-interval", Types.Interval, "10 s", "Emulated time between two blocks.",
            m => m.BlockInterval, (m, v) => m with { BlockInterval = v })
        .Keys(Parameters, m => m.Parameters, (m, v) => m with { Parameters = v });
}
