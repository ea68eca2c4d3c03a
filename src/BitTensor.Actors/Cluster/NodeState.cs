using System.Collections.Immutable;

namespace BitTensor.Actors.Cluster;

/// <summary>What a node shows of itself to whoever asks locally. Written by its agent and authority, read from any thread.</summary>
sealed class NodeState
{
    volatile string _run = "";
    long _epoch;
    long _height;

    /// <summary>The run it takes part in; empty when none.</summary>
    public string Run
    {
        get => _run;
        set => _run = value;
    }

    /// <summary>Epoch of the ledger it follows.</summary>
    public long Epoch
    {
        get => Volatile.Read(ref _epoch);
        set => Volatile.Write(ref _epoch, value);
    }

    /// <summary>The ledger's open block; on the node that has it.</summary>
    public long Height
    {
        get => Volatile.Read(ref _height);
        set => Volatile.Write(ref _height, value);
    }

    /// <summary>True on the node with the ledger.</summary>
    public bool HasLedger { get; set; }

    /// <summary>Neurons that live here.</summary>
    public ImmutableArray<int> Hosted { get; set; } = [];

    /// <summary>Where everybody lives; null before the first placement.</summary>
    public Placement? Placement { get; set; }
}
