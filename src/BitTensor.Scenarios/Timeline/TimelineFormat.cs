using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace BitTensor.Scenarios;

/// <summary>The part of the format that is the timeline.</summary>
static class TimelineFormat
{
    const string WhoPattern = "^([A-Za-z0-9_-]{1,64}|zone [A-Za-z0-9_-]{1,64}|role [a-z-]{1,64}|neuron [0-9]{1,7}|neurons [0-9]{1,7}(-[0-9]{1,7})?(, ?[0-9]{1,7}(-[0-9]{1,7})?)*)$";
    const string WhoForm = "a population, `zone NAME`, `role STRATEGY`, `neuron N`, `neurons 0,3,5-7` or `any`";

    static readonly Field Who = new("who", new TextType(WhoPattern, WhoForm, 10_000), "Candidates.", "any");
    static readonly Field Take = new("take", new TakeType(), "How many of them; which ones is drawn from the seed.", "all");
    static readonly Field LosesState = new("lose-state", new ChoiceType("yes", "no"), "Whether they come back as they were at the start of the run, or as they went.", "no");

    static readonly VariantType Do = new("action", null,
        new Section("links", "action: links", "Links get other rules, as an entry of network.links would give them; it stands after those.", ScenarioFormat.DirectedLink.Fields),
        new Section("clog", "action: clog", "Links hold what is sent until they are free again.", Who, Take,
            new Field("side", new ChoiceType("both", "from", "to"), "What they send, what is sent to them, or both.", "both")),
        new Section("clear", "action: clear", "Every links and clog so far is over."),
        new Section("partition", "action: partition", "The network falls apart: what would cross is dropped.",
            new Field("kind", new ChoiceType("split", "isolate", "one-way", "groups"), "The chosen against the others; each of the chosen alone; the chosen are not heard by the others; groups of equal size.", "split"),
            Who, Take,
            new Field("groups", new IntegerType(2, 1000), "How many groups."),
            new Field("ledger", new ChoiceType("cut", "reachable"), "cut: the ledger stands with the others, or in the first of the groups. reachable: with everybody.", "cut")),
        new Section("heal", "action: heal", "Every partition so far is over."),
        new Section("crash", "action: crash", "Neurons stop: what arrives is lost, what they were doing too.", Who, Take, LosesState),
        new Section("restart", "action: restart", "Crashed neurons come back with the next block.", Who),
        new Section("leave", "action: leave", "Neurons leave the network.", Who, Take, LosesState),
        new Section("join", "action: join", "Neurons that left come back with the next block.", Who),
        new Section("pause", "action: pause", "Neurons stand still; what arrives waits for them.", Who, Take),
        new Section("resume", "action: resume", "Paused neurons go on.", Who),
        new Section("slow", "action: slow", "Neurons take longer to compute.", Who, Take,
            new Field("factor", new NumberType(1, 1e6), "So many times as long.", Required: true)),
        new Section("skew", "action: skew", "Neurons' clocks are wrong.", Who, Take,
            new Field("offset", new DurationType(zero: true), "How much they are off.", "0 s"),
            new Field("direction", new ChoiceType("ahead", "behind"), "Which way.", "ahead"),
            new Field("drift", new NumberType(-0.9, 10), "Seconds they gain per second.", "0")),
        new Section("ledger-outage", "action: ledger-outage", "The ledger's process is down; then it recovers from its store and opens the same block again. Blocks that would have closed meanwhile close later."),
        new Section("disk", "action: disk", "The disk of the ledger's store. A block that cannot be written is not announced, nothing in it is acknowledged, and it is tried again.",
            new Field("fault", new ChoiceType("full", "slow", "failing"), "What is wrong with it.", Required: true),
            new Field("latency", new DurationType(zero: false), "How long a write takes when it is slow."),
            new Field("probability", new ShareType(inner: false), "Probability that a write fails when it is failing.")));

    public static readonly Section Entry = new("timeline", "timeline", "What happens during the run, as a list. An entry says when by one of `at`, `from`, `every` and `rate`. Moments are blocks or durations since the start: `12 blocks` is 12 block intervals.",
        new Field("name", new TextType("^[\\s\\S]+$", "a name", 200), "Name in the journal and the report; the action without it."),
        new Field("at", new LengthType(zero: true), "Once."),
        new Field("from", new LengthType(zero: true), "Once, and over at `until`. With every and rate: not before."),
        new Field("until", new LengthType(zero: false), "When it is over. With every and rate: not at or after; the end of the run without it."),
        new Field("every", new LengthType(zero: false), "Again and again, first at `from`."),
        new Field("rate", new TextType("^[0-9]+(\\.[0-9]+)? per (block|s|min|h)$", "a rate like 0.5 per block or 3 per min", 80), "At random moments, so many in the mean."),
        new Field("for", new LengthType(zero: false), "How long it lasts; until something ends it without it."),
        new Field("do", Do, "What happens.", Required: true));
}

/// <summary>How many of some candidates: a word, a number, or a percentage, as it was written.</summary>
sealed class TakeType : ScalarType
{
    const string Words = "^(all|one|[0-9]+(\\.[0-9]+)? ?%)$";

    public override string Describe() => "`all`, `one`, a number, or percent";

    public override JsonObject Schema() => new()
    {
        ["anyOf"] = new JsonArray(Pattern(Words), new JsonObject { ["type"] = "integer", ["minimum"] = 1, ["maximum"] = 999_999 }),
    };

    public override object? Parse(string text, out Problem problem)
    {
        problem = default;
        return Regex.IsMatch(text, Words) || Regex.IsMatch(text, "^[1-9][0-9]{0,5}$")
            ? text
            : Fail(out problem, ErrorCodes.Form, $"'{Shorten.Of(text)}' does not fit here", "write all, one, a number from 1, or a percentage");
    }
}
