using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace BitTensor.Scenarios;

/// <summary>One scalar, or a list of scalars without repetition.</summary>
sealed class ManyType<T>(ScalarType<T> item) : FieldType<ImmutableArray<T>>
{
    public override string Describe() => item.Describe() + ", or a list of such";

    public override string Plain => item.Plain + ", or a list of such";

    public override IReadOnlyList<string> Corners => item.Corners;

    public override JsonObject Schema() => new()
    {
        ["anyOf"] = new JsonArray(
            item.Schema(), new JsonObject { ["type"] = "array", ["items"] = item.Schema(), ["minItems"] = 1 }),
    };

    public override ImmutableArray<T> Read(SectionReader s, string key)
    {
        var nodes = s.Node(key) switch { null => [], YamlList list => list.Items, var single => [single] };
        if (s.Has(key) && nodes.Count == 0)
        {
            s.Fault(s.PlaceOf(key), ErrorCodes.Empty, $"'{key}' is empty", "it needs at least one entry");
        }
        var read = new List<T>();
        foreach (var node in nodes)
        {
            if (!s.Scalar(item, node, out var value))
            {
                continue;
            }
            if (read.Contains(value))
            {
                s.Fault(
                    node.At, ErrorCodes.DuplicateName, "the value stands in the list already", "write each value once");
            }
            read.Add(value);
        }
        return [.. read];
    }

    public override ImmutableArray<T> ReadDefault(string text) =>
        [.. text.Trim('[', ']').Split(", ").Select(t => item.Parse(t).Value!)];

    public override string Text(ImmutableArray<T> value) => YamlText.Many(value, item.Text);
}

/// <summary>A nested section. One that is not there is read as an empty one.</summary>
sealed class SectionType<T>(Section<T> section) : FieldType<T>
    where T : class
{
    public override string Describe() => $"section, see [{section.Title}](#{section.Anchor})";

    public override string Plain => "section";

    public override JsonObject Schema() => section.Schema();

    public override IReadOnlyList<Section> Sections => [section];

    public override IReadOnlyList<SectionReader> Open(SectionReader s, string key) => [s.Below(section, s.Node(key))];

    public override T Read(SectionReader s, string key) => section.Read(s.Child(key));

    public override string Text(T value) => section.Flow(value);

    public override void Write(YamlText y, string key, T value) => y.Section(key, () => section.Write(y, value));
}

/// <summary>A scalar, or a nested section in its place.</summary>
/// <param name="scalar">The scalar.</param>
/// <param name="section">The section.</param>
/// <param name="isSection">True for a value that the section states.</param>
sealed class ScalarOrSectionType<T>(ScalarType<T> scalar, Section<T> section, Predicate<T> isSection) : FieldType<T>
    where T : class
{
    public override string Describe() => $"{scalar.Describe()}, or section, see [{section.Title}](#{section.Anchor})";

    public override string Plain => $"{scalar.Plain}, or a section";

    public override JsonObject Schema() =>
        new() { ["anyOf"] = new JsonArray(scalar.Schema(), section.Schema()) };

    public override IReadOnlyList<string> Corners => scalar.Corners;

    public override IReadOnlyList<Section> Sections => [section];

    public override IReadOnlyList<SectionReader> Open(SectionReader s, string key) =>
        s.Node(key) is YamlMap map ? [s.Below(section, map)] : [];

    public override T? Read(SectionReader s, string key) => s.Children(key) is [var child]
        ? section.Read(child)
        : s.Node(key) is { } node && s.Scalar(scalar, node, out var value) ? value : null;

    public override T? ReadDefault(string text) => scalar.ReadDefault(text);

    public override string Text(T value) => isSection(value) ? section.Flow(value) : scalar.Text(value);
}

/// <summary>A list of sections.</summary>
/// <param name="section">An entry.</param>
/// <param name="needsOne">True when the list is never empty.</param>
sealed class ListType<T>(Section<T> section, bool needsOne) : FieldType<ImmutableArray<T>>
    where T : class
{
    public override string Describe() =>
        $"list or a [table](#tables), see [{section.Title}](#{section.Anchor})";

    public override string Plain => "list";

    public override IReadOnlyList<Section> Sections => [section];

    public override JsonObject Schema()
    {
        var list = new JsonObject { ["type"] = "array", ["items"] = section.Schema() };
        if (needsOne)
        {
            list["minItems"] = 1;
        }
        return new() { ["anyOf"] = new JsonArray(list, TableFile.Reference.Schema()) };
    }

    public override IReadOnlyList<SectionReader> Open(SectionReader s, string key)
    {
        var node = s.Node(key);
        if (TableFile.IsNamed(node))
        {
            return s.Rows(section, node!);
        }
        if (node is not (null or YamlList or YamlScalar { Text: "" }))
        {
            s.Fault(
                node.At, ErrorCodes.WrongType, "a list belongs here",
                "write entries that begin with '- ', or { file: TABLE.csv }");
            return [];
        }
        var items = (node as YamlList)?.Items ?? [];
        if (node is not null && items.Count == 0 && needsOne)
        {
            s.Fault(node.At, ErrorCodes.Empty, $"'{key}' is empty", "it needs at least one entry");
        }
        return [.. items.Select(i => s.Below(section, i))];
    }

    public override ImmutableArray<T> Read(SectionReader s, string key) => [.. s.Children(key).Select(section.Read)];

    public override string Text(ImmutableArray<T> value) => YamlText.Many(value, section.Flow);

    public override bool IsNothing(ImmutableArray<T> value) => value.IsEmpty;

    public override void Write(YamlText y, string key, ImmutableArray<T> value)
    {
        if (y.TakesTable(value.Length))
        {
            y.Table(key, section.Rows(value));
        }
        else
        {
            y.Section(key, () => value.ToList().ForEach(entry => y.Item(() => section.Write(y, entry))));
        }
    }
}

/// <summary>
/// One of several sections, told apart by a key of theirs: the discriminator. A scalar may stand for a section without
/// keys, by its name, or for a value that it states itself.
/// </summary>
/// <param name="discriminator">The key.</param>
sealed class VariantType<T>(string discriminator) : FieldType<T>
    where T : class
{
    readonly List<Case> _cases = [];
    Func<IEnumerable<Case>> _more = () => [];
    ScalarType<string>? _names;
    ScalarType<T>? _scalar;

    /// <summary>True when the writer gives each key a line of its own.</summary>
    public bool Block { get; init; }

    public override IReadOnlyList<Section> Sections => [.. _cases.Select(c => c.Section)];

    public override IReadOnlyList<string> Corners => _scalar?.Corners ?? [];

    /// <summary>The scalars that are allowed: names of cases.</summary>
    public VariantType<T> Named(params IEnumerable<string> names)
    {
        _names = Types.Words(names);
        return this;
    }

    /// <summary>The scalars that are allowed: values of their own.</summary>
    public VariantType<T> Or(ScalarType<T> scalar)
    {
        _scalar = scalar;
        return this;
    }

    /// <summary>Adds a case. The first case is the default.</summary>
    /// <param name="section">Its name and keys.</param>
    /// <param name="holds">True for a value of it; without it every <typeparamref name="TCase"/> is one.</param>
    public VariantType<T> With<TCase>(Section<TCase> section, Predicate<T>? holds = null)
        where TCase : class, T
    {
        _cases.Add(new Case(
            section, holds ?? (value => value is TCase), section.Read,
            (y, value) => section.Write(y, (TCase)value), value => section.Lines((TCase)value)));
        return this;
    }

    /// <summary>
    /// Adds cases that the process knows when a file is read: by name alone or as sections. They are in no schema.
    /// </summary>
    /// <param name="sections">Their sections, each the same at every call.</param>
    /// <param name="holds">True for a value of a section.</param>
    public VariantType<T> WithMore<TCase>(
        Func<IEnumerable<Section<TCase>>> sections, Func<Section<TCase>, TCase, bool> holds)
        where TCase : class, T
    {
        _more = () => sections().Select(s => new Case(
            s, value => value is TCase one && holds(s, one), s.Read, (y, value) => s.Write(y, (TCase)value),
            value => s.Lines((TCase)value)));
        return this;
    }

    /// <summary>What a name that no case has may be, for the remedy of its error.</summary>
    public string? Otherwise { get; init; }

    public override string Describe() =>
        (Scalars is { } scalars ? scalars.Describe() + ", or " : "") + $"section by `{discriminator}`: "
        + string.Join(", ", Sections.Select(c => $"[{c.Name}](#{c.Anchor})"));

    public override string Plain => "section";

    public override JsonObject Schema() => new() { ["anyOf"] = Options() };

    /// <summary>Schemas of the allowed values.</summary>
    public JsonArray Options()
    {
        var sections = Sections.Select(c => c.Schema(discriminator));
        return [.. Scalars is { } scalars ? sections.Prepend(scalars.Schema()) : sections];
    }

    public override IReadOnlyList<SectionReader> Open(SectionReader s, string key) => OpenNode(s, key, s.Node(key));

    /// <summary>The section of a node: one reader, or none for another scalar and after an error.</summary>
    public IReadOnlyList<SectionReader> OpenNode(SectionReader s, string key, YamlNode? node)
    {
        switch (node)
        {
            case null:
                return Scalars is null ? [s.Below(_cases[0].Section, null)] : [];
            case YamlMap map when map[discriminator] is YamlScalar chosen:
                return Chosen(s, Types.Words(Sections.Select(c => c.Name)), chosen) is { } named
                    ? [s.Below(named.Section, map, discriminator)]
                    : [];
            case YamlMap map:
                s.Fault(
                    map.At, ErrorCodes.MissingKey, $"'{key}' needs '{discriminator}'",
                    $"add {discriminator}: one of {string.Join(", ", Sections.Select(c => c.Name))}");
                return [];
            case YamlScalar text when _names is not null:
                return Chosen(s, _names, text) is { } one ? [s.Below(one.Section, null, at: text.At)] : [];
            case YamlScalar when _scalar is not null:
                return [];
            default:
                var remedy = $"write {discriminator}: ... below it";
                s.Fault(node.At, ErrorCodes.WrongType, $"'{key}' is not a section", remedy);
                return [];
        }
    }

    public override T? Read(SectionReader s, string key)
    {
        if (s.Children(key) is [var chosen])
        {
            return ReadCase(chosen);
        }
        return _scalar is not null && s.Node(key) is YamlScalar text && s.Scalar(_scalar, text, out var value)
            ? value
            : null;
    }

    /// <summary>The value of a section that <see cref="OpenNode"/> gave.</summary>
    public T ReadCase(SectionReader s) => All.First(c => c.Section == s.Section).Read(s);

    public override T? ReadDefault(string text) =>
        _scalar is not null ? _scalar.ReadDefault(text) : Default(_names is null ? _cases[0] : CaseOf(text));

    public override string Text(T value) => _scalar?.Text(value) ?? TextOf(All.First(c => c.Holds(value)), value);

    public override void Write(YamlText y, string key, T value)
    {
        if (!Block)
        {
            base.Write(y, key, value);
            return;
        }
        var chosen = All.First(c => c.Holds(value));
        y.Section(key, () =>
        {
            y.Line($"{discriminator}: {chosen.Section.Name}");
            chosen.Write(y, value);
        });
    }

    FieldType? Scalars => (FieldType?)_names ?? _scalar;

    IEnumerable<Case> All => _cases.Concat(_more());

    /// <summary>The case of a name; null after an error.</summary>
    Case? Chosen(SectionReader s, ScalarType<string> names, YamlScalar name)
    {
        if (_more().FirstOrDefault(c => c.Section.Name == name.Text) is { } more)
        {
            return more;
        }
        if (Otherwise is not null && names.Parse(name.Text).Problem is { } problem)
        {
            s.Fault(name.At, problem.Code, problem.Message, $"{problem.Remedy}; {Otherwise}");
            return null;
        }
        return s.Scalar(names, name, out var word) ? CaseOf(word) : null;
    }

    Case CaseOf(string name) => _cases.First(c => c.Section.Name == name);

    static T Default(Case chosen) => chosen.Read(SectionReader.Empty(chosen.Section));

    string TextOf(Case chosen, T value)
    {
        var lines = chosen.Lines(value).ToList();
        return lines.Count == 0 && _names is not null
            && (_names.Parse(chosen.Section.Name).Problem is null || !_cases.Contains(chosen))
            ? chosen.Section.Name
            : YamlText.Flow(lines.Prepend($"{discriminator}: {chosen.Section.Name}"));
    }

    /// <summary>A section with what reads and writes it.</summary>
    sealed record Case(
        Section Section, Predicate<T> Holds, Func<SectionReader, T> Read, Action<YamlText, T> Write,
        Func<T, IEnumerable<string>> Lines);
}

/// <summary>One variant, or a list of variants.</summary>
sealed class VariantsType<T>(VariantType<T> one) : FieldType<ImmutableArray<T>>
    where T : class
{
    public override string Describe() => "one or a list of: " + one.Describe();

    public override string Plain => "section";

    public override IReadOnlyList<Section> Sections => one.Sections;

    public override JsonObject Schema()
    {
        var options = one.Options();
        var items = new JsonObject { ["anyOf"] = options.DeepClone() };
        options.Add(new JsonObject { ["type"] = "array", ["items"] = items, ["minItems"] = 1 });
        return new JsonObject { ["anyOf"] = options };
    }

    public override IReadOnlyList<SectionReader> Open(SectionReader s, string key)
    {
        var nodes = s.Node(key) is YamlList list ? list.Items : [s.Node(key)!];
        if (nodes.Count == 0)
        {
            s.Fault(s.PlaceOf(key), ErrorCodes.Empty, $"'{key}' is empty", "it needs at least one entry");
        }
        return [.. nodes.SelectMany(node => one.OpenNode(s, key, node))];
    }

    public override ImmutableArray<T> Read(SectionReader s, string key) => [.. s.Children(key).Select(one.ReadCase)];

    public override ImmutableArray<T> ReadDefault(string text) => [one.ReadDefault(text)!];

    public override string Text(ImmutableArray<T> value) =>
        value.Length == 1 ? one.Text(value[0]) : YamlText.Many(value, one.Text);
}
