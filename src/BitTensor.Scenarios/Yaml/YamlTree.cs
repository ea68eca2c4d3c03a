using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace BitTensor.Scenarios;

/// <summary>A piece of YAML with its place. Nothing is interpreted yet: every scalar is text.</summary>
abstract class YamlNode(Place at)
{
    public Place At { get; } = at;
}

/// <summary>A scalar.</summary>
/// <param name="at">Place of its first character, or of its quote, or of the sign of a block.</param>
/// <param name="text">Its text.</param>
/// <param name="source">The file from that place to the scalar's end, as it stands there.</param>
sealed class YamlScalar(Place at, string text, string source) : YamlNode(at)
{
    public string Text { get; } = text;

    public bool IsQuoted => source is ['"' or '\'', ..];

    /// <summary>
    /// The place of a character of the text. Quotes, escapes, folded lines and indentation are in the file and not in
    /// the text: each character is the next one like it in the file, and a space any space or end of line.
    /// </summary>
    public Place PlaceOf(int offset)
    {
        var next = source.Length > 0 && source[0] is '|' or '>' ? source.IndexOf('\n') + 1
            : source.Length > 0 && source[0] is '"' or '\'' ? 1
            : 0;
        var at = next;
        for (var k = 0; k <= offset; k++)
        {
            at = k < Text.Length ? IndexOf(Text[k], next) : next;
            next = at + 1;
        }
        var before = source.AsSpan(0, Math.Min(at, source.Length));
        return before.LastIndexOf('\n') is >= 0 and var end
            ? At with { Line = At.Line + before.Count('\n'), Column = at - end }
            : At.Right(at);
    }

    /// <summary>Where the next character like this one is in the source; where it begins when there is none.</summary>
    int IndexOf(char wanted, int start)
    {
        var at = start;
        while (at < source.Length && source[at] != wanted && !(wanted == ' ' && char.IsWhiteSpace(source[at])))
        {
            at++;
        }
        return at < source.Length ? at : start;
    }
}

sealed class YamlList(Place at) : YamlNode(at)
{
    public List<YamlNode> Items { get; } = [];
}

sealed class YamlMap(Place at) : YamlNode(at)
{
    public List<(YamlScalar Key, YamlNode Value)> Entries { get; } = [];

    public YamlNode? this[string key] => Entries.FirstOrDefault(e => e.Key.Text == key).Value;
}

/// <summary>Text to tree, within limits that a hostile file meets before it costs anything.</summary>
sealed class YamlTree
{
    public const int MaxBytes = 1 << 20;
    const int MaxDepth = 32;
    const int MaxEvents = 100_000;

    readonly ErrorList _errors;
    readonly Place _origin;
    readonly int _lines;
    readonly string _text;
    readonly Stack<(YamlNode Node, YamlScalar? Key)> _open = new();
    YamlNode? _root;

    YamlTree(string text, ErrorList errors, Place origin)
    {
        _text = text;
        _errors = errors;
        _origin = origin;
        _lines = text.Count(c => c == '\n') + 1;
    }

    /// <summary>The tree of a text; null when errors were added.</summary>
    public static YamlNode? Read(string text, ErrorList errors, Place origin = default)
    {
        if (Encoding.UTF8.GetByteCount(text) > MaxBytes)
        {
            errors.Add(
                new Place(1, 1), ErrorCodes.TooLarge, "the file is larger than 1 MiB", "a scenario is a page or two");
            return null;
        }
        if (FindControl(text) is { } control)
        {
            errors.Add(
                control, ErrorCodes.Encoding, "a control character, or bytes that are not UTF-8",
                "save the file as plain UTF-8 text");
            return null;
        }
        var tree = new YamlTree(text, errors, origin);
        var parser = new Parser(new StringReader(text));
        try
        {
            return tree.Build(parser) ? tree._root : null;
        }
        catch (YamlException e)
        {
            if (origin.File is null && FindTab(text) is { } tab)
            {
                errors.Add(tab, ErrorCodes.Syntax, "not YAML: a tab in the indentation", "indent with spaces");
            }
            else
            {
                errors.Add(
                    tree.PlaceOf(e.Start), ErrorCodes.Syntax, $"not YAML: {OneLine(e.Message)}",
                    "check indentation, colons and quotes");
            }
            return null;
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or IndexOutOfRangeException)
        {
            // The parser gives up like this on some unfinished lists and sections.
            errors.Add(
                tree.PlaceOf(parser.Current?.Start ?? Mark.Empty), ErrorCodes.Syntax, "not YAML from here on",
                "check for a bracket, brace or quote that is not closed");
            return null;
        }
    }

    bool Build(Parser parser)
    {
        var (events, documents) = (0, 0);
        while (parser.MoveNext())
        {
            var e = parser.Current!;
            if (++events > MaxEvents || _open.Count > MaxDepth)
            {
                return Refuse(
                    e, ErrorCodes.TooDeep, "more parts or levels than a scenario can have",
                    "at most 32 levels and 100,000 parts");
            }
            if (e is DocumentStart start
                && (++documents > 1 || start.Version is not null || start.Tags?.Any(IsDeclared) == true))
            {
                return Refuse(
                    e, ErrorCodes.Documents, "another document or a directive",
                    "one document per file, without %YAML or %TAG");
            }
            if (e is AnchorAlias || (e is NodeEvent node && (!node.Anchor.IsEmpty || !node.Tag.IsEmpty)))
            {
                return Refuse(e, ErrorCodes.Indirection, "an anchor, alias or tag", "write the value itself");
            }
            if (!Take(e))
            {
                return false;
            }
        }
        return true;
    }

    // The parser adds the two handles every document has.
    static bool IsDeclared(YamlDotNet.Core.Tokens.TagDirective tag) =>
        (tag.Handle, tag.Prefix) is not (("!", "!") or ("!!", "tag:yaml.org,2002:"));

    bool Take(ParsingEvent e)
    {
        var at = PlaceOf(e.Start);
        switch (e)
        {
            case YamlDotNet.Core.Events.Scalar scalar:
                return Place(new YamlScalar(at, scalar.Value, SourceOf(scalar)));
            case MappingStart:
                return Open(new YamlMap(at));
            case SequenceStart:
                return Open(new YamlList(at));
            case MappingEnd or SequenceEnd:
                _open.Pop();
                return true;
            default:
                return true;
        }
    }

    string SourceOf(YamlDotNet.Core.Events.Scalar scalar)
    {
        var (start, end) = ((int)scalar.Start.Index, (int)scalar.End.Index);
        return start >= 0 && start <= end && end <= _text.Length ? _text[start..end] : "";
    }

    bool Open(YamlNode node)
    {
        var placed = Place(node);
        _open.Push((node, null));
        return placed;
    }

    bool Place(YamlNode node)
    {
        if (_open.Count == 0)
        {
            _root = node;
            return true;
        }
        var (parent, key) = _open.Pop();
        if (parent is YamlList list)
        {
            list.Items.Add(node);
            key = null;
        }
        else if (key is not null)
        {
            ((YamlMap)parent).Entries.Add((key, node));
            key = null;
        }
        else if (node is YamlScalar scalar)
        {
            key = scalar;
        }
        else
        {
            _errors.Add(node.At, ErrorCodes.WrongType, "a key that is a section or list", "keys are plain words");
            return false;
        }
        _open.Push((parent, key));
        return true;
    }

    bool Refuse(ParsingEvent e, string code, string message, string remedy)
    {
        _errors.Add(PlaceOf(e.Start), code, message, remedy);
        return false;
    }

    Place PlaceOf(Mark mark)
    {
        if (_origin.File is null)
        {
            return new Place((int)mark.Line, (int)mark.Column);
        }
        // The end of a text is, to the parser, at the start of the line behind it: that is no place in the file.
        return mark.Line > _lines ? _origin
            : mark.Line <= 1 ? _origin.Right((int)mark.Column - 1)
            : new Place(_origin.Line + (int)mark.Line - 1, (int)mark.Column, _origin.File);
    }

    /// <summary>The first character that no text has; null for none.</summary>
    public static Place? FindControl(string text)
    {
        var (line, column) = (1, 1);
        foreach (var c in text)
        {
            if ((char.IsControl(c) && c is not ('\n' or '\r' or '\t')) || c == '\uFFFD')
            {
                return new Place(line, column);
            }
            (line, column) = c == '\n' ? (line + 1, 1) : (line, column + 1);
        }
        return null;
    }

    /// <summary>The first tab that indents a line.</summary>
    static Place? FindTab(string text)
    {
        var lines = text.Split('\n');
        for (var k = 0; k < lines.Length; k++)
        {
            var indentation = lines[k].Length - lines[k].TrimStart(' ', '\t').Length;
            if (lines[k].AsSpan(0, indentation).IndexOf('\t') is >= 0 and var at)
            {
                return new Place(k + 1, at + 1);
            }
        }
        return null;
    }

    static string OneLine(string text) => text.ReplaceLineEndings(" ").TrimEnd('.');
}
