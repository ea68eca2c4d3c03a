using System.Globalization;
using System.Text;

namespace BitTensor.Scenarios;

/// <summary>Lines of YAML at a depth, and tables beside them.</summary>
/// <param name="stem">What the names of tables begin with; null to write every list where it stands.</param>
/// <param name="most">Most entries of a list that is written where it stands.</param>
sealed class YamlText(string? stem = null, int most = int.MaxValue)
{
    readonly StringBuilder _text = new();
    readonly Stack<string> _path = new();
    readonly Dictionary<string, ReadOnlyMemory<byte>> _tables = [];
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
        _path.Push(key);
        body();
        _path.Pop();
        _depth--;
    }

    /// <summary>Tables by their file names.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Tables => _tables;

    /// <summary>True when a list of so many entries is written as a table.</summary>
    public bool TakesTable(int entries) => stem is not null && entries > most;

    /// <summary>Writes a list as a table beside the text, named by its keys, with the hash of its bytes.</summary>
    /// <param name="key">Key of the list.</param>
    /// <param name="rows">The head and the rows; null for a cell without a value.</param>
    public void Table(string key, IEnumerable<string?[]> rows)
    {
        var text = new StringBuilder();
        foreach (var row in rows)
        {
            text.AppendJoin(',', row.Select(cell => CsvText.Cell(cell ?? ""))).Append('\n');
        }
        var place = string.Join('.', _path.Reverse().Append(key).Prepend(stem));
        var name = place + ".csv";
        for (var k = 2; _tables.ContainsKey(name); k++)
        {
            name = $"{place}-{k}.csv";
        }
        var bytes = Encoding.UTF8.GetBytes(text.ToString());
        _tables[name] = bytes;
        Section(key, () =>
        {
            Line($"file: {Quoted(name)}");
            Line($"sha256: {TableFile.HashOf(bytes)}");
        });
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
    public static string Flow(IEnumerable<string> lines) => $"{{ {string.Join(", ", lines.Select(InFlow))} }}";

    /// <summary>A key with its value in a section on one line, where a comma or a bracket ends a plain text.</summary>
    static string InFlow(string line)
    {
        var start = line.IndexOf(": ", StringComparison.Ordinal) + 2;
        return start < line.Length && line[start] is not ('{' or '[' or '"') && line.AsSpan(start).ContainsAny(",[]{}")
            ? line[..start] + Quoted(line[start..])
            : line;
    }

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
