using System.CommandLine;
using BitTensor.Cli.Scenarios;
using BitTensor.Scenarios;

namespace BitTensor.Cli.Study;

/// <summary>The arguments every study of a network has.</summary>
sealed class StudyArguments
{
    const int MostSeeds = 10_000;

    readonly Terminal _terminal;
    readonly Option<int> _seeds = Options.Seeds<int>(MostSeeds);
    readonly FolderArguments _folder = new("study", "runs");
    readonly Option<int> _cores = Options.CoresForRuns();

    public StudyArguments(Terminal terminal)
    {
        _terminal = terminal;
        Scenario = new ScenarioArguments(terminal);
        _seeds.DefaultValueFactory = _ => 5;
    }

    /// <summary>The network of the study.</summary>
    public ScenarioArguments Scenario { get; }

    /// <summary>Adds every argument to a command.</summary>
    public void AddTo(Command command)
    {
        Scenario.AddTo(command);
        AddOptionsTo(command);
    }

    /// <summary>Adds every argument but the scenario: for a study of many networks.</summary>
    public void AddOptionsTo(Command command)
    {
        foreach (var option in new Option[] { _seeds, _folder.Out, _folder.Resume, _cores })
        {
            command.Add(option);
        }
    }

    /// <summary>Seeds per point.</summary>
    public int Seeds(ParseResult parsed) => parsed.GetValue(_seeds);

    /// <summary>Runs at once.</summary>
    public int Cores(ParseResult parsed) => parsed.GetValue(_cores);

    /// <summary>An option that leaves only some of what a study would run.</summary>
    /// <param name="what">The items and the text they are chosen by.</param>
    /// <param name="word">The help's name of that text.</param>
    public static Option<string[]> OnlyOption(string what, string word) => new("--only")
    {
        Description = $"Only {what} begins so. Repeatable.",
        HelpName = word,
        AllowMultipleArgumentsPerToken = false,
        DefaultValueFactory = _ => [],
    };

    /// <summary>True when that option leaves a name.</summary>
    public static bool IsWanted(string name, string[] only) =>
        only.Length == 0 || only.Any(o => name.StartsWith(o, StringComparison.Ordinal));

    /// <summary>The network of the study.</summary>
    /// <exception cref="CommandException">
    /// The scenario is wrong or no network, or --resume lacks the folder to go on in.
    /// </exception>
    public Scenario Require(ParseResult parsed)
    {
        RequireOut(parsed);
        return Scenario.Require(parsed).Value
            ?? throw new CommandException(
                ExitCode.Usage, "bta study is for networks; studies of formulas run by themselves: bta run");
    }

    /// <summary>Ends the command when --resume lacks the folder to go on in.</summary>
    /// <exception cref="CommandException">It does.</exception>
    public void RequireOut(ParseResult parsed) => _folder.Check(parsed);

    /// <summary>The network at a point of the study.</summary>
    /// <exception cref="CommandException">The scenario is wrong there.</exception>
    public Scenario At(ParseResult parsed, IEnumerable<string> overrides)
    {
        string[] further = [.. overrides];
        return ScenarioArguments.RequireAt(string.Join(", ", further), Scenario.Load(parsed, further));
    }

    /// <summary>The folder of the study: the one to go on in, or a new one.</summary>
    public string Folder(ParseResult parsed, string name, ulong seed) => _folder.Make(parsed, name, seed);

    /// <summary>Writes the command that goes on with a study that was ended.</summary>
    /// <returns>The exit code.</returns>
    public int Ended(string name, string asked, string folder)
    {
        _terminal.Error.WriteLine(
            $"ended before the last run; go on with: bta study {name} {asked} --out {folder} --resume, "
            + "and the options it had");
        return ExitCode.Interrupted;
    }
}
