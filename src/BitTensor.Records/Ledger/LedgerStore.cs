using System.Collections.Immutable;
using System.Data.Common;
using BitTensor.Mechanism;

namespace BitTensor.Records;

/// <summary>
/// The durable ledger. A block is written in one transaction with full synchronisation: it is durable when
/// <see cref="Append"/> returns. A writer holds an epoch; the store refuses epochs below the highest ever taken, and a
/// second block of a height. Numbers are kept bit for bit: vectors as little-endian float64 blobs, rows as int32
/// targets and float64 weights.
/// </summary>
public sealed class LedgerStore : IDisposable
{
    /// <summary>Version of the tables.</summary>
    public const int Version = 5;

    readonly LedgerPlace _place;
    readonly DbConnection _connection;
    readonly EpochFence _fence;
    readonly DbCommand _insertBlock;
    readonly DbCommand _insertSubmission;
    readonly DbCommand _insertCommitment;
    readonly DbCommand _insertSetting;
    readonly DbCommand _insertRegistration;
    readonly DbCommand _insertLeaving;
    long _next;
    string _head;

    // Hashes of the blocks that were durable before a run was gone on with.
    ImmutableArray<string> _before = [];

    LedgerStore(LedgerPlace place, DbConnection connection, long epoch, long next, string head)
    {
        _place = place;
        _connection = connection;
        _fence = new EpochFence(connection, epoch);
        _next = next;
        _head = head;
        _insertBlock = Sql.Command(
            connection,
            "INSERT INTO blocks VALUES (@height, @at, @previous, @hash, @stake, @rank, @emission, @mint, @tau)",
            "@height", "@at", "@previous", "@hash", "@stake", "@rank", "@emission", "@mint", "@tau");
        _insertSubmission = Sql.Command(
            connection,
            "INSERT INTO submissions VALUES (@height, @arrival, @sender, @run, @neuron, @block, @targets, @weights, "
            + "@signature, @refused)",
            "@height", "@arrival", "@sender", "@run", "@neuron", "@block", "@targets", "@weights", "@signature",
            "@refused");
        _insertCommitment = Sql.Command(
            connection,
            "INSERT INTO commitments VALUES (@height, @arrival, @sender, @run, @neuron, @block, @commitment, "
            + "@signature, @refused)",
            "@height", "@arrival", "@sender", "@run", "@neuron", "@block", "@commitment", "@signature", "@refused");
        _insertSetting = Sql.Command(
            connection,
            "INSERT INTO settings VALUES (@height, @alpha, @tau, @step, @epsilon, @temperature, @norm, @rule)",
            "@height", "@alpha", "@tau", "@step", "@epsilon", "@temperature", "@norm", "@rule");
        _insertRegistration = Sql.Command(
            connection,
            "INSERT INTO registrations VALUES (@height, @arrival, @sender, @run, @neuron, @block, @key, @signature, "
            + "@refused, @index, @replaced)",
            "@height", "@arrival", "@sender", "@run", "@neuron", "@block", "@key", "@signature", "@refused", "@index",
            "@replaced");
        _insertLeaving = Sql.Command(
            connection,
            "INSERT INTO leavings VALUES (@height, @arrival, @sender, @run, @neuron, @block, @signature, @refused)",
            "@height", "@arrival", "@sender", "@run", "@neuron", "@block", "@signature", "@refused");
    }

    /// <summary>
    /// The emulated fault of the disk; with one, every <see cref="Append"/> fails before it is durable.
    /// </summary>
    public StoreFault Fault { get; set; }

    /// <summary>
    /// Every durable block, for a ledger that restarts; null when the blocks are in this process's memory alone.
    /// </summary>
    public IReadOnlyList<LedgerBlock>? Recover => _place is LedgerPlace.File { Path: ":memory:" }
        ? null
        : [.. ReadBlocks(0).Where(b => b.Height < _next)];

    /// <summary>
    /// True while the next block is one that was durable before the run was gone on with: <see cref="Append"/> compares
    /// it.
    /// </summary>
    public bool IsRepeating => _next < _before.Length;

    /// <summary>The writer's epoch.</summary>
    public long Epoch => _fence.Epoch;

    /// <summary>A new ledger in a file at <paramref name="path"/>, or in memory for <c>:memory:</c>.</summary>
    /// <exception cref="LedgerException">The place holds a ledger already.</exception>
    public static LedgerStore Create(string path, LedgerHeader header) => Create(new LedgerPlace.File(path), header);

    /// <summary>The ledger of a run that is gone on with from its first block. It keeps its blocks.</summary>
    /// <param name="path">File of the ledger.</param>
    /// <param name="header">Header of the run.</param>
    /// <exception cref="RepeatException">It is the ledger of another run.</exception>
    /// <exception cref="LedgerException">There is no ledger, or it cannot be read or written.</exception>
    public static LedgerStore Repeat(string path, LedgerHeader header)
    {
        var place = new LedgerPlace.File(path);
        using var reader = LedgerReader.Open(place);
        ImmutableArray<string> before = reader.Header.Hash() == header.Hash()
            ? [.. reader.Blocks(0).Select(b => b.Hash)]
            : throw new RepeatException($"{path} is the ledger of another run");
        var store = TakeOver(place);
        (store._before, store._next, store._head) = (before, 0, header.Hash());
        return store;
    }

    /// <summary>A new ledger, written under its first epoch.</summary>
    /// <exception cref="LedgerException">The place holds a ledger already, or cannot be reached or written.</exception>
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

    /// <summary>Takes a ledger over under an epoch above all earlier ones, which ends every earlier writer.</summary>
    /// <param name="place">Place of the ledger.</param>
    /// <param name="held">The caller's former epoch, lost by a failure; null when it never held one.</param>
    /// <exception cref="LedgerFencedException">
    /// Another ledger has begun an epoch after <paramref name="held"/>.
    /// </exception>
    /// <exception cref="LedgerException">The place holds no ledger, or cannot be reached or read.</exception>
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
        using var begin = Sql.Command(
            connection, "UPDATE epoch SET epoch = epoch + 1 WHERE epoch = @held OR @held < 0 RETURNING epoch", "@held");
        begin.Parameters[0].Value = held ?? -1;
        return (long?)begin.ExecuteScalar()
            ?? throw new LedgerFencedException($"Epoch {held} is over: a later ledger has taken over.");
    }

    /// <summary>Makes a block durable.</summary>
    /// <exception cref="LedgerException">
    /// The block is not the next of the chain: a height has one block, no height is left out, and each block names the
    /// hash of its predecessor. Or the disk is full or broken; then the block is not written.
    /// </exception>
    /// <exception cref="StoreFaultException">The emulated disk failed.</exception>
    /// <exception cref="LedgerFencedException">A later epoch has begun.</exception>
    /// <exception cref="RepeatException">The run is gone on with, and had another block of this height.</exception>
    public void Append(LedgerBlock block)
    {
        if (block.Height != _next)
        {
            throw new LedgerException(
                $"Block {block.Height} cannot follow block {_next - 1}: the ledger wants block {_next}.");
        }
        if (block.PreviousHash != _head)
        {
            throw new LedgerException(
                $"Block {block.Height} names {block.PreviousHash} as the hash before it, but that is {_head}.");
        }
        try
        {
            if (IsRepeating)
            {
                Compare(block);
            }
            else
            {
                Write(block);
            }
        }
        catch (DbException failure)
        {
            throw new LedgerException($"Block {block.Height} cannot be written: {failure.Message}", failure);
        }
        _next++;
        _head = block.Hash;
    }

    void Compare(LedgerBlock block)
    {
        FailAsTold(block);
        if (_before[(int)block.Height] != block.Hash)
        {
            throw new RepeatException(
                $"the run does not repeat here: {_place} has another block {block.Height}. {RepeatException.Why}");
        }
    }

    void Write(LedgerBlock block)
    {
        using var transaction = _connection.BeginTransaction();
        _fence.Hold(transaction);
        Sql.Run(
            _insertBlock, transaction, block.Height, block.AtMs, block.PreviousHash, block.Hash,
            Sql.Blob(block.Stake.AsSpan()),
            Sql.Blob(block.Rank.AsSpan()), Sql.Blob(block.Emission.AsSpan()), block.Mint, block.Tau);
        Sql.RunEach(_insertSubmission, transaction, block.Submissions.Select(e => Values(block.Height, e)));
        Sql.RunEach(_insertCommitment, transaction, block.Commitments.Select(e => Values(block.Height, e)));
        if (block.Set is { } set)
        {
            Sql.Run(_insertSetting, transaction, Values(block.Height, set));
        }
        Sql.RunEach(_insertRegistration, transaction, block.Registrations.Select(e => Values(block.Height, e)));
        Sql.RunEach(_insertLeaving, transaction, block.Leavings.Select(e => Values(block.Height, e)));
        // All is written but nothing is durable, as on a real disk that fails at the worst moment.
        FailAsTold(block);
        transaction.Commit();
    }

    void FailAsTold(LedgerBlock block)
    {
        if (Fault != StoreFault.None)
        {
            throw new StoreFaultException(
                $"Block {block.Height} cannot be written: "
                + $"{(Fault == StoreFault.Full ? "the disk is full" : "the disk failed")}.");
        }
    }

    static object[] Values(long height, SubmissionEntry entry) =>
    [
        height, entry.Arrival, entry.From, entry.Submission.Run, entry.Submission.Neuron, entry.Submission.Block,
        Sql.Blob(entry.Submission.Row.Targets), Sql.Blob(entry.Submission.Row.Values),
        entry.Submission.Signature.ToArray(),
        entry.Refused is { } reason ? reason.ToString() : DBNull.Value,
    ];

    static object[] Values(long height, CommitmentEntry entry) =>
    [
        height, entry.Arrival, entry.From, entry.Commit.Run, entry.Commit.Neuron, entry.Commit.Block,
        entry.Commit.Commitment.ToArray(), entry.Commit.Signature.ToArray(),
        entry.Refused is { } reason ? reason.ToString() : DBNull.Value,
    ];

    static object[] Values(long height, MechanismChange set) =>
    [
        height, set.Alpha ?? (object)DBNull.Value, set.Tau ?? (object)DBNull.Value, set.Step ?? (object)DBNull.Value,
        set.Epsilon ?? (object)DBNull.Value, set.Temperature ?? (object)DBNull.Value,
        set.Norm?.ToString() ?? (object)DBNull.Value, set.Rule?.ToString() ?? (object)DBNull.Value,
    ];

    static object[] Values(long height, RegistrationEntry entry) =>
    [
        height, entry.Arrival, entry.From, entry.Register.Run, entry.Register.Neuron, entry.Register.Block,
        entry.Register.PublicKey.ToArray(), entry.Register.Signature.ToArray(),
        entry.Refused is { } reason ? reason.ToString() : DBNull.Value,
        entry.Index is { } index ? (object)index : DBNull.Value,
        entry.Replaced is { } replaced ? (object)replaced : DBNull.Value,
    ];

    static object[] Values(long height, LeavingEntry entry) =>
    [
        height, entry.Arrival, entry.From, entry.Leave.Run, entry.Leave.Neuron, entry.Leave.Block,
        entry.Leave.Signature.ToArray(), entry.Refused is { } reason ? reason.ToString() : DBNull.Value,
    ];

    /// <summary>The durable blocks from a height on.</summary>
    /// <exception cref="LedgerException">A block cannot be read.</exception>
    public IReadOnlyList<LedgerBlock> ReadBlocks(long from)
    {
        using var reader = LedgerReader.Open(_place);
        return [.. reader.Blocks(from)];
    }

    /// <summary>
    /// Closes the ledger, a file with its write-ahead log folded in if the disk allows it. The blocks are durable
    /// either way.
    /// </summary>
    public void Dispose()
    {
        _fence.Dispose();
        _insertBlock.Dispose();
        _insertSubmission.Dispose();
        _insertCommitment.Dispose();
        _insertSetting.Dispose();
        _insertRegistration.Dispose();
        _insertLeaving.Dispose();
        _place.Close(_connection);
    }

    static string Tables(LedgerPlace place)
    {
        var (integer, real, blob) = (place.Integer, place.Real, place.Blob);
        return $"""
            {place.Founding}
            CREATE TABLE run (
              version {integer} NOT NULL, run TEXT NOT NULL, seed {integer} NOT NULL, alpha {real} NOT NULL,
              tau {real} NOT NULL,
              step {real} NOT NULL, epsilon {real} NOT NULL, temperature {real} NOT NULL, norm TEXT NOT NULL,
              stake_scale TEXT NOT NULL, emission {integer} NOT NULL, rule TEXT NOT NULL,
              reveal_after {integer} NOT NULL, registration_cost {real} NOT NULL, roles TEXT NOT NULL,
              tau_control TEXT NOT NULL, membership TEXT);
            CREATE TABLE neurons (
              neuron {integer} PRIMARY KEY, population TEXT NOT NULL, public_key {blob} NOT NULL, stake {real} NOT NULL,
              targets {blob} NOT NULL, weights {blob} NOT NULL);
            CREATE TABLE blocks (
              height {integer} PRIMARY KEY, at_ms {real} NOT NULL, previous_hash TEXT NOT NULL, hash TEXT NOT NULL,
              stake {blob} NOT NULL, rank {blob} NOT NULL, emission {blob} NOT NULL, mint {real} NOT NULL,
              tau {real} NOT NULL);
            CREATE TABLE settings (
              height {integer} PRIMARY KEY REFERENCES blocks, alpha {real}, tau {real}, step {real}, epsilon {real},
              temperature {real}, norm TEXT, rule TEXT);
            CREATE TABLE submissions (
              height {integer} NOT NULL REFERENCES blocks, arrival {integer} NOT NULL, sender {integer} NOT NULL,
              run TEXT NOT NULL,
              neuron {integer} NOT NULL, block {integer} NOT NULL, targets {blob} NOT NULL, weights {blob} NOT NULL,
              signature {blob} NOT NULL, refused TEXT, PRIMARY KEY (height, arrival)){place.KeyedTable};
            CREATE TABLE commitments (
              height {integer} NOT NULL REFERENCES blocks, arrival {integer} NOT NULL, sender {integer} NOT NULL,
              run TEXT NOT NULL,
              neuron {integer} NOT NULL, block {integer} NOT NULL, commitment {blob} NOT NULL,
              signature {blob} NOT NULL,
              refused TEXT, PRIMARY KEY (height, arrival)){place.KeyedTable};
            CREATE TABLE registrations (
              height {integer} NOT NULL REFERENCES blocks, arrival {integer} NOT NULL, sender {integer} NOT NULL,
              run TEXT NOT NULL,
              neuron {integer} NOT NULL, block {integer} NOT NULL, public_key {blob} NOT NULL,
              signature {blob} NOT NULL,
              refused TEXT, neuron_index {integer}, replaced {integer},
              PRIMARY KEY (height, arrival)){place.KeyedTable};
            CREATE TABLE leavings (
              height {integer} NOT NULL REFERENCES blocks, arrival {integer} NOT NULL, sender {integer} NOT NULL,
              run TEXT NOT NULL,
              neuron {integer} NOT NULL, block {integer} NOT NULL, signature {blob} NOT NULL,
              refused TEXT, PRIMARY KEY (height, arrival)){place.KeyedTable};
            CREATE TABLE epoch (epoch {integer} NOT NULL);
            INSERT INTO epoch VALUES (1);
            CREATE TABLE states (name TEXT PRIMARY KEY, height {integer} NOT NULL, state {blob} NOT NULL);
            """;
    }

    static void WriteHeader(DbConnection connection, DbTransaction transaction, LedgerHeader header)
    {
        var p = header.Parameters;
        using var run = Sql.Command(
            connection,
            "INSERT INTO run VALUES (@version, @run, @seed, @alpha, @tau, @step, @epsilon, @temperature, @norm, "
            + "@scale, @emission, @rule, @reveal, @cost, @roles, @control, @membership)",
            "@version", "@run", "@seed", "@alpha", "@tau", "@step", "@epsilon", "@temperature", "@norm", "@scale",
            "@emission", "@rule", "@reveal", "@cost", "@roles", "@control", "@membership");
        Sql.Run(
            run, transaction, Version, header.Run, (long)header.Seed, p.Alpha, p.Tau, p.Step, p.Epsilon, p.Temperature,
            p.Norm.ToString(),
            p.StakeScale.ToString(), p.Emission ? 1 : 0, p.Rule.ToString(), p.RevealAfter, p.RegistrationCost,
            p.Roles.ToString(), p.Adaptive?.ToString() ?? "", (object?)p.Membership?.ToString() ?? DBNull.Value);
        using var neurons = Sql.Command(
            connection, "INSERT INTO neurons VALUES (@neuron, @population, @key, @stake, @targets, @weights)",
            "@neuron", "@population", "@key", "@stake", "@targets", "@weights");
        foreach (var neuron in header.Neurons)
        {
            Sql.Run(
                neurons, transaction, neuron.Id, neuron.Population, neuron.PublicKey.ToArray(), neuron.Stake,
                Sql.Blob(neuron.Row.Targets),
                Sql.Blob(neuron.Row.Values));
        }
    }
}
