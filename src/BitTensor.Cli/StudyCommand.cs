using System.CommandLine;
using BitTensor.Records;
using BitTensor.Scenarios;
using BitTensor.Studies;

namespace BitTensor.Cli;

/// <summary><c>bta study</c>: questions that take many runs of one network.</summary>
sealed class StudyCommand
{
    public StudyCommand(Terminal terminal)
    {
        Command = new Command("study", "Asks a network what takes many runs to answer. Studies of the paper's formulas are scenarios: bta run scenarios/paper/...")
        {
            new RetentionCommand(terminal).Command,
            new RegretCommand(terminal).Command,
            new AttacksCommand(terminal).Command,
        };
    }

    public Command Command { get; }
}

/// <summary>The arguments every study of a network has.</summary>
sealed class StudyArguments
{
    readonly Terminal _terminal;
    readonly Option<int> _seeds = new("--seeds") { Description = "Seeds per point: the scenario's own and those after it.", HelpName = "N", DefaultValueFactory = _ => 5 };
    readonly Option<string?> _out = new("--out") { Description = "Folder, new or empty; runs/NAME/UTC-SEED without it.", HelpName = "DIR" };
    readonly Option<bool> _resume = new("--resume") { Description = "Goes on with the finished runs in --out." };
    readonly Option<int> _cores = RunCommand.CoresOption();

    public StudyArguments(Terminal terminal)
    {
        _terminal = terminal;
        _cores.Description = "Runs at once, each on one core. Results do not depend on it.";
        _seeds.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !(int.TryParse(token.Value, out var number) && number is >= 1 and <= 10_000))
            {
                result.AddError($"--seeds wants a number from 1 to 10000, not '{token.Value}'");
            }
        });
    }

    public ScenarioArguments Scenario { get; } = new();

    public void AddTo(Command command)
    {
        Scenario.AddTo(command);
        AddOptionsTo(command);
    }

    /// <summary>All but the scenario: for a study that asks many.</summary>
    public void AddOptionsTo(Command command)
    {
        command.Add(_seeds);
        command.Add(_out);
        command.Add(_resume);
        command.Add(_cores);
    }

    public int Seeds(ParseResult parsed) => parsed.GetValue(_seeds);

    public int Cores(ParseResult parsed) => parsed.GetValue(_cores);

    /// <summary>An option that leaves only some of what a study would run.</summary>
    /// <param name="what">Of what, and by which text.</param>
    /// <param name="word">What the help calls that text.</param>
    public static Option<string[]> OnlyOption(string what, string word) => new("--only")
    {
        Description = $"Only {what} begins so. Repeatable.",
        HelpName = word,
        AllowMultipleArgumentsPerToken = false,
        DefaultValueFactory = _ => [],
    };

    /// <summary>True when that option leaves a name.</summary>
    public static bool IsWanted(string name, string[] only) => only.Length == 0 || only.Any(o => name.StartsWith(o, StringComparison.Ordinal));

    /// <summary>The network of the study.</summary>
    /// <exception cref="CommandException">It is no network, or wrong, or --resume does not say what to go on with.</exception>
    public Scenario Require(ParseResult parsed)
    {
        RequireOut(parsed);
        return Scenario.Require(parsed, _terminal).Value
            ?? throw new CommandException(ExitCode.Usage, "bta study is for networks; studies of formulas run by themselves: bta run");
    }

    /// <exception cref="CommandException">--resume does not say what to go on with.</exception>
    public void RequireOut(ParseResult parsed)
    {
        if (parsed.GetValue(_resume) && parsed.GetValue(_out) is null)
        {
            throw new CommandException(ExitCode.Usage, "--resume needs --out DIR: the folder of the study to go on with");
        }
    }

    /// <summary>The scenario at a point.</summary>
    /// <exception cref="CommandException">It is none.</exception>
    public Scenario At(ParseResult parsed, IEnumerable<string> overrides)
    {
        string[] further = [.. overrides];
        var read = Scenario.Load(parsed, further);
        return read.Errors.IsEmpty && read.Value is { } value ? value
            : throw new CommandException(ExitCode.BadScenario, $"at {string.Join(", ", further)}:\n{string.Join('\n', read.Errors)}\nnothing was run");
    }

    /// <summary>The folder, made or found.</summary>
    public string Folder(ParseResult parsed, string name, ulong seed) =>
        parsed.GetValue(_resume) && File.Exists(Path.Combine(parsed.GetValue(_out)!, RunFolder.TrialsFile))
            ? Path.GetFullPath(parsed.GetValue(_out)!)
            : RunSession.MakeFolder(parsed.GetValue(_out), name, seed);

    /// <summary>Tells how to go on with a study that was ended, and is the exit code of that.</summary>
    public int Ended(string name, string asked, string folder)
    {
        _terminal.Error.WriteLine(
            $"ended before the last run; go on with: bta study {name} {asked} --out {folder} --resume, and the options it had");
        return ExitCode.Interrupted;
    }
}
