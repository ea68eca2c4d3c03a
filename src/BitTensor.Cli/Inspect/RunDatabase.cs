using BitTensor.Reports;
using DuckDB.NET.Data;

namespace BitTensor.Cli.Inspect;

/// <summary>The tables of a run folder as a database in memory: a view per table, read as the query asks.</summary>
sealed class RunDatabase : IDisposable
{
    readonly DuckDBConnection _connection = new("DataSource=:memory:");

    /// <summary>Opens the tables of a folder.</summary>
    /// <param name="folder">Folder with the tables.</param>
    /// <exception cref="FileNotFoundException">It lacks a table.</exception>
    /// <exception cref="DuckDBException">A table is damaged.</exception>
    public RunDatabase(string folder)
    {
        Tables = TableExport.In(folder);
        _connection.Open();
        try
        {
            // Nothing is fetched from the network on the way.
            Execute("SET autoinstall_known_extensions = false; SET autoload_known_extensions = false");
            foreach (var table in Tables)
            {
                var file = Path.Combine(folder, TableExport.Tables[table]).Replace("'", "''", StringComparison.Ordinal);
                Execute($"CREATE VIEW {table} AS SELECT * FROM read_parquet('{file}')");
            }
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
    }

    /// <summary>Names of the tables.</summary>
    public IReadOnlyList<string> Tables { get; }

    /// <summary>Runs a query and hands its result over: names of the columns, and the rows, read lazily.</summary>
    /// <exception cref="DuckDBException">The query is wrong.</exception>
    public void Query(string sql, Action<IReadOnlyList<string>, IEnumerable<object?[]>> result)
    {
        using var command = _connection.CreateCommand();
#pragma warning disable CA2100 // The user's own query, of a database in memory over the tables of a run.
        command.CommandText = sql;
#pragma warning restore CA2100
        using var reader = command.ExecuteReader();
        result([.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetName)], Rows(reader));
    }

    /// <summary>Columns of a table: name and SQL type.</summary>
    public IReadOnlyList<(string Name, string Type)> ColumnsOf(string table)
    {
        var columns = new List<(string, string)>();
        Query(
            $"SELECT column_name, column_type FROM (DESCRIBE {table})",
            (_, rows) => columns.AddRange(rows.Select(r => ((string)r[0]!, (string)r[1]!))));
        return columns;
    }

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    static IEnumerable<object?[]> Rows(DuckDBDataReader reader)
    {
        while (reader.Read())
        {
            yield return [.. Enumerable.Range(0, reader.FieldCount)
                .Select(c => reader.IsDBNull(c) ? null : reader.GetValue(c))];
        }
    }

    // Views of tables whose names and files are the program's own.
#pragma warning disable CA2100
    void Execute(string sql)
    {
        using var command = _connection.CreateCommand();
#pragma warning disable CA2100 // The user's own query, of a database in memory over the tables of a run.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
#pragma warning restore CA2100
}
