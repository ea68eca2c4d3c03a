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

    readonly LinkEntries _entries;
    readonly ImmutableArray<DelayTableSpec> _tables;
    readonly IReadOnlyList<NeuronPlan> _plans;
    readonly Timeline _timeline;
    readonly RuleList _default;
    readonly RuleList[] _links;
    readonly Dictionary<Effect, RuleList> _effects;
    readonly ConcurrentDictionary<(TimeSpan, RuleList), RuleList> _clogged;
    readonly ConcurrentDictionary<(RuleList, RuleList), RuleList> _stacked;
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
        _entries = new LinkEntries(network.Links, plans);
        _tables = network.Tables;
        _plans = plans;
        _timeline = timeline;
        _everywhere = everywhere.IsDefault ? [] : everywhere;
        _default = Of(network.Default);
        _links = [.. network.Links.Select(Of)];
        _clogged = new();
        _stacked = new();
        _effects = EffectsOf(timeline, Of);
    }

    LinkRules(LinkRules before, Timeline timeline)
    {
        (_entries, _plans, _timeline, _everywhere) = (before._entries, before._plans, timeline, before._everywhere);
        (_default, _links, _tables) = (before._default, before._links, before._tables);
        (_clogged, _stacked) = (before._clogged, before._stacked);
        _effects = EffectsOf(timeline, e => before.Known(e) ?? Of(e));
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
    /// last matching entry of the network gives the rules, else the default. Matching entries of the timeline add their
    /// rules to these in their order; one that replaces takes the place of all before it. A clogged path holds parcels
    /// before these rules.
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
                case FaultSpec.Links links when Matches(links.Rules, from, to, kind, _plans):
                    rules = links.Replaces
                        ? _effects[effect]
                        : _stacked.GetOrAdd(
                            (rules ?? Standing(from, to, kind), _effects[effect]),
                            static key => key.Item1.And(key.Item2));
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

    RuleList Standing(int from, int to, ParcelKind kind) =>
        _entries.Last(from, to, kind) is >= 0 and var last ? _links[last] : _default;

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

    /// <summary>True when some message of a run with these neurons is one that the entry speaks of.</summary>
    public static bool MatchesAny(DirectedLinkSpec link, IReadOnlyList<NeuronPlan> plans)
    {
        var senders = plans.Where(p => Matches(link.From, p.Id, plans)).Select(p => p.Id).ToList();
        var receivers = plans.Where(p => Matches(link.To, p.Id, plans)).Select(p => p.Id).ToList();
        bool Speaks(params ReadOnlySpan<ParcelKind> kinds) => link.Kind is not { } kind || kinds.Contains(kind);
        return (Speaks(ParcelKind.Forward, ParcelKind.ForwardReply, ParcelKind.Backward, ParcelKind.Coalition)
                && senders.Exists(s => receivers.Exists(r => r != s)))
            || (Speaks(ParcelKind.Submission) && senders.Count > 0 && Matches(link.To, Addresses.Ledger, plans))
            || (Speaks(ParcelKind.Receipt) && receivers.Count > 0 && Matches(link.From, Addresses.Ledger, plans));
    }

    /// <summary>True when an entry speaks of parcels of a kind from one address to another.</summary>
    internal static bool Matches(
        DirectedLinkSpec link, int from, int to, ParcelKind kind, IReadOnlyList<NeuronPlan> plans) =>
        (link.Kind ?? kind) == kind && Matches(link.From, from, plans) && Matches(link.To, to, plans);

    static bool Matches(EndSpec end, int address, IReadOnlyList<NeuronPlan> plans) => end switch
    {
        EndSpec.Any => true,
        EndSpec.Ledger => address == Addresses.Ledger,
        _ when address == Addresses.Ledger => false,
        EndSpec.Population population => plans[address].Population.Name == population.Name,
        EndSpec.Zone zone => plans[address].Population.Zone == zone.Name,
        _ => ((EndSpec.Neuron)end).Id == address,
    };

    RuleList Of(Effect effect)
    {
        var links = (FaultSpec.Links)effect.What;
        return links.Replaces ? Of(links.Rules) : new(OwnOf(links.Rules));
    }

    RuleList Of(DirectedLinkSpec link) => new([.. _everywhere, .. OwnOf(link)]);

    IEnumerable<LinkRule> OwnOf(DirectedLinkSpec link) => link.Toxicity < 1
        ? [new ToxicityRule(link.Toxicity, new RuleList(OwnOf(link.Link)))]
        : OwnOf(link.Link);

    RuleList Of(LinkSpec link) => new([.. _everywhere, .. OwnOf(link)]);

    List<LinkRule> OwnOf(LinkSpec link)
    {
        var rules = new List<LinkRule>();
        if (link.BandwidthBytesPerSecond is { } rate)
        {
            rules.Add(new BandwidthRule(
                rate, (link.Queue as QueueSpec.InBytes)?.Count, (link.Queue as QueueSpec.InParcels)?.Count));
        }
        if (link.Latency is { } latency)
        {
            rules.Add(new LatencyRule(DrawOf(latency), latency.Minimum, latency.Jitter, latency.Correlation));
        }
        if (link.Reorder > 0)
        {
            rules.Add(new ReorderRule(link.Reorder, link.ReorderDelay, link.ReorderCorrelation));
        }
        if (link.KeepsOrder)
        {
            rules.Add(new OrderRule());
        }
        if (link.Duplicate > 0)
        {
            rules.Add(new DuplicateRule(link.Duplicate, link.DuplicateDelay, link.DuplicateCorrelation));
        }
        if (link.Corrupt > 0)
        {
            rules.Add(new CorruptRule(link.Corrupt, link.CorruptCorrelation));
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
                rules.Add(new LossRule(loss.Probability, link.LossCorrelation));
                break;
            default:
                break;
        }
        return rules;
    }

    Func<RandomStream, double> DrawOf(LatencySpec latency)
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
            case LatencySpec.Table t:
                return DrawOf(t, _tables.First(table => table.Name == t.Name).Values);
            default:
                var constant = ((LatencySpec.Constant)latency).Value.TotalMilliseconds;
                return _ => constant;
        }
    }

    static Func<RandomStream, double> DrawOf(LatencySpec.Table latency, ImmutableArray<double> values)
    {
        if (latency is not { Mean: { } mean, Deviation: { } deviation })
        {
            return dice => values[dice.NextInt(values.Length)];
        }
        var (centre, unit) = (mean.TotalMilliseconds, deviation.TotalMilliseconds / DelayTableSpec.NetemScale);
        return dice => centre + unit * values[dice.NextInt(values.Length)];
    }
}
