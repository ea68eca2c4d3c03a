using BitTensor.Scenarios;
using nietras.SeparatedValues;

namespace BitTensor.Learning.Readers;

/// <summary>Examples from a file of separated values (RFC 4180; comma, semicolon, tab or vertical bar).</summary>
static class CsvTable
{
    /// <summary>Reads the file that the data name.</summary>
    /// <exception cref="DataSetException">The file is missing or damaged; every fault has line and column.</exception>
    public static Examples Read(DataSpec data) =>
        DataFaults.Guarded(data.Path!, "CSV file", () => ReadRows(data, data.Path!));

    static Examples ReadRows(DataSpec data, string file)
    {
        using var text = new StreamReader(file);
        if (text.Peek() < 0)
        {
            throw DataFaults.Of(file, ErrorCodes.Empty, "the file is empty", "write a header and a row per example");
        }
        // Ragged rows are counted here, since their message names the place.
        using var reader = Sep.Reader(o => o with
        {
            HasHeader = data.Header, Unescape = true, DisableColCountCheck = true,
        }).From(text);
        var builder = new TableBuilder(data, file);
        var width = 0;
        if (data.Header)
        {
            string[] names = [.. reader.Header.ColNames.Select(n => n.Trim())];
            builder.Begin(names);
            width = names.Length;
        }
        foreach (var row in reader)
        {
            if (width == 0)
            {
                width = row.ColCount;
                builder.Begin([.. Enumerable.Range(1, width).Select(k => $"{k}")]);
            }
            AddRow(builder, row, width, file);
            if (builder.Faults.AreMany)
            {
                break;
            }
        }
        return builder.Finish();
    }

    static void AddRow(TableBuilder builder, SepReader.Row row, int width, string file)
    {
        // A blank line at the end of a file is no row.
        if (row.ColCount == 1 && row.Span.Trim().IsEmpty && width > 1)
        {
            return;
        }
        if (row.ColCount != width)
        {
            builder.Faults.Add(
                file, (row.LineNumberFrom, 1), ErrorCodes.Ragged,
                $"the row has {row.ColCount} values, and the first one has {width}",
                "give every row as many values; put text with a separator in double quotes");
            return;
        }
        foreach (var k in builder.Columns)
        {
            var cell = row[k].Span;
            var at = row.Span.Overlaps(cell, out var before) ? before + 1 : 1;
            builder.Add(k, (row.LineNumberFrom, at), cell);
        }
    }
}
