using System.Data.Common;
using BitTensor.Mechanism;

namespace BitTensor.Records;

/// <summary>A ledger cannot be used: it is not one, is damaged, or would contradict itself.</summary>
public class LedgerException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A later ledger has taken over: nothing this one writes counts any more.</summary>
public sealed class LedgerFencedException(string message, Exception? inner = null) : LedgerException(message, inner);

/// <summary>A write failed because an emulated disk did; the block is not there.</summary>
public sealed class StoreFaultException(string message) : LedgerException(message);

/// <summary>What is wrong with the emulated disk of a store.</summary>
public enum StoreFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>There is no room left.</summary>
    Full,

    /// <summary>The write fails halfway.</summary>
    Failing,
}

/// <summary>
/// The ledger where it lasts. A block is written in one transaction with full synchronisation: when <see cref="Append"/> returns it is
/// durable. Whoever writes holds an epoch; the store refuses a lower epoch than the highest ever taken, and a second block of a height.
/// Numbers are kept bit for bit: vectors as little-endian float64 blobs, rows as int32 targets and float64 weights.
/// </summary>
public sealed class LedgerStore : IDisposable
{
    /// <summary>Version of the tables.</summary>
    public const int Version = 4;

    readonly LedgerPlace _place;
    readonly DbConnection _connection;
    readonly EpochFence _fence;
    readonly DbCommand _insertBlock;
    readonly DbCommand _insertSubmission;
    readonly DbCommand _insertCommitment;
    long _next;
    string _head;

    LedgerStore(LedgerPlace place, DbConnection connection, long epoch, long next, string head)
    {
        _place = place;
        _connection = connection;
        _fence = new EpochFence(connection, epoch);
        _next = next;
        _head = head;
        _insertBlock = Sql.Command(
            connection, "INSERT INTO blocks VALUES (@height, @at, @previous, @hash, @stake, @rank, @emission, @mint)",
            "@height", "@at", "@previous", "@hash", "@stake", "@rank", "@emission", "@mint");
        _insertSubmission = Sql.Command(
            connection,
            "INSERT INTO submissions VALUES (@height, @arrival, @sender, @run, @neuron, @block, @targets, @weights, @signature, @refused)",
            "@height", "@arrival", "@sender", "@run", "@neuron", "@block", "@targets", "@weights", "@signature", "@refused");
        _insertCommitment = Sql.Command(
            connection, "INSERT INTO commitments VALUES (@height, @arrival, @sender, @run, @neuron, @block, @commitment, @signature, @refused)",
            "@height", "@arrival", "@sender", "@run", "@neuron", "@block", "@commitment", "@signature", "@refused");
    }

    /// <summary>What is wrong with the disk, as the emulation has it: every <see cref="Append"/> fails before it is durable.</summary>
    public StoreFault Fault { get; set; }

    /// <summary>Every durable block, as a ledger reads them that starts again; null when they are in this process's memory alone.</summary>
    public IReadOnlyList<LedgerBlock>? Recover => _place is LedgerPlace.File { Path: ":memory:" } ? null : ReadBlocks(0);

    /// <summary>The epoch this writer holds.</summary>
    public long Epoch => _fence.Epoch;

    /// <summary>A new ledger in a file at <paramref name="path"/>, or in memory for <c>:memory:</c>.</summary>
    /// <exception cref="LedgerException">There is one already.</exception>
    public static LedgerStore Create(string path, LedgerHeader header) => Create(new LedgerPlace.File(path), header);

    /// <summary>A new ledger, written under its first epoch.</summary>
    /// <exception cref="LedgerException">There is one already, or the place cannot be reached or written.</exception>
    public static LedgerStore Create(LedgerPlace place, LedgerHeader header)
    {
        DbConnection? connection = null;
        try
        {
            connection = place.Found();
            using var transaction = connection.BeginTransaction();
            using var tables = Sql.Command(connection, Tables(place));
            Sql.Run(tables, transaction);
            WriteHeader(connection, transaction, header);
            transaction.Commit();
            return new LedgerStore(place, connection, 1, 0, header.Hash());
        }
        catch (DbException failure)
        {
            connection?.Dispose();
            throw new LedgerException($"{place} cannot be written: {failure.Message}", failure);
        }
    }

    /// <summary>Takes a ledger over: under an epoch above all before it, which ends every earlier writer.</summary>
    /// <param name="place">Where it is.</param>
    /// <param name="held">The epoch the caller held before and lost hold of by a failure; null when it never held one.</param>
    /// <exception cref="LedgerFencedException">Somebody else has begun an epoch after <paramref name="held"/>.</exception>
    /// <exception cref="LedgerException">There is none, or it cannot be reached or read.</exception>
    public static LedgerStore TakeOver(LedgerPlace place, long? held = null)
    {
        DbConnection? connection = null;
        try
        {
            connection = place.Open(write: true);
            var epoch = BeginEpoch(connection, held);
            var next = (long)Sql.Scalar(connection, "SELECT coalesce(max(height), -1) + 1 FROM blocks")!;
            var head = (string?)Sql.Scalar(connection, "SELECT hash FROM blocks ORDER BY height DESC LIMIT 1");
            using var reader = LedgerReader.Open(place);
            return new LedgerStore(place, connection, epoch, next, head ?? reader.Header.Hash());
        }
        catch (DbException failure)
        {
            connection?.Dispose();
            throw new LedgerException($"{place} cannot be taken over: {failure.Message}", failure);
        }
        catch (LedgerException)
        {
            connection?.Dispose();
            throw;
        }
    }

    static long BeginEpoch(DbConnection connection, long? held)
    {
        using var begin = Sql.Command(connection, "UPDATE epoch SET epoch = epoch + 1 WHERE epoch = @held OR @held < 0 RETURNING epoch", "@held");
        begin.Parameters[0].Value = held ?? -1;
        return (long?)begin.ExecuteScalar() ?? throw new LedgerFencedException($"Epoch {held} is over: a later ledger has taken over.");
    }

    /// <summary>Makes a block durable.</summary>
    /// <exception cref="LedgerException">
    /// It is not the next of the chain: a height has one block, no height is left out, and each names the hash of the one before. Or the disk
    /// is full or broken; the block is not there then.
    /// </exception>
    /// <exception cref="StoreFaultException">The emulated disk failed.</exception>
    /// <exception cref="LedgerFencedException">A later epoch has begun.</exception>
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
        catch (DbException failure)
        {
            throw new LedgerException($"Block {block.Height} cannot be written: {failure.Message}", failure);
        }
        _next++;
        _head = block.Hash;
    }

    void Write(LedgerBlock block)
    {
        using var transaction = _connection.BeginTransaction();
        _fence.Hold(transaction);
        Sql.Run(
            _insertBlock, transaction, block.Height, block.AtMs, block.PreviousHash, block.Hash, Sql.Blob(block.Stake.AsSpan()),
            Sql.Blob(block.Rank.AsSpan()), Sql.Blob(block.Emission.AsSpan()), block.Mint);
        Sql.RunEach(_insertSubmission, transaction, block.Submissions.Select(e => Values(block.Height, e)));
        Sql.RunEach(_insertCommitment, transaction, block.Commitments.Select(e => Values(block.Height, e)));
        if (Fault != StoreFault.None)
        {
            // All is written but nothing is durable: what a real disk leaves behind when it fails at the worst moment.
            throw new StoreFaultException($"Block {block.Height} cannot be written: {(Fault == StoreFault.Full ? "the disk is full" : "the disk failed")}.");
        }
        transaction.Commit();
    }

    static object[] Values(long height, SubmissionEntry entry) =>
    [
        height, entry.Arrival, entry.From, entry.Submission.Run, entry.Submission.Neuron, entry.Submission.Block,
        Sql.Blob(entry.Submission.Row.Targets), Sql.Blob(entry.Submission.Row.Values), entry.Submission.Signature.ToArray(),
        entry.Refused is { } reason ? reason.ToString() : DBNull.Value,
    ];

    static object[] Values(long height, CommitmentEntry entry) =>
    [
        height, entry.Arrival, entry.From, entry.Commit.Run, entry.Commit.Neuron, entry.Commit.Block,
        entry.Commit.Commitment.ToArray(), entry.Commit.Signature.ToArray(), entry.Refused is { } reason ? reason.ToString() : DBNull.Value,
    ];

    /// <summary>The durable blocks from a height on.</summary>
    /// <exception cref="LedgerException">A block cannot be read.</exception>
    public IReadOnlyList<LedgerBlock> ReadBlocks(long from)
    {
        using var reader = LedgerReader.Open(_place);
        return [.. reader.Blocks(from)];
    }

    /// <summary>Closes the ledger, a file with its write-ahead log folded in if the disk allows it. The blocks are durable either way.</summary>
    public void Dispose()
    {
        _fence.Dispose();
        _insertBlock.Dispose();
        _insertSubmission.Dispose();
        _insertCommitment.Dispose();
        _place.Close(_connection);
    }

    static string Tables(LedgerPlace place)
    {
        var integer = place.Integer;
        return $"""
            {place.Founding}
            CREATE TABLE run (
              version {integer} NOT NULL, run TEXT NOT NULL, seed {integer} NOT NULL, alpha {place.Real} NOT NULL, tau {place.Real} NOT NULL,
              step {place.Real} NOT NULL, epsilon {place.Real} NOT NULL, temperature {place.Real} NOT NULL, norm TEXT NOT NULL,
              stake_scale TEXT NOT NULL, emission {integer} NOT NULL, rule TEXT NOT NULL,
              reveal_after {integer} NOT NULL, registration_cost {place.Real} NOT NULL);
            CREATE TABLE neurons (
              neuron {integer} PRIMARY KEY, population TEXT NOT NULL, public_key {place.Blob} NOT NULL, stake {place.Real} NOT NULL,
              targets {place.Blob} NOT NULL, weights {place.Blob} NOT NULL);
            CREATE TABLE blocks (
              height {integer} PRIMARY KEY, at_ms {place.Real} NOT NULL, previous_hash TEXT NOT NULL, hash TEXT NOT NULL,
              stake {place.Blob} NOT NULL, rank {place.Blob} NOT NULL, emission {place.Blob} NOT NULL, mint {place.Real} NOT NULL);
            CREATE TABLE submissions (
              height {integer} NOT NULL REFERENCES blocks, arrival {integer} NOT NULL, sender {integer} NOT NULL, run TEXT NOT NULL,
              neuron {integer} NOT NULL, block {integer} NOT NULL, targets {place.Blob} NOT NULL, weights {place.Blob} NOT NULL,
              signature {place.Blob} NOT NULL, refused TEXT, PRIMARY KEY (height, arrival)){place.KeyedTable};
            CREATE TABLE commitments (
              height {integer} NOT NULL REFERENCES blocks, arrival {integer} NOT NULL, sender {integer} NOT NULL, run TEXT NOT NULL,
              neuron {integer} NOT NULL, block {integer} NOT NULL, commitment {place.Blob} NOT NULL, signature {place.Blob} NOT NULL,
              refused TEXT, PRIMARY KEY (height, arrival)){place.KeyedTable};
            CREATE TABLE epoch (epoch {integer} NOT NULL);
            INSERT INTO epoch VALUES (1);
            CREATE TABLE states (name TEXT PRIMARY KEY, height {integer} NOT NULL, state {place.Blob} NOT NULL);
            """;
    }

    static void WriteHeader(DbConnection connection, DbTransaction transaction, LedgerHeader header)
    {
        var p = header.Parameters;
        using var run = Sql.Command(
            connection, "INSERT INTO run VALUES (@version, @run, @seed, @alpha, @tau, @step, @epsilon, @temperature, @norm, @scale, @emission, @rule, @reveal, @cost)",
            "@version", "@run", "@seed", "@alpha", "@tau", "@step", "@epsilon", "@temperature", "@norm", "@scale", "@emission", "@rule", "@reveal", "@cost");
        Sql.Run(
            run, transaction, Version, header.Run, (long)header.Seed, p.Alpha, p.Tau, p.Step, p.Epsilon, p.Temperature, p.Norm.ToString(),
            p.StakeScale.ToString(), p.Emission ? 1 : 0, p.Rule.ToString(), p.RevealAfter, p.RegistrationCost);
        using var neurons = Sql.Command(
            connection, "INSERT INTO neurons VALUES (@neuron, @population, @key, @stake, @targets, @weights)",
            "@neuron", "@population", "@key", "@stake", "@targets", "@weights");
        foreach (var neuron in header.Neurons)
        {
            Sql.Run(
                neurons, transaction, neuron.Id, neuron.Population, neuron.PublicKey.ToArray(), neuron.Stake, Sql.Blob(neuron.Row.Targets),
                Sql.Blob(neuron.Row.Values));
        }
    }
}

/// <summary>
/// Holds an epoch against every later one: within a transaction it locks the epoch's row, so that a successor waits for what is being
/// written, and whatever is written after the successor came is refused.
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
