using Parquet;
using Parquet.Schema;

namespace BitTensor.Reports;

/// <summary>Reads a Parquet file of a run folder, one row group after the other.</summary>
public sealed class TableReader : IDisposable
{
    readonly FileStream _file;
    readonly ParquetReader _reader;

    /// <summary>Opens a table.</summary>
    /// <exception cref="FileNotFoundException">The file is missing.</exception>
    /// <exception cref="InvalidDataException">The file is not Parquet, or is damaged.</exception>
    public TableReader(string path)
    {
        _file = File.OpenRead(path);
        _reader = Guarded(() => ParquetReader.CreateAsync(_file).GetAwaiter().GetResult());
    }

    /// <summary>Names of the columns.</summary>
    public IReadOnlyList<string> Columns => [.. _reader.Schema.DataFields.Select(f => f.Name)];

    /// <summary>The rows: <see cref="long"/>, <see cref="double"/>, <see cref="string"/> or null per column.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public IEnumerable<object?[]> Rows()
    {
        for (var g = 0; g < _reader.RowGroupCount; g++)
        {
            var columns = Guarded(() => ReadGroup(g));
            for (var k = 0; k < columns[0].Length; k++)
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

    object?[][] ReadGroup(int index)
    {
        using var group = _reader.OpenRowGroupReader(index);
        return [.. _reader.Schema.DataFields.Select(f => Read(group, f))];
    }

    T Guarded<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        // The library does not document what it throws on damage; any exception means a damaged file.
#pragma warning disable CA1031
        catch (Exception damage) when (damage is not OutOfMemoryException)
#pragma warning restore CA1031
        {
            throw new InvalidDataException(
                $"{_file.Name} is not a table of this program, or damaged: {damage.Message}", damage);
        }
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
