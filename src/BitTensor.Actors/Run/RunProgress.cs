using System.Collections.Immutable;
using BitTensor.Records;

namespace BitTensor.Actors.Run;

/// <summary>The progress of a run. The run's own threads report it, so a receiver must be quick.</summary>
public abstract record RunProgress
{
    RunProgress() { }

    /// <summary>A block is closed and every neuron has reported on it.</summary>
    public sealed record BlockDone(
        JournalRecord.BlockClosed Block, ImmutableArray<JournalRecord.NeuronReported> Reports) : RunProgress;

    /// <summary>A fault of the timeline began or ended.</summary>
    public sealed record Happened(JournalRecord.Happened Event) : RunProgress;

    /// <summary>An audit is done.</summary>
    public sealed record Audited(ImmutableArray<JournalRecord.Audited> Rows) : RunProgress;
}
