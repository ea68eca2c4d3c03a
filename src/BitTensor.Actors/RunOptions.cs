using BitTensor.Records;

namespace BitTensor.Actors;

/// <summary>What does not belong to the scenario: it changes how a run is carried out, not what it is.</summary>
public sealed record RunOptions
{
    /// <summary>Where ledger and journal are written; null keeps the ledger in memory and only hashes the journal.</summary>
    public string? Folder { get; init; }

    /// <summary>Threads that compute, at least 1.</summary>
    public int Cores { get; init; } = Environment.ProcessorCount;

    /// <summary>The clock.</summary>
    public TimeMode Time { get; init; } = TimeMode.Virtual;

    /// <summary>Emulated time after which a run in virtual time whose last block is not closed fails; null waits for ever.</summary>
    public TimeSpan? MostTime { get; init; }

    /// <summary>Block after which the run ends, as an interrupted one does: what is to happen later stays as it is planned. Null for the scenario's last one.</summary>
    public int? EndAfter { get; init; }

    /// <summary>Code in the place of parts of the scenario.</summary>
    public RunExtensions Extensions { get; init; } = new();

    /// <summary>Sees what happens; in virtual time alone.</summary>
    public RunObserver? Watch { get; init; }

    /// <summary>Told of every block and audit.</summary>
    public Action<RunProgress> Progress { get; init; } = static _ => { };
}

/// <summary>How a run ended.</summary>
/// <param name="Run">Run id: scenario name and seed.</param>
/// <param name="JournalHash">SHA-256 over the journal without the audit's rows.</param>
/// <param name="AuditHash">SHA-256 over the audit's rows.</param>
/// <param name="Blocks">Blocks closed after genesis.</param>
/// <param name="Interrupted">True when the run was ended before its last block.</param>
/// <param name="EmulatedTime">Emulated time that passed.</param>
public sealed record RunResult(
    string Run, string JournalHash, string AuditHash, long Blocks, bool Interrupted, TimeSpan EmulatedTime);
