using System.Collections.Immutable;
using BitTensor.Scenarios;

namespace BitTensor.Actors.Faults;

/// <summary>Something of the timeline that is going on from one moment to another.</summary>
/// <param name="Name">Name of its entry.</param>
/// <param name="What">What it is.</param>
/// <param name="Start">Emulated time it begins.</param>
/// <param name="End">Emulated time it is over; the largest time when it never is.</param>
/// <param name="Neurons">Whom it is about, ascending; empty for what is about links or the ledger alone.</param>
public sealed record Effect(string Name, FaultSpec What, TimeSpan Start, TimeSpan End, ImmutableArray<int> Neurons)
{
    /// <summary>For a partition the side of each neuron; empty otherwise.</summary>
    public ImmutableArray<int> SideOf { get; init; } = [];

    /// <summary>True at this moment.</summary>
    public bool At(TimeSpan now) => Start <= now && now < End;

    /// <summary>True when it is about this neuron.</summary>
    public bool Concerns(int neuron) => Neurons.AsSpan().BinarySearch(neuron) >= 0;

    /// <summary>True when links know of it.</summary>
    public bool OnLinks => What is FaultSpec.Links or FaultSpec.Clog or FaultSpec.Partition;

    /// <summary>True when neurons know of it.</summary>
    public bool OnNeurons => What is FaultSpec.Crash or FaultSpec.Leave or FaultSpec.Pause or FaultSpec.Slow or FaultSpec.Skew;

    /// <summary>True when the ledger knows of it.</summary>
    public bool OnLedger => What is FaultSpec.LedgerOutage or FaultSpec.Disk;
}

/// <summary>An effect begins or is over.</summary>
/// <param name="At">Emulated time.</param>
/// <param name="Effect">The effect.</param>
/// <param name="Begins">False when it is over.</param>
public sealed record Turn(TimeSpan At, Effect Effect, bool Begins);
