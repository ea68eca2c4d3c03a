using System.Collections.Immutable;

namespace BitTensor.Scenarios;

/// <summary>The behaviour of a neuron: honest, or a named dishonest strategy with the values of its keys.</summary>
/// <param name="Name">Name in the format.</param>
/// <param name="Values">
/// Values by key in the order of the format, defaults filled in. A key without a value is not among them.
/// </param>
public sealed record StrategySpec(string Name, ImmutableArray<KeyValuePair<string, object>> Values)
{
    /// <summary>Follows the protocol.</summary>
    public static StrategySpec Honest { get; } = new("honest", []);

    /// <summary>Every strategy the format knows, by name.</summary>
    public static ImmutableArray<string> Names => StrategyFormat.Names;

    /// <summary>The strategy of a name with some of its values, the others by default.</summary>
    /// <exception cref="ArgumentException">No strategy has that name, or it has no such key.</exception>
    public static StrategySpec Of(string name, params (string Key, object Value)[] values)
    {
        var section = StrategyFormat.Find(name)?.Section
            ?? throw new ArgumentException($"No strategy is called '{name}'.");
        if (Array.Find(values, v => section.Fields.All(f => f.Key != v.Key)) is { Key: { } unknown })
        {
            throw new ArgumentException($"Strategy '{name}' has no key '{unknown}'.");
        }
        var defaults = section.Default;
        object? ValueOf(Field field) =>
            Array.Find(values, v => v.Key == field.Key).Value ?? (field.Required ? null : defaults.Find(field.Key));
        return section.Fields.Aggregate(new StrategySpec(name, []), (spec, f) => spec.With(f.Key, ValueOf(f)));
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
    public override string ToString() => StrategyFormat.Strategy.Text(this);

    /// <inheritdoc/>
    public bool Equals(StrategySpec? other) => other?.ToString() == ToString();

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <summary>The value of a key; the zero of <typeparamref name="T"/> for a key without one.</summary>
    internal T? Find<T>(string key) => Find(key) is T value ? value : default;

    /// <summary>The same with one value more, of a key that comes after those so far.</summary>
    internal StrategySpec With(string key, object? value) =>
        value is null ? this : this with { Values = Values.Add(KeyValuePair.Create(key, value)) };
}
