namespace BitTensor.Scenarios;

/// <summary>
/// Scenario to text: every default written out, so that later defaults do not change what the text runs.
/// </summary>
public static class ScenarioWriter
{
    /// <summary>The scenario as YAML. Reading the text gives an equal scenario.</summary>
    public static string Write(Scenario scenario)
    {
        var y = new YamlText();
        ScenarioFormat.Root.Write(y, scenario);
        return y.ToString();
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
