using System.Collections.Immutable;
using System.CommandLine;
using BitTensor.Records;
using BitTensor.Reports;
using BitTensor.Scenarios;
using BitTensor.Studies;

namespace BitTensor.Cli.Study;

/// <summary><c>bta study regret</c>: the gain of one neuron that deviates on a live network, eq. (28).</summary>
sealed class RegretCommand
{
    readonly Terminal _terminal;
    readonly StudyArguments _arguments;
    readonly Option<int?> _neuron = new("--neuron")
    {
        Description = "The neuron that deviates: first or last of its population; the network's last without it.",
        HelpName = "ID",
    };
    readonly Option<string[]> _only = StudyArguments.OnlyOption("deviations whose name", "STRATEGY");

    public RegretCommand(Terminal terminal)
    {
        _terminal = terminal;
        _arguments = new StudyArguments(terminal);
        Command = new Command(
            "regret",
            "Replays the same seeds with one neuron following each strategy of the catalogue: which deviation pays, "
            + "eq. (28). Example: bta study regret scenarios/studies/regret.yaml --seeds 5")
        {
            _neuron, _only,
        };
        _arguments.AddTo(Command);
        Command.SetAction(Run);
    }

    public Command Command { get; }

    int Run(ParseResult parsed)
    {
        var scenario = _arguments.Require(parsed);
        var neuron = parsed.GetValue(_neuron) ?? scenario.Populations.Sum(p => p.Count) - 1;
        if (Deviation.Split(scenario, neuron) is not { } split)
        {
            throw new CommandException(
                ExitCode.Usage,
                $"--neuron wants the first or last neuron of a population that has others, and {neuron} is not one; "
                + "ids count through the populations from 0");
        }
        var (runs, others) = split;
        var (names, scenarios) = Possible(runs, others, parsed.GetRequiredValue(_only));
        var seeds = _arguments.Seeds(parsed);
        var study = new RegretNetwork(
            names, scenario.Seed, seeds, scenario.Mechanism.Alpha, scenario.Mechanism.Tau);
        var folder = _arguments.Folder(parsed, scenario.Name, scenario.Seed);
        var asked = $"regret {neuron} {seeds} {string.Join(',', names)}";
        var session = new StudySession(_terminal, [scenario], asked, _arguments.Cores(parsed));
        var done = session.Execute(
            folder, study.Count, r => r.Item,
            (item, cancelled) => RunOne(study, scenarios[study.DeviationOf(item)], item, cancelled),
            NetworkRegretJson.Default.RegretRun);
        if (done is null)
        {
            return _arguments.Ended("regret", Path.Combine(folder, RunFolder.ScenarioFile), folder);
        }
        RegretReport.Write(folder, study, done);
        FolderReport.Write(folder);
        _terminal.Out.Write(RegretReport.Text(study, done));
        _terminal.Out.WriteLine($"folder   {folder} ({RunFolder.StudyFigure}, {RunFolder.StudyTable})");
        return ExitCode.Pass;
    }

    /// <summary>
    /// The deviations of this network, honesty first. A deviation that its models cannot follow is named and left out.
    /// </summary>
    (ImmutableArray<string> Names, Scenario[] Scenarios) Possible(Scenario scenario, string others, string[] only)
    {
        var possible = new List<(string Name, Scenario Scenario)>();
        foreach (var (k, deviation) in Deviation.All(others, scenario.Blocks).Index())
        {
            if (k > 0 && !StudyArguments.IsWanted(deviation.Name, only))
            {
                continue;
            }
            var strategy = $"populations.{Deviation.Population}.strategy={deviation.Strategy}";
            var read = ScenarioFile.With(scenario, scenario.Name, [new ScenarioOverride(strategy)]);
            if (read.Value is { } value)
            {
                possible.Add((deviation.Name, value));
            }
            else
            {
                _terminal.Error.WriteLine($"left out: {deviation.Name}: {read.Errors[0].Message}");
            }
        }
        return possible.Count > 1
            ? ([.. possible.Select(p => p.Name)], [.. possible.Select(p => p.Scenario)])
            : throw new CommandException(
                ExitCode.Usage, "no deviation is left; bta schema --format markdown lists the strategies");
    }

    static RegretRun RunOne(RegretNetwork study, Scenario scenario, int item, CancellationToken cancelled)
    {
        var seeded = scenario with { Seed = study.SeedOf(item) };
        bool[] deviates =
        [
            .. seeded.Populations.SelectMany(p => Enumerable.Repeat(p.Name == Deviation.Population, p.Count)),
        ];
        var sums = new TeamSums(deviates);
        var hash = StudySession.Run(seeded, sums, cancelled);
        return new RegretRun(
            item, seeded.Seed, hash, sums.Loss, sums.Rank, sums.StakeShare, sums.OthersLoss());
    }
}
