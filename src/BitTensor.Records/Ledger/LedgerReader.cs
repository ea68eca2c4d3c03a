using System.Collections.Immutable;
using System.Data.Common;
using BitTensor.Mechanism;
using BitTensor.Protocol;

namespace BitTensor.Records;

/// <summary>Reads a ledger: its header, and its blocks in order.</summary>
public sealed class LedgerReader : IDisposable
{
    readonly DbConnection _connection;
    readonly DbConnection _entries;

    LedgerReader(LedgerPlace place, DbConnection connection)
    {
        Header = ReadRun(connection, place) with { Neurons = ReadNeurons(connection) };
        _connection = connection;
        // A connection runs one statement at a time, and submissions are read within the loop over blocks.
        _entries = place.Open(write: false);
    }

    /// <summary>Run, parameters and neurons of the ledger.</summary>
    public LedgerHeader Header { get; }

    /// <summary>Opens a ledger file for reading.</summary>
    /// <exception cref="FileNotFoundException">The file is missing.</exception>
    /// <exception cref="LedgerException">The file is not a ledger, or one of another version.</exception>
    public static LedgerReader Open(string path) =>
        File.Exists(path)
            ? Open(new LedgerPlace.File(path))
            : throw new FileNotFoundException($"There is no ledger at {path}.", path);

    /// <summary>Opens a ledger for reading.</summary>
    /// <exception cref="LedgerException">
    /// The place cannot be reached, holds no ledger, or one of another version.
    /// </exception>
    public static LedgerReader Open(LedgerPlace place)
    {
        DbConnection? connection = null;
        try
        {
            connection = place.Open(write: false);
            return new LedgerReader(place, connection);
        }
        catch (Exception damage) when (IsDamage(damage))
        {
            connection?.Dispose();
            throw new LedgerException($"{place} is not a ledger of this program: {damage.Message}", damage);
        }
        catch
        {
            connection?.Dispose();
            throw;
        }
    }

    /// <summary>The blocks by height, read lazily.</summary>
    /// <exception cref="LedgerException">A block cannot be read.</exception>
    /// <param name="from">First height.</param>
    public IEnumerable<LedgerBlock> Blocks(long from = 0)
    {
        using var blocks = Sql.Command(
            _connection, "SELECT * FROM blocks WHERE height >= @from ORDER BY height", "@from");
        blocks.Parameters[0].Value = from;
        using var reader = Guarded(from, blocks.ExecuteReader);
        using var submissions = Sql.Command(
            _entries, "SELECT * FROM submissions WHERE height = @height ORDER BY arrival", "@height");
        using var commitments = Sql.Command(
            _entries, "SELECT * FROM commitments WHERE height = @height ORDER BY arrival", "@height");
        using var settings = Sql.Command(_entries, "SELECT * FROM settings WHERE height = @height", "@height");
        using var registrations = Sql.Command(
            _entries, "SELECT * FROM registrations WHERE height = @height ORDER BY arrival", "@height");
        using var leavings = Sql.Command(
            _entries, "SELECT * FROM leavings WHERE height = @height ORDER BY arrival", "@height");
        for (var height = from; Guarded(height, reader.Read); height++)
        {
            yield return Guarded(height, () => ReadBlock(reader, submissions, commitments) with
            {
                Set = ReadSetting(settings, height), Registrations = ReadRegistrations(registrations, height),
                Leavings = ReadLeavings(leavings, height),
            });
        }
    }

    /// <summary>
    /// Number of submissions, commitments, registrations, leavings and settings without a block; 0 in an honest ledger.
    /// </summary>
    /// <exception cref="LedgerException">They cannot be counted.</exception>
    public long CountStrays() => Guarded(0, () =>
    {
        using var command = Sql.Command(_connection, """
            SELECT (SELECT COUNT(*) FROM submissions WHERE height NOT IN (SELECT height FROM blocks))
              + (SELECT COUNT(*) FROM commitments WHERE height NOT IN (SELECT height FROM blocks))
              + (SELECT COUNT(*) FROM settings WHERE height NOT IN (SELECT height FROM blocks))
              + (SELECT COUNT(*) FROM registrations WHERE height NOT IN (SELECT height FROM blocks))
              + (SELECT COUNT(*) FROM leavings WHERE height NOT IN (SELECT height FROM blocks))
            """);
        return (long)command.ExecuteScalar()!;
    });

    /// <inheritdoc/>
    public void Dispose()
    {
        _connection.Dispose();
        _entries.Dispose();
    }

    static T Guarded<T>(long height, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception damage) when (IsDamage(damage))
        {
            throw new LedgerException($"block {height} cannot be read: {damage.Message}", damage);
        }
    }

    static LedgerBlock ReadBlock(DbDataReader reader, DbCommand submissions, DbCommand commitments)
    {
        var height = Sql.Exact<long>(reader, 0);
        return new LedgerBlock(
            height, Sql.Exact<double>(reader, 1), Sql.Exact<string>(reader, 2), Sql.Exact<string>(reader, 3),
            ReadSubmissions(submissions, height),
            Sql.Vector<double>(reader, 4), Sql.Vector<double>(reader, 5), Sql.Vector<double>(reader, 6),
            Sql.Exact<double>(reader, 7))
        {
            Commitments = ReadCommitments(commitments, height),
            Tau = Sql.Exact<double>(reader, 8),
        };
    }

    static MechanismChange? ReadSetting(DbCommand command, long height)
    {
        command.Parameters[0].Value = height;
        using var reader = command.ExecuteReader();
        if (!reader.Read())
        {
            return null;
        }
        double? Number(int column) => reader.IsDBNull(column) ? null : Sql.Exact<double>(reader, column) switch
        {
            // alpha may be 0.
            var value when double.IsFinite(value) && (value > 0 || (value == 0 && column == 1)) => value,
            var value => throw new InvalidCastException($"{reader.GetName(column)} is set to {value}, out of range"),
        };
        return new MechanismChange
        {
            Alpha = Number(1),
            Tau = Number(2),
            Step = Number(3),
            Epsilon = Number(4),
            Temperature = Number(5),
            Norm = reader.IsDBNull(6) ? null : Sql.Name<InflationNorm>(reader, 6),
            Rule = reader.IsDBNull(7) ? null : RuleOf(Sql.Exact<string>(reader, 7)),
        };
    }

    static RankRule RuleOf(string text) =>
        RankRule.Parse(text) ?? throw new InvalidCastException(
            $"rule is '{text}', which this program does not know; the library of a rule of one's own is named with "
            + "--extensions");

    static ImmutableArray<CommitmentEntry> ReadCommitments(DbCommand command, long height)
    {
        command.Parameters[0].Value = height;
        using var reader = command.ExecuteReader();
        var entries = ImmutableArray.CreateBuilder<CommitmentEntry>();
        while (reader.Read())
        {
            var commit = new LedgerMessage.CommitWeights(
                Sql.Exact<string>(reader, 3), checked((int)Sql.Exact<long>(reader, 4)), Sql.Exact<long>(reader, 5),
                [.. Sql.Exact<byte[]>(reader, 6)],
                [.. Sql.Exact<byte[]>(reader, 7)]);
            entries.Add(new CommitmentEntry(
                Sql.Exact<long>(reader, 1), checked((int)Sql.Exact<long>(reader, 2)), commit,
                reader.IsDBNull(8) ? null : Sql.Name<Refusal>(reader, 8)));
        }
        return entries.DrainToImmutable();
    }

    static ImmutableArray<RegistrationEntry> ReadRegistrations(DbCommand command, long height)
    {
        command.Parameters[0].Value = height;
        using var reader = command.ExecuteReader();
        var entries = ImmutableArray.CreateBuilder<RegistrationEntry>();
        while (reader.Read())
        {
            var register = new LedgerMessage.Register(
                Sql.Exact<string>(reader, 3), checked((int)Sql.Exact<long>(reader, 4)), Sql.Exact<long>(reader, 5),
                [.. Sql.Exact<byte[]>(reader, 6)],
                [.. Sql.Exact<byte[]>(reader, 7)]);
            entries.Add(new RegistrationEntry(
                Sql.Exact<long>(reader, 1), checked((int)Sql.Exact<long>(reader, 2)), register,
                reader.IsDBNull(8) ? null : Sql.Name<Refusal>(reader, 8),
                reader.IsDBNull(9) ? null : checked((int)Sql.Exact<long>(reader, 9)),
                reader.IsDBNull(10) ? null : checked((int)Sql.Exact<long>(reader, 10))));
        }
        return entries.DrainToImmutable();
    }

    static ImmutableArray<LeavingEntry> ReadLeavings(DbCommand command, long height)
    {
        command.Parameters[0].Value = height;
        using var reader = command.ExecuteReader();
        var entries = ImmutableArray.CreateBuilder<LeavingEntry>();
        while (reader.Read())
        {
            var leave = new LedgerMessage.Leave(
                Sql.Exact<string>(reader, 3), checked((int)Sql.Exact<long>(reader, 4)), Sql.Exact<long>(reader, 5),
                [.. Sql.Exact<byte[]>(reader, 6)]);
            entries.Add(new LeavingEntry(
                Sql.Exact<long>(reader, 1), checked((int)Sql.Exact<long>(reader, 2)), leave,
                reader.IsDBNull(7) ? null : Sql.Name<Refusal>(reader, 7)));
        }
        return entries.DrainToImmutable();
    }

    static ImmutableArray<SubmissionEntry> ReadSubmissions(DbCommand command, long height)
    {
        command.Parameters[0].Value = height;
        using var reader = command.ExecuteReader();
        var entries = ImmutableArray.CreateBuilder<SubmissionEntry>();
        while (reader.Read())
        {
            var submission = new LedgerMessage.SubmitWeights(
                Sql.Exact<string>(reader, 3), checked((int)Sql.Exact<long>(reader, 4)), Sql.Exact<long>(reader, 5),
                Sql.Row(reader, 6),
                [.. Sql.Exact<byte[]>(reader, 8)]);
            entries.Add(new SubmissionEntry(
                Sql.Exact<long>(reader, 1), checked((int)Sql.Exact<long>(reader, 2)), submission,
                reader.IsDBNull(9) ? null : Sql.Name<Refusal>(reader, 9)));
        }
        return entries.DrainToImmutable();
    }

    static LedgerHeader ReadRun(DbConnection connection, LedgerPlace place)
    {
        using var command = Sql.Command(connection, "SELECT * FROM run");
        using var reader = command.ExecuteReader();
        if (!reader.Read())
        {
            throw new LedgerException($"{place} names no run.");
        }
        if (Sql.Exact<long>(reader, 0) is not LedgerStore.Version and var version)
        {
            throw new LedgerException(
                $"{place} is of version {version}; this program reads version {LedgerStore.Version}.");
        }
        var header = new LedgerHeader(
            Sql.Exact<string>(reader, 1), (ulong)Sql.Exact<long>(reader, 2), ReadParameters(reader), []);
        return reader.Read() ? throw new LedgerException($"{place} names more than one run.") : header;
    }

    static MechanismParameters ReadParameters(DbDataReader reader) => new()
    {
        Alpha = Sql.Exact<double>(reader, 3),
        Tau = Sql.Exact<double>(reader, 4),
        Step = Sql.Exact<double>(reader, 5),
        Epsilon = Sql.Exact<double>(reader, 6),
        Temperature = Sql.Exact<double>(reader, 7),
        Norm = Sql.Name<InflationNorm>(reader, 8),
        StakeScale = Sql.Name<StakeScale>(reader, 9),
        Emission = Sql.Exact<long>(reader, 10) switch
        {
            0 => false,
            1 => true,
            var other => throw new InvalidCastException($"emission is {other}, neither 0 nor 1"),
        },
        Rule = RuleOf(Sql.Exact<string>(reader, 11)),
        RevealAfter = Sql.Exact<long>(reader, 12) is >= 0 and <= int.MaxValue and var blocks
            ? (int)blocks
            : throw new InvalidCastException("reveal_after is no number of blocks"),
        RegistrationCost = Sql.Exact<double>(reader, 13) is >= 0 and var cost
            ? cost
            : throw new InvalidCastException("registration_cost is no stake"),
        Roles = VoterRoles.Parse(Sql.Exact<string>(reader, 14))
            ?? throw new InvalidCastException($"roles are '{reader.GetString(14)}', which are none"),
        Adaptive = Sql.Exact<string>(reader, 15) is "" ? null : TauController.Parse(reader.GetString(15))
            ?? throw new InvalidCastException($"the controller of tau is '{reader.GetString(15)}', which is none"),
        Membership = reader.IsDBNull(16) ? null
            : MembershipRules.Parse(Sql.Exact<string>(reader, 16))
                ?? throw new InvalidCastException($"membership is '{reader.GetString(16)}', which is none"),
    };

    static ImmutableArray<LedgerNeuron> ReadNeurons(DbConnection connection)
    {
        using var command = Sql.Command(connection, "SELECT * FROM neurons ORDER BY neuron");
        using var reader = command.ExecuteReader();
        var neurons = ImmutableArray.CreateBuilder<LedgerNeuron>();
        while (reader.Read())
        {
            neurons.Add(new LedgerNeuron(
                checked((int)Sql.Exact<long>(reader, 0)), Sql.Exact<string>(reader, 1),
                [.. Sql.Exact<byte[]>(reader, 2)],
                Sql.Exact<double>(reader, 3), Sql.Row(reader, 4)));
        }
        return neurons.DrainToImmutable();
    }

    static bool IsDamage(Exception e) =>
        e is DbException or InvalidCastException or ArgumentException or OverflowException or InvalidOperationException;
}
