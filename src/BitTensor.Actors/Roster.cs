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
    public int OwnSlot => Slots.AsSpan().BinarySearch(Id);

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
        var slots = Topology.SlotsOf(scenario.Topology, count, scenario.Seed);
        foreach (var population in scenario.Populations)
        {
            for (var k = 0; k < population.Count; k++)
            {
                var id = plans.Count;
                plans.Add(new NeuronPlan(id, population, slots[id]));
            }
        }
        Eclipse(plans);
        return plans.MoveToImmutable();
    }

    /// <summary>Victims of strategy <c>eclipse</c> know themselves and those who surround them; others may still know a victim.</summary>
    static void Eclipse(ImmutableArray<NeuronPlan>.Builder plans)
    {
        var around = plans.Where(p => p.Population.Conduct.Find("eclipse") is not null).ToArray();
        var victims = around.SelectMany(p => p.Population.Conduct.Find("eclipse")!.PopulationsOf("victims")).ToHashSet();
        for (var k = 0; victims.Count > 0 && k < plans.Count; k++)
        {
            var (name, id) = (plans[k].Population.Name, plans[k].Id);
            if (victims.Contains(name))
            {
                plans[k] = plans[k] with
                {
                    Slots = [.. around.Where(a => a.Population.Conduct.Find("eclipse")!.PopulationsOf("victims").Contains(name)).Select(a => a.Id).Append(id).Distinct().Order()],
                };
            }
        }
    }

    /// <summary>The row every neuron starts with: equal weight on each slot.</summary>
    public static WeightRow FirstRow(NeuronPlan plan) => WeightRow.Uniform(plan.Slots.AsSpan());
}
