using BitTensor.Actors.Context;

using BitTensor.Records;

namespace BitTensor.Actors.Run;

/// <summary>Options of a run that are no part of its scenario.</summary>
public sealed record RunOptions
{
    /// <summary>
    /// Where ledger and journal are written; null keeps the ledger in memory and only hashes the journal.
    /// </summary>
    public string? Folder { get; init; }

    /// <summary>Threads that compute, at least 1.</summary>
    public int Cores { get; init; } = Environment.ProcessorCount;

    /// <summary>The clock.</summary>
    public TimeMode Time { get; init; } = TimeMode.Virtual;

    /// <summary>
    /// Emulated time after which a run in virtual time whose last block is not closed fails; null waits for ever.
    /// </summary>
    public TimeSpan? MostTime { get; init; }

    /// <summary>
    /// Block after which the run ends, as an interrupted one does. Later faults stay planned. Null for the scenario's
    /// last block.
    /// </summary>
    public int? EndAfter { get; init; }

    /// <summary>
    /// Cancelled to end the run between two events, whatever block is open. The run is then as one whose process was
    /// killed: its journal has no end.
    /// </summary>
    public CancellationToken Overdue { get; init; }

    /// <summary>Code that replaces parts of the scenario.</summary>
    public RunExtensions Extensions { get; init; } = new();

    /// <summary>Observes the run; used in virtual time only.</summary>
    public RunObserver? Watch { get; init; }

    /// <summary>Called with every block and audit.</summary>
    public Action<RunProgress> Progress { get; init; } = static _ => { };
}
