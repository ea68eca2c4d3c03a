namespace BitTensor.Scenarios;

/// <summary>A scenario as lines that each say of one value where it stands, to compare two.</summary>
public static class ScenarioLines
{
    /// <summary>
    /// A line <c>path: value</c> per value, in the order of the text. Paths are those of overrides:
    /// <c>populations.honest.count</c>; an entry without a name of its own is named by its position. What is no YAML
    /// stays as it is.
    /// </summary>
    public static IEnumerable<string> Of(string text) =>
        YamlTree.Read(text, new ErrorList("")) is { } tree ? Walk(tree, "") : text.Split('\n');

    static IEnumerable<string> Walk(YamlNode node, string path) => node switch
    {
        YamlMap { Entries.Count: > 0 } map =>
            map.Entries.SelectMany(e => Walk(e.Value, path.Length == 0 ? e.Key.Text : $"{path}.{e.Key.Text}")),
        YamlList { Items.Count: > 0 } list => list.Items.SelectMany((item, k) => Walk(item, Below(path, item, k))),
        YamlScalar scalar => [$"{path}: {scalar.Text}"],
        _ => [$"{path}: none"],
    };

    static string Below(string path, YamlNode item, int position) =>
        ScenarioOverride.NameOf(item) is { } name ? $"{path}.{name}" : $"{path}[{position}]";
}
