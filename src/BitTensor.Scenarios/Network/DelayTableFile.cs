using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace BitTensor.Scenarios;

/// <summary>
/// Text of a table of latencies: numbers between white space, so one a line or a table of tc-netem. A line that begins
/// with '#' is a comment; a first line that begins with a letter is a heading.
/// </summary>
static class DelayTableFile
{
    const int MaxBytes = 1 << 20;
    const double Most = 1e11;

    /// <summary>Reads the file of a table; the table as it is after an error.</summary>
    /// <param name="table">The table with the name of its file.</param>
    /// <param name="file">Its path, from the folder of the scenario.</param>
    /// <param name="s">Its section.</param>
    /// <param name="errors">Destination of errors.</param>
    public static DelayTableSpec Load(DelayTableSpec table, string file, SectionReader s, ErrorList errors)
    {
        var path = errors.PathOf(file);
        const string remedy = "a sample of a longer list draws nearly the same";
        if (FileBytes.Read(path, s.PlaceOf("file"), "table", MaxBytes, remedy, errors) is not { } bytes)
        {
            return table;
        }
        var hash = TableFile.HashOf(bytes.Span);
        if (table.Sha256 is { } stated && stated != hash)
        {
            errors.Add(
                s.PlaceOf("sha256"), ErrorCodes.Hash, $"{file} is another file: its SHA-256 is {hash}",
                "bring the file back, or state the new hash");
        }
        var values = Parse(Encoding.UTF8.GetString(bytes.Span).TrimStart('\uFEFF'), new Place(1, 1, path), errors);
        return table with { Sha256 = hash, Values = values };
    }

    /// <summary>The numbers of a text; adds an error for what is none, at its place.</summary>
    /// <param name="text">The text.</param>
    /// <param name="origin">Place of its first character.</param>
    /// <param name="errors">Destination of errors.</param>
    public static ImmutableArray<double> Parse(string text, Place origin, ErrorList errors)
    {
        var values = ImmutableArray.CreateBuilder<double>();
        foreach (var (k, line) in text.Split('\n').Index())
        {
            if (line.StartsWith('#') || (k == 0 && line.Length > 0 && char.IsAsciiLetter(line[0])))
            {
                continue;
            }
            foreach (var (column, word) in Words(line))
            {
                var at = k == 0 ? origin.Right(column) : origin with { Line = origin.Line + k, Column = 1 + column };
                if (ValueOf(word) is not { } value)
                {
                    errors.Add(
                        at, ErrorCodes.NotANumber, $"'{Shorten.Of(word)}' is not a latency",
                        "write one number a line, between -1e11 and 1e11; a table has one column");
                    return [];
                }
                values.Add(value);
            }
        }
        if (values.Count is >= 1 and <= DelayTableSpec.MostValues)
        {
            return values.ToImmutable();
        }
        errors.Add(
            origin, values.Count == 0 ? ErrorCodes.Empty : ErrorCodes.TooLarge, $"the table has {values.Count} values",
            $"write 1 to {DelayTableSpec.MostValues}; a sample of a longer list draws nearly the same");
        return [];
    }

    static double? ValueOf(string word) =>
        Numbers.Parse(word, out _) is { } value && Math.Abs(value) <= Most ? value : null;

    static IEnumerable<(int Column, string Word)> Words(string line)
    {
        for (var (start, k) = (0, 0); k <= line.Length; k++)
        {
            if (k < line.Length && !char.IsWhiteSpace(line[k]))
            {
                continue;
            }
            if (k > start)
            {
                yield return (start, line[start..k]);
            }
            start = k + 1;
        }
    }
}
