using System.Collections.Immutable;
using BitTensor.Scenarios;

namespace BitTensor.Plans.Faults;

/// <summary>A fault of the timeline over the interval in which it holds.</summary>
/// <param name="Name">Name of its entry.</param>
/// <param name="What">The fault.</param>
/// <param name="Start">Emulated time at which it begins.</param>
/// <param name="End">Emulated time at which it is over; the largest time when it never ends.</param>
/// <param name="Neurons">The neurons it concerns, ascending; empty for a fault of links or of the ledger alone.</param>
public sealed record Effect(string Name, FaultSpec What, TimeSpan Start, TimeSpan End, ImmutableArray<int> Neurons)
{
    /// <summary>For a partition the side of each neuron; empty otherwise.</summary>
    public ImmutableArray<int> SideOf { get; init; } = [];

    /// <summary>True when the fault holds at this moment.</summary>
    public bool At(TimeSpan now) => Start <= now && now < End;

    /// <summary>True when the fault concerns this neuron.</summary>
    public bool Concerns(int neuron) => Neurons.AsSpan().BinarySearch(neuron) >= 0;

    /// <summary>True for a fault of links.</summary>
    public bool OnLinks => What is FaultSpec.Links or FaultSpec.Clog or FaultSpec.Partition;

    /// <summary>True for a fault of neurons.</summary>
    public bool OnNeurons =>
        What is FaultSpec.Crash or FaultSpec.Leave or FaultSpec.Disconnect or FaultSpec.Pause or FaultSpec.Slow
            or FaultSpec.Skew;

    /// <summary>True for a fault of the ledger.</summary>
    public bool OnLedger => What is FaultSpec.LedgerOutage or FaultSpec.Disk;
}
