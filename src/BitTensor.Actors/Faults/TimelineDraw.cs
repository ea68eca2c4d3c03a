using System.Collections.Immutable;
using BitTensor.Mechanism;
using BitTensor.Scenarios;

namespace BitTensor.Actors.Faults;

/// <summary>Scenario to timeline: when every entry happens, and to whom.</summary>
static class TimelineDraw
{
    /// <summary>The timeline of a scenario.</summary>
    public static Timeline Of(Scenario scenario, IReadOnlyList<NeuronPlan> plans)
    {
        var effects = new List<Effect>();
        var happenings = scenario.Timeline.SelectMany((entry, k) => Happenings(entry, k, scenario.Seed))
            .OrderBy(h => h.Start).ThenBy(h => h.Entry).ThenBy(h => h.Time);
        foreach (var happening in happenings)
        {
            var entry = scenario.Timeline[happening.Entry];
            if (Ends(entry.Do) is { } ends)
            {
                EndAll(effects, happening.Start, ends);
            }
            else
            {
                var dice = new RandomStream(scenario.Seed, "timeline-choice", happening.Entry, happening.Time);
                var end = happening.End ?? (Lasts(entry.Do) ? TimeSpan.MaxValue : scenario.BlockInterval * scenario.Blocks);
                effects.Add(Begin(entry, happening.Start, end, effects, plans, dice));
            }
        }
        effects.AddRange(scenario.Populations.SelectMany(p => Churn(p, scenario, plans)));
        return new Timeline(effects.Where(e => e.End > e.Start).OrderBy(e => e.Start));

        // What holds messages back is over with the run, so that they end somewhere.
        static bool Lasts(FaultSpec what) => what is not (FaultSpec.Clog or FaultSpec.Pause);

        EndRule? Ends(FaultSpec what) => what switch
        {
            FaultSpec.Clear => new(e => e.What is FaultSpec.Links or FaultSpec.Clog, null),
            FaultSpec.Heal => new(e => e.What is FaultSpec.Partition, null),
            FaultSpec.Restart restart => new(e => e.What is FaultSpec.Crash, Candidates(restart.Who, plans)),
            FaultSpec.Join join => new(e => e.What is FaultSpec.Leave, Candidates(join.Who, plans)),
            FaultSpec.Resume resume => new(e => e.What is FaultSpec.Pause, Candidates(resume.Who, plans)),
            _ => null,
        };
    }

    /// <summary>Strategy <c>churn</c>: the whole population is there for some blocks and away for some, over and over.</summary>
    static IEnumerable<Effect> Churn(PopulationSpec population, Scenario scenario, IReadOnlyList<NeuronPlan> plans)
    {
        if (population.Conduct.Find("churn") is not { } churn)
        {
            yield break;
        }
        var who = new WhoSpec.Population(population.Name);
        var leave = new FaultSpec.Leave(new SelectionSpec(who, new TakeSpec.All()), LosesState: false);
        var (present, away) = (churn.Whole("present"), churn.Whole("away"));
        for (var block = present; block < scenario.Blocks; block += away + present)
        {
            yield return new Effect("churn", leave, block * scenario.BlockInterval, (block + away) * scenario.BlockInterval, Candidates(who, plans));
        }
    }

    static IEnumerable<Happening> Happenings(TimelineEntry entry, int index, ulong seed)
    {
        TimeSpan? EndOf(TimeSpan start) => start + entry.For;
        switch (entry.When)
        {
            case WhenSpec.Once once:
                yield return new(index, 0, once.At, EndOf(once.At));
                break;
            case WhenSpec.Between between:
                yield return new(index, 0, between.From, between.Until);
                break;
            case WhenSpec.Every every:
                for (var (at, k) = (every.From, 0); at < every.Until; at += every.Interval, k++)
                {
                    yield return new(index, k, at, EndOf(at));
                }
                break;
            default:
                var random = (WhenSpec.Randomly)entry.When;
                var dice = new RandomStream(seed, "timeline", index);
                TimeSpan Gap() => TimeSpan.FromTicks((long)Math.Min(1e17, dice.NextExponential() / random.PerSecond * TimeSpan.TicksPerSecond));
                for (var (at, k) = (random.From + Gap(), 0); at < random.Until; at += Gap(), k++)
                {
                    yield return new(index, k, at, EndOf(at));
                }
                break;
        }
    }

    /// <summary>Ends what is going on; what is about some neurons only goes on for the others.</summary>
    static void EndAll(List<Effect> effects, TimeSpan at, EndRule rule)
    {
        for (var k = effects.Count - 1; k >= 0; k--)
        {
            var effect = effects[k];
            if (!rule.Ends(effect) || !effect.At(at))
            {
                continue;
            }
            var (ended, left) = rule.Neurons is { } neurons
                ? (effect.Neurons.Where(neurons.Contains).ToImmutableArray(), effect.Neurons.Where(n => !neurons.Contains(n)).ToImmutableArray())
                : (effect.Neurons, ImmutableArray<int>.Empty);
            effects[k] = effect with { End = at, Neurons = ended };
            if (!left.IsEmpty)
            {
                effects.Add(effect with { Neurons = left });
            }
        }
    }

    static Effect Begin(
        TimelineEntry entry, TimeSpan start, TimeSpan end, List<Effect> before, IReadOnlyList<NeuronPlan> plans, RandomStream dice)
    {
        bool Up(int neuron) => !before.Exists(e => e.What is FaultSpec.Crash or FaultSpec.Leave && e.At(start) && e.Concerns(neuron));
        var effect = new Effect(entry.Name, entry.Do, start, end, []);
        switch (entry.Do)
        {
            case FaultSpec.Crash { Of: var of }:
                return effect with { Neurons = Chosen([.. Candidates(of.Who, plans).Where(Up)], of.Take, dice) };
            case FaultSpec.Leave { Of: var of }:
                return effect with { Neurons = Chosen([.. Candidates(of.Who, plans).Where(Up)], of.Take, dice) };
            case FaultSpec.Clog { Of: var of }:
                return effect with { Neurons = Chosen(Candidates(of.Who, plans), of.Take, dice) };
            case FaultSpec.Pause { Of: var of }:
                return effect with { Neurons = Chosen(Candidates(of.Who, plans), of.Take, dice) };
            case FaultSpec.Slow { Of: var of }:
                return effect with { Neurons = Chosen(Candidates(of.Who, plans), of.Take, dice) };
            case FaultSpec.Skew { Of: var of }:
                return effect with { Neurons = Chosen(Candidates(of.Who, plans), of.Take, dice) };
            case FaultSpec.Partition partition:
                var chosen = Chosen(Candidates(partition.Of.Who, plans), partition.Of.Take, dice);
                return effect with { Neurons = chosen, SideOf = Sides(partition, chosen, plans.Count, dice) };
            default:
                return effect;
        }
    }

    /// <summary>Side 0 is that of whoever is not chosen.</summary>
    static ImmutableArray<int> Sides(FaultSpec.Partition partition, ImmutableArray<int> chosen, int count, RandomStream dice)
    {
        var sides = new int[count];
        var order = chosen.ToArray();
        if (partition.Kind == PartitionKind.Groups)
        {
            dice.Shuffle<int>(order);
        }
        for (var k = 0; k < order.Length; k++)
        {
            sides[order[k]] = partition.Kind switch
            {
                PartitionKind.Isolate => k + 1,
                PartitionKind.Groups => k % partition.Groups,
                _ => 1,
            };
        }
        return [.. sides];
    }

    static ImmutableArray<int> Candidates(WhoSpec who, IReadOnlyList<NeuronPlan> plans) => who switch
    {
        WhoSpec.Neurons neurons => neurons.Ids,
        WhoSpec.Population population => [.. plans.Where(p => p.Population.Name == population.Name).Select(p => p.Id)],
        WhoSpec.Zone zone => [.. plans.Where(p => p.Population.Zone == zone.Name).Select(p => p.Id)],
        WhoSpec.Role role => [.. plans.Where(p => p.Population.Conduct.Has(role.Name)).Select(p => p.Id)],
        _ => [.. plans.Select(p => p.Id)],
    };

    static ImmutableArray<int> Chosen(ImmutableArray<int> candidates, TakeSpec take, RandomStream dice)
    {
        var wanted = take switch
        {
            TakeSpec.Count count => Math.Min(count.Number, candidates.Length),
            TakeSpec.Share share => Math.Min(candidates.Length, Math.Max(1, (int)Math.Round(share.Of * candidates.Length))),
            _ => candidates.Length,
        };
        if (wanted == candidates.Length)
        {
            return candidates;
        }
        var drawn = candidates.ToArray();
        dice.Shuffle<int>(drawn);
        return [.. drawn.Take(wanted).Order()];
    }

    /// <summary>An entry happens, the time-th time.</summary>
    readonly record struct Happening(int Entry, int Time, TimeSpan Start, TimeSpan? End);

    /// <summary>What an entry that ends others ends, and for whom; null for everybody.</summary>
    sealed record EndRule(Func<Effect, bool> Ends, ImmutableArray<int>? Neurons);
}
