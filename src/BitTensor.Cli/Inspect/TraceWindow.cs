using BitTensor.Parcels;

namespace BitTensor.Cli.Inspect;

/// <summary>The messages that a trace shows.</summary>
/// <param name="FromBlock">First block that is open.</param>
/// <param name="ToBlock">Last block that is open.</param>
/// <param name="Neurons">Sender or receiver is one of these; empty for all.</param>
/// <param name="Kinds">Kinds as the journal names them; empty for all.</param>
/// <param name="FromMs">Earliest time, emulated milliseconds since the start.</param>
/// <param name="ToMs">Latest time, likewise.</param>
sealed record TraceWindow(
    long FromBlock, long ToBlock, IReadOnlySet<int> Neurons, IReadOnlySet<string> Kinds, double FromMs, double ToMs)
{
    /// <summary>True when a parcel is between the wanted neurons and of a wanted kind, at any time.</summary>
    public bool Wants(in Parcel parcel) =>
        (Neurons.Count == 0 || Neurons.Contains(parcel.From) || Neurons.Contains(parcel.To))
        && (Kinds.Count == 0 || Kinds.Contains(parcel.Kind.Name()));

    /// <summary>True when a block is in the window and a time, in emulated milliseconds, too.</summary>
    public bool Holds(long block, double ms) => HoldsBlock(block) && ms >= FromMs && ms <= ToMs;

    /// <summary>True when a block is in the window.</summary>
    public bool HoldsBlock(long block) => block >= FromBlock && block <= ToBlock;
}
