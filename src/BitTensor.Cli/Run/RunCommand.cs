using System.CommandLine;

namespace BitTensor.Cli.Run;

/// <summary><c>bta run</c>: runs a scenario and judges it.</summary>
sealed class RunCommand
{
    readonly Terminal _terminal;
    readonly RunArguments _arguments;

    public RunCommand(Terminal terminal)
    {
        _terminal = terminal;
        _arguments = new RunArguments(terminal);
        Command = new Command(
            "run",
            "Runs a scenario, leaves a run folder, and exits by its verdict. "
            + "Example: bta run scenarios/quickstart.yaml --seed 7");
        _arguments.AddTo(Command);
        Command.SetAction(Run);
    }

    public Command Command { get; }

    int Run(ParseResult parsed)
    {
        var read = _arguments.Scenario.Require(parsed);
        return read.Equilibrium is { } formulas
            ? new FormulaRun(_terminal, _arguments, parsed).Execute(formulas)
            : new NetworkRun(_terminal, _arguments, parsed).Execute(read.Value!);
    }
}
