using System.Collections.Immutable;
using System.CommandLine;
using BitTensor.Cli.Scenarios;
using BitTensor.Records;
using BitTensor.Reports;
using BitTensor.Scenarios;
using BitTensor.Studies;

namespace BitTensor.Cli.Study;

/// <summary><c>bta sweep</c>: many runs of one scenario, over values and seeds.</summary>
sealed class SweepCommand
{
    readonly Terminal _terminal;
    readonly ScenarioArguments _scenario = new();
    readonly Option<string[]> _vary = new("--vary")
    {
        Description = "Varies one value: a path of keys and its values. Repeatable: the grid of all is run. "
            + "In place of the file's.",
        HelpName = "PATH=VALUE,VALUE",
        AllowMultipleArgumentsPerToken = false,
        DefaultValueFactory = _ => [],
    };
    readonly Option<int?> _seeds = Options.Seeds<int?>(Sweep.MostRuns);
    readonly Option<int?> _sample = Options.Between(1, Sweep.MostRuns, new Option<int?>("--sample")
    {
        Description = "Runs so many points, drawn from the grid.",
        HelpName = "N",
    });
    readonly FolderArguments _folder = new("sweep", "runs");
    readonly Option<int> _cores = Options.CoresForRuns();
    readonly Option<OutputFormat> _format = Options.Format("text, or json: the verdict.");

    public SweepCommand(Terminal terminal)
    {
        _terminal = terminal;
        Command = new Command(
            "sweep",
            "Runs a scenario over values and seeds, and judges its properties by the share of seeds they hold in. "
            + "Example: bta sweep mine.yaml --vary network.default.loss=0%,5%,20% --seeds 20")
        {
            _vary, _seeds, _sample, _folder.Out, _folder.Resume, _cores, _format,
        };
        _scenario.AddTo(Command);
        Command.SetAction(Run);
    }

    public Command Command { get; }

    int Run(ParseResult parsed)
    {
        var read = _scenario.Require(parsed, _terminal);
        if (read.Value is not { } file)
        {
            throw new CommandException(
                ExitCode.Usage,
                "bta sweep is for networks; studies of formulas have axes and trials of their own: bta run");
        }
        _folder.Check(parsed);
        var scenario = file with { Sweep = SweepOf(parsed, file.Sweep ?? SweepSpec.Default) };
        var session = new SweepSession(
            _terminal, scenario, overrides => _scenario.Load(parsed, overrides), parsed.GetValue(_cores));
        var (folder, verdict) = session.Execute(() => _folder.Make(parsed, scenario.Name, scenario.Seed));
        if (verdict is null)
        {
            var resolved = Path.Combine(folder, RunFolder.ScenarioFile);
            _terminal.Error.WriteLine(
                $"ended before the last run; go on with: bta sweep {resolved} --out {folder} --resume");
            return ExitCode.Interrupted;
        }
        if (parsed.GetValue(_format) == OutputFormat.Json)
        {
            _terminal.Out.Write(verdict.ToJson());
        }
        else
        {
            WriteText(folder, scenario, verdict);
        }
        return (int)verdict.Verdict;
    }

    SweepSpec SweepOf(ParseResult parsed, SweepSpec file)
    {
        var vary = parsed.GetRequiredValue(_vary).Select(text => SweepAxis.Parse(text)
            ?? throw new CommandException(ExitCode.Usage, $"--vary wants PATH=VALUE,VALUE, not '{text}'"))
            .ToImmutableArray();
        return new SweepSpec(
            parsed.GetValue(_seeds) ?? file.Seeds, parsed.GetValue(_sample) ?? file.Sample,
            vary.IsEmpty ? file.Vary : vary);
    }

    void WriteText(string folder, Scenario scenario, SweepVerdict verdict)
    {
        _terminal.Out.Write(SweepReport.Text(verdict));
        _terminal.Out.WriteLine(
            $"verdict  {OutcomeWords.Of(verdict.Verdict)} over {verdict.Rows.Length} point(s) "
            + $"of {verdict.Seeds} seed(s)");
        var figure = SweepReport.HasFigure(scenario) ? $"{RunFolder.SweepFigure}, " : "";
        _terminal.Out.WriteLine($"folder   {folder} ({RunFolder.VerdictFile}, {figure}{RunFolder.SweepTable})");
    }
}
