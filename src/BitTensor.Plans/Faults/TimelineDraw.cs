using System.Collections.Immutable;
using BitTensor.Mechanism;
using BitTensor.Scenarios;

namespace BitTensor.Plans.Faults;

/// <summary>Scenario to timeline: draws the moments of every entry and the neurons it concerns.</summary>
public static class TimelineDraw
{
    /// <summary>The timeline of a scenario.</summary>
    /// <param name="scenario">The scenario.</param>
    /// <param name="plans">Every neuron of the scenario, by id.</param>
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
                var last = Lasts(entry.Do) ? TimeSpan.MaxValue : scenario.BlockInterval * scenario.Blocks;
                var end = happening.End < last ? happening.End.Value : last;
                effects.Add(Begin(entry, happening.Start, end, effects, plans, dice));
            }
        }
        effects.AddRange(scenario.Populations.SelectMany(p => Churn(p, scenario, plans)));
        return new Timeline(effects.Where(e => e.End > e.Start).OrderBy(e => e.Start));

        // A fault that holds messages ends with the run, so that every message has an outcome.
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

    /// <summary>Strategy <c>churn</c>: the population is present and absent by turns, each for some blocks.</summary>
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
            // An absence that outlasts the run may be longer than a time can say.
            var end = block + away < 2L * scenario.Blocks
                ? (block + away) * scenario.BlockInterval
                : TimeSpan.MaxValue;
            yield return new Effect("churn", leave, block * scenario.BlockInterval, end, Candidates(who, plans));
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
                TimeSpan Gap()
                {
                    var ticks = dice.NextExponential() / random.PerSecond * TimeSpan.TicksPerSecond;
                    return TimeSpan.FromTicks((long)Math.Min(1e17, ticks));
                }
                for (var (at, k) = (random.From + Gap(), 0); at < random.Until; at += Gap(), k++)
                {
                    yield return new(index, k, at, EndOf(at));
                }
                break;
        }
    }

    /// <summary>
    /// Ends the effects of a rule at a moment. An effect that ends for some of its neurons continues for the rest.
    /// </summary>
    static void EndAll(List<Effect> effects, TimeSpan at, EndRule rule)
    {
        for (var k = effects.Count - 1; k >= 0; k--)
        {
            var effect = effects[k];
            if (!rule.Ends(effect) || !effect.At(at))
            {
                continue;
            }
            bool IsEnded(int neuron) => rule.Neurons is not { } neurons || neurons.Contains(neuron);
            ImmutableArray<int> left = [.. effect.Neurons.Where(n => !IsEnded(n))];
            effects[k] = effect with { End = at, Neurons = [.. effect.Neurons.Where(IsEnded)] };
            if (!left.IsEmpty)
            {
                effects.Add(effect with { Neurons = left });
            }
        }
    }

    static Effect Begin(
        TimelineEntry entry, TimeSpan start, TimeSpan end, List<Effect> before, IReadOnlyList<NeuronPlan> plans,
        RandomStream dice)
    {
        bool Up(int neuron) =>
            !before.Exists(e =>
                e.What is FaultSpec.Crash or FaultSpec.Leave or FaultSpec.Disconnect && e.At(start)
                && e.Concerns(neuron));
        var effect = new Effect(entry.Name, entry.Do, start, end, []);
        switch (entry.Do)
        {
            case FaultSpec.Crash { Of: var of }:
                return effect with { Neurons = Chosen([.. Candidates(of.Who, plans).Where(Up)], of.Take, dice) };
            case FaultSpec.Leave { Of: var of }:
                return effect with { Neurons = Chosen([.. Candidates(of.Who, plans).Where(Up)], of.Take, dice) };
            case FaultSpec.Disconnect { Of: var of }:
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

    /// <summary>Side of each neuron in a partition; neurons that are not chosen are on side 0.</summary>
    static ImmutableArray<int> Sides(
        FaultSpec.Partition partition, ImmutableArray<int> chosen, int count, RandomStream dice)
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

    /// <summary>The neurons an action chooses; null for one that chooses none.</summary>
    internal static SelectionSpec? SelectionOf(FaultSpec what) => what switch
    {
        FaultSpec.Clog clog => clog.Of,
        FaultSpec.Partition partition => partition.Of,
        FaultSpec.Crash crash => crash.Of,
        FaultSpec.Leave leave => leave.Of,
        FaultSpec.Disconnect disconnect => disconnect.Of,
        FaultSpec.Pause pause => pause.Of,
        FaultSpec.Slow slow => slow.Of,
        FaultSpec.Skew skew => skew.Of,
        _ => null,
    };

    /// <summary>The neurons an action may choose from, ascending.</summary>
    internal static ImmutableArray<int> Candidates(WhoSpec who, IReadOnlyList<NeuronPlan> plans) => who switch
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
            TakeSpec.Share share =>
                Math.Min(candidates.Length, Math.Max(1, (int)Math.Round(share.Of * candidates.Length))),
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

    /// <summary>One occurrence of an entry: number <paramref name="Time"/>, counted from 0.</summary>
    readonly record struct Happening(int Entry, int Time, TimeSpan Start, TimeSpan? End);

    /// <summary>The effects that an entry ends, and the neurons for which it ends them; null for all neurons.</summary>
    sealed record EndRule(Func<Effect, bool> Ends, ImmutableArray<int>? Neurons);
}
