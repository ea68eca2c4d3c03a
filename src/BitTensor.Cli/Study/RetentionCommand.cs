using System.CommandLine;
using BitTensor.Records;
using BitTensor.Reports;
using BitTensor.Scenarios;
using BitTensor.Studies;

namespace BitTensor.Cli.Study;

/// <summary>
/// <c>bta study retention</c>: the stake an honest majority keeps on a live network, by rule and kind of links.
/// </summary>
sealed class RetentionCommand
{
    readonly Terminal _terminal;
    readonly StudyArguments _arguments;

    public RetentionCommand(Terminal terminal)
    {
        _terminal = terminal;
        _arguments = new StudyArguments(terminal);
        Command = new Command(
            "retention",
            "Honest stake retained against a coalition, by rule and latency: how useful the honest must be. Wants "
            + "populations honest and coalition that follow the strategy cartel. "
            + "Example: bta study retention scenarios/studies/retention.yaml --seeds 5");
        _arguments.AddTo(Command);
        Command.SetAction(Run);
    }

    public Command Command { get; }

    int Run(ParseResult parsed)
    {
        var scenario = _arguments.Require(parsed);
        string[] wanted = [RetentionNetwork.Honest, RetentionNetwork.Coalition];
        if (!scenario.Populations.Select(p => p.Name).Order().SequenceEqual(wanted.Order())
            || scenario.Populations.Any(p => p.Conduct.Find("cartel") is null))
        {
            throw new CommandException(
                ExitCode.Usage,
                "bta study retention wants two populations, honest and coalition, both with strategy cartel");
        }
        var study = new RetentionNetwork(scenario, _arguments.Seeds(parsed));
        Scenario[] points = [.. study.Points.Select(p => _arguments.At(parsed, study.OverridesOf(p)))];
        var folder = _arguments.Folder(parsed, scenario.Name, scenario.Seed);
        var session = new StudySession(
            _terminal, [scenario], $"retention {_arguments.Seeds(parsed)}", _arguments.Cores(parsed));
        var runs = session.Execute(
            folder, study.Count, r => r.Item, (item, cancelled) => RunOne(study, points, item, cancelled),
            RetentionJson.Default.RetentionRun);
        if (runs is null)
        {
            return _arguments.Ended("retention", Path.Combine(folder, RunFolder.ScenarioFile), folder);
        }
        RetentionReport.Write(folder, study, runs);
        FolderReport.Write(folder);
        _terminal.Out.Write(RetentionReport.Text(study, runs));
        _terminal.Out.WriteLine($"folder   {folder} ({RunFolder.StudyFigure}, {RunFolder.StudyTable})");
        return ExitCode.Pass;
    }

    static RetentionRun RunOne(RetentionNetwork study, Scenario[] points, int item, CancellationToken cancelled)
    {
        var scenario = points[study.Points.IndexOf(study.PointOf(item))] with { Seed = study.SeedOf(item) };
        var honest = scenario.Populations
            .SelectMany(p => Enumerable.Repeat(p.Name == RetentionNetwork.Honest, p.Count));
        var sums = new TeamSums([.. honest]);
        var hash = StudySession.Run(scenario, sums, cancelled);
        return new RetentionRun(item, scenario.Seed, hash, sums.FirstStakeShare, sums.StakeShare);
    }
}
