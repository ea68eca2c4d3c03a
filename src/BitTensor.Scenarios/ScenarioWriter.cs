namespace BitTensor.Scenarios;

/// <summary>
/// Scenario to text: every default written out, so that later defaults do not change what the text runs.
/// </summary>
public static class ScenarioWriter
{
    // So many entries, of any list, stay well below the limits of a scenario's text.
    const int MostInText = 200;

    /// <summary>The scenario as YAML, all of it in one text. Reading the text gives an equal scenario.</summary>
    public static string Write(Scenario scenario)
    {
        var y = new YamlText();
        ScenarioFormat.Root.Write(y, scenario);
        return y.ToString();
    }

    /// <summary>The text that <see cref="Save"/> writes: it names tables for long lists.</summary>
    public static string WriteShort(Scenario scenario) => Files(scenario, "scenario").ToString();

    /// <summary>
    /// Writes the scenario to a file, and each long list to a table beside it. The text names the tables with their
    /// hashes: these files alone give an equal scenario.
    /// </summary>
    /// <param name="path">Path of the scenario; tables have its name, then the keys of their list.</param>
    /// <param name="scenario">The scenario.</param>
    /// <param name="mostInText">Most entries of a list in the text.</param>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static void Save(string path, Scenario scenario, int mostInText = MostInText)
    {
        var y = Files(scenario, Path.GetFileNameWithoutExtension(path), mostInText);
        foreach (var (name, table) in y.Tables)
        {
            File.WriteAllBytes(Path.Combine(Path.GetDirectoryName(path) ?? "", name), table.Span);
        }
        File.WriteAllText(path, y.ToString());
    }

    /// <summary>The scenario as text, with tables for its long lists.</summary>
    /// <param name="scenario">The scenario.</param>
    /// <param name="stem">What the names of tables begin with.</param>
    /// <param name="most">Most entries of a list in the text.</param>
    internal static YamlText Files(Scenario scenario, string stem, int most = MostInText)
    {
        var y = new YamlText(stem, most);
        ScenarioFormat.Root.Write(y, scenario);
        return y;
    }

    /// <summary>
    /// The scenario as YAML. Reading the text gives an equal scenario, given the theta file that it names.
    /// </summary>
    public static string Write(EquilibriumScenario scenario)
    {
        var y = new YamlText();
        EquilibriumFormat.Root.Write(y, scenario);
        return y.ToString();
    }
}
