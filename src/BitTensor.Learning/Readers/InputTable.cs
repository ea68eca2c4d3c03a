using System.Globalization;
using BitTensor.Scenarios;
using nietras.SeparatedValues;

namespace BitTensor.Learning.Readers;

/// <summary>Inputs of a model from a file of separated values: a row per example, a column per feature.</summary>
public static class InputTable
{
    /// <summary>Reads the file. A first row in which nothing is a number is a header.</summary>
    /// <param name="file">File.</param>
    /// <param name="features">Columns.</param>
    /// <returns>Rows x features, row-major.</returns>
    /// <exception cref="DataSetException">The file is missing or damaged; every fault has line and column.</exception>
    public static float[] Read(string file, int features) => DataFaults.Guarded<float[]>(file, "CSV file", () =>
    {
        using var reader = Sep.Reader(o => o with { HasHeader = false, Unescape = true, DisableColCountCheck = true })
            .FromFile(file);
        var (inputs, faults, first) = (new List<float>(), new DataFaults(), true);
        foreach (var row in reader)
        {
            var skip = (first && IsHeader(row)) || (row.ColCount == 1 && row.Span.Trim().IsEmpty);
            first = false;
            if (!skip)
            {
                Add(inputs, row, features, (file, faults));
            }
            if (faults.AreMany || inputs.Count > DataSource.MostNumbers)
            {
                break;
            }
        }
        faults.ThrowIfAny();
        return inputs.Count > 0
            ? [.. inputs]
            : throw DataFaults.Of(file, ErrorCodes.Empty, "the file has no row of numbers", "write a row per example");
    });

    static bool IsHeader(SepReader.Row row)
    {
        for (var k = 0; k < row.ColCount; k++)
        {
            if (Number(row[k].Span) is not null)
            {
                return false;
            }
        }
        return true;
    }

    static void Add(List<float> inputs, SepReader.Row row, int features, (string File, DataFaults Faults) to)
    {
        if (row.ColCount != features)
        {
            to.Faults.Add(
                to.File, (row.LineNumberFrom, 1), ErrorCodes.Ragged,
                $"the row has {row.ColCount} values, and the model reads {features}",
                "write the features alone, in the order in which the model was trained, without the label");
            return;
        }
        for (var k = 0; k < features; k++)
        {
            if (Number(row[k].Span) is not { } number)
            {
                to.Faults.Add(
                    to.File, (row.LineNumberFrom, k + 1), ErrorCodes.NotANumber,
                    $"value {k + 1} of the row is not a number that a float32 can hold",
                    "write numbers such as 0.5 or 2e-3");
                return;
            }
            inputs.Add(number);
        }
    }

    static float? Number(ReadOnlySpan<char> text) =>
        float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && float.IsFinite(number)
            ? number
            : null;
}
