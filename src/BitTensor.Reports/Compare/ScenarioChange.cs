using System.Collections.Immutable;
using BitTensor.Scenarios;

namespace BitTensor.Reports.Compare;

/// <summary>A value of a scenario that another scenario replaces.</summary>
/// <param name="Path">Its path of keys, as <c>--set</c> takes it.</param>
/// <param name="Left">Value in the first scenario; <c>none</c> where it has none.</param>
/// <param name="Right">Value in the second.</param>
public sealed record ScenarioChange(string Path, string Left, string Right)
{
    const string None = "none";

    /// <summary>The changes from one scenario to another, in the order of the texts.</summary>
    /// <param name="left">Text of the first scenario's file, with every default.</param>
    /// <param name="right">Text of the second.</param>
    public static ImmutableArray<ScenarioChange> Between(string left, string right)
    {
        var (a, b) = (ValuesOf(left), ValuesOf(right));
        var paths = a.Keys.Concat(b.Keys.Where(k => !a.ContainsKey(k)))
            .Where(p => a.GetValueOrDefault(p) != b.GetValueOrDefault(p)).ToArray();
        // A section in place of a word, or the reverse, is one change.
        var whole = paths.Where(p => Array.Exists(paths, other => IsBelow(other, p))).ToArray();
        return [.. paths.Where(p => !Array.Exists(whole, w => IsBelow(p, w)))
            .Select(p => new ScenarioChange(p, Value(a, p), Value(b, p)))];
    }

    static bool IsBelow(string path, string section) =>
        path.StartsWith($"{section}.", StringComparison.Ordinal);

    static string Value(Dictionary<string, string> values, string path)
    {
        if (values.TryGetValue(path, out var value))
        {
            return value;
        }
        var below = values.Where(v => IsBelow(v.Key, path))
            .Select(v => $"{v.Key[(path.Length + 1)..]}: {v.Value}").ToArray();
        return below.Length > 0 ? $"{{ {string.Join(", ", below)} }}" : None;
    }

    static Dictionary<string, string> ValuesOf(string text)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in ScenarioLines.Of(text))
        {
            var colon = line.IndexOf(": ", StringComparison.Ordinal);
            values[colon < 0 ? line : line[..colon]] = colon < 0 ? "" : line[(colon + 2)..];
        }
        return values;
    }
}
