using System.Collections.Immutable;
using BitTensor.Mechanism;
using BitTensor.Scenarios;

namespace BitTensor.Actors;

/// <summary>One neuron before it lives.</summary>
/// <param name="Id">Id, 0..n-1.</param>
/// <param name="Population">What the scenario says about it.</param>
/// <param name="Slots">The neurons its row may name, ascending: its peers and itself.</param>
public sealed record NeuronPlan(int Id, PopulationSpec Population, ImmutableArray<int> Slots)
{
    /// <summary>Position of the neuron itself in <see cref="Slots"/>.</summary>
    public int OwnSlot { get; } = Slots.AsSpan().BinarySearch(Id);

    /// <summary>Position of a neuron in <see cref="Slots"/>; negative when it is none of them.</summary>
    public int SlotOf(int neuron) => Slots.AsSpan().BinarySearch(neuron);
}

/// <summary>Scenario to inhabitants: who lives in the run, who may query whom, and with what rows and stake they start.</summary>
public static class Roster
{
    /// <summary>Every neuron of the scenario, by id. Ids count through the populations in the order of the file.</summary>
    public static ImmutableArray<NeuronPlan> Draw(Scenario scenario)
    {
        var count = scenario.Populations.Sum(p => p.Count);
        var plans = ImmutableArray.CreateBuilder<NeuronPlan>(count);
        var everybody = Enumerable.Range(0, count).ToImmutableArray();
        foreach (var population in scenario.Populations)
        {
            for (var k = 0; k < population.Count; k++)
            {
                var id = plans.Count;
                plans.Add(new NeuronPlan(id, population, SlotsOf(scenario, id, everybody)));
            }
        }
        return plans.MoveToImmutable();
    }

    /// <summary>The row every neuron starts with: equal weight on each slot.</summary>
    public static WeightRow FirstRow(NeuronPlan plan) => WeightRow.Uniform(plan.Slots.AsSpan());

    static ImmutableArray<int> SlotsOf(Scenario scenario, int id, ImmutableArray<int> everybody)
    {
        if (scenario.Topology is not TopologySpec.Random random)
        {
            return everybody;
        }
        // Floyd's sampling: `Degree` distinct peers in as many draws, whatever n is.
        var dice = new RandomStream(scenario.Seed, "topology", id);
        var slots = new SortedSet<int> { id };
        var others = everybody.Length - 1;
        for (var last = others - random.Degree; last < others; last++)
        {
            var drawn = PeerAt(dice.NextInt(last + 1), id);
            slots.Add(slots.Contains(drawn) ? PeerAt(last, id) : drawn);
        }
        return [.. slots];
    }

    static int PeerAt(int position, int id) => position < id ? position : position + 1;
}
