namespace BitTensor.Scenarios;

/// <summary>The keys of section <c>gating</c>.</summary>
static class GatingFormat
{
    public static readonly Section<GatingSpec> Section = new Section<GatingSpec>(
        "gating", "gating",
        "Conditional computation (section 1.7): a neuron queries a few of its peers in each iteration. A peer that it "
        + "does not query is zero input. A peer that has no room is replaced by the next in order. Without the section "
        + "a neuron queries all its peers.")
        .Required("top", Types.Whole(1, 1_000_000), "k, how many peers are queried in an iteration.",
            g => g.Top, (g, v) => g with { Top = v })
        .Key("by", Types.Enum<GateRule>(), "rank",
            "Which: those of the highest rank (4), of the largest weight in the own row, of the largest significance "
            + "(3) on the own data; or an order that is drawn once. Ties fall by an order that is drawn once.",
            g => g.By, (g, v) => g with { By = v })
        .Key("warm-up", new BlocksType<int>(0),
            "0 blocks", "Blocks at the start of the run in which all peers are queried.",
            g => g.WarmUp, (g, v) => g with { WarmUp = v })
        .Key("explore", Types.Share, "0",
            "Share of iterations in which the last of the chosen gives way to any other peer.",
            g => g.Explore, (g, v) => g with { Explore = v });
}
