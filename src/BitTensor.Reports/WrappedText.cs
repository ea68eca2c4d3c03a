using System.Text;

namespace BitTensor.Reports;

/// <summary>Sentences as lines of a terminal, broken between words.</summary>
public static class WrappedText
{
    /// <summary>One line for each line of the text, or several where it is wider than the terminal.</summary>
    /// <param name="text">The text; spaces at the begin of a line stay.</param>
    /// <param name="width">Columns of the terminal; null for no limit. A longer word stays whole.</param>
    /// <param name="indent">Spaces before every line but the first.</param>
    public static string Of(string text, int? width, int indent = 0) =>
        width is { } columns ? string.Join('\n', text.Split('\n').Select(line => Broken(line, columns, indent))) : text;

    static string Broken(string line, int width, int indent)
    {
        if (line.Length <= width)
        {
            return line;
        }
        var broken = new StringBuilder(line[..(line.Length - line.TrimStart().Length)]);
        var (used, first) = (broken.Length, true);
        foreach (var word in line.TrimStart().Split(' '))
        {
            if (!first && used + 1 + word.Length > width && word.Length > 0)
            {
                broken.Append('\n').Append(' ', indent).Append(word);
                used = indent + word.Length;
                continue;
            }
            broken.Append(first ? "" : " ").Append(word);
            used += word.Length + (first ? 0 : 1);
            first = false;
        }
        return string.Join('\n', broken.ToString().Split('\n').Select(l => l.TrimEnd()));
    }
}
