namespace BitTensor.Actors.Run;

/// <summary>How a run ended.</summary>
/// <param name="Run">Run id: scenario name and seed.</param>
/// <param name="JournalHash">SHA-256 over the journal without the audit's rows.</param>
/// <param name="AuditHash">SHA-256 over the audit's rows.</param>
/// <param name="Blocks">Blocks closed after genesis.</param>
/// <param name="Interrupted">True when the run was ended before its last block.</param>
/// <param name="EmulatedTime">Emulated time that passed.</param>
public sealed record RunResult(
    string Run, string JournalHash, string AuditHash, long Blocks, bool Interrupted, TimeSpan EmulatedTime)
{
    /// <summary>
    /// True when the run was ended within a block (<see cref="RunOptions.Overdue"/>): what there is of it goes up to
    /// the last whole block.
    /// </summary>
    public bool IsCut { get; init; }
}
