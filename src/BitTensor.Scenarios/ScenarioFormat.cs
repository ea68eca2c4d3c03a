namespace BitTensor.Scenarios;

/// <summary>
/// The format of a scenario of <c>kind: network</c>. Each key is declared once, here or in the table of its section.
/// The reader, the writer, the JSON Schema and the reference are made from these tables.
/// </summary>
static class ScenarioFormat
{
    public static readonly TextType Text = Types.AnyText("text", 10_000);
    public static readonly IntegerType<ulong> Seeds = new(0, (long)ScenarioFile.MostSeed);
    public static readonly ChoiceType<string> Versions = Types.Words("1");
    public static readonly ChoiceType<string> Kinds = Types.Words("network", "equilibrium");
    public const string VersionDoc = "Version of the format.";
    public const string KindDoc = "What runs: a network of neurons, or the paper's formulas alone.";
    public const string NameDoc = "Name of the run folder.";
    public const string DescriptionDoc = "For people.";
    public const string SeedDoc = "Seed of every draw: same seed, same run.";

    static readonly Section<AuditSpec> Audit = new Section<AuditSpec>(
        "audit", "audit", "The emulator's own measurement of the ideal rank, eq. (2). It does not disturb the run.")
        .Key("every", new BlocksType<int>(1, never: true), "10 blocks",
            "Blocks between two audits; the last block is always audited.",
            a => a.EveryBlocks, (a, v) => a with { EveryBlocks = v })
        .Key("examples", Types.Whole(1, 1_000_000), "64", "Held-out examples per neuron it uses, at most.",
            a => a.Examples, (a, v) => a with { Examples = v })
        .Key("shapley", Types.Whole(0, 100_000), "0",
            "Drawn orders of the peers per listener over which Shapley values are the mean; 0 measures none. An order "
            + "costs up to as many losses as the listener has peers. Of quadratic neurons the values are exact.",
            a => a.Shapley, (a, v) => a with { Shapley = v })
        .Key("solo", Types.Either(("yes", true), ("no", false)), "no",
            "Whether each neuron also learns alone beside the run, from the same parameters on the same batches for as "
            + "many steps: what it would be had it never joined. Costs the training once more.",
            a => a.Solo, (a, v) => a with { Solo = v });

    static readonly Section<RecordSpec> Record = new Section<RecordSpec>(
        "record", "record", "What the run folder holds.")
        .Key("weights-every", new BlocksType<int>(1), "1 block",
            "Blocks between two recordings of W in weights.parquet; the first and last are always there.",
            r => r.WeightsEveryBlocks, (r, v) => r with { WeightsEveryBlocks = v });

    /// <summary>The whole file. What several keys say together is read by <see cref="ScenarioReader"/>.</summary>
    public static readonly Section<Scenario> Root = new Section<Scenario>(
        "", "scenario", "Top level. `kind: equilibrium` has a [top level of its own](#equilibrium-scenario).")
        .Required("version", Versions, VersionDoc, _ => "1")
        .Key("kind", Kinds, "network", KindDoc, _ => null)
        .Required("name", Types.Name, NameDoc, s => s.Name, (s, v) => s with { Name = v ?? "" })
        .Optional("description", Text, DescriptionDoc,
            s => s.Description.Length > 0 ? s.Description : null, (s, v) => s with { Description = v ?? "" })
        .Required("seed", Seeds, SeedDoc, s => s.Seed, (s, v) => s with { Seed = v })
        .Required("duration", new LengthType(zero: false),
            "How long the run is; emulated time is rounded down to whole blocks.", s => Length.OfBlocks(s.Blocks))
        .Key("mechanism", Types.Section(MechanismFormat.Section), null, "The market.",
            s => new MechanismKeys(s.BlockInterval, s.Mechanism),
            (s, v) => s with { BlockInterval = v.BlockInterval, Mechanism = v.Parameters })
        .Optional("data", Types.Section(DataFormat.Section), "What is learned.",
            s => s.Data, (s, v) => s with { Data = v })
        .Required("populations", Types.List(PopulationFormat.Section, needsOne: true),
            "Who takes part.", s => s.Populations, (s, v) => s with { Populations = v })
        .Optional("state", Types.Section(StateFormat.Section), "The market it begins with.",
            s => s.State, (s, v) => s with { State = v })
        .Key("topology", TopologyFormat.Type, "complete", "Who queries whom.",
            s => s.Topology, (s, v) => s with { Topology = v })
        .Key("network", Types.Section(NetworkFormat.Section), null, "The emulated network.",
            s => s.Network, (s, v) => s with { Network = v })
        .Key("timeline", Types.List(TimelineFormat.Entry), null,
            "What happens during the run.", s => s.Timeline)
        .Optional("coalition", Types.Section(CoalitionFormat.Section),
            "Who is commanded by one adversary.", s => s.Coalition, (s, v) => s with { Coalition = v })
        .Key("audit", Types.Section(Audit), null, "The emulator's measurement.",
            s => s.Audit, (s, v) => s with { Audit = v })
        .Key("record", Types.Section(Record), null, "What is recorded.",
            s => s.Record, (s, v) => s with { Record = v })
        .Key("expect", Types.List(PropertyFormat.Section), null, "What must hold.",
            s => s.Expect)
        .Optional("sweep", Types.Section(SweepFormat.Section), "Many runs of it.",
            s => s.Sweep, (s, v) => s with { Sweep = v });
}
