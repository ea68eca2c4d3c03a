using System.Collections.Concurrent;
using System.Collections.Immutable;
using BitTensor.Emulation;
using BitTensor.Mechanism;
using BitTensor.Parcels;
using BitTensor.Plans.Faults;
using BitTensor.Scenarios;

namespace BitTensor.Plans;

/// <summary>Sections <c>network</c> and <c>timeline</c> of a scenario as rules of links.</summary>
public sealed class LinkRules
{
    static readonly RuleList Partitioned = new([new CutRule(ParcelOutcome.Partition)]);

    readonly NetworkSpec _network;
    readonly IReadOnlyList<NeuronPlan> _plans;
    readonly Timeline _timeline;
    readonly RuleList _default;
    readonly RuleList[] _links;
    readonly Dictionary<Effect, RuleList> _effects;
    readonly ConcurrentDictionary<(TimeSpan, RuleList), RuleList> _clogged;
    readonly ImmutableArray<LinkRule> _everywhere;

    /// <summary>Rules for the neurons of <paramref name="plans"/> and the ledger.</summary>
    /// <param name="network">Section <c>network</c>.</param>
    /// <param name="plans">Every neuron.</param>
    /// <param name="timeline">The faults of links.</param>
    /// <param name="everywhere">
    /// Rules that every parcel meets before those of the scenario, unless a partition stops it.
    /// </param>
    public LinkRules(
        NetworkSpec network, IReadOnlyList<NeuronPlan> plans, Timeline timeline,
        ImmutableArray<LinkRule> everywhere = default)
    {
        _network = network;
        _plans = plans;
        _timeline = timeline;
        _everywhere = everywhere.IsDefault ? [] : everywhere;
        _default = Of(network.Default);
        _links = [.. network.Links.Select(Of)];
        _clogged = new();
        _effects = EffectsOf(timeline, e => Of(((FaultSpec.Links)e.What).Rules));
    }

    LinkRules(LinkRules before, Timeline timeline)
    {
        (_network, _plans, _timeline, _everywhere) = (before._network, before._plans, timeline, before._everywhere);
        (_default, _links, _clogged) = (before._default, before._links, before._clogged);
        _effects = EffectsOf(timeline, e => before.Known(e) ?? Of(((FaultSpec.Links)e.What).Rules));
    }

    /// <summary>The same rules with their state, under another timeline.</summary>
    public LinkRules With(Timeline timeline) => new(this, timeline);

    RuleList? Known(Effect effect) =>
        _effects.FirstOrDefault(e => ReferenceEquals(e.Key.What, effect.What) && e.Key.Start == effect.Start).Value;

    static Dictionary<Effect, RuleList> EffectsOf(Timeline timeline, Func<Effect, RuleList> rules) =>
        timeline.Effects.Where(e => e.What is FaultSpec.Links)
            .ToDictionary(e => e, rules, (IEqualityComparer<Effect>)ReferenceEqualityComparer.Instance);

    /// <summary>
    /// Rules for parcels of a kind from one address to another at a moment. No parcel passes a partition. Otherwise the
    /// last matching entry of the timeline gives the rules, else the last one of the network, else the default. A
    /// clogged path holds parcels before these rules.
    /// </summary>
    public RuleList Between(int from, int to, ParcelKind kind, TimeSpan now = default)
    {
        RuleList? rules = null;
        TimeSpan? free = null;
        foreach (var effect in _timeline.OnLinks(now))
        {
            switch (effect.What)
            {
                case FaultSpec.Partition partition when Separates(effect, partition, from, to):
                    return Partitioned;
                case FaultSpec.Links links when Matches(links.Rules, from, to, kind):
                    rules = _effects[effect];
                    break;
                case FaultSpec.Clog clog when Holds(effect, clog.Side, from, to):
                    free = free > effect.End ? free : effect.End;
                    break;
                default:
                    break;
            }
        }
        rules ??= Standing(from, to, kind);
        return free is { } until
            ? _clogged.GetOrAdd((until, rules), static key => key.Item2.After(new ClogRule(key.Item1)))
            : rules;
    }

    RuleList Standing(int from, int to, ParcelKind kind)
    {
        for (var k = _links.Length - 1; k >= 0; k--)
        {
            if (Matches(_network.Links[k], from, to, kind))
            {
                return _links[k];
            }
        }
        return _default;
    }

    static bool Separates(Effect effect, FaultSpec.Partition partition, int from, int to)
    {
        if (!partition.CutsLedger && (from == Addresses.Ledger || to == Addresses.Ledger))
        {
            return false;
        }
        int SideOf(int address) => address == Addresses.Ledger ? 0 : effect.SideOf[address];
        return SideOf(from) != SideOf(to) && (partition.Kind != PartitionKind.OneWay || SideOf(from) == 1);
    }

    static bool Holds(Effect effect, ClogSide side, int from, int to) =>
        (side != ClogSide.To && effect.Concerns(from)) || (side != ClogSide.From && effect.Concerns(to));

    bool Matches(DirectedLinkSpec link, int from, int to, ParcelKind kind) =>
        (link.Kind ?? kind) == kind && Matches(link.From, from) && Matches(link.To, to);

    bool Matches(EndSpec end, int address) => end switch
    {
        EndSpec.Any => true,
        EndSpec.Ledger => address == Addresses.Ledger,
        _ when address == Addresses.Ledger => false,
        EndSpec.Population population => _plans[address].Population.Name == population.Name,
        EndSpec.Zone zone => _plans[address].Population.Zone == zone.Name,
        _ => ((EndSpec.Neuron)end).Id == address,
    };

    RuleList Of(DirectedLinkSpec link) =>
        link.Toxicity < 1
            ? new([.. _everywhere, new ToxicityRule(link.Toxicity, new RuleList(OwnOf(link.Link)))])
            : Of(link.Link);

    RuleList Of(LinkSpec link) => new([.. _everywhere, .. OwnOf(link)]);

    static List<LinkRule> OwnOf(LinkSpec link)
    {
        var rules = new List<LinkRule>();
        if (link.BandwidthBytesPerSecond is { } rate)
        {
            rules.Add(new BandwidthRule(rate, link.QueueBytes));
        }
        if (link.Latency is { } latency)
        {
            rules.Add(new LatencyRule(DrawOf(latency), latency.Minimum, latency.Jitter, latency.Correlation));
        }
        if (link.Reorder > 0)
        {
            rules.Add(new ReorderRule(link.Reorder, link.ReorderDelay));
        }
        if (link.Duplicate > 0)
        {
            rules.Add(new DuplicateRule(link.Duplicate, link.DuplicateDelay));
        }
        if (link.Corrupt > 0)
        {
            rules.Add(new CorruptRule(link.Corrupt));
        }
        if (link.Replay > 0)
        {
            rules.Add(new ReplayRule(link.Replay));
        }
        switch (link.Loss)
        {
            case LossSpec.Bursts b:
                rules.Add(new BurstLossRule(b.GoodToBad, b.BadToGood, b.LossGood, b.LossBad));
                break;
            case LossSpec.Independent { Probability: > 0 } loss:
                rules.Add(new LossRule(loss.Probability));
                break;
            default:
                break;
        }
        return rules;
    }

    static Func<RandomStream, double> DrawOf(LatencySpec latency)
    {
        switch (latency)
        {
            case LatencySpec.Uniform u:
                var width = (u.High - u.Low).TotalMilliseconds;
                return dice => u.Low.TotalMilliseconds + dice.NextDouble() * width;
            case LatencySpec.Normal n:
                return dice => n.Mean.TotalMilliseconds + dice.NextNormal() * n.StandardDeviation.TotalMilliseconds;
            case LatencySpec.Lognormal l:
                return dice => l.Median.TotalMilliseconds * Math.Exp(l.Sigma * dice.NextNormal());
            case LatencySpec.Exponential e:
                return dice => e.Mean.TotalMilliseconds * dice.NextExponential();
            default:
                var constant = ((LatencySpec.Constant)latency).Value.TotalMilliseconds;
                return _ => constant;
        }
    }
}
