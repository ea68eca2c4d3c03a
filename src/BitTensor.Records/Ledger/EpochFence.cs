using System.Data.Common;

namespace BitTensor.Records;

/// <summary>
/// Fences a writer by its epoch. Within a transaction it locks the epoch's row, so a successor waits for the write in
/// progress, and every write after the successor's begin is refused.
/// </summary>
sealed class EpochFence(DbConnection connection, long epoch) : IDisposable
{
    readonly DbCommand _hold = Sql.Command(connection, "UPDATE epoch SET epoch = epoch WHERE epoch = @mine", "@mine");

    public long Epoch => epoch;

    /// <exception cref="LedgerFencedException">A later epoch has begun.</exception>
    public void Hold(DbTransaction transaction)
    {
        if (Sql.Run(_hold, transaction, epoch) != 1)
        {
            throw new LedgerFencedException($"Epoch {epoch} is over: a later ledger has taken over.");
        }
    }

    public void Dispose() => _hold.Dispose();
}
