using System.Globalization;
using System.Text;

namespace BitTensor.Scenarios;

/// <summary>Lines of YAML at a depth.</summary>
sealed class YamlText
{
    readonly StringBuilder _text = new();
    int _depth;
    bool _itemStarts;

    public void Line(string line)
    {
        _text.Append(' ', 2 * (_itemStarts ? _depth - 1 : _depth)).Append(_itemStarts ? "- " : "").Append(line)
            .Append('\n');
        _itemStarts = false;
    }

    public void Section(string key, Action body)
    {
        Line(key + ":");
        _depth++;
        body();
        _depth--;
    }

    public void Item(Action body)
    {
        _depth++;
        _itemStarts = true;
        body();
        _depth--;
    }

    public override string ToString() => _text.ToString();

    /// <summary>A section on one line.</summary>
    /// <param name="lines">Its keys, each with its value.</param>
    public static string Flow(IEnumerable<string> lines) => $"{{ {string.Join(", ", lines)} }}";

    /// <summary>A list on one line.</summary>
    public static string Many<T>(IEnumerable<T> items, Func<T, string> text) =>
        "[" + string.Join(", ", items.Select(text)) + "]";

    public static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>A number without an exponent, which a quantity with a unit cannot have in the schema.</summary>
    public static string Decimal(double value) => ((decimal)value).ToString(CultureInfo.InvariantCulture);

    /// <summary>Likewise, in as many digits as it takes to read the same number back.</summary>
    public static string Exact(double value) =>
        value.ToString("F30", CultureInfo.InvariantCulture).TrimEnd('0').TrimEnd('.');

    /// <summary>In the largest unit that says it exactly with few digits: ticks are tenths of microseconds.</summary>
    public static string Time(TimeSpan time)
    {
        var (unit, ticks) = new[] {
            ("h", TimeSpan.TicksPerHour), ("min", TimeSpan.TicksPerMinute), ("s", TimeSpan.TicksPerSecond),
            ("ms", TimeSpan.TicksPerMillisecond)}
            .FirstOrDefault(u => time.Ticks != 0 && time.Ticks % u.Item2 == 0, ("us", TimeSpan.TicksPerMicrosecond));
        return time == TimeSpan.Zero
            ? "0 s"
            : $"{((decimal)time.Ticks / ticks).ToString("0.#", CultureInfo.InvariantCulture)} {unit}";
    }

    /// <summary>An enum's member as the format writes it: FashionMnist is fashion-mnist.</summary>
    public static string Word(Enum value) => Word(value.ToString());

    /// <summary>A name of the program as the format writes it.</summary>
    public static string Word(string name) =>
        string.Concat(name.Select((c, k) =>
            char.IsUpper(c) ? (k > 0 ? "-" : "") + char.ToLowerInvariant(c) : c.ToString()));

    public static string Quoted(string text) =>
        "\"" + text.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n").Replace("\t", "\\t")
            .Replace("\r", "\\r") + "\"";
}
