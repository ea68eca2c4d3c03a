using System.Diagnostics.CodeAnalysis;

namespace BitTensor.Scenarios;

/// <summary>A key of the format.</summary>
/// <param name="key">Key.</param>
/// <param name="type">Its values.</param>
/// <param name="doc">Its meaning in one sentence.</param>
abstract class Field(string key, FieldType type, string doc)
{
    public string Key { get; } = key;

    public FieldType Type { get; } = type;

    public string Doc { get; } = doc;

    /// <summary>The value of a key that is left out, as a file would state it; null for none.</summary>
    public string? Default { get; init; }

    /// <summary>True for a key that may not be left out.</summary>
    public bool Required { get; init; }

    /// <summary>True for a key that the writer puts after the others of its section.</summary>
    public bool Last { get; set; }
}

/// <summary>A key of a section that is read as <typeparamref name="TSpec"/>.</summary>
abstract class Field<TSpec>(string key, FieldType type, string doc) : Field(key, type, doc)
{
    /// <summary>The spec with the value of the key, or with its default.</summary>
    public abstract TSpec Read(SectionReader s, TSpec spec);

    /// <summary>Writes the key, unless the spec has no value for it.</summary>
    public abstract void Write(YamlText y, TSpec spec);

    /// <summary>The value on one line, as a file states it; null when the spec has no value for the key.</summary>
    public abstract string? Text(TSpec spec);
}

/// <summary>A key with its type, and with the way from a value to the spec and back.</summary>
/// <param name="key">Key.</param>
/// <param name="type">Its values.</param>
/// <param name="doc">Its meaning in one sentence.</param>
/// <param name="get">The value in a spec; false for none.</param>
/// <param name="read">Puts the value of a section into a spec.</param>
sealed class Field<TSpec, T>(
    string key, FieldType<T> type, string doc, Field<TSpec, T>.Getter get, Func<SectionReader, TSpec, TSpec> read)
    : Field<TSpec>(key, type, doc)
{
    /// <summary>The value in a spec; false for none.</summary>
    public delegate bool Getter(TSpec spec, [MaybeNullWhen(false)] out T value);

    /// <summary>The condition without which the key has no effect.</summary>
    public (Predicate<TSpec> Holds, string With)? Only { get; init; }

    public override TSpec Read(SectionReader s, TSpec spec)
    {
        var with = read(s, spec);
        if (Only is { } only && s.Has(Key) && !only.Holds(with) && !s.IsIdleAtPoint(Key))
        {
            s.HasNoEffect(Key, only.With);
        }
        return with;
    }

    public override void Write(YamlText y, TSpec spec)
    {
        if (Find(spec, out var value))
        {
            type.Write(y, Key, value);
        }
    }

    public override string? Text(TSpec spec) => Find(spec, out var value) ? type.Text(value) : null;

    bool Find(TSpec spec, [MaybeNullWhen(false)] out T value)
    {
        value = default;
        return Only?.Holds(spec) != false && get(spec, out value) && !type.IsNothing(value);
    }
}

/// <summary>A key of a part of a spec, as a key of the whole.</summary>
/// <param name="inner">The key of the part.</param>
/// <param name="get">The part; null when the whole has none.</param>
/// <param name="set">The whole with another part.</param>
/// <param name="start">The part before it has values.</param>
sealed class InnerField<TSpec, TPart>(
    Field<TPart> inner, Func<TSpec, TPart?> get, Func<TSpec, TPart, TSpec> set, Func<TSpec, TPart> start)
    : Field<TSpec>(inner.Key, inner.Type, inner.Doc)
    where TPart : class
{
    /// <summary>The key that must be there for the part to be there; null for a part that is always there.</summary>
    public string? Lead { get; init; }

    /// <summary>Leaves a key out of the text of some specs.</summary>
    public Func<TSpec, string, bool>? Hides { get; init; }

    public override TSpec Read(SectionReader s, TSpec spec)
    {
        if (Lead is null || s.Has(Lead))
        {
            return set(spec, inner.Read(s, get(spec) ?? start(spec)));
        }
        if (s.Has(Key))
        {
            s.HasNoEffect(Key, Lead);
        }
        return spec;
    }

    public override void Write(YamlText y, TSpec spec)
    {
        if (PartOf(spec) is { } part)
        {
            inner.Write(y, part);
        }
    }

    public override string? Text(TSpec spec) => PartOf(spec) is { } part ? inner.Text(part) : null;

    TPart? PartOf(TSpec spec) => Hides?.Invoke(spec, Key) == true ? null : get(spec);
}
