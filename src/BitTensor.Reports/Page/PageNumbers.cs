using System.Globalization;
using System.Text.Json;

namespace BitTensor.Reports;

/// <summary>Numbers of a page. Missing, zero and not finite are three different things, in data and in words.</summary>
static class PageNumbers
{
    /// <summary>Writes a number with five digits, which no screen tells from more; null when it is missing.</summary>
    public static void Write(Utf8JsonWriter json, double? value)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case { } number when !double.IsFinite(number):
                json.WriteStringValue(number.ToString(CultureInfo.InvariantCulture));
                break;
            case { } number:
                json.WriteRawValue(number.ToString("G5", CultureInfo.InvariantCulture), skipInputValidation: true);
                break;
        }
    }

    /// <summary>Writes numbers as a member.</summary>
    public static void Write(Utf8JsonWriter json, string name, IEnumerable<double?> values)
    {
        json.WritePropertyName(name);
        Write(json, values);
    }

    /// <summary>Writes numbers as an array.</summary>
    public static void Write(Utf8JsonWriter json, IEnumerable<double?> values)
    {
        json.WriteStartArray();
        foreach (var value in values)
        {
            Write(json, value);
        }
        json.WriteEndArray();
    }

    /// <summary>A number in a sentence or a table.</summary>
    public static string Text(double? value) => value switch
    {
        null => "not measured",
        { } number when double.IsNaN(number) => "not a number",
        { } number when !double.IsFinite(number) => number > 0 ? "infinite" : "minus infinite",
        { } number => number.ToString("G5", CultureInfo.InvariantCulture),
    };

    /// <summary>A share in percent.</summary>
    public static string Percent(double? share) =>
        share is { } number && double.IsFinite(number)
            ? number.ToString("0.0%", CultureInfo.InvariantCulture)
            : Text(share);
}
