using System.Globalization;
using System.Text;
using BitTensor.Fuzzing;
using BitTensor.Mechanism;
using BitTensor.Scenarios;
using YamlDotNet.RepresentationModel;

namespace BitTensor.Actors.Tests;

/// <summary>
/// Random edits of a scenario, as a person or a program gone wrong makes them: a number to an end of its range or
/// beyond, a key dropped, doubled, renamed, or swapped with another, a value in the place of another. The edit of a
/// number and a seed is always the same.
/// </summary>
sealed class ScenarioEdits
{
    static readonly string[] Hostile =
    [
        "", "~", "-1", "0", "1e309", "-1e308", "5e-324", "NaN", "-.inf", "0x10", "1_000", "99999999999999999999",
        "1e9 s", "-1 s", "1e-9 us", "3 weeks", "150%", "-3%", "1e400 B/s", "0 blocks", "any", "neuron 9999999",
        "zone x", "\u0000", "null", "[", "1-1", "🙂", "a b c", "x", "always", "yes",
    ];

    readonly RandomStream _dice;
    readonly List<string> _done = [];
    string _text;

    ScenarioEdits(string text, int number)
    {
        _text = text;
        _dice = new RandomStream(20, "edits", number);
    }

    /// <summary>A text with one to three edits, and what they were.</summary>
    /// <param name="text">The scenario.</param>
    /// <param name="number">Number of the edit; it is the seed.</param>
    public static (string Text, string Done) Of(string text, int number)
    {
        var edits = new ScenarioEdits(text, number);
        for (var left = edits._dice.Whole(1, 3); left > 0; left--)
        {
            edits.Edit();
        }
        return (edits._text, string.Join("; ", edits._done));
    }

    /// <summary>A shipped scenario, its run cut to a few neurons and blocks, with every default written out.</summary>
    /// <param name="path">Path of its file.</param>
    public static string Cut(string path)
    {
        List<ScenarioOverride> taken = [];
        foreach (var cut in CutsOf(ScenarioFile.Load(path, [])))
        {
            // What does not fit is left as it is: data of a quadratic scenario, a timeline that needs its blocks.
            taken = [.. taken, .. cut.Select(c => new ScenarioOverride(c))
                .Where(c => ScenarioFile.Load(path, [.. taken, c]).Errors.IsEmpty).Take(1)];
        }
        var result = ScenarioFile.Load(path, taken);
        return result.Equilibrium is { } formulas
            ? ScenarioWriter.Write(formulas)
            : ScenarioWriter.Write(result.Value!);
    }

    /// <summary>Overrides, of each group the first that fits.</summary>
    static IEnumerable<string[]> CutsOf(ScenarioResult read) => read.Value is { } network
        ?
        [
            .. network.Expect.Select((_, k) => new[] { $"expect[{k}].holds=at end" }),
            ["duration=3 blocks"], ["data.set=digits"], ["data.examples=320"], ["audit.examples=4"],
            .. network.Populations.Select((_, k) => new[] { $"populations[{k}].count=3", $"populations[{k}].count=8" }),
        ]
        :
        [
            ["study.trials=1"], ["study.alpha-over-tau=10"], ["study.steps=100"], ["study.directions=2"],
            ["study.neurons=20"], ["study.validators=8"], ["game.neurons=5"],
            ["game.max-steps=500"],
        ];

    void Edit()
    {
        switch (_dice.NextInt(10))
        {
            case 0 or 1 or 2:
                MoveNumber(beyond: false);
                break;
            case 3 or 4:
                MoveNumber(beyond: true);
                break;
            default:
                EditTree();
                break;
        }
    }

    /// <summary>A number to an end of its range, or beyond it.</summary>
    void MoveNumber(bool beyond)
    {
        var numbers = ScenarioCorners.Of(_text);
        if (numbers.IsEmpty)
        {
            EditTree();
            return;
        }
        var number = _dice.Pick(numbers.AsSpan());
        var end = _dice.Pick(number.Ends.AsSpan());
        var value = beyond ? Beyond(end) : end;
        if (Tree() is { } root && PlaceOf(root, number.Path) is { } place)
        {
            place(new YamlScalarNode(value));
            Write(root, $"{number.Path}={value}");
        }
    }

    string Beyond(string end)
    {
        var digits = end.TakeWhile(c => char.IsAsciiDigit(c) || c is '.' or '-' or '+' or 'E').Count();
        if (!double.TryParse(end[..digits], CultureInfo.InvariantCulture, out var number))
        {
            return _dice.Pick(Hostile.AsSpan());
        }
        var further = _dice.NextInt(4) switch
        {
            0 => number * 10 + 1,
            1 => -number - 1,
            2 => number * 1e300,
            _ => number - 1e-9,
        };
        return further.ToString("R", CultureInfo.InvariantCulture) + end[digits..];
    }

    /// <summary>An edit of keys and entries, whatever they mean.</summary>
    void EditTree()
    {
        if (Tree() is not { } root)
        {
            return;
        }
        var maps = root.AllNodes.OfType<YamlMappingNode>().Where(m => m.Children.Count > 0).ToArray();
        var map = _dice.Pick(maps.AsSpan());
        var (key, value) = map.Children[_dice.NextInt(map.Children.Count)];
        var lists = root.AllNodes.OfType<YamlSequenceNode>().Where(l => l.Children.Count > 0).ToArray();
        switch (_dice.NextInt(6))
        {
            case 0:
                map.Children.Remove(key);
                Write(root, $"dropped {key}");
                break;
            case 1:
                Write(root, $"doubled {key}", doubled: (map, key));
                break;
            case 2:
                var (other, others) = Somewhere(maps);
                (map.Children[key], other.Children[others]) = (other.Children[others], value);
                Write(root, $"swapped {key} with {others}");
                break;
            case 3:
                var (from, name) = Somewhere(maps);
                map.Children.Remove(key);
                map.Children[name] = value;
                Write(root, $"renamed {key} to {name} of {from.Children.Count} keys");
                break;
            case 4 when lists.Length > 0:
                var list = _dice.Pick(lists.AsSpan());
                list.Children.Add(list.Children[_dice.NextInt(list.Children.Count)]);
                Write(root, "doubled an entry");
                break;
            default:
                var hostile = _dice.Pick(Hostile.AsSpan());
                map.Children[key] = new YamlScalarNode(hostile);
                Write(root, $"{key}={hostile}");
                break;
        }
    }

    (YamlMappingNode Map, YamlNode Key) Somewhere(YamlMappingNode[] maps)
    {
        var map = _dice.Pick(maps.AsSpan());
        return (map, map.Children[_dice.NextInt(map.Children.Count)].Key);
    }

    /// <summary>The tree of the text; null once an edit has made it none.</summary>
    YamlMappingNode? Tree()
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(_text));
            return stream.Documents[0].RootNode as YamlMappingNode;
        }
        catch (YamlDotNet.Core.YamlException)
        {
            return null;
        }
    }

    static Action<YamlNode>? PlaceOf(YamlMappingNode root, string path)
    {
        YamlNode node = root;
        Action<YamlNode>? place = null;
        foreach (var step in path.Replace("[", ".", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal)
            .Split('.'))
        {
            switch (node)
            {
                case YamlMappingNode map when map.Children.ContainsKey(step):
                    node = map.Children[step];
                    place = value => map.Children[step] = value;
                    break;
                case YamlSequenceNode list when int.Parse(step, CultureInfo.InvariantCulture) < list.Children.Count:
                    var k = int.Parse(step, CultureInfo.InvariantCulture);
                    node = list.Children[k];
                    place = value => list.Children[k] = value;
                    break;
                default:
                    return null;
            }
        }
        return place;
    }

    void Write(YamlMappingNode root, string done, (YamlMappingNode Map, YamlNode Key)? doubled = null)
    {
        var text = new StringBuilder();
        Append(text, root, doubled, depth: 0);
        _text = text.ToString();
        _done.Add(done.ReplaceLineEndings(" "));
    }

    // As JSON, which is YAML: a key may then stand twice.
    static void Append(StringBuilder text, YamlNode node, (YamlMappingNode Map, YamlNode Key)? doubled, int depth)
    {
        switch (node)
        {
            // A swap can put a section into itself.
            case var _ when depth > 40:
                text.Append("{}");
                break;
            case YamlMappingNode map:
                var entries = map.Children.ToList();
                if (doubled is { } twice && ReferenceEquals(twice.Map, map))
                {
                    entries.Add(new(twice.Key, map.Children[twice.Key]));
                }
                text.Append(depth == 0 ? "" : "{ ");
                foreach (var (k, (key, value)) in entries.Index())
                {
                    text.Append(depth > 0 && k > 0 ? ", " : "").Append(Quoted(key)).Append(": ");
                    Append(text, value, doubled, depth + 1);
                    text.Append(depth == 0 ? "\n" : "");
                }
                text.Append(depth == 0 ? "" : " }");
                break;
            case YamlSequenceNode list:
                text.Append('[');
                foreach (var (k, value) in list.Children.Index())
                {
                    text.Append(k > 0 ? ", " : "");
                    Append(text, value, doubled, depth + 1);
                }
                text.Append(']');
                break;
            default:
                text.Append(Quoted(node));
                break;
        }
    }

    static string Quoted(YamlNode node)
    {
        if (node is not YamlScalarNode { Value: { } value })
        {
            return "\"section\"";
        }
        var text = value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal).Replace("\0", "\\0", StringComparison.Ordinal);
        return $"\"{text}\"";
    }
}
