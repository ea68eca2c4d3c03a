namespace BitTensor.Scenarios;

/// <summary>The keys of section <c>expect</c>.</summary>
static class PropertyFormat
{
    /// <summary>Share of seeds in which a property is wanted without another one.</summary>
    public const double OfSeeds = 0.95;

    static readonly TextType Holds = new(
        "^(always|at end|from block [0-9]+( until block [0-9]+)?|until block [0-9]+|eventually by block [0-9]+)$",
        "always, at end, from block N, until block N, from block N until block N, or eventually by block N", 60);

    /// <summary>A property. Its text, its horizon and its name are read by <see cref="PropertyReader"/>.</summary>
    public static readonly Section<Property> Section = new Section<Property>(
        "expect", "expect", "Properties of the run, as a list; they decide its verdict.")
        .Required("property", Types.AnyText(
            "a property like 'mean loss of honest < 1'", 1000), "What must hold.", p => p.Text)
        .Key("holds", Holds, "at end", "When.", p => PropertyJudge.TextOf(p.Holds))
        .Optional("name", Types.AnyText("a name", 200), "Name in the verdict; the property itself without it.",
            p => p.Name != p.Text ? p.Name : null)
        .Optional("finding", Types.AnyText("text", 1000),
            "Why it is known not to hold, though the paper or a defence claims it. Then it passes when it is "
            + "violated, and fails as a known finding that no longer holds when it is not.",
            p => p.Finding, (p, v) => p with { Finding = v })
        .Key("of-seeds", Types.InnerShare, YamlText.Number(OfSeeds),
            "Share of seeds in which `bta sweep` wants it to hold; unknown where the seeds cannot tell.",
            p => p.OfSeeds, (p, v) => p with { OfSeeds = v });
}
