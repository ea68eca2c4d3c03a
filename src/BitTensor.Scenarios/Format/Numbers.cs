using System.Collections.Frozen;
using System.Globalization;
using System.Text.RegularExpressions;

namespace BitTensor.Scenarios;

/// <summary>Units and what they multiply by.</summary>
static class Units
{
    /// <summary>To seconds.</summary>
    public static readonly FrozenDictionary<string, double> Durations = new Dictionary<string, double>
    {
        ["us"] = 1e-6, ["ms"] = 1e-3, ["s"] = 1, ["min"] = 60, ["h"] = 3600,
    }.ToFrozenDictionary();

    /// <summary>To bytes.</summary>
    public static readonly FrozenDictionary<string, double> Sizes = new Dictionary<string, double>
    {
        ["B"] = 1, ["kB"] = 1e3, ["MB"] = 1e6, ["GB"] = 1e9,
    }.ToFrozenDictionary();

    /// <summary>To bytes per second.</summary>
    public static readonly FrozenDictionary<string, double> Rates = new Dictionary<string, double>
    {
        ["B/s"] = 1, ["kB/s"] = 1e3, ["MB/s"] = 1e6, ["GB/s"] = 1e9,
        ["bit/s"] = 0.125, ["kbit/s"] = 125, ["Mbit/s"] = 125e3, ["Gbit/s"] = 125e6,
    }.ToFrozenDictionary();
}

/// <summary>Numbers in text.</summary>
static partial class Numbers
{
    [GeneratedRegex("^[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]+)?")]
    private static partial Regex Number();

    public static bool StartsWithNumber(string text) => Number().IsMatch(text);

    /// <summary>A finite number, or null with the problem.</summary>
    public static double? Parse(string text, out Problem problem)
    {
        problem = default;
        var match = Number().Match(text);
        if (match.Success && match.Length == text.Length)
        {
            var value = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
            if (double.IsFinite(value))
            {
                return value;
            }
        }
        else if (!IsNotFinite(text))
        {
            problem = new Problem(
                ErrorCodes.NotANumber, $"'{Shorten.Of(text)}' is not a number", "write a number like 0.5 or 1e-3");
            return null;
        }
        problem = new Problem(
            ErrorCodes.NotFinite, $"'{Shorten.Of(text)}' is not a finite number", "write a number a float64 can hold");
        return null;
    }

    /// <summary>A number with one of the units, in the base unit; null with the problem.</summary>
    public static double? WithUnit(
        string text, FrozenDictionary<string, double> units, string example, out Problem problem)
    {
        var match = Number().Match(text);
        if (!match.Success)
        {
            var code = IsNotFinite(text) ? ErrorCodes.NotFinite : ErrorCodes.NotANumber;
            problem = new Problem(code, $"'{Shorten.Of(text)}' is not {example.Split(' ')[0]} "
                + $"{example.Split(' ')[1]}", $"write {example}");
            return null;
        }
        var unit = text[match.Length..].TrimStart();
        if (!units.TryGetValue(unit, out var factor))
        {
            var message = unit.Length == 0
                ? $"'{Shorten.Of(text)}' has no unit"
                : $"'{Shorten.Of(unit)}' is not a unit";
            problem = new Problem(ErrorCodes.Unit, message, $"write {example}");
            return null;
        }
        return Parse(match.Value, out problem) * factor;
    }

    static bool IsNotFinite(string text) =>
        text.TrimStart('+', '-', '.').ToUpperInvariant() is "NAN" or "INF" or "INFINITY";
}

/// <summary>Texts for error messages.</summary>
public static class Shorten
{
    /// <summary>At most forty characters of a stranger's text; none that would steer a terminal.</summary>
    public static string Of(string text)
    {
        var plain = string.Concat(text.Take(41).Select(c => char.IsControl(c) ? '\uFFFD' : c));
        return text.Length <= 40 ? plain : plain[..37] + "...";
    }

    /// <summary>The nearest option when one is near, and all of them.</summary>
    public static string DidYouMean(string text, IReadOnlyCollection<string> options)
    {
        var all = "one of " + string.Join(", ", options);
        return Nearest(text, options) is { } nearest ? $"did you mean '{nearest}'? {all}" : all;
    }

    /// <summary>The option that a text probably means; null when none is near.</summary>
    public static string? Nearest(string text, IEnumerable<string> options) =>
        options.MinBy(o => Distance(text, o)) is { } nearest
            && Distance(text, nearest) <= Math.Max(1, nearest.Length / 3)
                ? nearest
                : null;

    /// <summary>
    /// Edit distance over at most sixty characters, in which two swapped neighbours are one edit (optimal string
    /// alignment, after Damerau 1964).
    /// </summary>
    internal static int Distance(string a, string b)
    {
        a = a.Length > 60 ? a[..60] : a;
        var edits = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    edits[i, j] = i + j;
                    continue;
                }
                var replaced = edits[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                edits[i, j] = Math.Min(Math.Min(edits[i - 1, j], edits[i, j - 1]) + 1, replaced);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    edits[i, j] = Math.Min(edits[i, j], edits[i - 2, j - 2] + 1);
                }
            }
        }
        return edits[a.Length, b.Length];
    }
}
