using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace BitTensor.Records;

/// <summary>The location of a ledger. Tables and statements are the same in both.</summary>
public abstract record LedgerPlace
{
    LedgerPlace() { }

    /// <summary>A SQLite file of its own, or <c>:memory:</c>. One process at a time writes it.</summary>
    public sealed record File(string Path) : LedgerPlace
    {
        /// <inheritdoc/>
        public override string ToString() => Path;

        internal override string Blob => "BLOB";

        internal override string Real => "REAL";

        internal override string Integer => "INTEGER";

        internal override string KeyedTable => " WITHOUT ROWID";

        internal override DbConnection Open(bool write)
        {
            var mode = Path == ":memory:" ? SqliteOpenMode.Memory
                : write ? SqliteOpenMode.ReadWriteCreate
                : SqliteOpenMode.ReadOnly;
            var connection = new SqliteConnection(
                new SqliteConnectionStringBuilder { DataSource = Path, Mode = mode, Pooling = false }.ToString());
            connection.Open();
            if (write)
            {
                Sql.Execute(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
            }
            return connection;
        }

        internal override void Close(DbConnection connection)
        {
            // Folds the write-ahead log into the one file, so that the file can be moved. Another reader may prevent
            // that.
            using (var fold = Sql.Command(connection, "PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE;"))
            {
                fold.CommandTimeout = 1;
                try
                {
                    fold.ExecuteNonQuery();
                }
                catch (SqliteException)
                {
                    // The log stays next to the file, and readers of the ledger read both.
                }
            }
            connection.Dispose();
        }

        internal override DbConnection Found() =>
            Path == ":memory:" || !System.IO.File.Exists(Path)
                ? Open(write: true)
                : throw new LedgerException($"{Path} exists already; a ledger is never written over.");
    }

    /// <summary>A schema of its own in a PostgreSQL database, which several machines reach.</summary>
    /// <param name="Connection">Connection string, e.g. <c>Host=db;Database=bta;Username=bta</c>.</param>
    /// <param name="Run">Run id; the schema is named after it.</param>
    public sealed record Database(string Connection, string Run) : LedgerPlace
    {
        /// <summary>The fault of a connection string, found without connecting; null when usable.</summary>
        public static string? FaultIn(string connection)
        {
            try
            {
                return string.IsNullOrEmpty(new NpgsqlConnectionStringBuilder(connection).Host)
                    ? "it names no Host"
                    : null;
            }
            catch (Exception fault) when (fault is ArgumentException or FormatException or InvalidCastException)
            {
                return fault.Message;
            }
        }

        /// <summary>Name of the schema.</summary>
        public string Schema =>
            "bta_" + string.Concat(Run.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToLowerInvariant(c) : '_'));

        /// <summary>The address without credentials.</summary>
        public override string ToString()
        {
            var settings = new NpgsqlConnectionStringBuilder(Connection);
            return $"{settings.Host}:{settings.Port}/{settings.Database}/{Schema}";
        }

        internal override string Blob => "BYTEA";

        internal override string Real => "DOUBLE PRECISION";

        internal override string Integer => "BIGINT";

        internal override string KeyedTable => "";

        // No other process waits for a ledger that is being founded, however slowly.
        internal override string Founding => "SET LOCAL idle_in_transaction_session_timeout = 0;";

        internal override DbConnection Open(bool write)
        {
            var settings = new NpgsqlConnectionStringBuilder(Connection)
            {
                SearchPath = Schema,
                Timeout = 5,
                CommandTimeout = 15,
                // A process suspended within a transaction must not keep its successor from the epoch.
                Options = "-c idle_in_transaction_session_timeout=3000 -c lock_timeout=10000",
            };
            var connection = new NpgsqlConnection(settings.ToString());
            connection.Open();
            return connection;
        }

        internal override void Close(DbConnection connection) => connection.Dispose();

        internal override DbConnection Found()
        {
            var connection = Open(write: true);
            try
            {
                Sql.Execute(connection, $"CREATE SCHEMA {Schema}");
                return connection;
            }
            catch (PostgresException failure)
            {
                connection.Dispose();
                throw failure.SqlState == PostgresErrorCodes.DuplicateSchema
                    ? new LedgerException($"{this} exists already; a ledger is never written over.", failure)
                    : failure;
            }
        }
    }

    internal abstract string Blob { get; }

    internal abstract string Real { get; }

    internal abstract string Integer { get; }

    /// <summary>Suffix of a table that is ordered by its key alone.</summary>
    internal abstract string KeyedTable { get; }

    /// <summary>Statements at the beginning of the transaction that founds a ledger.</summary>
    internal virtual string Founding => "";

    /// <summary>A connection to the place.</summary>
    internal abstract DbConnection Open(bool write);

    /// <summary>Closes a connection that wrote.</summary>
    internal abstract void Close(DbConnection connection);

    /// <summary>Makes the place of a new ledger and opens it.</summary>
    /// <exception cref="LedgerException">There is one already.</exception>
    internal abstract DbConnection Found();
}
