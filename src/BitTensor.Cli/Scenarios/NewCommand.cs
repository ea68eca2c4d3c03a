using System.CommandLine;
using BitTensor.Scenarios;

namespace BitTensor.Cli.Scenarios;

/// <summary><c>bta new</c>: a scenario to start from.</summary>
sealed class NewCommand
{
    readonly Terminal _terminal;
    readonly Argument<string> _name = new("NAME")
    {
        Description = "Name of the scenario: letters, digits, '-' and '_'.",
    };
    readonly Option<ScenarioKind> _kind = new("--kind")
    {
        Description = "network: neurons that run. equilibrium: the paper's formulas.",
    };
    readonly Option<string?> _out = Options.Out(
        "File to write; NAME.yaml without it, '-' for standard output.", "FILE");

    public NewCommand(Terminal terminal)
    {
        _terminal = terminal;
        Command = new Command(
            "new", "Writes a short scenario that runs as it is. Never overwrites a file. Example: bta new mine")
        {
            _name, _kind, _out,
        };
        Command.SetAction(Run);
    }

    enum ScenarioKind
    {
        Network,
        Equilibrium,
    }

    public Command Command { get; }

    int Run(ParseResult parsed)
    {
        var name = parsed.GetRequiredValue(_name);
        var text = parsed.GetValue(_kind) == ScenarioKind.Equilibrium
            ? ScenarioTemplate.Equilibrium(name)
            : ScenarioTemplate.Text(name);
        var errors = ScenarioFile.Parse(text, name, []).Errors;
        if (errors.Length > 0)
        {
            throw new CommandException(
                ExitCode.Usage, $"'{name}' cannot name a scenario: {errors[0].Message}; {errors[0].Remedy}");
        }
        var file = parsed.GetValue(_out) ?? $"{name}.yaml";
        if (file == "-")
        {
            _terminal.Out.Write(text);
            return ExitCode.Pass;
        }
        using (var stream = new FileStream(file, FileMode.CreateNew))
        using (var writer = new StreamWriter(stream))
        {
            writer.Write(text);
        }
        _terminal.Out.WriteLine(file);
        return ExitCode.Pass;
    }
}
