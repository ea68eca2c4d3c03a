using System.Globalization;
using System.Text.Json.Nodes;

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
            .Keys(Latency, e => e, (_, v) => (LatencySpec.Exponential)v));

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
        .Optional("bandwidth", new RateType(),
            "Parcels of one direction of one link leave one after another at this rate; unlimited without it.",
            l => l.BandwidthBytesPerSecond, (l, v) => l with { BandwidthBytesPerSecond = v })
        .Optional("queue", new SizeType(),
            "Bytes that may wait for the bandwidth, the parcel being sent included; one beyond them is dropped. "
            + "Unlimited without it.",
            l => l.QueueBytes, (l, v) => l with { QueueBytes = v },
            only: (l => l.BandwidthBytesPerSecond is not null, "bandwidth"))
        .Key("reorder", Types.Share, "0", "Probability that a parcel is held back, so that later ones overtake it.",
            l => l.Reorder, (l, v) => l with { Reorder = v })
        .Key("reorder-delay", Types.PositiveDuration, "100 ms",
            "A parcel held back waits up to this long, uniformly drawn.",
            l => l.ReorderDelay, (l, v) => l with { ReorderDelay = v })
        .Key("order", Types.Either(("free", false), ("keep", true)), "free",
            "free: a parcel with a smaller latency overtakes those before it. keep: a parcel arrives no earlier than "
            + "those sent before it, as on a connection.",
            l => l.KeepsOrder, (l, v) => l with { KeepsOrder = v })
        .Key("duplicate", Types.Share, "0", "Probability that a parcel arrives twice.",
            l => l.Duplicate, (l, v) => l with { Duplicate = v })
        .Key("duplicate-delay", Types.Duration, "100 ms", "The copy comes up to this much later, uniformly drawn.",
            l => l.DuplicateDelay, (l, v) => l with { DuplicateDelay = v })
        .Key("corrupt", Types.Share, "0",
            "Probability that bits of a parcel's bytes are flipped. A checksum or the signature notices it.",
            l => l.Corrupt, (l, v) => l with { Corrupt = v })
        .Key("replay", Types.Share, "0",
            "Probability that a parcel brings one of the last 32 of its link with it, which arrives again.",
            l => l.Replay, (l, v) => l with { Replay = v })
        .WriteLast("bandwidth");

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
