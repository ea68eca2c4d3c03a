using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace BitTensor.Scenarios;

/// <summary>A piece of YAML with its place. Nothing is interpreted yet: every scalar is text.</summary>
abstract class YamlNode(Place at)
{
    public Place At { get; } = at;
}

/// <summary>A scalar; <paramref name="inset"/> is 1 inside quotes, so that places in the text can be named.</summary>
sealed class YamlScalar(Place at, string text, int inset) : YamlNode(at)
{
    public string Text { get; } = text;

    /// <summary>1 inside quotes, else 0.</summary>
    public int Inset { get; } = inset;

    public Place PlaceOf(int offset) => At.Right(Inset + offset);
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
    readonly Stack<(YamlNode Node, YamlScalar? Key)> _open = new();
    YamlNode? _root;

    YamlTree(string text, ErrorList errors, Place origin)
    {
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
            errors.Add(control, ErrorCodes.Encoding, "a control character", "save the file as plain UTF-8 text");
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
                return Place(new YamlScalar(at, scalar.Value, scalar.Style is ScalarStyle.Plain ? 0 : 1));
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
