using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

using BitTensor.Parcels;

namespace BitTensor.Scenarios;

/// <summary>The keys of section <c>network</c>.</summary>
static class NetworkFormat
{
    static readonly Section<LatencySpec> Latency = new Section<LatencySpec>()
        .Key("minimum", Types.Duration, "0 s", "Draws below are raised to it.",
            l => l.Minimum, (l, v) => l with { Minimum = v })
        .Key("jitter", Types.Duration, "0 s", "Width of a uniform draw added to every latency.",
            l => l.Jitter, (l, v) => l with { Jitter = v })
        .Key("correlation", Types.Share, "0",
            "Probability that a parcel has the same draw as the one before it on its link.",
            l => l.Correlation, (l, v) => l with { Correlation = v });

    // A link without latency; its spec is null.
    static readonly LatencySpec AtOnce = new LatencySpec.Constant(TimeSpan.Zero);

    static readonly VariantType<LatencySpec> Latencies = new VariantType<LatencySpec>("distribution")
        .Or(Types.Duration.As(
            time => time > TimeSpan.Zero ? new LatencySpec.Constant(time) : AtOnce,
            latency => ReferenceEquals(latency, AtOnce) ? Types.Duration.Text(TimeSpan.Zero) : null))
        .With(new Section<LatencySpec.Constant>("constant", "latency: constant", "Always the same.")
            .Required("value", Types.Duration, "The latency.", c => c.Value, (c, v) => c with { Value = v })
            .Keys(Latency, c => c, (_, v) => (LatencySpec.Constant)v))
        .With(new Section<LatencySpec.Uniform>("uniform", "latency: uniform", "Uniform between two bounds.")
            .Required("low", Types.Duration, "Lower bound.", u => u.Low, (u, v) => u with { Low = v })
            .Required("high", Types.Duration, "Upper bound.", u => u.High, (u, v) => u with { High = v })
            .Keys(Latency, u => u, (_, v) => (LatencySpec.Uniform)v)
            .Check("low", (u, _) => u.Low > u.High, _ => "low is above high", _ => "swap them"))
        .With(new Section<LatencySpec.Normal>(
            "normal", "latency: normal", "Normal; draws below the minimum are raised to it.")
            .Required("mean", Types.Duration, "Mean.", n => n.Mean, (n, v) => n with { Mean = v })
            .Required("deviation", Types.Duration, "Standard deviation.",
                n => n.StandardDeviation, (n, v) => n with { StandardDeviation = v })
            .Keys(Latency, n => n, (_, v) => (LatencySpec.Normal)v))
        .With(new Section<LatencySpec.Lognormal>("lognormal", "latency: lognormal", "Lognormal.")
            .Required("median", Types.PositiveDuration, "Median.", l => l.Median, (l, v) => l with { Median = v })
            .Required("sigma", new NumberType(0, 10), "Standard deviation of the logarithm.",
                l => l.Sigma, (l, v) => l with { Sigma = v })
            .Keys(Latency, l => l, (_, v) => (LatencySpec.Lognormal)v))
        .With(new Section<LatencySpec.Exponential>("exponential", "latency: exponential", "Exponential.")
            .Required("mean", Types.PositiveDuration, "Mean.", e => e.Mean, (e, v) => e with { Mean = v })
            .Keys(Latency, e => e, (_, v) => (LatencySpec.Exponential)v))
        .With(new Section<LatencySpec.Table>(
            "table", "latency: table",
            "A value of one of the `tables`, each with the same probability: milliseconds, or with `mean` and "
            + "`deviation` a table of tc-netem.")
            .Required("table", Types.Name, "Name of the table.", t => t.Name, (t, v) => t with { Name = v ?? "" })
            .Optional("mean", Types.Duration, "Mean; a value of x gives mean + deviation * x / 8192.",
                t => t.Mean, (t, v) => t with { Mean = v })
            .Optional("deviation", Types.Duration, "Standard deviation, with `mean`.",
                t => t.Deviation, (t, v) => t with { Deviation = v })
            .Keys(Latency, t => t, (_, v) => (LatencySpec.Table)v)
            .Check("table", (t, _) => t.Mean is null != t.Deviation is null,
                _ => "one of mean and deviation is missing",
                _ => "write both for a table of tc-netem, or neither for one of milliseconds"));

    static readonly VariantType<LossSpec> Losses = new VariantType<LossSpec>("model")
        .Or(Types.Share.As<LossSpec>(
            p => new LossSpec.Independent(p),
            loss => loss is LossSpec.Independent i ? Types.Share.Text(i.Probability) : null))
        .With(new Section<LossSpec.Bursts>(
            "bursts", "loss: bursts",
            "Gilbert and Elliott's model: a link is in a good or a bad state, changes it before a parcel, and loses "
            + "by its state.")
            .Required("good-to-bad", Types.Share, "Probability of leaving the good state.",
                b => b.GoodToBad, (b, v) => b with { GoodToBad = v })
            .Required("bad-to-good", Types.Share, "Probability of leaving the bad state.",
                b => b.BadToGood, (b, v) => b with { BadToGood = v })
            .Key("loss-good", Types.Share, "0", "Loss in the good state.",
                b => b.LossGood, (b, v) => b with { LossGood = v })
            .Key("loss-bad", Types.Share, "1", "Loss in the bad state.",
                b => b.LossBad, (b, v) => b with { LossBad = v }));

    static readonly Section<LinkSpec> Default = new Section<LinkSpec>(
        "default", "network default", "Every link that no entry of `links` covers.")
        .Key("latency", Latencies, "0 s", "A duration, or a distribution.",
            l => l.Latency ?? AtOnce, (l, v) => l with { Latency = ReferenceEquals(v, AtOnce) ? null : v })
        .Key("loss", Losses, "0", "Probability that a parcel is lost, or loss in bursts.",
            l => l.Loss, (l, v) => l with { Loss = v })
        .Key("loss-correlation", Types.Share, "0",
            "Correlation of the draw for a loss with the one before it on its link, as tc-netem defines it: with it "
            + "fewer are lost than `loss` says, 5/72 of all for 25 % and 50 %.",
            l => l.LossCorrelation, (l, v) => l with { LossCorrelation = v })
        .Optional("bandwidth", new RateType(),
            "Parcels of one direction of one link leave one after another at this rate; unlimited without it.",
            l => l.BandwidthBytesPerSecond, (l, v) => l with { BandwidthBytesPerSecond = v })
        .Optional("queue", new QueueType(),
            "Bytes or parcels that may wait for the bandwidth, the parcel being sent included; one beyond them is "
            + "dropped. Unlimited without it.",
            l => l.Queue, (l, v) => l with { Queue = v },
            only: (l => l.BandwidthBytesPerSecond is not null, "bandwidth"))
        .Key("reorder", Types.Share, "0", "Probability that a parcel is held back, so that later ones overtake it.",
            l => l.Reorder, (l, v) => l with { Reorder = v })
        .Key("reorder-correlation", Types.Share, "0", "Correlation of the draw for it, as that of `loss`.",
            l => l.ReorderCorrelation, (l, v) => l with { ReorderCorrelation = v })
        .Key("reorder-delay", Types.PositiveDuration, "100 ms",
            "A parcel held back waits up to this long, uniformly drawn.",
            l => l.ReorderDelay, (l, v) => l with { ReorderDelay = v })
        .Key("order", Types.Either(("free", false), ("keep", true)), "free",
            "free: a parcel with a smaller latency overtakes those before it. keep: a parcel arrives no earlier than "
            + "those sent before it, as on a connection.",
            l => l.KeepsOrder, (l, v) => l with { KeepsOrder = v })
        .Key("duplicate", Types.Share, "0", "Probability that a parcel arrives twice.",
            l => l.Duplicate, (l, v) => l with { Duplicate = v })
        .Key("duplicate-correlation", Types.Share, "0", "Correlation of the draw for it, as that of `loss`.",
            l => l.DuplicateCorrelation, (l, v) => l with { DuplicateCorrelation = v })
        .Key("duplicate-delay", Types.Duration, "100 ms", "The copy comes up to this much later, uniformly drawn.",
            l => l.DuplicateDelay, (l, v) => l with { DuplicateDelay = v })
        .Key("corrupt", Types.Share, "0",
            "Probability that bits of a parcel's bytes are flipped. A checksum or the signature notices it.",
            l => l.Corrupt, (l, v) => l with { Corrupt = v })
        .Key("corrupt-correlation", Types.Share, "0", "Correlation of the draw for it, as that of `loss`.",
            l => l.CorruptCorrelation, (l, v) => l with { CorruptCorrelation = v })
        .Key("replay", Types.Share, "0",
            "Probability that a parcel brings one of the last 32 of its link with it, which arrives again.",
            l => l.Replay, (l, v) => l with { Replay = v })
        .Check("loss-correlation", (l, _) => l.LossCorrelation > 0 && l.Loss is LossSpec.Bursts,
            _ => "bursts have no draw that leans on the one before it",
            _ => "leave loss-correlation out, or write loss as a probability")
        .WriteLast("bandwidth");

    static readonly Section<DelayTableSpec> Table = new Section<DelayTableSpec>(
        "tables", "network tables",
        "Latencies that were measured, or distribution tables of tc-netem, for `latency: { distribution: table }`. A "
        + "file has numbers between white space, at most 16,384; a line that begins with `#` is a comment, and a first "
        + "line that begins with a letter a heading. A resolved scenario has the values themselves.")
        .Required("name", Types.Name, "Name.", t => t.Name, (t, v) => t with { Name = v ?? "" })
        .Optional("file", Types.Path(),
            "File of the values. The path starts at the scenario's folder. Beside `values` it says where they came "
            + "from, and is not opened.",
            t => t.File, (t, v) => t with { File = v })
        .Optional("sha256", new TextType("^[0-9a-f]{64}$", "64 hexadecimal digits", 64) { Quoted = true },
            "Hash of that file. A file with another one is refused.",
            t => t.Sha256, (t, v) => t with { Sha256 = v }, (t => t.File is not null, "file"))
        .Optional("values", Types.AnyText("numbers like 20 22 35.5", 500_000), "The values themselves.",
            t => t.Values.IsDefaultOrEmpty ? null : string.Join(' ', t.Values.Select(YamlText.Number)));

    static readonly ChoiceType<ParcelKind?> Kinds =
        new([("any", null), .. ParcelKinds.Words.Select((word, kind) => (word, (ParcelKind?)kind))]);

    public static readonly Section<DirectedLinkSpec> Link = new Section<DirectedLinkSpec>(
        "links", "network links",
        "Some links, by direction and kind of message. The last entry that matches a message replaces the default "
        + "entirely.")
        .Key("from", new EndType(), "any", "Senders; `any` is everybody and the ledger.",
            l => l.From, (l, v) => l with { From = v })
        .Key("to", new EndType(), "any", "Receivers, likewise.", l => l.To, (l, v) => l with { To = v })
        .Key("kind", Kinds, "any", "Which messages.", l => l.Kind, (l, v) => l with { Kind = v })
        .Key("toxicity", Types.Share, "1",
            "Probability that the entry acts on a message; one it spares arrives at once.",
            l => l.Toxicity, (l, v) => l with { Toxicity = v })
        .Keys(Default, l => l.Link, (l, v) => l with { Link = v });

    public static readonly Section<NetworkSpec> Section = new Section<NetworkSpec>(
        "network", "network", "What happens to tensors, submissions and receipts on their way.")
        .Key("wire", Types.Enum<WireFormat>(), "float32",
            "How the numbers of tensors travel: they arrive rounded to it, and a parcel is as large as it makes it.",
            n => n.Wire, (n, v) => n with { Wire = v })
        .Key("tables", Types.List(Table), null, "Tables of latencies.",
            n => n.Tables, (n, v) => n with { Tables = v })
        .Key("default", Types.Section(Default), null, "Every link.",
            n => n.Default, (n, v) => n with { Default = v })
        .Key("links", Types.List(Link), null, "Some links.",
            n => n.Links, (n, v) => n with { Links = v });
}

/// <summary>The actors at one end of a link, in a few words.</summary>
sealed class EndType : ScalarType<EndSpec>
{
    static readonly TextType Words = new(
        "^([A-Za-z0-9_-]{1,64}|zone [A-Za-z0-9_-]{1,64}|neuron [0-9]{1,7})$",
        "a population, `zone NAME`, `neuron N`, `ledger` or `any`", 80);

    public override string Describe() => Words.Describe();

    public override JsonObject Schema() => Words.Schema();

    public override string Text(EndSpec value) => value switch
    {
        EndSpec.Population p => p.Name,
        EndSpec.Zone z => $"zone {z.Name}",
        EndSpec.Neuron n => $"neuron {n.Id}",
        EndSpec.Ledger => "ledger",
        _ => "any",
    };

    public override Parsed<EndSpec> Parse(string text) =>
        Words.Parse(text).Problem is { } problem ? problem : text.Split(' ') switch
        {
            ["any"] => new EndSpec.Any(),
            ["ledger"] => new EndSpec.Ledger(),
            ["zone", var zone] => new EndSpec.Zone(zone),
            ["neuron", var id] => new EndSpec.Neuron(int.Parse(id, CultureInfo.InvariantCulture)),
            var words => new EndSpec.Population(words[0]),
        };
}

/// <summary>The room of a queue: a size, or a number of parcels.</summary>
sealed class QueueType : ScalarType<QueueSpec>
{
    const int Most = 1_000_000;

    static readonly SizeType Size = new();

    public override string Describe() => Size.Describe() + ", or parcels";

    public override IReadOnlyList<string> Corners => [.. Size.Corners, "1 parcels", $"{Most} parcels"];

    public override JsonObject Schema() => new()
    {
        ["anyOf"] = new JsonArray(Size.Schema(), Pattern("^[0-9]+ ?parcels?$")),
    };

    public override string Text(QueueSpec value) => value switch
    {
        QueueSpec.InParcels p => string.Create(CultureInfo.InvariantCulture, $"{p.Count} parcels"),
        _ => Size.Text(((QueueSpec.InBytes)value).Count),
    };

    public override Parsed<QueueSpec> Parse(string text)
    {
        var match = Regex.Match(text, "^([+-]?[0-9]+) ?parcels?$");
        if (!match.Success)
        {
            return Size.As<QueueSpec>(bytes => new QueueSpec.InBytes(bytes), _ => null).Parse(text);
        }
        var known = int.TryParse(match.Groups[1].Value, CultureInfo.InvariantCulture, out var count);
        return known && count is >= 1 and <= Most
            ? new QueueSpec.InParcels(count)
            : new Problem(ErrorCodes.Range, $"{text} is out of range", $"write 1 to {Most} parcels");
    }
}
