using System.CommandLine;
using System.Globalization;
using BitTensor.Records;
using BitTensor.Scenarios;

namespace BitTensor.Cli.Scenarios;

/// <summary>A scenario on the command line: its file, and the values that replace some of it.</summary>
/// <param name="terminal">Its standard input is the scenario called <c>-</c>.</param>
sealed class ScenarioArguments(Terminal terminal)
{
    const string StandardInput = "-";

    // A sweep reads its scenario once per point, and standard input can be read only once.
    readonly Lazy<string> _input = new(() => ScenarioFile.ReadText(terminal.In));

    public Argument<string> File { get; } = new("SCENARIO")
    {
        Description = "Scenario file (docs/SCENARIOS.md); - reads it from standard input; a run folder stands for its "
            + "scenario.",
    };

    public Option<long?> Seed { get; } = new("--seed")
    {
        Description = "Seed, in place of the file's.",
        HelpName = "N",
    };

    public Option<string[]> Set { get; } = new("--set")
    {
        Description = "Replaces one value: a path of keys, list entries by name or number. Repeatable.",
        HelpName = "PATH=VALUE",
        AllowMultipleArgumentsPerToken = false,
        DefaultValueFactory = _ => [],
    };

    public void AddTo(Command command)
    {
        command.Add(File);
        command.Add(Seed);
        command.Add(Set);
    }

    /// <summary>Reads the scenario.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public ScenarioResult Load(ParseResult parsed) => Load(parsed, []);

    /// <summary>
    /// Reads the scenario at a point of its sweep: with further values replaced, each <c>PATH=VALUE</c>.
    /// </summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public ScenarioResult Load(ParseResult parsed, IEnumerable<string> point)
    {
        var overrides = parsed.GetRequiredValue(Set).Select(text => new ScenarioOverride(text))
            .Concat(point.Select(text => new ScenarioOverride(text, ScenarioOverride.OfSweep))).ToList();
        if (parsed.GetValue(Seed) is { } seed)
        {
            overrides.Add(new ScenarioOverride(string.Create(CultureInfo.InvariantCulture, $"seed={seed}")));
        }
        var file = FolderOf(parsed) is { } folder
            ? Path.Combine(folder, RunFolder.ScenarioFile)
            : parsed.GetRequiredValue(File);
        return file == StandardInput
            ? ScenarioFile.Parse(_input.Value, "standard input", overrides)
            : ScenarioFile.Load(file, overrides);
    }

    /// <summary>The run folder that stands for its scenario; null for a scenario file.</summary>
    public string? FolderOf(ParseResult parsed)
    {
        var folder = RunFolders.Find(parsed.GetRequiredValue(File));
        return System.IO.File.Exists(Path.Combine(folder, RunFolder.ScenarioFile)) ? folder : null;
    }

    /// <summary>Reads the scenario of either kind, or ends the command with every error in it.</summary>
    /// <exception cref="CommandException">The scenario is wrong.</exception>
    public ScenarioResult Require(ParseResult parsed)
    {
        var result = Load(parsed);
        foreach (var error in result.Errors)
        {
            terminal.Error.WriteLine(error);
        }
        return result.Errors.IsEmpty
            ? result
            : throw new CommandException(
                ExitCode.BadScenario, $"{Counted.Of(result.Errors.Length, "error")} in the scenario; nothing was run");
    }

    /// <summary>The network at a point of a sweep or study, or ends the command with every error there.</summary>
    /// <param name="point">The point in words.</param>
    /// <param name="read">The scenario as it was read there.</param>
    /// <exception cref="CommandException">The scenario is wrong there.</exception>
    public static Scenario RequireAt(string point, ScenarioResult read) =>
        read.Errors.IsEmpty && read.Value is { } value
            ? value
            : throw new CommandException(
                ExitCode.BadScenario,
                $"at {point}:\n{string.Join('\n', read.Errors)}\nnothing was run");
}
