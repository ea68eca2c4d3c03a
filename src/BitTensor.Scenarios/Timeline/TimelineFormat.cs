namespace BitTensor.Scenarios;

/// <summary>The keys of section <c>timeline</c>.</summary>
static class TimelineFormat
{
    static readonly WhoType Who = new();

    static readonly Section<SelectionSpec> Selection = new Section<SelectionSpec>()
        .Key("who", Who, "any", "Candidates.", s => s.Who, (s, v) => s with { Who = v })
        .Key("take", new TakeType(), "all", "How many of them; which ones is drawn from the seed.",
            s => s.Take, (s, v) => s with { Take = v });

    static readonly ChoiceType<bool> YesOrNo = Types.Either(("yes", true), ("no", false));
    const string LoseState = "Whether they come back as they were at the start of the run, or as they went.";

    static readonly VariantType<FaultSpec> Do = new VariantType<FaultSpec>("action") { Block = true }
        .With(new Section<FaultSpec.Links>(
            "links", "action: links",
            "Links get further rules, as an entry of network.links would give them: latencies add up, and each loss "
            + "comes on top of the others.")
            .Key("replace", YesOrNo, "no", "Whether they take the place of the rules that are there.",
                l => l.Replaces, (l, v) => l with { Replaces = v })
            .Keys(NetworkFormat.Link, l => l.Rules, (l, v) => l with { Rules = v }))
        .With(new Section<FaultSpec.Clog>(
            "clog", "action: clog", "Links hold what is sent until they are free again.")
            .Keys(Selection, c => c.Of, (c, v) => c with { Of = v })
            .Key("side", Types.Enum<ClogSide>(), "both", "What they send, what is sent to them, or both.",
                c => c.Side, (c, v) => c with { Side = v }))
        .With(new Section<FaultSpec.Clear>("clear", "action: clear", "Every links and clog so far is over."))
        .With(new Section<FaultSpec.Partition>(
            "partition", "action: partition", "The network falls apart: what would cross is dropped.")
            .Key("kind", Types.Enum<PartitionKind>(), "split",
                "The chosen against the others; each of the chosen alone; the chosen are not heard by the others; "
                + "groups of equal size.",
                p => p.Kind, (p, v) => p with { Kind = v })
            .Keys(Selection, p => p.Of, (p, v) => p with { Of = v })
            .Optional("groups", Types.Whole(2, 1000), "How many groups.",
                p => p.Kind == PartitionKind.Groups ? p.Groups : null, (p, v) => p with { Groups = v ?? 0 })
            .Key("ledger", Types.Either(("cut", true), ("reachable", false)), "cut",
                "cut: the ledger stands with the others, or in the first of the groups. reachable: with everybody.",
                p => p.CutsLedger, (p, v) => p with { CutsLedger = v }))
        .With(new Section<FaultSpec.Heal>("heal", "action: heal", "Every partition so far is over."))
        .With(new Section<FaultSpec.Crash>(
            "crash", "action: crash", "Neurons stop: what arrives is lost, what they were doing too.")
            .Keys(Selection, c => c.Of, (c, v) => c with { Of = v })
            .Key("lose-state", YesOrNo, "no", LoseState, c => c.LosesState, (c, v) => c with { LosesState = v }))
        .With(new Section<FaultSpec.Restart>(
            "restart", "action: restart", "Crashed neurons come back with the next block.")
            .Key("who", Who, "any", "Candidates.", r => r.Who, (r, v) => r with { Who = v }))
        .With(new Section<FaultSpec.Leave>("leave", "action: leave", "Neurons leave the network.")
            .Keys(Selection, l => l.Of, (l, v) => l with { Of = v })
            .Key("lose-state", YesOrNo, "no", LoseState, l => l.LosesState, (l, v) => l with { LosesState = v }))
        .With(new Section<FaultSpec.Disconnect>(
            "disconnect", "action: disconnect",
            "Neurons leave the network for good and validate without their peers (section 1.6, step 6): the last block "
            + "before is audited, where there are audits.")
            .Keys(Selection, d => d.Of, (d, v) => d with { Of = v }))
        .With(new Section<FaultSpec.Join>("join", "action: join", "Neurons that left come back with the next block.")
            .Key("who", Who, "any", "Candidates.", j => j.Who, (j, v) => j with { Who = v }))
        .With(new Section<FaultSpec.Pause>("pause", "action: pause",
            "Neurons stand still; what arrives waits for them.")
            .Keys(Selection, p => p.Of, (p, v) => p with { Of = v }))
        .With(new Section<FaultSpec.Resume>("resume", "action: resume", "Paused neurons go on.")
            .Key("who", Who, "any", "Candidates.", r => r.Who, (r, v) => r with { Who = v }))
        .With(new Section<FaultSpec.Slow>("slow", "action: slow", "Neurons take longer to compute.")
            .Keys(Selection, s => s.Of, (s, v) => s with { Of = v })
            .Required("factor", new NumberType(1, 1e6), "So many times as long.",
                s => s.Factor, (s, v) => s with { Factor = v }))
        .With(new Section<FaultSpec.Skew>("skew", "action: skew", "Neurons' clocks are wrong.")
            .Keys(Selection, s => s.Of, (s, v) => s with { Of = v })
            .Key("offset", Types.Duration, "0 s", "How much they are off.",
                s => s.Offset, (s, v) => s with { Offset = v })
            .Key("direction", Types.Either(("ahead", false), ("behind", true)), "ahead", "Which way.",
                s => s.Behind, (s, v) => s with { Behind = v })
            .Key("drift", new NumberType(-0.9, 10), "0", "Seconds they gain per second.",
                s => s.Drift, (s, v) => s with { Drift = v }))
        .With(new Section<FaultSpec.LedgerOutage>(
            "ledger-outage", "action: ledger-outage",
            "The ledger's process is down; then it recovers from its store and opens the same block again. Blocks "
            + "that would have closed meanwhile close later."))
        .With(new Section<FaultSpec.Set>(
            "set", "action: set",
            "The ledger sets numbers of the mechanism. They are in force from the block that opens next, until another "
            + "entry sets them; after for or until those that were in force without the entry are in force again.")
            .Keys(MechanismFormat.Change, s => s.Change, (s, v) => s with { Change = v }))
        .With(new Section<FaultSpec.Disk>(
            "disk", "action: disk",
            "The disk of the ledger's store. A block that cannot be written is not announced, nothing in it is "
            + "acknowledged, and it is tried again.")
            .Required("fault", Types.Enum<DiskFault>(), "What is wrong with it.",
                d => d.Fault, (d, v) => d with { Fault = v })
            .Optional("latency", Types.PositiveDuration, "How long a write takes when it is slow.",
                d => d.Fault == DiskFault.Slow ? d.Latency : null, (d, v) => d with { Latency = v ?? TimeSpan.Zero })
            .Optional("probability", Types.Share, "Probability that a write fails when it is failing.",
                d => d.Fault == DiskFault.Failing ? d.Probability : null, (d, v) => d with { Probability = v ?? 0 }));

    static readonly LengthType Moment = new(zero: true);
    static readonly LengthType PositiveLength = new(zero: false);

    /// <summary>An entry. The keys that say when, and the name, are read by <see cref="TimelineReader"/>.</summary>
    public static readonly Section<TimelineEntry> Entry = new Section<TimelineEntry>(
        "timeline", "timeline",
        "What happens during the run, as a list. An entry says when by one of `at`, `from`, `every` and `rate`. "
        + "Moments are blocks or durations since the start: `12 blocks` is 12 block intervals.")
        .Optional("name", Types.AnyText("a name", 200), "Name in the journal and the report; the action without it.",
            e => e.Name)
        .Optional("at", Moment, "Once.", e => Written((e.When as WhenSpec.Once)?.At))
        .Optional("from", Moment, "Once, and over at `until`. With every and rate: not before.",
            e => Written(e.When.Bounds?.From))
        .Optional("until", PositiveLength,
            "When it is over. With every and rate: not at or after; the end of the run without it.",
            e => Written(e.When.Bounds?.Until))
        .Optional("every", PositiveLength, "Again and again, first at `from`.",
            e => Written((e.When as WhenSpec.Every)?.Interval))
        .Optional("rate",
            new TextType(
                "^[0-9]+(\\.[0-9]+)? per (block|s|min|h)$", "a rate like 0.5 per block or 3 per min", 80),
            "At random moments, so many in the mean.",
            e => e.When is WhenSpec.Randomly random ? $"{YamlText.Exact(random.PerSecond)} per s" : null)
        .Optional("for", PositiveLength, "How long it lasts; until something ends it without it.", e => Written(e.For))
        .Required("do", Do, "What happens.", e => e.Do)
        .WriteLast("from", "until", "for", "do");

    static Length? Written(TimeSpan? time) => time is { } moment ? Length.OfTime(moment) : null;
}
