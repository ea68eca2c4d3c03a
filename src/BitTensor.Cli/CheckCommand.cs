using System.CommandLine;
using System.Text.Json;
using BitTensor.Scenarios;

namespace BitTensor.Cli;

/// <summary><c>bta check</c>: says everything that is wrong with a scenario, or what it describes.</summary>
sealed class CheckCommand
{
    readonly Terminal _terminal;
    readonly ScenarioArguments _scenario = new();
    readonly Option<OutputFormat> _format = new("--format") { Description = "text, or json: the errors as a list." };

    public CheckCommand(Terminal terminal)
    {
        _terminal = terminal;
        Command = new Command("check", "Reads a scenario and reports every error with file, line, column, code and remedy. Example: bta check mine.yaml") { _format };
        _scenario.AddTo(Command);
        Command.SetAction(Run);
    }

    public Command Command { get; }

    int Run(ParseResult parsed)
    {
        var result = _scenario.Load(parsed);
        if (parsed.GetValue(_format) == OutputFormat.Json)
        {
            _terminal.Out.WriteLine(JsonSerializer.Serialize(result.Errors, CliJson.Default.ImmutableArrayScenarioError));
            return result.Value is null ? ExitCode.BadScenario : ExitCode.Pass;
        }
        foreach (var error in result.Errors)
        {
            _terminal.Out.WriteLine(error);
        }
        if (result.Value is not { } scenario)
        {
            return ExitCode.BadScenario;
        }
        _terminal.Out.WriteLine($"{parsed.GetRequiredValue(_scenario.File)}: ok: {Describe(scenario)}");
        return ExitCode.Pass;
    }

    static string Describe(Scenario scenario)
    {
        var populations = string.Join(", ", scenario.Populations.Select(p => $"{p.Count} {p.Name}"));
        return $"{scenario.Populations.Sum(p => p.Count)} neurons ({populations}), {scenario.Blocks} blocks of "
            + $"{scenario.BlockInterval.TotalSeconds} s, seed {scenario.Seed}, {scenario.Expect.Length} properties";
    }
}
