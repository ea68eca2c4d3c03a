namespace BitTensor.Scenarios;

/// <summary>The keys of section <c>gating</c>.</summary>
static class GatingFormat
{
    static readonly (Predicate<GatingSpec>, string) Trained = (g => g.By == GateRule.Gate, "by: gate");
    static readonly (Predicate<GatingSpec>, string) Ruled = (g => g.By != GateRule.Gate, "by: rank or another rule");

    static readonly (Predicate<GatingSpec>, string) Balanced =
        (g => g.By == GateRule.Gate && g.Balance != BalanceLoss.None, "by: gate and balance: cv2 or switch");

    static readonly Section<WaitSpec> Waits = new Section<WaitSpec>(
        "wait", "wait",
        "How long an iteration waits for answers, example by example (as hivemind's RemoteMixtureOfExperts does). It "
        + "ends at the reply time-out in any case, also where an example has fewer.", new WaitSpec(1, TimeSpan.Zero))
        .Key("k-min", Types.Whole(1, 1_000_000), "Answers that every example of the batch needs.",
            w => w.KMin, (w, v) => w with { KMin = v })
        .Key("after-k-min", Types.Duration, "Time to wait for more, once every example has them.",
            w => w.AfterKMin, (w, v) => w with { AfterKMin = v });

    public static readonly Section<GatingSpec> Section = new Section<GatingSpec>(
        "gating", "gating",
        "Conditional computation (section 1.7): a neuron queries a few of its peers in each iteration. A peer that it "
        + "does not query is zero input. A peer that has no room is replaced by the next in order. Without the section "
        + "a neuron queries all its peers.")
        .Required("top", Types.Whole(1, 1_000_000), "k, how many peers are queried in an iteration.",
            g => g.Top, (g, v) => g with { Top = v })
        .Key("by", Types.Enum<GateRule>(), "rank",
            "Which: those of the highest rank (4), of the largest weight in the own row, of the largest significance "
            + "(3) on the own data; an order that is drawn once; or those that a trained gate scores highest, whose "
            + "answers are weighted by the softmax g of the chosen scores (10). Ties fall by an order that is drawn "
            + "once.",
            g => g.By, (g, v) => g with { By = v })
        .Key("warm-up", new BlocksType<int>(0),
            "0 blocks", "Blocks at the start of the run in which all peers are queried.",
            g => g.WarmUp, (g, v) => g with { WarmUp = v })
        .Key("explore", Types.Share, "0",
            "Share of iterations in which the last of the chosen gives way to any other peer.",
            g => g.Explore, (g, v) => g with { Explore = v }, Ruled)
        .Key("per", Types.Enum<GateScope>(), "example",
            "Whether each example chooses its peers, so that a peer gets the examples that chose it, or a batch as a "
            + "whole.",
            g => g.Per, (g, v) => g with { Per = v }, Trained)
        .Key("noise", new NumberType(0, 1000), "0",
            "Standard deviation of normal noise on the scores, drawn per example and peer.",
            g => g.Noise, (g, v) => g with { Noise = v }, Trained)
        .Key("balance", Types.Enum<BalanceLoss>(), "none",
            "A loss beside the neuron's own that keeps the gate from collapsing on a few peers: the squared "
            + "coefficient of variation of the peers' importance, sum over the batch of g, which is 0 at balance "
            + "(Shazeer et al. 2017); or n sum_j f_j P_j over the share of examples f_j that chose peer j and its mean "
            + "softmax P_j over all peers, which is 1 at balance (Fedus et al. 2021).",
            g => g.Balance, (g, v) => g with { Balance = v }, Trained)
        .Key("weight", Types.NotNegative, "0.01", "Weight of the balance loss.",
            g => g.BalanceWeight, (g, v) => g with { BalanceWeight = v }, Balanced)
        .Optional("wait", Types.Section(Waits), "How long an iteration waits; for all answers without it.",
            g => g.Wait, (g, v) => g with { Wait = v })
        .Check("wait", (g, _) => g.Wait is { } wait && wait.KMin > g.Top,
            g => $"every example needs {g.Wait!.KMin} answers but asks {g.Top}",
            g => $"write wait: {{ k-min: {g.Top} }} or less, or raise top");
}
