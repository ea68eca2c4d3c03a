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
        // Ragged rows and names that repeat are found here, since their message names the place.
        using var reader = Sep.Reader(o => o with
        {
            HasHeader = false, Unescape = true, DisableColCountCheck = true,
        }).From(text);
        var builder = new TableBuilder(data, file);
        var width = 0;
        foreach (var row in reader)
        {
            var first = width == 0;
            if (first)
            {
                width = row.ColCount;
                builder.Begin(NamesOf(row, data.Header));
            }
            if (!first || !data.Header)
            {
                AddRow(builder, row, width, file);
            }
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
            builder.Add(k, (row.LineNumberFrom, PlaceOf(row, k)), row[k].Span);
        }
    }

    /// <summary>Column of the text in which a cell begins, from 1.</summary>
    static int PlaceOf(SepReader.Row row, int column)
    {
        if (row.Span.Overlaps(row[column].Span, out var before))
        {
            return before + 1;
        }
        // An empty cell is behind the separator that ends the cell before it.
        return column == 0 ? 1 : PlaceOf(row, column - 1) + row[column - 1].Span.Length + 1;
    }

    static string[] NamesOf(SepReader.Row row, bool header)
    {
        var names = new string[row.ColCount];
        for (var k = 0; k < names.Length; k++)
        {
            names[k] = header ? row[k].ToString().Trim() : $"{k + 1}";
        }
        return names;
    }
}
