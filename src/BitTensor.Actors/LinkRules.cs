using BitTensor.Emulation;
using BitTensor.Mechanism;
using BitTensor.Scenarios;

namespace BitTensor.Actors;

/// <summary>Section <c>network</c> of a scenario as rules of links.</summary>
public sealed class LinkRules
{
    readonly NetworkSpec _network;
    readonly IReadOnlyList<NeuronPlan> _plans;
    readonly IReadOnlyList<LinkRule> _default;
    readonly IReadOnlyList<LinkRule>[] _links;

    /// <summary>Rules for the neurons of <paramref name="plans"/> and the ledger.</summary>
    public LinkRules(NetworkSpec network, IReadOnlyList<NeuronPlan> plans)
    {
        _network = network;
        _plans = plans;
        _default = Of(network.Default);
        _links = [.. network.Links.Select(l => l.Toxicity < 1 ? [new ToxicityRule(l.Toxicity, Of(l.Link))] : Of(l.Link))];
    }

    /// <summary>Rules for parcels of a kind from one address to another: the last entry of the scenario that matches, else the default.</summary>
    public IReadOnlyList<LinkRule> Between(int from, int to, ParcelKind kind)
    {
        for (var k = _links.Length - 1; k >= 0; k--)
        {
            var link = _network.Links[k];
            if (Matches(link.Kind, kind) && Matches(link.From, from) && Matches(link.To, to))
            {
                return _links[k];
            }
        }
        return _default;
    }

    bool Matches(EndSpec end, int address) => end switch
    {
        EndSpec.Any => true,
        EndSpec.Ledger => address == Parcel.LedgerAddress,
        _ when address == Parcel.LedgerAddress => false,
        EndSpec.Population population => _plans[address].Population.Name == population.Name,
        EndSpec.Zone zone => _plans[address].Population.Zone == zone.Name,
        _ => ((EndSpec.Neuron)end).Id == address,
    };

    static bool Matches(MessageKind wanted, ParcelKind kind) => wanted switch
    {
        MessageKind.Any => true,
        MessageKind.Forward => kind == ParcelKind.Forward,
        MessageKind.Reply => kind == ParcelKind.ForwardReply,
        MessageKind.Backward => kind == ParcelKind.Backward,
        MessageKind.Submission => kind == ParcelKind.Submission,
        _ => kind == ParcelKind.Receipt,
    };

    static List<LinkRule> Of(LinkSpec link)
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
