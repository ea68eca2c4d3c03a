using System.Collections.Immutable;
using BitTensor.Mechanism;
using BitTensor.Parcels;
using BitTensor.Scenarios;

namespace BitTensor.Fuzzing;

/// <summary>Draws the network: the default link, some links of their own, and the timeline's link faults.</summary>
sealed class LinkDraw(Swarm swarm, ScenarioDraw.Size size, ImmutableArray<PopulationSpec> populations)
{
    const double Often = 0.7;
    const string Measured = "measured";
    const string Netem = "netem";

    readonly RandomStream _dice = swarm.Dice("links");

    public NetworkSpec Network() =>
        new(Link(), swarm.Has("links") ? [.. Enumerable.Range(0, _dice.Whole(1, 4)).Select(_ => Directed())] : [])
        {
            Wire = WireFormat.Float32,
            Tables =
            [
                new DelayTableSpec(Measured, null, null, Values(0, size.IterationInterval.TotalMilliseconds)),
                new DelayTableSpec(Netem, null, null, Values(-32_768, 32_767)),
            ],
        };

    public DirectedLinkSpec Directed() => new(
        End(), End(), swarm.Has("kinds") ? _dice.Pick<ParcelKind?>([null, .. Enum.GetValues<ParcelKind>()]) : null,
        Has("toxicity") ? Share() : 1, Link());

    ImmutableArray<double> Values(double low, double high) =>
        [.. Enumerable.Range(0, 8).Select(_ => Math.Round(low + (high - low) * _dice.NextDouble(), 1))];

    bool Has(string feature) => swarm.Has(feature) && _dice.Chance(Often);

    double Correlation() => Has("correlation") ? Share() : 0;

    double Share() => _dice.Scale(0.001, 0.9);

    LinkSpec Link()
    {
        var spec = new LinkSpec
        {
            Latency = Has("latency") ? Latency() : null,
            Loss = Has("bursts")
                ? new LossSpec.Bursts(Share(), Share(), _dice.Pick(0, 0.05), _dice.Pick(0.5, 1))
                : new LossSpec.Independent(Has("loss") ? Share() : 0),
            LossCorrelation = 0,
            Reorder = Has("reorder") ? Share() : 0,
            ReorderCorrelation = Correlation(),
            ReorderDelay = _dice.Around(size.IterationInterval, 0.01, 3),
            Duplicate = Has("duplicate") ? Share() : 0,
            DuplicateCorrelation = Correlation(),
            KeepsOrder = Has("order"),
            DuplicateDelay = _dice.Around(size.IterationInterval, 0.01, 3),
            Corrupt = Has("corrupt") ? Share() : 0,
            CorruptCorrelation = Correlation(),
            Replay = Has("replay") ? Share() : 0,
        };
        spec = spec with { LossCorrelation = spec.Loss is LossSpec.Bursts ? 0 : Correlation() };
        return Has("bandwidth")
            ? spec with
            {
                BandwidthBytesPerSecond = _dice.Scale(500, 100_000),
                Queue = Has("queue") ? Queue() : null,
            }
            : spec;
    }

    QueueSpec Queue() => _dice.Chance(0.5)
        ? new QueueSpec.InBytes(_dice.Whole(1, 20_000))
        : new QueueSpec.InParcels(_dice.Whole(1, 20));

    LatencySpec Latency()
    {
        TimeSpan Time() => _dice.Around(size.IterationInterval, 0.001, 1);
        var low = Time();
        LatencySpec latency = _dice.NextInt(6) switch
        {
            0 => new LatencySpec.Uniform(low, low + Time()),
            1 => new LatencySpec.Normal(low, Time()),
            2 => new LatencySpec.Lognormal(low, _dice.Pick(0.1, 0.5, 1.5)),
            3 => new LatencySpec.Exponential(low),
            4 => _dice.Chance(0.5)
                ? new LatencySpec.Table(Measured, null, null)
                : new LatencySpec.Table(Netem, low, Time()),
            _ => new LatencySpec.Constant(low),
        };
        return latency with
        {
            Minimum = Has("minimum") ? Time() : TimeSpan.Zero, Jitter = Has("jitter") ? Time() : TimeSpan.Zero,
            Correlation = Correlation(),
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
