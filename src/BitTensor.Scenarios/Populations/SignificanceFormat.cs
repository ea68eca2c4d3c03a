namespace BitTensor.Scenarios;

/// <summary>The keys of section <c>significance</c>.</summary>
static class SignificanceFormat
{
    static readonly (Predicate<SignificanceSpec>, string) Fresh = (s => s.IsFresh, "on: fresh");

    public static readonly Section<SignificanceSpec> Section = new Section<SignificanceSpec>(
        "significance", "significance",
        "On which data a neuron learns what its peers are worth to it: the gradient (10b), by which a competitive row "
        + "moves, and the significance (3). Of data that it has learned by heart it learns little.")
        .Key("on", Types.Enum<EvidenceSource>(), "training",
            "The batches that it trains on, since the block before; or fresh data: it keeps a part of its training "
            + "data aside, and some of its iterations query the peers about them and train nothing.",
            s => s.On, (s, v) => s with { On = v })
        .Key("average", Types.Whole(1, 1_000_000), "512",
            "Examples, the newest ones, over which the evidence is a mean.",
            s => s.Average, (s, v) => s with { Average = v }, Fresh)
        .Key("share", Types.Share, "25%", "Share of its training data that it keeps aside.",
            s => s.Share, (s, v) => s with { Share = v }, Fresh)
        .Key("every", Types.Whole(2, 1_000_000), "4", "Every so many iterations one is about the data kept aside.",
            s => s.Every, (s, v) => s with { Every = v }, Fresh)
        .Check("share", (s, _) => s.IsFresh && s.Share is <= 0 or >= 1,
            _ => "nothing would be left, to train on or aside", _ => "write a share between 0 and 1");
}
