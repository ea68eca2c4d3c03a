using System.Globalization;
using BitTensor.Scenarios;
using Parquet;
using Parquet.Schema;

namespace BitTensor.Learning.Readers;

/// <summary>Examples from a Parquet file. A place is a row and a column, from 1.</summary>
static class ParquetTable
{
    /// <summary>Reads the file that the data name.</summary>
    /// <exception cref="DataSetException">The file is missing or damaged; every fault has row and column.</exception>
    public static Examples Read(DataSpec data) =>
        DataFaults.Guarded(data.Path!, "Parquet file", () => ReadGroups(data, data.Path!));

    static Examples ReadGroups(DataSpec data, string file)
    {
        if (new FileInfo(file).Length == 0)
        {
            throw DataFaults.Of(file, ErrorCodes.Empty, "the file is empty", "write a row per example");
        }
        var reader = ParquetReader.CreateAsync(file).GetAwaiter().GetResult();
        try
        {
            var fields = reader.Schema.DataFields;
            var builder = new TableBuilder(data, file);
            builder.Begin([.. fields.Select(f => f.Path.ToString())]);
            long row = 0;
            for (var g = 0; g < reader.RowGroupCount && !builder.Faults.AreMany; g++)
            {
                using var group = reader.OpenRowGroupReader(g);
                if (group.RowCount > DataSource.MostNumbers)
                {
                    throw DataFaults.Of(
                        file, ErrorCodes.TooMuch, $"a row group claims {group.RowCount} rows", "keep fewer rows");
                }
                AddGroup(builder, fields, group, row);
                row += group.RowCount;
            }
            return builder.Finish();
        }
        finally
        {
            reader.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    static void AddGroup(TableBuilder builder, DataField[] fields, ParquetRowGroupReader group, long before)
    {
        int[] wanted = [.. builder.Columns];
        var columns = wanted.Select(k => ValuesOf(group, fields[k])).ToArray();
        for (var k = 0; k < columns[0].Length && !builder.Faults.AreMany; k++)
        {
            for (var c = 0; c < columns.Length; c++)
            {
                Add(builder, wanted[c], (before + k + 1, wanted[c] + 1), columns[c][k]);
            }
        }
    }

    static void Add(TableBuilder builder, int column, (long, int) at, object? value)
    {
        switch (value)
        {
            case null:
                builder.Missing(column, at);
                break;
            case string text:
                builder.Add(column, at, text);
                break;
            default:
                builder.Add(column, at, Convert.ToDouble(value, CultureInfo.InvariantCulture));
                break;
        }
    }

    static object?[] ValuesOf(ParquetRowGroupReader group, DataField field) => field.ClrType switch
    {
        var t when t == typeof(double) => Numbers<double>(group, field),
        var t when t == typeof(float) => Numbers<float>(group, field),
        var t when t == typeof(long) => Numbers<long>(group, field),
        var t when t == typeof(int) => Numbers<int>(group, field),
        var t when t == typeof(short) => Numbers<short>(group, field),
        var t when t == typeof(sbyte) => Numbers<sbyte>(group, field),
        var t when t == typeof(ulong) => Numbers<ulong>(group, field),
        var t when t == typeof(uint) => Numbers<uint>(group, field),
        var t when t == typeof(ushort) => Numbers<ushort>(group, field),
        var t when t == typeof(byte) => Numbers<byte>(group, field),
        var t when t == typeof(bool) => Numbers<bool>(group, field),
        var t when t == typeof(decimal) => Numbers<decimal>(group, field),
        var t when t == typeof(string) || t == typeof(ReadOnlyMemory<char>) => Texts(group, field),
        var other => throw new NotSupportedException($"column '{field.Path}' holds {other.Name}"),
    };

    static object?[] Texts(ParquetRowGroupReader group, DataField field)
    {
        var texts = new string?[(int)group.RowCount];
        group.ReadAsync(field, texts.AsMemory()).AsTask().GetAwaiter().GetResult();
        return texts;
    }

    static object?[] Numbers<T>(ParquetRowGroupReader group, DataField field)
        where T : struct
    {
        var rows = (int)group.RowCount;
        if (field.IsNullable)
        {
            var some = new T?[rows];
            group.ReadAsync(field, some.AsMemory()).AsTask().GetAwaiter().GetResult();
            return [.. some.Select(v => (object?)v)];
        }
        var values = new T[rows];
        group.ReadAsync(field, values.AsMemory()).AsTask().GetAwaiter().GetResult();
        return [.. values.Select(v => (object?)v)];
    }
}
