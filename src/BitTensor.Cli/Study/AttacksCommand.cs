using System.CommandLine;
using BitTensor.Records;
using BitTensor.Reports;
using BitTensor.Scenarios;
using BitTensor.Studies;

namespace BitTensor.Cli.Study;

/// <summary>
/// <c>bta study attacks</c>: the gain of each attack in a folder, under the paper's rule and with each defence.
/// </summary>
sealed class AttacksCommand
{
    readonly Terminal _terminal;
    readonly StudyArguments _arguments;
    readonly Argument<string> _folder = new("FOLDER")
    {
        Description = "Folder of scenarios with attackers in a population honest.",
        DefaultValueFactory = _ => Path.Combine("scenarios", "attacks"),
    };
    readonly Option<string[]> _only = StudyArguments.OnlyOption("attacks whose file's name", "NAME");
    readonly Option<OutputFormat> _format = Options.Format("text, or json: a row per attack and defence.");

    public AttacksCommand(Terminal terminal)
    {
        _terminal = terminal;
        _arguments = new StudyArguments(terminal);
        Command = new Command(
            "attacks",
            "Runs every attack of a folder under the paper's rule and with each defence, and the same networks with "
            + "the attackers honest: what they gain. Example: bta study attacks scenarios/attacks --seeds 5")
        {
            _folder, _only, _format,
        };
        _arguments.AddOptionsTo(Command);
        Command.SetAction(Run);
    }

    public Command Command { get; }

    int Run(ParseResult parsed)
    {
        _arguments.RequireOut(parsed);
        var gallery = parsed.GetRequiredValue(_folder);
        var seeds = _arguments.Seeds(parsed);
        var study = new AttackNetwork(FilesOf(gallery, parsed.GetRequiredValue(_only)).SelectMany(Defended), seeds);
        var folder = _arguments.Folder(parsed, "attacks", study.Scenes[0].Scenario.Seed);
        var session = new StudySession(
            _terminal, [.. study.Scenes.Select(s => s.Scenario)], $"attacks {seeds}", _arguments.Cores(parsed));
        var runs = session.Execute(
            folder, study.Count, r => r.Item, (item, cancelled) => RunOne(study, item, cancelled),
            AttackRunJson.Default.AttackRun);
        if (runs is null)
        {
            return _arguments.Ended("attacks", gallery, folder);
        }
        AttackReport.Write(folder, study, runs);
        FolderReport.Write(folder);
        if (parsed.GetValue(_format) == OutputFormat.Json)
        {
            _terminal.Out.Write(AttackReport.Json(study, runs));
            return ExitCode.Pass;
        }
        _terminal.Out.Write(AttackReport.Text(study, runs));
        _terminal.Out.WriteLine($"folder   {folder} ({RunFolder.StudyFigure}, {RunFolder.StudyTable})");
        return ExitCode.Pass;
    }

    static string[] FilesOf(string gallery, string[] only)
    {
        if (!Directory.Exists(gallery))
        {
            throw new CommandException(
                ExitCode.InputOutput, $"{gallery} is no folder; attacks are scenario files in one");
        }
        var wanted = Directory.GetFiles(gallery, "*.yaml")
            .Where(f => StudyArguments.IsWanted(Path.GetFileName(f), only));
        string[] files = [.. wanted.Order(StringComparer.Ordinal)];
        return files.Length > 0
            ? files
            : throw new CommandException(ExitCode.Usage, $"no scenario file of {gallery} is left to run");
    }

    /// <summary>The attack of a file without a defence and with each defence that changes its network.</summary>
    static IEnumerable<(string Attack, string Defence, Scenario Scenario)> Defended(string file)
    {
        var read = ScenarioFile.Load(file, []);
        if (read is not { Errors.IsEmpty: true, Value: { } plain }
            || AttackNetwork.MembersOf(plain) is not { IsEmpty: false } members)
        {
            var why = read.Errors.IsEmpty
                ? "no network whose population honest is attacked"
                : string.Join('\n', read.Errors);
            throw new CommandException(ExitCode.BadScenario, $"{file}: {why}\nnothing was run");
        }
        string[] others = [.. plain.Populations.Select(p => p.Name).Except(members)];
        var seen = new HashSet<string>();
        foreach (var (name, overrides) in AttackNetwork.Defences)
        {
            var defended = ScenarioFile.Load(file, [.. overrides([.. others]).Select(o => new ScenarioOverride(o))]);
            // A defence that contradicts the network, as gradient rules contradict quadratic neurons, is left out.
            // So is a defence that the network has already.
            if (defended is { Errors.IsEmpty: true, Value: { } value } && seen.Add(ScenarioWriter.Write(value)))
            {
                yield return (plain.Name, name, value);
            }
        }
    }

    static AttackRun RunOne(AttackNetwork study, int item, CancellationToken cancelled)
    {
        var scene = study.SceneOf(item);
        var scenario = scene.Scenario with { Name = "attack", Seed = study.SeedOf(item) };
        var sums = new TeamSums(scene.IsMember());
        var hash = StudySession.Run(scenario, sums, cancelled);
        var lastQuarter = scenario.Blocks - Math.Max(1, scenario.Blocks / 4);
        return new AttackRun(
            item, scenario.Seed, hash, [.. sums.Income], sums.StakeShare, sums.OthersLoss(after: lastQuarter));
    }
}
