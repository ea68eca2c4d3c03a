using System.Collections.Immutable;
using System.Runtime.InteropServices;
using BitTensor.Mechanism;
using BitTensor.Protocol;
using Microsoft.Data.Sqlite;

namespace BitTensor.Records;

/// <summary>A ledger file cannot be used: it is not one, is damaged, or would contradict itself.</summary>
public sealed class LedgerException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// The ledger on disk, SQLite. A block is written in one transaction with full synchronisation: when <see cref="Append"/> returns it is
/// durable. Numbers are kept bit for bit: vectors as little-endian float64 blobs, rows as int32 targets and float64 weights.
/// </summary>
public sealed class LedgerStore : IDisposable
{
    /// <summary>Version of the tables.</summary>
    public const int Version = 1;

    const string Tables =
        """
        CREATE TABLE run (
          version INTEGER NOT NULL, run TEXT NOT NULL, seed INTEGER NOT NULL, alpha REAL NOT NULL, tau REAL NOT NULL, step REAL NOT NULL,
          epsilon REAL NOT NULL, temperature REAL NOT NULL, norm TEXT NOT NULL, stake_scale TEXT NOT NULL, emission INTEGER NOT NULL);
        CREATE TABLE neurons (
          neuron INTEGER PRIMARY KEY, population TEXT NOT NULL, public_key BLOB NOT NULL, stake REAL NOT NULL, targets BLOB NOT NULL,
          weights BLOB NOT NULL);
        CREATE TABLE blocks (
          height INTEGER PRIMARY KEY, at_ms REAL NOT NULL, previous_hash TEXT NOT NULL, hash TEXT NOT NULL, stake BLOB NOT NULL,
          rank BLOB NOT NULL, emission BLOB NOT NULL, mint REAL NOT NULL);
        CREATE TABLE submissions (
          height INTEGER NOT NULL REFERENCES blocks, arrival INTEGER NOT NULL, sender INTEGER NOT NULL, run TEXT NOT NULL,
          neuron INTEGER NOT NULL, block INTEGER NOT NULL, targets BLOB NOT NULL, weights BLOB NOT NULL, signature BLOB NOT NULL,
          refused TEXT, PRIMARY KEY (height, arrival)) WITHOUT ROWID;
        """;

    readonly SqliteConnection _connection;
    readonly SqliteCommand _insertBlock;
    readonly SqliteCommand _insertSubmission;
    long _next;
    string _head;

    LedgerStore(SqliteConnection connection, string head)
    {
        _connection = connection;
        _head = head;
        _insertBlock = Sql.Command(
            connection, "INSERT INTO blocks VALUES ($height, $at, $previous, $hash, $stake, $rank, $emission, $mint)",
            "$height", "$at", "$previous", "$hash", "$stake", "$rank", "$emission", "$mint");
        _insertSubmission = Sql.Command(
            connection,
            "INSERT INTO submissions VALUES ($height, $arrival, $sender, $run, $neuron, $block, $targets, $weights, $signature, $refused)",
            "$height", "$arrival", "$sender", "$run", "$neuron", "$block", "$targets", "$weights", "$signature", "$refused");
    }

    /// <summary>A new ledger at <paramref name="path"/>, or in memory for <c>:memory:</c>.</summary>
    /// <exception cref="LedgerException">There is a file already, or the place cannot be written.</exception>
    public static LedgerStore Create(string path, LedgerHeader header)
    {
        if (path != ":memory:" && File.Exists(path))
        {
            throw new LedgerException($"{path} exists already; a ledger is never written over.");
        }
        SqliteConnection? connection = null;
        try
        {
            connection = Sql.Open(path, SqliteOpenMode.ReadWriteCreate);
            Sql.Execute(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
            using (var transaction = connection.BeginTransaction())
            {
                Sql.Execute(connection, Tables);
                WriteHeader(connection, transaction, header);
                transaction.Commit();
            }
            return new LedgerStore(connection, header.Hash());
        }
        catch (SqliteException failure)
        {
            connection?.Dispose();
            throw new LedgerException($"{path} cannot be written: {failure.Message}", failure);
        }
    }

    /// <summary>Makes a block durable.</summary>
    /// <exception cref="LedgerException">
    /// It is not the next of the chain: a height has one block, no height is left out, and each names the hash of the one before. Or the disk
    /// is full or broken; the block is not there then.
    /// </exception>
    public void Append(LedgerBlock block)
    {
        if (block.Height != _next)
        {
            throw new LedgerException($"Block {block.Height} cannot follow block {_next - 1}: the ledger wants block {_next}.");
        }
        if (block.PreviousHash != _head)
        {
            throw new LedgerException($"Block {block.Height} names {block.PreviousHash} as the hash before it, but that is {_head}.");
        }
        try
        {
            Write(block);
        }
        catch (SqliteException failure)
        {
            throw new LedgerException($"Block {block.Height} cannot be written: {failure.Message}", failure);
        }
        _next++;
        _head = block.Hash;
    }

    void Write(LedgerBlock block)
    {
        using var transaction = _connection.BeginTransaction();
        Sql.Run(
            _insertBlock, transaction, block.Height, block.AtMs, block.PreviousHash, block.Hash, Sql.Blob(block.Stake.AsSpan()),
            Sql.Blob(block.Rank.AsSpan()), Sql.Blob(block.Emission.AsSpan()), block.Mint);
        foreach (var (arrival, from, submission, refused) in block.Submissions)
        {
            Sql.Run(
                _insertSubmission, transaction, block.Height, arrival, from, submission.Run, submission.Neuron, submission.Block,
                Sql.Blob(submission.Row.Targets), Sql.Blob(submission.Row.Values), submission.Signature.ToArray(),
                refused is { } reason ? reason.ToString() : DBNull.Value);
        }
        transaction.Commit();
    }

    /// <summary>Folds the write-ahead log into the one file, if the disk allows it, and closes it. The blocks are durable either way.</summary>
    public void Dispose()
    {
        try
        {
            Sql.Execute(_connection, "PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE;");
        }
        catch (SqliteException)
        {
            // The log stays beside the file, and whoever opens the ledger reads both.
        }
        _insertBlock.Dispose();
        _insertSubmission.Dispose();
        _connection.Dispose();
    }

    static void WriteHeader(SqliteConnection connection, SqliteTransaction transaction, LedgerHeader header)
    {
        var p = header.Parameters;
        using var run = Sql.Command(
            connection, "INSERT INTO run VALUES ($version, $run, $seed, $alpha, $tau, $step, $epsilon, $temperature, $norm, $scale, $emission)",
            "$version", "$run", "$seed", "$alpha", "$tau", "$step", "$epsilon", "$temperature", "$norm", "$scale", "$emission");
        Sql.Run(
            run, transaction, Version, header.Run, (long)header.Seed, p.Alpha, p.Tau, p.Step, p.Epsilon, p.Temperature, p.Norm.ToString(),
            p.StakeScale.ToString(), p.Emission ? 1 : 0);
        using var neurons = Sql.Command(
            connection, "INSERT INTO neurons VALUES ($neuron, $population, $key, $stake, $targets, $weights)",
            "$neuron", "$population", "$key", "$stake", "$targets", "$weights");
        foreach (var neuron in header.Neurons)
        {
            Sql.Run(
                neurons, transaction, neuron.Id, neuron.Population, neuron.PublicKey.ToArray(), neuron.Stake, Sql.Blob(neuron.Row.Targets),
                Sql.Blob(neuron.Row.Values));
        }
    }
}

/// <summary>The few words of SQL plumbing both sides of a ledger file share.</summary>
static class Sql
{
    public static SqliteConnection Open(string path, SqliteOpenMode mode)
    {
        var settings = new SqliteConnectionStringBuilder { DataSource = path, Mode = path == ":memory:" ? SqliteOpenMode.Memory : mode, Pooling = false };
        var connection = new SqliteConnection(settings.ToString());
        connection.Open();
        return connection;
    }

    /// <summary>Runs a constant text.</summary>
    public static void Execute(SqliteConnection connection, string constant)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Only constants of this project come here; values are always parameters.
        command.CommandText = constant;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    /// <summary>A command over a constant text with named parameters.</summary>
    public static SqliteCommand Command(SqliteConnection connection, string constant, params string[] parameters)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // As above.
        command.CommandText = constant;
#pragma warning restore CA2100
        foreach (var name in parameters)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = name });
        }
        return command;
    }

    public static void Run(SqliteCommand command, SqliteTransaction transaction, params object[] values)
    {
        command.Transaction = transaction;
        for (var k = 0; k < values.Length; k++)
        {
            command.Parameters[k].Value = values[k];
        }
        command.ExecuteNonQuery();
    }

    /// <summary>A value of the column's own type: SQLite keeps any, and would convert without a word.</summary>
    /// <exception cref="InvalidCastException">It is of another.</exception>
    public static T Exact<T>(SqliteDataReader reader, int column) =>
        reader.GetValue(column) is T value ? value : throw new InvalidCastException($"{reader.GetName(column)} is not of its type");

    /// <summary>A name of an enumeration, as this program writes it.</summary>
    /// <exception cref="InvalidCastException">It is none.</exception>
    public static T Name<T>(SqliteDataReader reader, int column)
        where T : struct, Enum
    {
        var text = Exact<string>(reader, column);
        return Enum.TryParse<T>(text, out var value) && value.ToString() == text
            ? value
            : throw new InvalidCastException($"{reader.GetName(column)} is '{text}', which is no {typeof(T).Name}");
    }

    public static byte[] Blob<T>(ReadOnlySpan<T> values)
        where T : struct => MemoryMarshal.AsBytes(values).ToArray();

    public static ImmutableArray<T> Vector<T>(SqliteDataReader reader, int column)
        where T : struct
    {
        var bytes = Exact<byte[]>(reader, column);
        return bytes.Length % Marshal.SizeOf<T>() == 0
            ? [.. MemoryMarshal.Cast<byte, T>(bytes)]
            : throw new InvalidCastException($"{reader.GetName(column)} has {bytes.Length} bytes, which is no whole number of values");
    }

    public static WeightRow Row(SqliteDataReader reader, int column) =>
        WeightRow.Of(Vector<int>(reader, column).AsSpan(), Vector<double>(reader, column + 1).AsSpan());
}
