using System.Collections.Immutable;
using BitTensor.Emulation;

namespace BitTensor.Cluster;

/// <summary>The published state of a node. Written by its actors, read from any thread.</summary>
sealed class NodeState
{
    volatile string _run = "";
    volatile Placement? _placement;
    volatile NodePlace? _authority;
    long _epoch;
    long _deadLetters;
    long _tendedTicks = WallClock.Elapsed.Ticks;

    /// <summary>The run it takes part in; empty when none.</summary>
    public string Run
    {
        get => _run;
        set => _run = value;
    }

    /// <summary>Population of neuron i of the run.</summary>
    public ImmutableArray<string> Populations { get; set; } = [];

    /// <summary>Epoch of the ledger it follows.</summary>
    public long Epoch
    {
        get => Volatile.Read(ref _epoch);
        set => Volatile.Write(ref _epoch, value);
    }

    /// <summary>The node with the ledger, as this one knows it; null while it knows of none.</summary>
    public NodePlace? Authority
    {
        get => _authority;
        set => _authority = value;
    }

    /// <summary>True on the node with the ledger.</summary>
    public bool HasLedger { get; set; }

    /// <summary>Neurons that live here.</summary>
    public ImmutableArray<int> Hosted { get; set; } = [];

    /// <summary>The node of every neuron; null before the first placement.</summary>
    public Placement? Placement
    {
        get => _placement;
        set => _placement = value;
    }

    /// <summary>Messages that found no actor.</summary>
    public long DeadLetters => Volatile.Read(ref _deadLetters);

    /// <summary>Time since the node's agent last had a turn: grows when the process no longer does.</summary>
    public TimeSpan SinceTended => WallClock.Elapsed - new TimeSpan(Volatile.Read(ref _tendedTicks));

    /// <summary>The node's agent has a turn.</summary>
    public void Tended() => Volatile.Write(ref _tendedTicks, WallClock.Elapsed.Ticks);

    /// <summary>A message found no actor.</summary>
    public void LostLetter() => Interlocked.Increment(ref _deadLetters);
}
