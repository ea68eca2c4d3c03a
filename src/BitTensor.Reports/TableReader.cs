using Parquet;
using Parquet.Schema;

namespace BitTensor.Reports;

/// <summary>Reads a Parquet file of a run folder, one row group after the other.</summary>
public sealed class TableReader : IDisposable
{
    readonly FileStream _file;
    readonly ParquetReader _reader;

    /// <summary>Opens a table.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public TableReader(string path)
    {
        _file = File.OpenRead(path);
        _reader = ParquetReader.CreateAsync(_file).GetAwaiter().GetResult();
    }

    /// <summary>Names of the columns.</summary>
    public IReadOnlyList<string> Columns => [.. _reader.Schema.DataFields.Select(f => f.Name)];

    /// <summary>The rows: <see cref="long"/>, <see cref="double"/>, <see cref="string"/> or null per column.</summary>
    public IEnumerable<object?[]> Rows()
    {
        var fields = _reader.Schema.DataFields;
        for (var g = 0; g < _reader.RowGroupCount; g++)
        {
            using var group = _reader.OpenRowGroupReader(g);
            var columns = fields.Select(f => Read(group, f)).ToArray();
            for (var k = 0; k < (int)group.RowCount; k++)
            {
                yield return [.. columns.Select(c => c[k])];
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _reader.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _file.Dispose();
    }

    static object?[] Read(ParquetRowGroupReader group, DataField field)
    {
        var rows = (int)group.RowCount;
        if (field.ClrType == typeof(long))
        {
            return ReadNumbers<long>(group, field, rows);
        }
        if (field.ClrType == typeof(double))
        {
            return ReadNumbers<double>(group, field, rows);
        }
        var texts = new string?[rows];
        group.ReadAsync(field, texts.AsMemory()).AsTask().GetAwaiter().GetResult();
        return texts;
    }

    static object?[] ReadNumbers<T>(ParquetRowGroupReader group, DataField field, int rows)
        where T : struct
    {
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
