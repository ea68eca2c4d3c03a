using System.Text.Json.Nodes;

namespace BitTensor.Scenarios;

/// <summary>The values that a key may have: their description, for people and as JSON Schema.</summary>
abstract class FieldType
{
    /// <summary>The values in Markdown, for the reference.</summary>
    public abstract string Describe();

    /// <summary>The values in plain words, for the remedy of an error.</summary>
    public virtual string Plain => Describe().Replace("`", "").Replace("\\|", "or");

    /// <summary>The values as JSON Schema.</summary>
    public abstract JsonObject Schema();

    /// <summary>
    /// The ends of a number's range as a file states them: its least value, the least above 0 where 0 is one, and its
    /// greatest. Empty for what is no number.
    /// </summary>
    public virtual IReadOnlyList<string> Corners => [];

    /// <summary>Sections that a value may consist of; empty for scalars.</summary>
    public virtual IReadOnlyList<Section> Sections => [];

    /// <summary>A reader of each section under a key. Adds errors of their structure, not of their values.</summary>
    public virtual IReadOnlyList<SectionReader> Open(SectionReader s, string key) => [];
}

/// <summary>The values that a key may have, as the program holds them.</summary>
/// <typeparam name="T">A value.</typeparam>
abstract class FieldType<T> : FieldType
{
    /// <summary>The value under a key. After an error, which it adds, the zero of <typeparamref name="T"/>.</summary>
    public abstract T? Read(SectionReader s, string key);

    /// <summary>The value that a default stands for. Sections and lists have no default but an empty one.</summary>
    /// <param name="text">The default as the table states it.</param>
    public virtual T? ReadDefault(string text) => default;

    /// <summary>The value on one line, as a file states it.</summary>
    public abstract string Text(T value);

    /// <summary>True for a value that is the same as none.</summary>
    public virtual bool IsNothing(T value) => false;

    /// <summary>Writes a key with its value.</summary>
    public virtual void Write(YamlText y, string key, T value) => y.Line($"{key}: {Text(value)}");
}

/// <summary>Why a text is not a value of its type.</summary>
readonly record struct Problem(string Code, string Message, string Remedy);

/// <summary>A value, or why there is none.</summary>
readonly record struct Parsed<T>(T? Value, Problem? Problem)
{
    public static implicit operator Parsed<T>(T value) => new(value, null);

    public static implicit operator Parsed<T>(Problem problem) => new(default, problem);
}

/// <summary>A type whose values are scalars.</summary>
abstract class ScalarType<T> : FieldType<T>
{
    /// <summary>The value of a text.</summary>
    public abstract Parsed<T> Parse(string text);

    public override T? Read(SectionReader s, string key) =>
        s.Node(key) is { } node && s.Scalar(this, node, out var value) ? value : default;

    public override T? ReadDefault(string text) => Parse(text).Value;

    /// <summary>The same scalars with another meaning.</summary>
    /// <param name="to">The meaning of a value.</param>
    /// <param name="from">The value of a meaning; null for a meaning that no scalar states.</param>
    public ScalarType<TOther> As<TOther>(Func<T, TOther> to, Func<TOther, string?> from) =>
        new MappedType<T, TOther>(this, to, from);

    protected static JsonObject Pattern(string pattern) => new() { ["type"] = "string", ["pattern"] = pattern };
}

/// <summary>Scalars of one type with another meaning.</summary>
sealed class MappedType<T, TOther>(
    ScalarType<T> scalar, Func<T, TOther> to, Func<TOther, string?> from) : ScalarType<TOther>
{
    public override string Describe() => scalar.Describe();

    public override IReadOnlyList<string> Corners => scalar.Corners;

    public override JsonObject Schema() => scalar.Schema();

    public override string Text(TOther value) => from(value)!;

    public override Parsed<TOther> Parse(string text)
    {
        var parsed = scalar.Parse(text);
        return parsed.Problem is { } problem ? problem : to(parsed.Value!);
    }
}
