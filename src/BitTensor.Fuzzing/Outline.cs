using System.Collections.Immutable;
using System.Text;

namespace BitTensor.Fuzzing;

/// <summary>
/// The lines of a scenario that <see cref="Scenarios.ScenarioWriter"/> wrote, as a tree: a key with the lines below it,
/// or an entry of a list.
/// </summary>
/// <param name="Line">The line without its indentation; <c>-</c> for an entry, empty for the whole.</param>
/// <param name="Parts">The lines below it.</param>
sealed record Outline(string Line, ImmutableList<Outline> Parts)
{
    /// <summary>Lines, this one included.</summary>
    public int Size => 1 + Parts.Sum(p => p.Size);

    /// <summary>True for a list.</summary>
    public bool IsList => Parts is [{ Line: "-" }, ..];

    /// <summary>Reads a text. Sections on one line get a line for each of their keys.</summary>
    public static Outline Parse(string text)
    {
        var lines = new Queue<(int Depth, string Line)>(
            text.Split('\n', StringSplitOptions.RemoveEmptyEntries).SelectMany(Lines));
        return new Outline("", Under(-1, lines));
    }

    /// <summary>The text.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        Parts.ForEach(p => p.Append(text, ""));
        return text.ToString();
    }

    /// <summary>The k-th line below this one, counted from 0 from top to bottom.</summary>
    public Outline At(int k)
    {
        var part = Parts.First(p => k < p.Size || (k -= p.Size) < 0);
        return k == 0 ? part : part.At(k - 1);
    }

    /// <summary>The same with the k-th line and its subtree replaced, or removed when null.</summary>
    public Outline With(int k, Outline? by)
    {
        var at = Parts.FindIndex(p => k < p.Size || (k -= p.Size) < 0);
        return this with
        {
            Parts = k > 0 ? Parts.SetItem(at, Parts[at].With(k - 1, by))
                : by is null ? Parts.RemoveAt(at)
                : Parts.SetItem(at, by),
        };
    }

    static IEnumerable<(int, string)> Lines(string text)
    {
        var line = text.TrimStart();
        var depth = text.Length - line.Length;
        if (line.StartsWith("- ", StringComparison.Ordinal))
        {
            yield return (depth, "-");
            (depth, line) = (depth + 2, line[2..]);
        }
        var brace = line.EndsWith(" }", StringComparison.Ordinal) ? line.IndexOf(": { ", StringComparison.Ordinal) : -1;
        if (brace < 0)
        {
            yield return (depth, line);
            yield break;
        }
        yield return (depth, line[..(brace + 1)]);
        foreach (var part in Keys(line[(brace + 4)..^2]))
        {
            yield return (depth + 2, part);
        }
    }

    /// <summary>The keys of a section on one line; a list stays whole.</summary>
    static IEnumerable<string> Keys(string section)
    {
        var (start, open) = (0, 0);
        for (var k = 0; k < section.Length; k++)
        {
            open += section[k] is '[' or '{' ? 1 : section[k] is ']' or '}' ? -1 : 0;
            if (open == 0 && section.AsSpan(k).StartsWith(", "))
            {
                yield return section[start..k];
                start = k + 2;
            }
        }
        yield return section[start..];
    }

    static ImmutableList<Outline> Under(int depth, Queue<(int Depth, string Line)> lines)
    {
        var parts = ImmutableList.CreateBuilder<Outline>();
        while (lines.TryPeek(out var next) && next.Depth > depth)
        {
            lines.Dequeue();
            parts.Add(new Outline(next.Line, Under(next.Depth, lines)));
        }
        return parts.ToImmutable();
    }

    void Append(StringBuilder text, string indent)
    {
        if (Line != "-")
        {
            text.Append(indent).Append(Line).Append('\n');
            Parts.ForEach(p => p.Append(text, indent + "  "));
            return;
        }
        var start = text.Length;
        Parts.ForEach(p => p.Append(text, indent + "  "));
        if (text.Length > start)
        {
            text[start + indent.Length] = '-';
        }
    }
}
