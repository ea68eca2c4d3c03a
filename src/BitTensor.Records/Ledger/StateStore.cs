using System.Data.Common;

namespace BitTensor.Records;

/// <summary>A stored state.</summary>
/// <param name="Height">Height of the block that was open.</param>
/// <param name="Bytes">The state, in its owner's format.</param>
public sealed record KeptState(long Height, byte[] Bytes);

/// <summary>
/// States that outlive their processes, in the ledger's database and under its epoch: neurons' checkpoints, the
/// placement, the scenario. The last state of each name is kept. Not thread-safe.
/// </summary>
public sealed class StateStore : IDisposable
{
    readonly DbConnection _connection;
    readonly EpochFence _fence;
    readonly DbCommand _keep;
    readonly DbCommand _recall;

    /// <summary>States of the ledger at <paramref name="place"/>, written under <paramref name="epoch"/>.</summary>
    /// <exception cref="DbException">There is no ledger, or the place cannot be reached.</exception>
    public StateStore(LedgerPlace place, long epoch)
    {
        _connection = place.Open(write: true);
        _fence = new EpochFence(_connection, epoch);
        _keep = Sql.Command(
            _connection,
            "INSERT INTO states VALUES (@name, @height, @state) ON CONFLICT (name) DO UPDATE SET height = "
            + "excluded.height, state = excluded.state "
            + "WHERE excluded.height >= states.height",
            "@name", "@height", "@state");
        _recall = Sql.Command(_connection, "SELECT height, state FROM states WHERE name = @name", "@name");
    }

    /// <summary>Stores a state, unless a state of a later height is stored; durable on return.</summary>
    /// <exception cref="LedgerFencedException">A later epoch has begun.</exception>
    public void Keep(string name, KeptState state)
    {
        using var transaction = _connection.BeginTransaction();
        _fence.Hold(transaction);
        Sql.Run(_keep, transaction, name, state.Height, state.Bytes);
        transaction.Commit();
    }

    /// <summary>The last state of this name; null without one.</summary>
    public KeptState? Recall(string name)
    {
        _recall.Parameters[0].Value = name;
        using var reader = _recall.ExecuteReader();
        return reader.Read() ? new KeptState(reader.GetInt64(0), reader.GetFieldValue<byte[]>(1)) : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _fence.Dispose();
        _keep.Dispose();
        _recall.Dispose();
        _connection.Dispose();
    }
}
