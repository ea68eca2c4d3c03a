namespace BitTensor.Scenarios;

/// <summary>The keys of section <c>sweep</c>.</summary>
static class SweepFormat
{
    const int LongestValues = 10_000;

    static readonly Section<SweepAxis> Axis = new Section<SweepAxis>(
        "vary", "sweep vary", "A value of the scenario that is varied.")
        .Required("path", new TextType("^[A-Za-z0-9_.\\[\\]-]{1,200}$", "a path of keys", 200) { Quoted = true },
            "Path of keys; list entries by name or number.", a => a.Path, (a, v) => a with { Path = v ?? "" })
        .Required("values", Types.AnyText("values separated by commas", LongestValues),
            "Its values, separated by commas.",
            a => string.Join(", ", a.Values), (a, v) => a with { Values = SweepAxis.Split(v ?? "") })
        .Check("values", (a, s) => a.Values.IsEmpty && s.ScalarOf("values") is not null,
            _ => "one of the values is empty", _ => "write values separated by commas", ErrorCodes.Empty);

    public static readonly Section<SweepSpec> Section = new Section<SweepSpec>(
        "sweep", "sweep", "Many runs of this scenario, for `bta sweep`; `bta run` runs it once, as it stands.")
        .Key("seeds", Types.Whole(1, 100_000), "20", "Seeds per point: the scenario's own and those after it.",
            s => s.Seeds, (s, v) => s with { Seeds = v })
        .Optional("sample", Types.Whole(1, 100_000),
            "Points drawn from the grid of all values; the whole grid without it.",
            s => s.Sample, (s, v) => s with { Sample = v })
        .Key("vary", Types.List(Axis), null, "What is varied, the last entry fastest.",
            s => s.Vary, (s, v) => s with { Vary = v });
}
