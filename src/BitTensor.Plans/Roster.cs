using System.Collections.Immutable;
using BitTensor.Scenarios;

namespace BitTensor.Plans;

/// <summary>Scenario to plans: the neurons of a run and the peers each may query.</summary>
public static class Roster
{
    /// <summary>
    /// Every neuron of the scenario, by id. Ids count through the populations in the order of the file.
    /// </summary>
    public static ImmutableArray<NeuronPlan> Draw(Scenario scenario)
    {
        var count = scenario.Populations.Sum(p => p.Count);
        var plans = ImmutableArray.CreateBuilder<NeuronPlan>(count);
        var slots = Topology.SlotsOf(scenario.Topology, count, scenario.Seed);
        Name(scenario.State?.Weights ?? [], slots);
        foreach (var population in scenario.Populations)
        {
            for (var k = 0; k < population.Count; k++)
            {
                var id = plans.Count;
                plans.Add(new NeuronPlan(id, population, slots[id])
                {
                    IsOutside = scenario.StartsOutside(population),
                    JoinsAt = population.Joins?.At(k, scenario.BlockInterval) ?? TimeSpan.Zero,
                    LeavesAt = population.Leaves?.At(k, scenario.BlockInterval),
                });
            }
        }
        Eclipse(plans);
        return plans.MoveToImmutable();
    }

    /// <summary>Whoever a row of the state names has a slot, whatever the topology.</summary>
    static void Name(ImmutableArray<WeightEntry> weights, ImmutableArray<int>[] slots)
    {
        foreach (var row in weights.GroupBy(w => w.From, w => w.To))
        {
            slots[row.Key] = [.. slots[row.Key].Union(row).Order()];
        }
    }

    /// <summary>
    /// Victims of strategy <c>eclipse</c> keep two kinds of slots: themselves and the neurons that surround them. Other
    /// neurons may still name a victim.
    /// </summary>
    static void Eclipse(ImmutableArray<NeuronPlan>.Builder plans)
    {
        var around = plans.Where(p => VictimsOf(p) is not []).ToArray();
        var victims = around.SelectMany(p => VictimsOf(p)).ToHashSet();
        for (var k = 0; victims.Count > 0 && k < plans.Count; k++)
        {
            var (name, id) = (plans[k].Population.Name, plans[k].Id);
            if (victims.Contains(name))
            {
                var surrounding = around.Where(a => VictimsOf(a).Contains(name)).Select(a => a.Id);
                plans[k] = plans[k] with { Slots = [.. surrounding.Append(id).Distinct().Order()] };
            }
        }
    }

    /// <summary>Names of the populations that a neuron eclipses.</summary>
    static ImmutableArray<string> VictimsOf(NeuronPlan plan) =>
        plan.Population.Conduct.Find("eclipse")?.PopulationsOf("victims") ?? [];
}
