using System.Collections.Immutable;
using BitTensor.Records;

namespace BitTensor.Actors;

/// <summary>What a run tells while it runs. Told from the run's own threads; a receiver must be quick.</summary>
public abstract record RunProgress
{
    RunProgress() { }

    /// <summary>A block is closed and every neuron has reported on it.</summary>
    public sealed record BlockDone(JournalRecord.BlockClosed Block, ImmutableArray<JournalRecord.NeuronReported> Reports) : RunProgress;

    /// <summary>Something of the timeline began or was over.</summary>
    public sealed record Happened(JournalRecord.Happened Event) : RunProgress;

    /// <summary>An audit is done.</summary>
    public sealed record Audited(ImmutableArray<JournalRecord.Audited> Rows) : RunProgress;
}
