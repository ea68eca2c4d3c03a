using System.Collections.Immutable;
using System.Globalization;

namespace BitTensor.Scenarios;

/// <summary>How a neuron behaves: honestly, or by a named dishonest strategy with the values of its keys.</summary>
/// <param name="Name">Name in the format.</param>
/// <param name="Values">Values by key, defaults filled in; a key without a value is not there.</param>
public sealed record StrategySpec(string Name, ImmutableArray<KeyValuePair<string, object>> Values)
{
    /// <summary>Follows the protocol.</summary>
    public static StrategySpec Honest { get; } = new("honest", []);

    /// <summary>Every strategy the format knows, by name.</summary>
    public static ImmutableArray<string> Names { get; } = [.. StrategyFormat.Entries.Select(e => e.Section.Key)];

    /// <summary>The strategy of a name with some of its values, the others by default.</summary>
    /// <exception cref="ArgumentException">There is no such strategy or key.</exception>
    public static StrategySpec Of(string name, params (string Key, object Value)[] values)
    {
        var fields = StrategyFormat.Find(name)?.Section.Fields ?? throw new ArgumentException($"No strategy is called '{name}'.");
        if (Array.Find(values, v => !fields.Any(f => f.Key == v.Key)) is { Key: { } unknown })
        {
            throw new ArgumentException($"Strategy '{name}' has no key '{unknown}'.");
        }
        object? ValueOf(Field field) =>
            Array.Find(values, v => v.Key == field.Key).Value
            ?? (field is { Default: { } text, Type: ScalarType scalar } ? scalar.Parse(text, out _) : null);
        return new StrategySpec(name, [.. fields.Select(f => KeyValuePair.Create(f.Key, ValueOf(f)!)).Where(v => v.Value is not null)]);
    }

    /// <summary>A number.</summary>
    public double Number(string key) => (double)Find(key)!;

    /// <summary>A whole number, or a number of blocks.</summary>
    public long Whole(string key) => (long)Find(key)!;

    /// <summary>A choice.</summary>
    public string Word(string key) => (string)Find(key)!;

    /// <summary>Emulated time.</summary>
    public TimeSpan Time(string key) => (TimeSpan)Find(key)!;

    /// <summary>Names of populations; <paramref name="otherwise"/> where the scenario names none.</summary>
    public ImmutableArray<string> PopulationsOf(string key, string otherwise = "") =>
        Find(key) is ImmutableArray<string> names ? names : otherwise.Length > 0 ? [otherwise] : [];

    /// <summary>The value of a key, or null.</summary>
    public object? Find(string key) => Values.FirstOrDefault(v => v.Key == key).Value;

    /// <summary>As a scenario writes it.</summary>
    public override string ToString() =>
        Values.IsEmpty ? Name : $"{{ name: {Name}, {string.Join(", ", Values.Select(v => $"{v.Key}: {TextOf(v.Key, v.Value)}"))} }}";

    /// <inheritdoc/>
    public bool Equals(StrategySpec? other) => other?.ToString() == ToString();

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    string TextOf(string key, object value) => value switch
    {
        double number => YamlText.Number(number),
        TimeSpan time => YamlText.Time(time),
        ImmutableArray<string> names => YamlText.Many(names, n => n),
        long number when StrategyFormat.Find(Name).Section.Fields.Any(f => f.Key == key && f.Type is BlocksType) => $"{number} blocks",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
