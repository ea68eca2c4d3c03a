using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace BitTensor.Scenarios;

/// <summary>A mapping with these keys and no others.</summary>
/// <param name="name">Key that it stands under, or the value of its discriminator.</param>
/// <param name="title">Title in the reference.</param>
/// <param name="doc">Its purpose.</param>
abstract class Section(string name, string title, string doc)
{
    public string Name { get; } = name;

    public string Title { get; } = title;

    public string Doc { get; } = doc;

    /// <summary>Its keys, in the order of the reference.</summary>
    public abstract IReadOnlyList<Field> Fields { get; }

    /// <summary>True when it knows the key.</summary>
    public bool Has(string key) => Fields.Any(f => f.Key == key);

    public string Anchor => Title.ToLowerInvariant().Replace(' ', '-').Replace(":", "").Replace("`", "");

    /// <summary>The section as JSON Schema.</summary>
    /// <param name="discriminator">Key whose value is the section's own key; null for none.</param>
    public JsonObject Schema(string? discriminator = null)
    {
        var properties = new JsonObject();
        var required = new JsonArray();
        if (discriminator is not null)
        {
            properties[discriminator] = new JsonObject { ["const"] = Name };
            required.Add(discriminator);
        }
        foreach (var field in Fields)
        {
            var schema = field.Type.Schema();
            // A pattern does not say its bounds to a person.
            var form = schema.ContainsKey("pattern") ? $" Values: {field.Type.Plain}." : "";
            var fallback = field.Default is null ? "" : $" Default: {field.Default}.";
            schema["description"] = $"{field.Doc}{form}{fallback}";
            properties[field.Key] = schema;
            if (field.Required)
            {
                required.Add(field.Key);
            }
        }
        var section = new JsonObject
        {
            ["type"] = "object", ["properties"] = properties, ["additionalProperties"] = false,
        };
        if (required.Count > 0)
        {
            section["required"] = required;
        }
        return section;
    }
}

/// <summary>
/// A section that is read as <typeparamref name="TSpec"/>, with the one declaration of each of its keys: type, default,
/// meaning, and the way from a value to the spec and back. The reader, the writer, the JSON Schema and the reference
/// are made from it.
/// </summary>
/// <param name="name">Key that it stands under, or the value of its discriminator.</param>
/// <param name="title">Title in the reference.</param>
/// <param name="doc">Its purpose.</param>
/// <param name="start">A spec before it has values; null for one that takes every value from a key.</param>
sealed class Section<TSpec>(string name, string title, string doc, TSpec? start = null) : Section(name, title, doc)
    where TSpec : class
{
    readonly List<Field<TSpec>> _fields = [];
    readonly List<Action<TSpec, SectionReader>> _checks = [];

    /// <summary>Keys without a section of their own, for other sections to contain.</summary>
    public Section()
        : this("", "", "")
    {
    }

    public override IReadOnlyList<Field> Fields => _fields;

    /// <summary>The spec of an empty section.</summary>
    public TSpec Default => Read(SectionReader.Empty(this));

    /// <summary>Reads the section. Adds what is wrong with its values to the errors.</summary>
    public TSpec Read(SectionReader s)
    {
        var spec = _fields.Aggregate(start ?? Blank(), (read, field) => field.Read(s, read));
        _checks.ForEach(check => check(spec, s));
        return spec;
    }

    /// <summary>Writes each key on a line of its own.</summary>
    public void Write(YamlText y, TSpec spec)
    {
        foreach (var field in Written)
        {
            field.Write(y, spec);
        }
    }

    /// <summary>Each key with its value.</summary>
    public IEnumerable<string> Lines(TSpec spec) =>
        Written.Select(f => f.Text(spec) is { } text ? $"{f.Key}: {text}" : null).OfType<string>();

    /// <summary>A table of specs: the keys that one of them has a value for, and a row for each.</summary>
    public IEnumerable<string?[]> Rows(IReadOnlyCollection<TSpec> specs)
    {
        var fields = Written.ToArray();
        var rows = specs.Select(spec => fields.Select(f => f.Text(spec)).ToArray()).ToArray();
        int[] used = [.. Enumerable.Range(0, fields.Length).Where(f => Array.Exists(rows, row => row[f] is not null))];
        return rows.Select(row => used.Select(f => row[f]).ToArray()).Prepend([.. used.Select(f => fields[f].Key)]);
    }

    /// <summary>All keys on one line.</summary>
    public string Flow(TSpec spec) => YamlText.Flow(Lines(spec));

    /// <summary>Adds a key with a default.</summary>
    /// <param name="key">Key.</param>
    /// <param name="type">Its values.</param>
    /// <param name="default">
    /// The value when it is left out, as a file would state it; null for a section or a list.
    /// </param>
    /// <param name="doc">Its meaning in one sentence.</param>
    /// <param name="get">The value in a spec; null is not written.</param>
    /// <param name="set">The spec with another value; null for a key that other code reads.</param>
    /// <param name="only">Condition without which the key has no effect, and what to write for it.</param>
    public Section<TSpec> Key<T>(
        string key, FieldType<T> type, string? @default, string doc, Func<TSpec, T?> get,
        Func<TSpec, T, TSpec>? set = null, (Predicate<TSpec> Holds, string With)? only = null) =>
        Add(new Field<TSpec, T>(key, type, doc, Always(get), Setter(key, set)) { Default = @default, Only = only });

    /// <summary>Adds a key whose default is that of the spec.</summary>
    public Section<TSpec> Key<T>(
        string key, FieldType<T> type, string doc, Func<TSpec, T> get, Func<TSpec, T, TSpec> set) =>
        Key(key, type, type.Text(get(start!)), doc, get, set);

    /// <summary>Adds a key that may not be left out.</summary>
    public Section<TSpec> Required<T>(
        string key, FieldType<T> type, string doc, Func<TSpec, T?> get, Func<TSpec, T, TSpec>? set = null) =>
        Add(new Field<TSpec, T>(key, type, doc, Always(get), Setter(key, set)) { Required = true });

    /// <summary>Adds a key that may be left out and has no default.</summary>
    public Section<TSpec> Optional<T>(
        string key, FieldType<T> type, string doc, Func<TSpec, T?> get, Func<TSpec, T?, TSpec>? set = null,
        (Predicate<TSpec> Holds, string With)? only = null)
        where T : struct
    {
        bool Get(TSpec spec, out T value)
        {
            var found = get(spec);
            value = found.GetValueOrDefault();
            return found.HasValue;
        }
        TSpec Read(SectionReader s, TSpec spec) =>
            set is null ? spec : set(spec, s.Has(key) ? s.Get<T>(key) : null);
        return Add(new Field<TSpec, T>(key, type, doc, Get, Read) { Only = only });
    }

    /// <summary>Adds a key that may be left out and has no default.</summary>
    public Section<TSpec> Optional<T>(
        string key, FieldType<T> type, string doc, Func<TSpec, T?> get, Func<TSpec, T?, TSpec>? set = null,
        (Predicate<TSpec> Holds, string With)? only = null)
        where T : class
    {
        TSpec Read(SectionReader s, TSpec spec) => set is null ? spec : set(spec, s.Has(key) ? s.Get<T>(key) : null);
        return Add(new Field<TSpec, T>(key, type, doc, Always(get), Read) { Only = only });
    }

    /// <summary>Adds the keys of a part of the spec.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="get">The part; a spec without it has none of the keys.</param>
    /// <param name="set">The spec with another part.</param>
    /// <param name="hides">Leaves a key out of the text of some specs.</param>
    public Section<TSpec> Keys<TPart>(
        Section<TPart> keys, Func<TSpec, TPart?> get, Func<TSpec, TPart, TSpec> set,
        Func<TSpec, string, bool>? hides = null)
        where TPart : class =>
        AddAll(keys, field => new InnerField<TSpec, TPart>(field, get, set, _ => Section<TPart>.Blank())
        {
            Default = field.Default, Required = field.Required, Last = field.Last, Hides = hides,
        });

    /// <summary>Adds the keys of a part that is there when its first key is.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="get">The part.</param>
    /// <param name="set">The spec with another part.</param>
    /// <param name="begin">The part before it has values.</param>
    public Section<TSpec> Group<TPart>(
        Section<TPart> keys, Func<TSpec, TPart?> get, Func<TSpec, TPart, TSpec> set, Func<TSpec, TPart> begin)
        where TPart : class =>
        AddAll(keys, field => new InnerField<TSpec, TPart>(field, get, set, begin)
        {
            Default = field.Default, Required = field.Required, Last = field.Last, Lead = keys._fields[0].Key,
        });

    /// <summary>Adds a rule that several keys must keep together.</summary>
    /// <param name="key">Key to name when it is broken.</param>
    /// <param name="broken">True for a spec that breaks it, as the file states it.</param>
    /// <param name="message">What is wrong.</param>
    /// <param name="remedy">What to do.</param>
    /// <param name="code">Code of <see cref="ErrorCodes"/>.</param>
    public Section<TSpec> Check(
        string key, Func<TSpec, SectionReader, bool> broken, Func<TSpec, string> message, Func<TSpec, string> remedy,
        string code = ErrorCodes.Contradiction)
    {
        _checks.Add((spec, s) =>
        {
            if (broken(spec, s))
            {
                s.Fault(s.PlaceOf(key), code, message(spec), remedy(spec));
            }
        });
        return this;
    }

    /// <summary>Lets the writer put some keys after the others.</summary>
    public Section<TSpec> WriteLast(params string[] keys)
    {
        _fields.FindAll(f => keys.Contains(f.Key)).ForEach(f => f.Last = true);
        return this;
    }

    // Every property of a spec is the value of a key, so no constructor needs to run.
    internal static TSpec Blank() => (TSpec)RuntimeHelpers.GetUninitializedObject(typeof(TSpec));

    IEnumerable<Field<TSpec>> Written => _fields.OrderBy(f => f.Last);

    Section<TSpec> Add(Field<TSpec> field)
    {
        _fields.Add(field);
        return this;
    }

    Section<TSpec> AddAll<TPart>(Section<TPart> keys, Func<Field<TPart>, Field<TSpec>> adapt)
        where TPart : class
    {
        _fields.AddRange(keys._fields.Select(adapt));
        return this;
    }

    static Field<TSpec, T>.Getter Always<T>(Func<TSpec, T?> get) =>
        (TSpec spec, [MaybeNullWhen(false)] out T value) => (value = get(spec)) is not null;

    // After an error a section or a word is its default, so that the checks of the whole find one.
    static Func<SectionReader, TSpec, TSpec> Setter<T>(string key, Func<TSpec, T, TSpec>? set) =>
        (s, spec) => set is null ? spec : set(spec, s.Get<T>(key) ?? s.DefaultOf<T>(key)!);
}
