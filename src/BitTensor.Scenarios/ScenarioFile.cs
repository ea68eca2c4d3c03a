using System.Text;

namespace BitTensor.Scenarios;

/// <summary>Scenario files.</summary>
public static class ScenarioFile
{
    /// <summary>The largest seed.</summary>
    public const ulong MostSeed = long.MaxValue;

    /// <summary>Reads a scenario from a file.</summary>
    /// <param name="path">Path.</param>
    /// <param name="overrides">Values that replace those of the file, in their order.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static ScenarioResult Load(string path, IReadOnlyList<ScenarioOverride> overrides)
    {
        if (path.Length == 0)
        {
            throw new IOException("The path of the scenario is empty.");
        }
        if (Directory.Exists(path))
        {
            throw new IOException($"{path} is a folder, not a scenario file.");
        }
        using var stream = File.OpenRead(path);
        // One byte more than allowed is enough to know that it is too large, whatever the file is.
        var buffer = new byte[YamlTree.MaxBytes + 1];
        var length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        return Parse(Encoding.UTF8.GetString(buffer, 0, length).TrimStart('\uFEFF'), path, overrides);
    }

    /// <summary>The text of a scenario from a reader; of a text that is too large enough to know that it is.</summary>
    /// <param name="reader">The reader; not disposed.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static string ReadText(TextReader reader)
    {
        var buffer = new char[YamlTree.MaxBytes + 1];
        var length = reader.ReadBlock(buffer);
        return new string(buffer, 0, length).TrimStart('\uFEFF');
    }

    /// <summary>Reads a scenario from text.</summary>
    /// <param name="text">YAML.</param>
    /// <param name="fileName">Name for error messages; a file the scenario names is looked for in its folder.</param>
    /// <param name="overrides">Values that replace those of the text, in their order.</param>
    public static ScenarioResult Parse(string text, string fileName, IReadOnlyList<ScenarioOverride> overrides) =>
        Parse(text, new ErrorList(fileName), overrides);

    /// <summary>Reads a scenario again, with some of its values replaced.</summary>
    /// <param name="scenario">The scenario, however long its lists are.</param>
    /// <param name="fileName">Name for error messages.</param>
    /// <param name="overrides">Values that replace its own, in their order.</param>
    public static ScenarioResult With(
        Scenario scenario, string fileName, IReadOnlyList<ScenarioOverride> overrides)
    {
        var files = ScenarioWriter.Files(scenario, "scenario");
        return Parse(files.ToString(), new ErrorList(fileName, files.Tables), overrides);
    }

    static ScenarioResult Parse(string text, ErrorList errors, IReadOnlyList<ScenarioOverride> overrides)
    {
        var tree = YamlTree.Read(text, errors);
        if (tree is null && !errors.Any)
        {
            errors.Add(new Place(1, 1), ErrorCodes.Empty, "the file is empty", "`bta new NAME` writes a scenario to "
                + "start from");
        }
        if (tree is null)
        {
            return new ScenarioResult(null, null, errors.Sorted());
        }
        foreach (var change in overrides)
        {
            change.Apply(tree, errors);
        }
        switch ((tree as YamlMap)?["kind"])
        {
            case null or YamlScalar { Text: "network" }:
                return new ScenarioResult(new ScenarioReader(errors).Read(tree), null, errors.Sorted());
            case YamlScalar { Text: "equilibrium" }:
                return new ScenarioResult(null, new EquilibriumReader(errors).Read(tree), errors.Sorted());
            case var other:
                errors.Add(
                    other.At, ErrorCodes.Choice, "this is no kind of scenario",
                    Shorten.DidYouMean((other as YamlScalar)?.Text ?? "", ["network", "equilibrium"]));
                return new ScenarioResult(null, null, errors.Sorted());
        }
    }
}
