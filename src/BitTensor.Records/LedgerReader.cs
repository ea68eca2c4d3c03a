using System.Collections.Immutable;
using BitTensor.Mechanism;
using BitTensor.Protocol;
using Microsoft.Data.Sqlite;

namespace BitTensor.Records;

/// <summary>Reads a ledger file: its header, and its blocks in order.</summary>
public sealed class LedgerReader : IDisposable
{
    readonly SqliteConnection _connection;

    LedgerReader(SqliteConnection connection, LedgerHeader header)
    {
        _connection = connection;
        Header = header;
    }

    /// <summary>What the ledger is founded on.</summary>
    public LedgerHeader Header { get; }

    /// <summary>Opens a ledger file for reading.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="LedgerException">It is not a ledger, or of another version.</exception>
    public static LedgerReader Open(string path)
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"There is no ledger at {path}.", path);
        }
        var connection = Sql.Open(path, SqliteOpenMode.ReadOnly);
        try
        {
            return new LedgerReader(connection, ReadHeader(connection, path));
        }
        catch (Exception damage) when (IsDamage(damage))
        {
            connection.Dispose();
            throw new LedgerException($"{path} is not a ledger of this program: {damage.Message}", damage);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>The blocks by height, read as they are asked for.</summary>
    /// <exception cref="LedgerException">A block cannot be read.</exception>
    public IEnumerable<LedgerBlock> Blocks()
    {
        using var blocks = Sql.Command(_connection, "SELECT * FROM blocks ORDER BY height");
        using var reader = blocks.ExecuteReader();
        using var submissions = Sql.Command(_connection, "SELECT * FROM submissions WHERE height = $height ORDER BY arrival", "$height");
        while (reader.Read())
        {
            var height = reader.GetInt64(0);
            submissions.Parameters[0].Value = height;
            yield return Guarded(height, () => new LedgerBlock(
                height, reader.GetDouble(1), reader.GetString(2), reader.GetString(3), ReadSubmissions(submissions),
                Sql.Vector<double>(reader, 4), Sql.Vector<double>(reader, 5), Sql.Vector<double>(reader, 6), reader.GetDouble(7)));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    static LedgerBlock Guarded(long height, Func<LedgerBlock> read)
    {
        try
        {
            return read();
        }
        catch (Exception damage) when (IsDamage(damage))
        {
            throw new LedgerException($"Block {height} cannot be read: {damage.Message}", damage);
        }
    }

    static ImmutableArray<SubmissionEntry> ReadSubmissions(SqliteCommand command)
    {
        using var reader = command.ExecuteReader();
        var entries = ImmutableArray.CreateBuilder<SubmissionEntry>();
        while (reader.Read())
        {
            var submission = new LedgerMessage.SubmitWeights(
                reader.GetString(2), reader.GetInt32(3), reader.GetInt64(4), Sql.Row(reader, 5), [.. reader.GetFieldValue<byte[]>(7)]);
            entries.Add(new SubmissionEntry(
                reader.GetInt64(1), submission, reader.IsDBNull(8) ? null : Enum.Parse<Refusal>(reader.GetString(8))));
        }
        return entries.DrainToImmutable();
    }

    static LedgerHeader ReadHeader(SqliteConnection connection, string path)
    {
        using var command = Sql.Command(connection, "SELECT * FROM run");
        using var reader = command.ExecuteReader();
        if (!reader.Read())
        {
            throw new LedgerException($"{path} names no run.");
        }
        if (reader.GetInt32(0) != LedgerStore.Version)
        {
            throw new LedgerException($"{path} is of version {reader.GetInt32(0)}; this program reads version {LedgerStore.Version}.");
        }
        var parameters = new MechanismParameters
        {
            Alpha = reader.GetDouble(3),
            Tau = reader.GetDouble(4),
            Step = reader.GetDouble(5),
            Epsilon = reader.GetDouble(6),
            Temperature = reader.GetDouble(7),
            Norm = Enum.Parse<InflationNorm>(reader.GetString(8)),
            StakeScale = Enum.Parse<StakeScale>(reader.GetString(9)),
            Emission = reader.GetInt64(10) != 0,
        };
        return new LedgerHeader(reader.GetString(1), (ulong)reader.GetInt64(2), parameters, ReadNeurons(connection));
    }

    static ImmutableArray<LedgerNeuron> ReadNeurons(SqliteConnection connection)
    {
        using var command = Sql.Command(connection, "SELECT * FROM neurons ORDER BY neuron");
        using var reader = command.ExecuteReader();
        var neurons = ImmutableArray.CreateBuilder<LedgerNeuron>();
        while (reader.Read())
        {
            neurons.Add(new LedgerNeuron(
                reader.GetInt32(0), reader.GetString(1), [.. reader.GetFieldValue<byte[]>(2)], reader.GetDouble(3), Sql.Row(reader, 4)));
        }
        return neurons.DrainToImmutable();
    }

    static bool IsDamage(Exception e) => e is SqliteException or InvalidCastException or ArgumentException or OverflowException or InvalidOperationException;
}
