using System.Collections.Immutable;

namespace BitTensor.Scenarios;

/// <summary>A number that a scenario states.</summary>
/// <param name="Path">Its path, for a <see cref="ScenarioOverride"/>.</param>
/// <param name="Ends">The ends of its range, as a file states them.</param>
public sealed record ScenarioNumber(string Path, ImmutableArray<string> Ends)
{
    /// <summary>The path without positions: the key of the format.</summary>
    public string Key => string.Concat(
        Path.Split('[', ']').Where((_, k) => k % 2 == 0));
}

/// <summary>The corners of the format: the ends of the range of each number, where a scenario states it.</summary>
public static class ScenarioCorners
{
    /// <summary>Every number of a scenario, in the order of the format.</summary>
    /// <param name="text">YAML of a scenario; what the format does not know is left out.</param>
    public static ImmutableArray<ScenarioNumber> Of(string text)
    {
        var errors = new ErrorList("");
        if (YamlTree.Read(text, errors) is not YamlMap tree)
        {
            return [];
        }
        var root = tree["kind"] is YamlScalar { Text: "equilibrium" }
            ? (Section)EquilibriumFormat.Root
            : ScenarioFormat.Root;
        return [.. Under(new SectionReader(root, tree, default, errors), "")];
    }

    static IEnumerable<ScenarioNumber> Under(SectionReader s, string path)
    {
        foreach (var field in s.Section.Fields.Where(f => s.Has(f.Key)))
        {
            var at = path + field.Key;
            var node = s.Node(field.Key);
            if (field.Type.Corners.Count > 0 && node is not YamlMap)
            {
                yield return new ScenarioNumber(at, [.. field.Type.Corners]);
            }
            foreach (var (k, child) in s.Children(field.Key).Index())
            {
                foreach (var number in Under(child, node is YamlList ? $"{at}[{k}]." : $"{at}."))
                {
                    yield return number;
                }
            }
        }
    }
}
