using System.Collections.Immutable;
using System.Globalization;

namespace BitTensor.Scenarios;

/// <summary>Sections <c>network</c> and <c>topology</c>: who may query whom, and what happens on the way.</summary>
sealed class NetworkReader(ImmutableArray<PopulationSpec> populations, ErrorList errors)
{
    readonly long _count = populations.Sum(p => (long)p.Count);

    public NetworkSpec Read(SectionReader s) => new(ReadLink(s.Section("default")), [.. s.List("links").Select(ReadDirected)])
    {
        Wire = s.Get<string>("wire") switch { "bfloat16" => WireFormat.Bfloat16, "int8" => WireFormat.Int8, _ => WireFormat.Float32 },
    };

    public TopologySpec ReadTopology(SectionReader root) => root.Variant("topology") switch
    {
        ("random", _, { } r) => new TopologySpec.Random(ReadPeers(r, "degree", 1)),
        ("ring", _, { } r) => new TopologySpec.Ring(ReadPeers(r, "reach", 2)),
        ("regular", _, { } r) => ReadRegular(r),
        ("small-world", _, { } r) => new TopologySpec.SmallWorld(ReadPeers(r, "reach", 2), r.Get<double>("rewire")),
        ("star", _, _) => new TopologySpec.Star(),
        ("edges", _, { } r) => ReadEdges(r),
        _ => new TopologySpec.Complete(),
    };

    /// <summary>A number of peers that, <paramref name="times"/> over, is below the number of neurons.</summary>
    int ReadPeers(SectionReader s, string key, int times)
    {
        var peers = s.Get<long>(key);
        if (peers * times >= _count && _count > 0)
        {
            var each = times == 1 ? $"{peers} peers" : $"{peers} peers on either side";
            errors.Add(s.PlaceOf(key), ErrorCodes.Contradiction, $"{each} but {_count} neurons", "a neuron can query fewer peers than there are neurons");
        }
        return (int)peers;
    }

    TopologySpec.Regular ReadRegular(SectionReader s)
    {
        var degree = ReadPeers(s, "degree", 1);
        if (degree * _count % 2 != 0)
        {
            errors.Add(s.PlaceOf("degree"), ErrorCodes.Contradiction, $"{degree} mutual peers for each of {_count} neurons cannot be: an edge has two ends", "make one of the two numbers even");
        }
        return new TopologySpec.Regular(degree);
    }

    TopologySpec.Edges ReadEdges(SectionReader s)
    {
        var edges = ImmutableArray.CreateBuilder<(int, int)>();
        foreach (var pair in (s.Get<string>("list") ?? "").Split([' ', ','], StringSplitOptions.RemoveEmptyEntries))
        {
            var ends = Array.ConvertAll(pair.Split('-'), e => int.TryParse(e, CultureInfo.InvariantCulture, out var id) && id < _count ? id : -1);
            if (ends[0] == ends[1] || ends.Contains(-1))
            {
                errors.Add(s.PlaceOf("list"), ErrorCodes.Contradiction, $"edge {Shorten.Of(pair)} does not join two of {_count} neurons", $"name two different ids from 0 to {_count - 1}");
                break;
            }
            edges.Add((ends[0], ends[1]));
        }
        return new TopologySpec.Edges(edges.ToImmutable());
    }

    /// <summary>An entry of links.</summary>
    public DirectedLinkSpec ReadDirected(SectionReader s) => new(
        ReadEnd(s, "from"), ReadEnd(s, "to"), Enum.Parse<MessageKind>(s.Get<string>("kind") ?? "any", ignoreCase: true), s.Get<double>("toxicity"), ReadLink(s));

    EndSpec ReadEnd(SectionReader link, string key)
    {
        var words = (link.Get<string>(key) ?? "any").Split(' ');
        return words switch
        {
            ["any"] => new EndSpec.Any(),
            ["ledger"] => new EndSpec.Ledger(),
            ["zone", var zone] => new EndSpec.Zone(Known(link, key, zone, "zone", [.. populations.Select(p => p.Zone).OfType<string>().Distinct()])),
            ["neuron", var id] => ReadNeuron(link, key, int.Parse(id, CultureInfo.InvariantCulture)),
            _ => new EndSpec.Population(Known(link, key, words[0], "population", [.. populations.Select(p => p.Name), "any", "ledger"])),
        };
    }

    EndSpec.Neuron ReadNeuron(SectionReader link, string key, int id)
    {
        if (id >= _count)
        {
            errors.Add(link.PlaceOf(key), ErrorCodes.Contradiction, $"no neuron {id}", $"ids go from 0 to {_count - 1}");
        }
        return new EndSpec.Neuron(id);
    }

    /// <summary>A name; an error when nobody has it.</summary>
    public string Known(SectionReader link, string key, string name, string what, string[] known)
    {
        if (!known.Contains(name))
        {
            var remedy = known.Length == 0 ? $"give a population a {what}" : Shorten.DidYouMean(name, known);
            errors.Add(link.PlaceOf(key), ErrorCodes.UnknownPopulation, $"no {what} '{Shorten.Of(name)}'", remedy);
        }
        return name;
    }

    LinkSpec ReadLink(SectionReader s)
    {
        if (s.Has("queue") && !s.Has("bandwidth"))
        {
            errors.Add(s.PlaceOf("queue"), ErrorCodes.Contradiction, "'queue' has no effect without bandwidth", "leave it out, or write bandwidth");
        }
        return new LinkSpec
        {
            Latency = ReadLatency(s),
            Loss = ReadLoss(s),
            BandwidthBytesPerSecond = s.Find<double>("bandwidth"),
            QueueBytes = s.Find<long>("queue"),
            Reorder = s.Get<double>("reorder"),
            ReorderDelay = s.Get<TimeSpan>("reorder-delay"),
            Duplicate = s.Get<double>("duplicate"),
            DuplicateDelay = s.Get<TimeSpan>("duplicate-delay"),
            Corrupt = s.Get<double>("corrupt"),
            Replay = s.Get<double>("replay"),
        };
    }

    static LossSpec ReadLoss(SectionReader s) => s.Variant("loss") switch
    {
        ("bursts", _, { } b) => new LossSpec.Bursts(
            b.Get<double>("good-to-bad"), b.Get<double>("bad-to-good"), b.Get<double>("loss-good"), b.Get<double>("loss-bad")),
        (_, double probability, _) => new LossSpec.Independent(probability),
        _ => new LossSpec.Independent(0),
    };

    LatencySpec? ReadLatency(SectionReader s)
    {
        var (variant, scalar, r) = s.Variant("latency");
        if (r is null)
        {
            return scalar is TimeSpan value && value > TimeSpan.Zero ? new LatencySpec.Constant(value) : null;
        }
        LatencySpec latency = variant switch
        {
            "uniform" => new LatencySpec.Uniform(r.Get<TimeSpan>("low"), r.Get<TimeSpan>("high")),
            "normal" => new LatencySpec.Normal(r.Get<TimeSpan>("mean"), r.Get<TimeSpan>("deviation")),
            "lognormal" => new LatencySpec.Lognormal(r.Get<TimeSpan>("median"), r.Get<double>("sigma")),
            "exponential" => new LatencySpec.Exponential(r.Get<TimeSpan>("mean")),
            _ => new LatencySpec.Constant(r.Get<TimeSpan>("value")),
        };
        if (latency is LatencySpec.Uniform { Low: var low, High: var high } && low > high)
        {
            errors.Add(r.PlaceOf("low"), ErrorCodes.Contradiction, "low is above high", "swap them");
        }
        return latency with { Minimum = r.Get<TimeSpan>("minimum"), Jitter = r.Get<TimeSpan>("jitter"), Correlation = r.Get<double>("correlation") };
    }
}
