using System.Text;

namespace BitTensor.Reports;

/// <summary>Tables as plain text: columns aligned, two spaces between them, a line per row.</summary>
public static class AlignedText
{
    /// <summary>Formats rows that all have as many cells as the first one.</summary>
    /// <param name="rows">The head and the rows below it.</param>
    /// <param name="toTheRight">True for columns of numbers.</param>
    public static string Of(IReadOnlyList<string[]> rows, Func<int, bool>? toTheRight = null)
    {
        var widths = rows[0].Select((_, c) => rows.Max(row => row[c].Length)).ToArray();
        var text = new StringBuilder();
        foreach (var row in rows)
        {
            var padded = row.Select((cell, c) =>
                toTheRight?.Invoke(c) == true ? cell.PadLeft(widths[c]) : cell.PadRight(widths[c]));
            text.Append(string.Join("  ", padded).TrimEnd()).Append('\n');
        }
        return text.ToString();
    }
}
