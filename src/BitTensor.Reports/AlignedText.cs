using System.Text;

namespace BitTensor.Reports;

/// <summary>Tables as plain text: columns aligned, two spaces between them, a line per row.</summary>
public static class AlignedText
{
    const int Gap = 2;

    /// <summary>Formats rows that all have as many cells as the first one.</summary>
    /// <param name="rows">The head and the rows below it.</param>
    /// <param name="toTheRight">True for columns of numbers.</param>
    /// <param name="width">
    /// Columns of the terminal: a wider table is written in parts below each other, each with the first column; null
    /// for no limit.
    /// </param>
    public static string Of(
        IReadOnlyList<string[]> rows, Func<int, bool>? toTheRight = null, int? width = null)
    {
        var widths = rows[0].Select((_, c) => rows.Max(row => row[c].Length)).ToArray();
        return string.Join(
            '\n', Parts(widths, width ?? int.MaxValue).Select(part => Part(rows, toTheRight, widths, part)));
    }

    /// <summary>The columns of each part: as many as fit, and one at least beside the first.</summary>
    static IEnumerable<int[]> Parts(int[] widths, int width)
    {
        var part = new List<int> { 0 };
        var used = widths[0];
        for (var c = 1; c < widths.Length; c++)
        {
            if (part.Count > 1 && used + Gap + widths[c] > width)
            {
                yield return [.. part];
                part = [0];
                used = widths[0];
            }
            part.Add(c);
            used += Gap + widths[c];
        }
        yield return [.. part];
    }

    static string Part(IReadOnlyList<string[]> rows, Func<int, bool>? toTheRight, int[] widths, int[] columns)
    {
        var text = new StringBuilder();
        foreach (var row in rows)
        {
            var padded = columns.Select(c =>
                toTheRight?.Invoke(c) == true ? row[c].PadLeft(widths[c]) : row[c].PadRight(widths[c]));
            text.Append(string.Join(new string(' ', Gap), padded).TrimEnd()).Append('\n');
        }
        return text.ToString();
    }
}
