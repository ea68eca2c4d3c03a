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

    /// <summary>Reads a scenario from text.</summary>
    /// <param name="text">YAML.</param>
    /// <param name="fileName">Name for error messages; a file the scenario names is looked for in its folder.</param>
    /// <param name="overrides">Values that replace those of the text, in their order.</param>
    public static ScenarioResult Parse(string text, string fileName, IReadOnlyList<ScenarioOverride> overrides)
    {
        var errors = new ErrorList(fileName);
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
        var folder = Path.GetDirectoryName(fileName) ?? "";
        switch ((tree as YamlMap)?["kind"])
        {
            case null or YamlScalar { Text: "network" }:
                return new ScenarioResult(new ScenarioReader(folder, errors).Read(tree), null, errors.Sorted());
            case YamlScalar { Text: "equilibrium" }:
                return new ScenarioResult(null, new EquilibriumReader(folder, errors).Read(tree), errors.Sorted());
            case var other:
                errors.Add(
                    other.At, ErrorCodes.Choice, "this is no kind of scenario",
                    Shorten.DidYouMean((other as YamlScalar)?.Text ?? "", ["network", "equilibrium"]));
                return new ScenarioResult(null, null, errors.Sorted());
        }
    }
}
