using System.Globalization;
using BitTensor.Actors.Run;
using BitTensor.Mechanism;
using BitTensor.Records;
using Microsoft.Data.Sqlite;
using Xunit;

namespace BitTensor.Cli.Tests;

/// <summary>A real run's ledger, changed by hand: whatever is changed, the verifier says so and where.</summary>
public sealed class TamperSpec : IClassFixture<TamperSpec.RealLedger>
{
    readonly RealLedger _real;

    public TamperSpec(RealLedger real) => _real = real;

    public static TheoryData<string, string> Columns
    {
        get
        {
            var columns = new TheoryData<string, string>();
            foreach (var (table, names) in Tables)
            {
                foreach (var name in names.Split(' '))
                {
                    columns.Add(table, name);
                }
            }
            return columns;
        }
    }

    static readonly (string Table, string Columns)[] Tables =
    [
        (
            "run",
            "version run seed alpha tau step epsilon temperature norm stake_scale emission rule reveal_after "
            + "registration_cost roles tau_control membership"),
        ("neurons", "neuron population public_key stake targets weights"),
        ("blocks", "height at_ms previous_hash hash stake rank emission mint tau"),
        ("submissions", "height arrival sender run neuron block targets weights signature refused"),
        ("commitments", "height arrival sender run neuron block commitment signature refused"),
        ("settings", "height alpha tau step epsilon temperature norm rule"),
        ("registrations", "height arrival sender run neuron block public_key signature refused neuron_index replaced"),
        ("leavings", "height arrival sender run neuron block signature refused"),
    ];

    [Fact]
    public void The_ledger_is_right_before_anybody_touches_it()
    {
        var found = LedgerVerifier.Verify(_real.File);
        Assert.Null(found.Problem);
        Assert.Equal(4, found.Blocks);
        Assert.True(found.Submissions > 5);
    }

    [Theory]
    [InlineData("mechanism.rule=trust")]
    [InlineData("mechanism.rule=yuma")]
    public void A_ledger_under_another_rule_is_recomputed_under_that_rule(string rule)
    {
        using var folder = new TemporaryFolder();
        Stage.Run(Stage.Small, new RunOptions { Folder = folder.Path }, "duration=3 blocks", "audit.every=never", rule);
        Assert.True(LedgerVerifier.Verify(folder.Ledger).Ok);
        using var connection = Open(folder.Ledger);
        Execute(connection, "UPDATE run SET rule = 'paper'");
        Assert.Contains("block 0", LedgerVerifier.Verify(folder.Ledger).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void The_columns_below_are_all_there_are()
    {
        using var connection = Open(_real.File);
        foreach (var (table, columns) in Tables)
        {
            Assert.Equal(columns.Split(' '), Query(connection, $"SELECT name FROM pragma_table_info('{table}')"));
        }
        // Beside the record: who may write it, and states that no block refers to.
        Assert.Equal(
            [.. Tables.Select(t => t.Table).Concat(["epoch", "states"]).Order()],
            Query(connection, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"));
    }

    [Theory]
    [MemberData(nameof(Columns))]
    public void Any_change_of_any_column_is_found_and_named(string table, string column)
    {
        var at = table switch {
            "blocks" => "height = 2", "submissions" => "height = 2 AND arrival = 1",
            "commitments" or "registrations" or "leavings" => "height = 2 AND arrival = 1", "neurons" => "neuron = 1",
            "settings" => "height = 2", _ => "1"};
        var file = table switch
        {
            "commitments" or "settings" => _real.Hidden, "registrations" or "leavings" => _real.Open,
            _ => _real.File,
        };
        var value = RealLedger.Value(file, table, column, at);
        foreach (var (what, other) in Others(column, value))
        {
            using var folder = new TemporaryFolder();
            var problem = ProblemAfter(folder, connection => Set(connection, table, column, at, other), file);
            Assert.True(problem is not null, $"{table}.{column}: {what} is not noticed");
            // What is true of the run or its neurons shows at the genesis block or at opening; of a block, in that
            // block or the next one.
            var places = table is not ("run" or "neurons")
                ? new[] { "block 2: ", "block 2 ", "expected height", "belong to no block" }
                : ["block 0: ", "is not a ledger", "version", "header: "];
            Assert.True(
                Array.Exists(places, p => problem.Contains(p, StringComparison.Ordinal)),
                $"{table}.{column}: {what}: {problem}");
        }
    }

    [Theory]
    [InlineData("DELETE FROM submissions WHERE height = 2 AND arrival = 0", "block 2: ")]
    [InlineData("DELETE FROM blocks WHERE height = 2", "block 3: expected height 2")]
    [InlineData("DELETE FROM blocks WHERE height = 0", "block 1: expected height 0")]
    [InlineData("DELETE FROM blocks", "no block")]
    [InlineData("DELETE FROM blocks WHERE height = 3", "belong to no block")]
    [InlineData("DELETE FROM neurons WHERE neuron = 4", "header: ")]
    [InlineData("DELETE FROM run", "names no run")]
    [InlineData("INSERT INTO run SELECT * FROM run", "more than one run")]
    [InlineData("DROP TABLE submissions", "cannot be read")]
    [InlineData("DROP TABLE neurons", "is not a ledger")]
    [InlineData(
        "INSERT INTO submissions SELECT 900, arrival, sender, run, neuron, block, targets, weights, signature, "
        + "refused FROM submissions WHERE height = 2",
        "belong to no block")]
    [InlineData(
        "INSERT INTO submissions SELECT height, 99, sender, run, neuron, block, targets, weights, signature, "
        + "'TooFast' FROM submissions WHERE height = 2 AND arrival = 0",
        "block 2: ")]
    [InlineData(
        "UPDATE submissions SET refused = 'StaleBlock' WHERE height = 2 AND arrival = 0",
        "block 2: submission 0 of neuron")]
    public void Rows_put_in_or_taken_out_are_found(string sql, string named)
    {
        using var folder = new TemporaryFolder();
        Assert.Contains(named, ProblemAfter(folder, connection => Execute(connection, sql)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_cut_off_or_overwritten_anywhere_is_found_or_still_right()
    {
        var bytes = File.ReadAllBytes(_real.File);
        using var folder = new TemporaryFolder();
        var found = 0;
        for (var k = 0; k < 150; k++)
        {
            // Pages have room that holds nothing: a change there is none of the ledger's.
            var copy = (byte[])bytes.Clone();
            copy[(long)k * copy.Length / 150] ^= 0x20;
            var path = folder.File($"{k}.db");
            File.WriteAllBytes(path, copy);
            var verified = LedgerVerifier.Verify(path);
            found += verified.Ok ? 0 : 1;
            Assert.True(!verified.Ok || verified.Head == _real.Head, $"byte {(long)k * copy.Length / 150}");
        }
        Assert.True(found > 10, $"only {found} of 150 changes touched anything");
        File.WriteAllBytes(folder.Ledger, bytes[..(bytes.Length / 2)]);
        Assert.False(LedgerVerifier.Verify(folder.Ledger).Ok);
    }

    /// <summary>
    /// What an attacker who can write the file would try: a better stake, with every hash made right again.
    /// </summary>
    [Fact]
    public void Hashes_recomputed_over_a_changed_row_do_not_help_without_the_key()
    {
        using var folder = new TemporaryFolder();
        using var reader = LedgerReader.Open(_real.File);
        using var forged = LedgerStore.Create(folder.Ledger, reader.Header);
        var market = reader.Header.Genesis();
        var previous = reader.Header.Hash();
        foreach (var block in reader.Blocks())
        {
            var entries = block.Submissions
                .Select(e => e with { Submission = e.Submission with { Row = Reversed(e.Submission.Row) } }).ToArray();
            var close = market.Close([]);
            var sealedBlock = LedgerBlock.Seal(block.Height, block.AtMs, previous, close, entries);
            forged.Append(sealedBlock);
            (market, previous) = (close.Next, sealedBlock.Hash);
        }
        var found = LedgerVerifier.Verify(folder.Ledger);
        Assert.Contains("BadSignature but the ledger says accepted", found.Problem, StringComparison.Ordinal);
    }

    static WeightRow Reversed(WeightRow row)
    {
        var values = row.Values.ToArray();
        Array.Reverse(values);
        return row.With(values);
    }

    static IEnumerable<(string What, object Value)> Others(string column, object value)
    {
        switch (value)
        {
            case long number:
                yield return ("another number", number + 1000);
                yield return ("a negative number", -number - 1);
                yield return ("a huge number", long.MaxValue);
                break;
            case double real:
                yield return ("the next double", Math.BitIncrement(real));
                yield return ("not a number", "x");
                break;
            case byte[] { Length: > 0 } bytes:
                yield return ("the first bit", bytes.Select((b, k) => k == 0 ? (byte)(b ^ 1) : b).ToArray());
                yield return (
                    "the last bit", bytes.Select((b, k) => k == bytes.Length - 1 ? (byte)(b ^ 128) : b).ToArray());
                yield return ("a byte more", bytes.Append((byte)0).ToArray());
                yield return ("a byte less", bytes[..^1]);
                yield return ("nothing", Array.Empty<byte>());
                break;
            case string text:
                yield return ("another letter", $"{text[..^1]}{(char)(text[^1] ^ 1)}");
                yield return ("a blank more", text + " ");
                yield return ("something behind a NUL", text + "\0x");
                yield return ("a number", 1L);
                break;
            default:
                if (column == "membership")
                {
                    yield return ("rules of an open network", "capacity=40 immunity=0 leaving-stake=kept");
                    yield return ("no rules", "open");
                    break;
                }
                if (column == "replaced")
                {
                    yield return ("somebody", 1L);
                    break;
                }
                Assert.Equal("refused", column);
                foreach (var name in Enum.GetNames<Refusal>())
                {
                    yield return (name, name);
                }
                yield return ("a number for a name", "4");
                yield return ("no reason", "");
                break;
        }
    }

    string? ProblemAfter(TemporaryFolder folder, Action<SqliteConnection> tamper, string? file = null)
    {
        var path = folder.File("tampered.db");
        File.Copy(file ?? _real.File, path, overwrite: true);
        using (var connection = Open(path))
        {
            Execute(connection, "PRAGMA foreign_keys = OFF");
            tamper(connection);
        }
        return LedgerVerifier.Verify(path).Problem;
    }

    static SqliteConnection Open(string path)
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }

#pragma warning disable CA2100 // The texts are those of this file.
    static void Set(SqliteConnection connection, string table, string column, string where, object value)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"UPDATE {table} SET {column} = $value WHERE {where}";
        command.Parameters.AddWithValue("$value", value);
        Assert.Equal(1, command.ExecuteNonQuery());
    }

    static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    static List<string> Query(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var values = new List<string>();
        while (reader.Read())
        {
            values.Add(Convert.ToString(reader.GetValue(0), CultureInfo.InvariantCulture)!);
        }
        return values;
    }

    /// <summary>
    /// Three blocks of a real run, of one whose rows are hidden at first and whose ledger sets its numbers, and of one
    /// in which two neurons register and the others leave.
    /// </summary>
    public sealed class RealLedger : IDisposable
    {
        readonly TemporaryFolder _folder = new();
        readonly TemporaryFolder _hidden = new();
        readonly TemporaryFolder _open = new();

        public RealLedger()
        {
            Stage.Run(
                Stage.Small, new RunOptions { Folder = _folder.Path }, "duration=3 blocks", "audit.every=never",
                "mechanism.least-stake=1e-9", "mechanism.tau={ adaptive: { target: 2 } }");
            Stage.Run(
                Stage.Small, new RunOptions { Folder = _hidden.Path }, "duration=3 blocks", "audit.every=never",
                "mechanism.reveal-after=1 blocks",
                "timeline=[{ at: 2 blocks, do: { action: set, alpha: 3, tau: 0.2, step: 0.3, epsilon: 0.4, "
                    + "temperature: 5, norm: l1, rule: yuma } }]");
            Stage.Run(
                Stage.Small, new RunOptions { Folder = _open.Path }, "duration=3 blocks", "audit.every=never",
                "mechanism.capacity=6", "populations.free-riding.count=2", "populations.free-riding.joins={}",
                "populations.honest.leaves={}");
            Head = LedgerVerifier.Verify(File).Head;
        }

        public string File => _folder.Ledger;

        public string Hidden => _hidden.Ledger;

        public string Open => _open.Ledger;

        public string? Head { get; }

        public static object Value(string file, string table, string column, string where)
        {
            using var connection = Open(file);
            using var command = connection.CreateCommand();
            command.CommandText = $"SELECT {column} FROM {table} WHERE {where}";
            return command.ExecuteScalar()!;
        }

        public void Dispose()
        {
            _folder.Dispose();
            _hidden.Dispose();
            _open.Dispose();
        }
    }
#pragma warning restore CA2100
}
