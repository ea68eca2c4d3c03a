using System.Collections.Immutable;
using System.Data.Common;
using System.Runtime.InteropServices;
using BitTensor.Mechanism;

namespace BitTensor.Records;

/// <summary>Shared helpers of ledger reader and writer for SQL commands and values.</summary>
static class Sql
{
    /// <summary>Runs a constant text.</summary>
    public static void Execute(DbConnection connection, string constant)
    {
        using var command = Command(connection, constant);
        command.ExecuteNonQuery();
    }

    /// <summary>The one value a constant text asks for.</summary>
    public static object? Scalar(DbConnection connection, string constant)
    {
        using var command = Command(connection, constant);
        return command.ExecuteScalar();
    }

    /// <summary>A command over a constant text with named parameters.</summary>
    public static DbCommand Command(DbConnection connection, string constant, params string[] parameters)
    {
        var command = connection.CreateCommand();
        // The text is a constant of this project or holds a checked schema name; values are always parameters.
#pragma warning disable CA2100
        command.CommandText = constant;
#pragma warning restore CA2100
        foreach (var name in parameters)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            command.Parameters.Add(parameter);
        }
        return command;
    }

    /// <summary>Runs a command with these values; returns the rows it touched.</summary>
    public static int Run(DbCommand command, DbTransaction? transaction, params object[] values)
    {
        command.Transaction = transaction;
        for (var k = 0; k < values.Length; k++)
        {
            command.Parameters[k].Value = values[k];
        }
        return command.ExecuteNonQuery();
    }

    /// <summary>
    /// Runs a command once per set of values, in batches of up to 1000 where the database supports them.
    /// </summary>
    public static void RunEach(DbCommand command, DbTransaction transaction, IEnumerable<object[]> sets)
    {
        if (!command.Connection!.CanCreateBatch)
        {
            foreach (var values in sets)
            {
                Run(command, transaction, values);
            }
            return;
        }
        foreach (var chunk in sets.Chunk(1000))
        {
            using var batch = command.Connection.CreateBatch();
            batch.Transaction = transaction;
            Array.ForEach(chunk, values => batch.BatchCommands.Add(Bound(batch.CreateBatchCommand(), command, values)));
            batch.ExecuteNonQuery();
        }
    }

    static DbBatchCommand Bound(DbBatchCommand one, DbCommand command, object[] values)
    {
#pragma warning disable CA2100 // The text of a command that stands already.
        one.CommandText = command.CommandText;
#pragma warning restore CA2100
        for (var k = 0; k < values.Length; k++)
        {
            var parameter = one.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (command.Parameters[k].ParameterName, values[k]);
            one.Parameters.Add(parameter);
        }
        return one;
    }

    /// <summary>
    /// A value of exactly this type. SQLite stores any type in any column and would convert silently.
    /// </summary>
    /// <exception cref="InvalidCastException">The value is of another type.</exception>
    public static T Exact<T>(DbDataReader reader, int column) =>
        reader.GetValue(column) is T value
            ? value
            : throw new InvalidCastException($"{reader.GetName(column)} is not of its type");

    /// <summary>The enumeration value of a name, as this program writes it.</summary>
    /// <exception cref="InvalidCastException">The text is no name of the enumeration.</exception>
    public static T Name<T>(DbDataReader reader, int column)
        where T : struct, Enum
    {
        var text = Exact<string>(reader, column);
        return Enum.TryParse<T>(text, out var value) && value.ToString() == text
            ? value
            : throw new InvalidCastException($"{reader.GetName(column)} is '{text}', which is no {typeof(T).Name}");
    }

    public static byte[] Blob<T>(ReadOnlySpan<T> values)
        where T : struct => MemoryMarshal.AsBytes(values).ToArray();

    public static ImmutableArray<T> Vector<T>(DbDataReader reader, int column)
        where T : struct
    {
        var bytes = Exact<byte[]>(reader, column);
        return bytes.Length % Marshal.SizeOf<T>() == 0
            ? [.. MemoryMarshal.Cast<byte, T>(bytes)]
            : throw new InvalidCastException(
                $"{reader.GetName(column)} has {bytes.Length} bytes, which is no whole number of values");
    }

    public static WeightRow Row(DbDataReader reader, int column) =>
        WeightRow.Of(Vector<int>(reader, column).AsSpan(), Vector<double>(reader, column + 1).AsSpan());
}
