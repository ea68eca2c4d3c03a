using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;
using BitTensor.Learning;
using BitTensor.Plans;
using BitTensor.Scenarios;
using BitTensor.Studies;

namespace BitTensor.Cli.Scenarios;

/// <summary><c>bta check</c>: reports every error of a scenario, or describes it.</summary>
sealed class CheckCommand
{
    readonly Terminal _terminal;
    readonly ScenarioArguments _scenario;
    readonly Option<OutputFormat> _format = Options.Format("text, or json: the errors as a list.");

    public CheckCommand(Terminal terminal)
    {
        _terminal = terminal;
        _scenario = new ScenarioArguments(terminal);
        Command = new Command(
            "check",
            "Reads a scenario and reports every error with file, line, column, code and remedy. Warns of what cannot "
            + "happen. "
            + "Example: bta check mine.yaml")
        {
            _format,
        };
        _scenario.AddTo(Command);
        Command.SetAction(Run);
    }

    public Command Command { get; }

    int Run(ParseResult parsed)
    {
        var result = _scenario.Load(parsed);
        var errors = result.Value is { Sweep: { } sweep } scenario
            ? ErrorsAt(sweep, scenario.Seed, parsed)
            : result.Errors;
        if (errors.IsEmpty && result.Value is { } learning)
        {
            errors = FaultsOfData(learning);
        }
        if (parsed.GetValue(_format) == OutputFormat.Json)
        {
            _terminal.Out.WriteLine(
                JsonSerializer.Serialize(errors, ScenarioErrorJson.Default.ImmutableArrayScenarioError));
            return errors.IsEmpty ? ExitCode.Pass : ExitCode.BadScenario;
        }
        foreach (var error in errors)
        {
            _terminal.Out.WriteLine(error);
        }
        if (!errors.IsEmpty)
        {
            return ExitCode.BadScenario;
        }
        foreach (var warning in WarningsOf(result))
        {
            _terminal.Error.WriteLine($"{parsed.GetRequiredValue(_scenario.File)}: warning: {warning}");
        }
        var description = result.Equilibrium is { } equilibrium ? Describe(equilibrium) : Describe(result.Value!);
        _terminal.Out.WriteLine($"{parsed.GetRequiredValue(_scenario.File)}: ok: {description}");
        return ExitCode.Pass;
    }

    /// <summary>What is wrong with the files that the data are read from.</summary>
    static ImmutableArray<ScenarioError> FaultsOfData(Scenario scenario)
    {
        try
        {
            if (scenario.Data is { Path: not null } data)
            {
                var shares = Roster.Draw(scenario).Select(p => p.Population.DataShare);
                DataSource.Shards(data, [.. shares], scenario.Seed);
            }
            return [];
        }
        catch (DataSetException e) when (!e.Faults.IsEmpty)
        {
            return e.Faults;
        }
    }

    /// <summary>The errors at the points of a sweep, each once.</summary>
    ImmutableArray<ScenarioError> ErrorsAt(SweepSpec sweep, ulong seed, ParseResult parsed) =>
        [.. Sweep.PointsOf(sweep, seed)
            .SelectMany(point => _scenario.Load(parsed, point.Set).Errors).Distinct()];

    static ImmutableArray<string> WarningsOf(ScenarioResult read) =>
        read.Value is { } network ? ScenarioWarnings.Of(network)
        : StudyTime.WarningOf(read.Equilibrium!) is { } warning ? [warning]
        : [];

    static string Describe(EquilibriumScenario scenario)
    {
        var what = scenario.Study is StudySpec.Own own
            ? $"the equilibrium of {own.Theta.Count} neurons from {own.Path}"
            : $"study {StudyCatalogue.KindOf(scenario.Study)} of {StudyRun.TrialsOf(scenario)} trials";
        return $"{what}, seed {scenario.Seed}, {scenario.Expect.Length} properties";
    }

    static string Describe(Scenario scenario)
    {
        var populations = string.Join(", ", scenario.Populations.Select(p => $"{p.Count} {p.Name}"));
        return $"{scenario.Populations.Sum(p => p.Count)} neurons ({populations}), {scenario.Blocks} blocks of "
            + $"{scenario.BlockInterval.TotalSeconds} s, seed {scenario.Seed}, {scenario.Expect.Length} properties";
    }
}
