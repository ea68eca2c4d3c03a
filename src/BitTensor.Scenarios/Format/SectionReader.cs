using System.Diagnostics.CodeAnalysis;

namespace BitTensor.Scenarios;

/// <summary>
/// The keys of one mapping as a file states them, against their <see cref="Scenarios.Section"/>: every key known, once,
/// present when required, of its type.
/// </summary>
sealed class SectionReader
{
    readonly Dictionary<string, YamlNode> _values = [];
    readonly Dictionary<string, IReadOnlyList<SectionReader>> _children = [];
    readonly ErrorList _errors;

    /// <param name="section">Keys that are expected.</param>
    /// <param name="node">The mapping; null for none.</param>
    /// <param name="at">Place to name when something is missing.</param>
    /// <param name="errors">Destination of errors.</param>
    /// <param name="discriminator">Key of the variant, which the caller has read.</param>
    public SectionReader(Section section, YamlNode? node, Place at, ErrorList errors, string? discriminator = null)
    {
        Section = section;
        _errors = errors;
        At = node?.At ?? at;
        // An empty value is an empty section: `network:` with everything below it commented out.
        if (node is YamlMap map)
        {
            Collect(map, discriminator);
        }
        else if (node is not null and not YamlScalar { Text: "" })
        {
            var remedy = $"write keys like {Keys.FirstOrDefault() ?? "none"}: ... below it";
            Fault(node.At, ErrorCodes.WrongType, "a section with keys belongs here", remedy);
            return;
        }
        foreach (var missing in section.Fields.Where(f => f.Required && !_values.ContainsKey(f.Key)))
        {
            var remedy = $"add `{missing.Key}: ...` ({missing.Type.Plain})";
            Fault(At, ErrorCodes.MissingKey, $"{Named} needs '{missing.Key}'", remedy);
        }
    }

    /// <summary>A reader of a section without keys.</summary>
    public static SectionReader Empty(Section section) => new(section, null, default, new ErrorList(""));

    /// <summary>Place of the mapping.</summary>
    public Place At { get; }

    /// <summary>The section that it is read by.</summary>
    public Section Section { get; }

    List<string> Keys => [.. Section.Fields.Select(f => f.Key)];

    string Named => Section.Name.Length == 0 ? "the scenario" : $"'{Section.Name}'";

    /// <summary>True when the file states the key.</summary>
    public bool Has(string key) => Node(key) is not null;

    /// <summary>Place of a key's value, or of the section when the file does not state the key.</summary>
    public Place PlaceOf(string key) => Node(key)?.At ?? At;

    /// <summary>Scalar under a key, for places inside its text.</summary>
    public YamlScalar? ScalarOf(string key) => Node(key) as YamlScalar;

    /// <summary>What the file states under a key; null for nothing.</summary>
    public YamlNode? Node(string key) => _values.GetValueOrDefault(FieldOf(key).Key);

    /// <summary>A key's value, or its default; the zero of its type after an error.</summary>
    [return: MaybeNull]
    public T Get<T>(string key) => Has(key) || FieldOf(key).Default is null
        ? ((FieldType<T>)FieldOf(key).Type).Read(this, key)
        : DefaultOf<T>(key);

    /// <summary>A key's default; the zero of its type for a key without one.</summary>
    [return: MaybeNull]
    public T DefaultOf<T>(string key) =>
        FieldOf(key) is { Default: { } text } field ? ((FieldType<T>)field.Type).ReadDefault(text) : default;

    /// <summary>The readers of the sections under a key.</summary>
    public IReadOnlyList<SectionReader> Children(string key)
    {
        if (!_children.TryGetValue(key, out var children))
        {
            _children[key] = children = FieldOf(key).Type.Open(this, key);
        }
        return children;
    }

    /// <summary>The reader of the one section under a key.</summary>
    public SectionReader Child(string key) => Children(key)[0];

    /// <summary>A reader of a section below this one.</summary>
    public SectionReader Below(Section section, YamlNode? node, string? discriminator = null, Place? at = null) =>
        new(section, node, at ?? At, _errors, discriminator);

    /// <summary>
    /// The rows of a table that a section names, each a section of its own; none after an error.
    /// </summary>
    public IReadOnlyList<SectionReader> Rows(Section section, YamlNode named)
    {
        if (TableFile.Load(named, _errors) is not { } table || !HasColumns(section, table))
        {
            return [];
        }
        return [.. table.Rows.Items.Select(row => Below(section, row))];
    }

    /// <summary>Reads a scalar; false after an error.</summary>
    public bool Scalar<T>(ScalarType<T> type, YamlNode node, [MaybeNullWhen(false)] out T value)
    {
        value = default;
        if (node is not YamlScalar scalar)
        {
            Fault(node.At, ErrorCodes.WrongType, "a single value belongs here", $"write one value: {type.Plain}");
            return false;
        }
        var parsed = type.Parse(scalar.Text);
        if (parsed.Problem is { } problem)
        {
            Fault(scalar.At, problem.Code, problem.Message, problem.Remedy);
            return false;
        }
        value = parsed.Value!;
        return true;
    }

    /// <summary>Adds an error.</summary>
    public void Fault(Place at, string code, string message, string remedy) => _errors.Add(at, code, message, remedy);

    /// <summary>Adds the error that a key has no effect without another one.</summary>
    public void HasNoEffect(string key, string with) => Fault(
        PlaceOf(key), ErrorCodes.Contradiction, $"'{key}' has no effect without {with}",
        $"leave it out, or write {with}");

    /// <summary>
    /// True for a key of the file beside a value that a point of a sweep sets: it may have no effect at this point, and
    /// has one at others.
    /// </summary>
    public bool IsIdleAtPoint(string key) =>
        Node(key)?.At.File != ScenarioOverride.OfSweep
        && _values.Values.Any(v => v.At.File == ScenarioOverride.OfSweep);

    /// <summary>Says once, at the head, what every row would say.</summary>
    bool HasColumns(Section section, Table table)
    {
        var faults = _errors.Count;
        string[] keys = [.. section.Fields.Select(f => f.Key)];
        foreach (var column in table.Head.Where(c => !section.Has(c.Text.Split('.')[0])))
        {
            Fault(
                column.At, ErrorCodes.UnknownKey, $"unknown column '{Shorten.Of(column.Text)}' in '{section.Name}'",
                Shorten.DidYouMean(column.Text, keys));
        }
        foreach (var missing in section.Fields.Where(f => f.Required && !table.Head.Any(c => IsOf(c.Text, f.Key))))
        {
            Fault(
                table.Rows.At, ErrorCodes.MissingKey, $"'{section.Name}' needs a column '{missing.Key}'",
                $"add it to the first line ({missing.Type.Plain})");
        }
        return _errors.Count == faults;
    }

    static bool IsOf(string column, string key) =>
        column == key || column.StartsWith(key + ".", StringComparison.Ordinal);

    void Collect(YamlMap map, string? discriminator)
    {
        var seen = new HashSet<string>();
        foreach (var (key, node) in map.Entries)
        {
            if (!seen.Add(key.Text))
            {
                Fault(key.At, ErrorCodes.DuplicateKey, $"'{Shorten.Of(key.Text)}' stands twice", "keep one of them");
            }
            else if (key.Text == discriminator)
            {
                continue;
            }
            else if (Keys.Contains(key.Text))
            {
                _values[key.Text] = node;
            }
            else
            {
                var remedy = Keys.Count == 0 ? "no further keys belong here" : Shorten.DidYouMean(key.Text, Keys);
                Fault(key.At, ErrorCodes.UnknownKey, $"unknown key '{Shorten.Of(key.Text)}' in {Named}", remedy);
            }
        }
    }

    Field FieldOf(string key) => Section.Fields.FirstOrDefault(f => f.Key == key)
        ?? throw new InvalidOperationException($"The format has no '{key}' in '{Section.Name}'.");
}
