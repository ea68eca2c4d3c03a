using Parquet;
using Parquet.Schema;

namespace BitTensor.Reports;

/// <summary>Writes one Parquet file row by row; a row group is written whenever enough rows are there.</summary>
sealed class TableWriter : IDisposable
{
    const int GroupRows = 100_000;

    readonly DataField[] _fields;
    readonly FileStream _file;
    readonly ParquetWriter _writer;
    readonly List<object?[]> _rows = [];

    public TableWriter(string path, params DataField[] fields)
    {
        _fields = fields;
        _file = new FileStream(path, FileMode.Create);
        _writer = Wait(ParquetWriter.CreateAsync(new ParquetSchema(fields), _file));
    }

    /// <summary>Adds a row: one value per column, of the column's type.</summary>
    public void Add(params object?[] row)
    {
        _rows.Add(row);
        if (_rows.Count >= GroupRows)
        {
            WriteGroup().GetAwaiter().GetResult();
        }
    }

    public void Dispose()
    {
        WriteGroup().GetAwaiter().GetResult();
        _writer.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _file.Dispose();
    }

    async Task WriteGroup()
    {
        if (_rows.Count == 0)
        {
            return;
        }
        using var group = _writer.CreateRowGroup();
        for (var c = 0; c < _fields.Length; c++)
        {
            await WriteColumn(group, _fields[c], c).ConfigureAwait(false);
        }
        group.CompleteValidate();
        _rows.Clear();
    }

    Task WriteColumn(ParquetRowGroupWriter group, DataField field, int c) => field switch
    {
        DataField<string> => group.WriteAsync(field, Column<string>(c)),
        DataField<long> => group.WriteAsync<long>(field, Column<long>(c)),
        DataField<long?> => group.WriteAsync<long>(field, Column<long?>(c)),
        DataField<double> => group.WriteAsync<double>(field, Column<double>(c)),
        _ => group.WriteAsync<double>(field, Column<double?>(c)),
    };

    T[] Column<T>(int c)
    {
        var values = new T[_rows.Count];
        for (var k = 0; k < values.Length; k++)
        {
            values[k] = (T)_rows[k][c]!;
        }
        return values;
    }

    static T Wait<T>(Task<T> task) => task.GetAwaiter().GetResult();
}
