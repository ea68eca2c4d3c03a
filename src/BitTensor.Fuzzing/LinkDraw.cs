using System.Collections.Immutable;
using BitTensor.Mechanism;
using BitTensor.Parcels;
using BitTensor.Scenarios;

namespace BitTensor.Fuzzing;

/// <summary>Draws the network: the default link, some links of their own, and the timeline's link faults.</summary>
sealed class LinkDraw(Swarm swarm, ScenarioDraw.Size size, ImmutableArray<PopulationSpec> populations)
{
    const double Often = 0.7;

    readonly RandomStream _dice = swarm.Dice("links");

    public NetworkSpec Network() =>
        new(Link(), swarm.Has("links") ? [.. Enumerable.Range(0, _dice.Whole(1, 4)).Select(_ => Directed())] : [])
        {
            Wire = WireFormat.Float32,
        };

    public DirectedLinkSpec Directed() => new(
        End(), End(), swarm.Has("kinds") ? _dice.Pick<ParcelKind?>([null, .. Enum.GetValues<ParcelKind>()]) : null,
        Has("toxicity") ? Share() : 1, Link());

    bool Has(string feature) => swarm.Has(feature) && _dice.Chance(Often);

    double Share() => _dice.Scale(0.001, 0.9);

    LinkSpec Link()
    {
        var spec = new LinkSpec
        {
            Latency = Has("latency") ? Latency() : null,
            Loss = Has("bursts")
                ? new LossSpec.Bursts(Share(), Share(), _dice.Pick(0, 0.05), _dice.Pick(0.5, 1))
                : new LossSpec.Independent(Has("loss") ? Share() : 0),
            Reorder = Has("reorder") ? Share() : 0,
            ReorderDelay = _dice.Around(size.IterationInterval, 0.01, 3),
            Duplicate = Has("duplicate") ? Share() : 0,
            KeepsOrder = Has("order"),
            DuplicateDelay = _dice.Around(size.IterationInterval, 0.01, 3),
            Corrupt = Has("corrupt") ? Share() : 0,
            Replay = Has("replay") ? Share() : 0,
        };
        return Has("bandwidth")
            ? spec with
            {
                BandwidthBytesPerSecond = _dice.Scale(500, 100_000),
                QueueBytes = Has("queue") ? _dice.Whole(1, 20_000) : null,
            }
            : spec;
    }

    LatencySpec Latency()
    {
        TimeSpan Time() => _dice.Around(size.IterationInterval, 0.001, 1);
        var low = Time();
        LatencySpec latency = _dice.NextInt(5) switch
        {
            0 => new LatencySpec.Uniform(low, low + Time()),
            1 => new LatencySpec.Normal(low, Time()),
            2 => new LatencySpec.Lognormal(low, _dice.Pick(0.1, 0.5, 1.5)),
            3 => new LatencySpec.Exponential(low),
            _ => new LatencySpec.Constant(low),
        };
        return latency with
        {
            Minimum = Has("minimum") ? Time() : TimeSpan.Zero, Jitter = Has("jitter") ? Time() : TimeSpan.Zero,
            Correlation = Has("correlation") ? Share() : 0,
        };
    }

    EndSpec End()
    {
        var population = populations[_dice.NextInt(populations.Length)];
        return _dice.NextInt(6) switch
        {
            0 => new EndSpec.Ledger(),
            1 => new EndSpec.Population(population.Name),
            2 when population.Zone is { } zone => new EndSpec.Zone(zone),
            3 => new EndSpec.Neuron(_dice.NextInt(size.Neurons)),
            _ => new EndSpec.Any(),
        };
    }
}
