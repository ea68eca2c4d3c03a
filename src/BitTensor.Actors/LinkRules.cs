using BitTensor.Emulation;
using BitTensor.Mechanism;
using BitTensor.Scenarios;

namespace BitTensor.Actors;

/// <summary>Section <c>network</c> of a scenario as rules of links.</summary>
public sealed class LinkRules
{
    readonly NetworkSpec _network;
    readonly string[] _populationOf;
    readonly IReadOnlyList<LinkRule> _default;
    readonly IReadOnlyList<LinkRule>[] _links;

    /// <summary>Rules for the neurons of <paramref name="plans"/> and the ledger.</summary>
    public LinkRules(NetworkSpec network, IReadOnlyList<NeuronPlan> plans)
    {
        _network = network;
        _populationOf = [.. plans.Select(p => p.Population.Name)];
        _default = Of(network.Default);
        _links = [.. network.Links.Select(l => Of(l.Link))];
    }

    /// <summary>Rules from one address to another: the last entry of the scenario that matches, else the default.</summary>
    public IReadOnlyList<LinkRule> Between(int from, int to)
    {
        for (var k = _links.Length - 1; k >= 0; k--)
        {
            if (Matches(_network.Links[k].From, from) && Matches(_network.Links[k].To, to))
            {
                return _links[k];
            }
        }
        return _default;
    }

    bool Matches(string? population, int address) =>
        population is null || (address != Parcel.LedgerAddress && _populationOf[address] == population);

    static List<LinkRule> Of(LinkSpec link)
    {
        var rules = new List<LinkRule>();
        if (link.BandwidthBytesPerSecond is { } rate)
        {
            rules.Add(new BandwidthRule(rate));
        }
        if (link.Latency is { } latency)
        {
            rules.Add(new LatencyRule(DrawOf(latency), latency.Minimum, latency.Jitter));
        }
        if (link.Loss > 0)
        {
            rules.Add(new LossRule(link.Loss));
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
