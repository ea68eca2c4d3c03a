using System.Collections.Immutable;
using BitTensor.Scenarios;

namespace BitTensor.Plans;

/// <summary>One neuron as the scenario plans it, before the run begins.</summary>
/// <param name="Id">Id, 0..n-1.</param>
/// <param name="Population">The population of the scenario that the neuron belongs to.</param>
/// <param name="Slots">The neurons its row may name, ascending: its peers and itself.</param>
public sealed record NeuronPlan(int Id, PopulationSpec Population, ImmutableArray<int> Slots)
{
    /// <summary>
    /// True in an open network for a neuron that is not registered at the start: it registers when it has come.
    /// </summary>
    public bool IsOutside { get; init; }

    /// <summary>Emulated time at which it comes; zero for one that is there from the start.</summary>
    public TimeSpan JoinsAt { get; init; }

    /// <summary>Emulated time at which it leaves an open network; null for one that stays.</summary>
    public TimeSpan? LeavesAt { get; init; }

    /// <summary>Position of the neuron itself in <see cref="Slots"/>.</summary>
    public int OwnSlot => Slots.AsSpan().BinarySearch(Id);

    /// <summary>Position of a neuron in <see cref="Slots"/>; negative when the row may not name it.</summary>
    public int SlotOf(int neuron) => Slots.AsSpan().BinarySearch(neuron);
}
