using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace BitTensor.Scenarios;

/// <summary>Reads one mapping by its <see cref="Section"/>: every key known, once, present when required, of its type; defaults filled in.</summary>
sealed class SectionReader
{
    readonly Section _section;
    readonly Dictionary<string, (YamlScalar? Key, YamlNode Node)> _values = [];
    readonly ErrorList _errors;

    /// <param name="section">What is expected.</param>
    /// <param name="node">What is there; null for nothing.</param>
    /// <param name="at">Place to name when something is missing.</param>
    /// <param name="errors">Where errors go.</param>
    /// <param name="discriminator">Key of the variant, already read by the caller.</param>
    public SectionReader(Section section, YamlNode? node, Place at, ErrorList errors, string? discriminator = null)
    {
        _section = section;
        _errors = errors;
        At = node?.At ?? at;
        // An empty value is an empty section: `network:` with everything below it commented out.
        if (node is YamlMap map)
        {
            Collect(map, discriminator);
        }
        else if (node is not null and not YamlScalar { Text: "" })
        {
            errors.Add(node.At, ErrorCodes.WrongType, "a section with keys belongs here", $"write keys like {Keys.FirstOrDefault() ?? "none"}: ... below it");
            return;
        }
        foreach (var missing in section.Fields.Where(f => f.Required && !_values.ContainsKey(f.Key)))
        {
            errors.Add(At, ErrorCodes.MissingKey, $"{Named} needs '{missing.Key}'", $"add `{missing.Key}: ...` ({Plain(missing.Type)})");
        }
    }

    public Place At { get; }

    /// <summary>The keys it may have.</summary>
    public IReadOnlyList<Field> Fields => _section.Fields;

    List<string> Keys => [.. _section.Fields.Select(f => f.Key)];

    string Named => _section.Key.Length == 0 ? "the scenario" : $"'{_section.Key}'";

    public bool Has(string key) => _values.ContainsKey(key);

    /// <summary>Place of a key's value, or of the section when it is not there.</summary>
    public Place PlaceOf(string key) => _values.TryGetValue(key, out var value) ? value.Node.At : At;

    /// <summary>Scalar behind a key, for places inside its text.</summary>
    public YamlScalar? ScalarOf(string key) => _values.TryGetValue(key, out var value) ? value.Node as YamlScalar : null;

    /// <summary>A scalar's value, or its default; the type's zero after an error.</summary>
    [return: MaybeNull]
    public T Get<T>(string key)
    {
        var field = FieldOf(key);
        var type = (ScalarType)field.Type;
        if (!_values.TryGetValue(key, out var value))
        {
            return field.Default is { } text ? (T)type.Parse(text, out _)! : default;
        }
        return ParseScalar(type, value.Node) is T parsed ? parsed : default;
    }

    /// <summary>A scalar's value, or null when it is not there and has no default.</summary>
    public T? Find<T>(string key)
        where T : struct => Has(key) ? Get<T>(key) : null;

    /// <summary>One or many scalars; the default's when the key is not there, none without a default or after an error.</summary>
    public ImmutableArray<T> Many<T>(string key)
    {
        var field = FieldOf(key);
        var item = ((ManyType)field.Type).Item;
        var read = Node(key) switch
        {
            null when field.Default is { } text => [.. text.Trim('[', ']').Split(", ").Select(t => item.Parse(t, out _))],
            null => [],
            YamlList list => [.. list.Items.Select(i => ParseScalar(item, i))],
            var single => new[] { ParseScalar(item, single) },
        };
        CheckMany(key, read);
        return [.. read.OfType<T>()];
    }

    void CheckMany(string key, object?[] read)
    {
        if (Has(key) && read.Length == 0)
        {
            _errors.Add(PlaceOf(key), ErrorCodes.Empty, $"'{key}' is empty", "it needs at least one entry");
        }
        for (var k = 1; k < read.Length; k++)
        {
            if (read[k] is { } value && Array.IndexOf(read, value) < k)
            {
                _errors.Add(((YamlList)Node(key)!).Items[k].At, ErrorCodes.DuplicateName, "the value stands in the list already", "write each value once");
            }
        }
    }

    public SectionReader Section(string key) =>
        new(((SectionType)FieldOf(key).Type).Section, Node(key), At, _errors);

    public List<SectionReader> List(string key)
    {
        var type = (ListType)FieldOf(key).Type;
        switch (Node(key))
        {
            case null:
                return [];
            case YamlList list:
                if (list.Items.Count == 0 && type.NeedsOne)
                {
                    _errors.Add(list.At, ErrorCodes.Empty, $"'{key}' is empty", "it needs at least one entry");
                }
                return [.. list.Items.Select(i => new SectionReader(type.Section, i, i.At, _errors))];
            case YamlScalar { Text: "" } empty:
                if (type.NeedsOne)
                {
                    _errors.Add(empty.At, ErrorCodes.Empty, $"'{key}' is empty", "it needs at least one entry");
                }
                return [];
            case var other:
                _errors.Add(other.At, ErrorCodes.WrongType, "a list belongs here", "write entries that begin with '- '");
                return [];
        }
    }

    /// <summary>
    /// A variant: the name of the section that was chosen and a reader of it; or a scalar's value with a null reader. The default when the
    /// key is not there, null after an error.
    /// </summary>
    public (string? Variant, object? Scalar, SectionReader? Reader) Variant(string key) => Variant(key, Node(key));

    /// <summary>One or several variants, of a type whose scalar names one; the default when the key is not there, fewer after an error.</summary>
    public ImmutableArray<(string Name, SectionReader Reader)> Variants(string key)
    {
        var type = (VariantType)FieldOf(key).Type;
        var nodes = Node(key) is YamlList list ? list.Items : [Node(key)!];
        if (nodes.Count == 0)
        {
            _errors.Add(PlaceOf(key), ErrorCodes.Empty, $"'{key}' is empty", "it needs at least one entry");
        }
        var read = ImmutableArray.CreateBuilder<(string, SectionReader)>();
        foreach (var node in nodes)
        {
            var (variant, scalar, reader) = Variant(key, node);
            if ((variant ?? scalar as string) is { } name)
            {
                read.Add((name, reader ?? new SectionReader(type.Variants.First(v => v.Key == name), null, node?.At ?? At, _errors)));
            }
        }
        return read.ToImmutable();
    }

    /// <summary>The value of a key that is one scalar or a list of them, or null when it is not there and has no default.</summary>
    public object? Value(Field field) => field.Type switch
    {
        _ when !Has(field.Key) && field.Default is null => null,
        ManyType => Many<string>(field.Key),
        _ => Get<object>(field.Key),
    };

    (string? Variant, object? Scalar, SectionReader? Reader) Variant(string key, YamlNode? node)
    {
        var field = FieldOf(key);
        var type = (VariantType)field.Type;
        switch (node)
        {
            case null:
                return type.Scalar is { } plain
                    ? (null, plain.Parse(field.Default!, out _), null)
                    : (type.Variants[0].Key, null, new SectionReader(type.Variants[0], null, At, _errors));
            case YamlMap map when map[type.Discriminator] is YamlScalar chosen:
                if (new ChoiceType([.. type.Variants.Select(v => v.Key)]).Parse(chosen.Text, out var problem) is not string name)
                {
                    _errors.Add(chosen.At, problem.Code, problem.Message, problem.Remedy);
                    return default;
                }
                return (name, null, new SectionReader(type.Variants.First(v => v.Key == name), map, map.At, _errors, type.Discriminator));
            case YamlMap map:
                _errors.Add(
                    map.At, ErrorCodes.MissingKey, $"'{key}' needs '{type.Discriminator}'",
                    $"add {type.Discriminator}: one of {string.Join(", ", type.Variants.Select(v => v.Key))}");
                return default;
            case YamlScalar text when type.Scalar is { } scalar:
                return (null, ParseScalar(scalar, text), null);
            case var other:
                _errors.Add(other.At, ErrorCodes.WrongType, $"'{key}' is not a section", $"write {type.Discriminator}: ... below it");
                return default;
        }
    }

    void Collect(YamlMap map, string? discriminator)
    {
        var seen = new HashSet<string>();
        foreach (var (key, node) in map.Entries)
        {
            if (!seen.Add(key.Text))
            {
                _errors.Add(key.At, ErrorCodes.DuplicateKey, $"'{Shorten.Of(key.Text)}' stands twice", "keep one of them");
            }
            else if (key.Text == discriminator)
            {
                continue;
            }
            else if (Keys.Contains(key.Text))
            {
                _values[key.Text] = (key, node);
            }
            else
            {
                var remedy = Keys.Count == 0 ? "no further keys belong here" : Shorten.DidYouMean(key.Text, Keys);
                _errors.Add(key.At, ErrorCodes.UnknownKey, $"unknown key '{Shorten.Of(key.Text)}' in {Named}", remedy);
            }
        }
    }

    object? ParseScalar(ScalarType type, YamlNode node)
    {
        if (node is not YamlScalar scalar)
        {
            _errors.Add(node.At, ErrorCodes.WrongType, "a single value belongs here", $"write a {Plain(type)}");
            return null;
        }
        var parsed = type.Parse(scalar.Text, out var problem);
        if (parsed is null)
        {
            _errors.Add(scalar.At, problem.Code, problem.Message, problem.Remedy);
        }
        return parsed;
    }

    YamlNode? Node(string key) => _values.TryGetValue(key, out var value) ? value.Node : null;

    Field FieldOf(string key) => Array.Find(_section.Fields, f => f.Key == key)
        ?? throw new InvalidOperationException($"The format has no '{key}' in '{_section.Key}'.");

    static string Plain(FieldType type) => type switch
    {
        ListType => "list",
        ManyType many => Plain(many.Item) + ", or a list of such",
        SectionType or VariantType => "section",
        _ => type.Describe().Replace("`", "").Replace("\\|", "or"),
    };
}
