using System.Globalization;
using System.Numerics;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace BitTensor.Reports;

/// <summary>
/// Rows as text. Every number has the digits needed to read it back exactly. Missing, not a number and infinite are
/// three things: an empty cell or <c>null</c>, <c>NaN</c>, and <c>Infinity</c>.
/// </summary>
public static class RowText
{
    /// <summary>Writes CSV: a line with the names of the columns, and a line per row.</summary>
    public static void WriteCsv(TextWriter writer, IReadOnlyList<string> columns, IEnumerable<object?[]> rows)
    {
        writer.Write(string.Join(',', columns.Select(Quoted)) + "\n");
        foreach (var row in rows)
        {
            for (var c = 0; c < row.Length; c++)
            {
                writer.Write(c == 0 ? "" : ",");
                writer.Write(row[c] is { } value ? Quoted(Of(value)) : "");
            }
            writer.Write('\n');
        }
    }

    /// <summary>
    /// Writes a JSON array with an object per row. JSON has no word for numbers that are not finite: they are strings.
    /// </summary>
    public static void WriteJson(TextWriter writer, IReadOnlyList<string> columns, IEnumerable<object?[]> rows)
    {
        string[] names = [.. columns.Select(Literal)];
        var isFirst = true;
        foreach (var row in rows)
        {
            writer.Write(isFirst ? "[\n" : ",\n");
            writer.Write($"{{{string.Join(", ", names.Zip(row, (name, value) => $"{name}: {JsonOf(value)}"))}}}");
            isFirst = false;
        }
        writer.Write(isFirst ? "[]\n" : "\n]\n");
    }

    /// <summary>A value as text.</summary>
    public static string Of(object value) => value switch
    {
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        float number => number.ToString("R", CultureInfo.InvariantCulture),
        bool truth => truth ? "true" : "false",
        DateTime time => time.ToString("O", CultureInfo.InvariantCulture),
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        System.Collections.IEnumerable list and not string =>
            $"[{string.Join(", ", list.Cast<object?>().Select(v => v is null ? "" : Of(v)))}]",
        _ => value.ToString() ?? "",
    };

    static string JsonOf(object? value) => value switch
    {
        null => "null",
        bool or sbyte or byte or short or ushort or int or uint or long or ulong or decimal or BigInteger => Of(value),
        double number when double.IsFinite(number) => Of(number),
        float number when float.IsFinite(number) => Of(number),
        System.Collections.IEnumerable list and not string =>
            $"[{string.Join(", ", list.Cast<object?>().Select(JsonOf))}]",
        _ => Literal(Of(value)),
    };

    static string Literal(string text) =>
        $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    static string Quoted(string text) => text.AsSpan().IndexOfAny(",\"\r\n") >= 0
        ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
        : text;
}
