using System.Text;

namespace BitTensor.Scenarios;

/// <summary>
/// A table as CSV (RFC 4180): a head of names, then a row per line; cells with commas, quotes or line ends stand in
/// quotes, and a quote within them is doubled. Blanks around a cell and empty lines mean nothing.
/// </summary>
/// <param name="text">The text.</param>
/// <param name="file">Its file, for the places of cells.</param>
/// <param name="errors">Destination of errors.</param>
sealed class CsvText(string text, string file, ErrorList errors)
{
    int _at;
    int _line = 1;
    int _lineStart;

    Place Here => new(_line, _at - _lineStart + 1, file);

    bool AtLineEnd => _at >= text.Length || text[_at] is '\r' or '\n';

    /// <summary>The next row that is not empty; null at the end, and after an error.</summary>
    public List<YamlScalar>? NextRow()
    {
        while (_at < text.Length)
        {
            if (Row() is not { } row)
            {
                return null;
            }
            if (row is not [{ Text: "", IsQuoted: false }])
            {
                return row;
            }
        }
        return null;
    }

    /// <summary>A cell as CSV: in quotes where it needs them.</summary>
    public static string Cell(string value) =>
        value.AsSpan().IndexOfAny(",\"\r\n") >= 0 || value != value.Trim()
            ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : value;

    List<YamlScalar>? Row()
    {
        var cells = new List<YamlScalar>();
        while (true)
        {
            SkipBlanks();
            if ((_at < text.Length && text[_at] == '"' ? Quoted() : Plain()) is not { } cell)
            {
                return null;
            }
            cells.Add(cell);
            if (AtLineEnd)
            {
                SkipLineEnd();
                return cells;
            }
            _at++;
        }
    }

    YamlScalar? Plain()
    {
        var (at, start) = (Here, _at);
        while (!AtLineEnd && text[_at] != ',')
        {
            if (text[_at] == '"')
            {
                errors.Add(
                    Here, ErrorCodes.Csv, "a quote within a cell that is not in quotes",
                    "put the whole cell in quotes, and double each quote within it");
                return null;
            }
            _at++;
        }
        var value = text[start.._at].TrimEnd(' ', '\t');
        return new YamlScalar(at, value, value);
    }

    YamlScalar? Quoted()
    {
        var (at, start) = (Here, _at);
        var value = new StringBuilder();
        for (_at++; _at < text.Length; _at++)
        {
            if (text[_at] == '"' && (_at + 1 >= text.Length || text[_at + 1] != '"'))
            {
                _at++;
                return Closed(new YamlScalar(at, value.ToString(), text[start.._at]));
            }
            if (text[_at] == '"')
            {
                _at++;
            }
            value.Append(text[_at]);
            if (text[_at] == '\n')
            {
                (_line, _lineStart) = (_line + 1, _at + 1);
            }
        }
        errors.Add(at, ErrorCodes.Csv, "the quote is not closed", "end the cell with a quote");
        return null;
    }

    YamlScalar? Closed(YamlScalar cell)
    {
        SkipBlanks();
        if (AtLineEnd || text[_at] == ',')
        {
            return cell;
        }
        errors.Add(
            Here, ErrorCodes.Csv, "text behind the closing quote of a cell",
            "put a comma before it, or double the quote if it belongs to the cell");
        return null;
    }

    void SkipBlanks()
    {
        while (_at < text.Length && text[_at] is ' ' or '\t')
        {
            _at++;
        }
    }

    void SkipLineEnd()
    {
        _at += _at + 1 < text.Length && text[_at] == '\r' && text[_at + 1] == '\n' ? 2 : 1;
        (_line, _lineStart) = (_line + 1, _at);
    }
}
