using System.Collections.Immutable;
using System.CommandLine;
using BitTensor.Records;
using BitTensor.Reports;
using BitTensor.Scenarios;
using BitTensor.Studies;

namespace BitTensor.Cli;

/// <summary><c>bta sweep</c>: many runs of one scenario, over values and seeds.</summary>
sealed class SweepCommand
{
    readonly Terminal _terminal;
    readonly ScenarioArguments _scenario = new();
    readonly Option<string[]> _vary = new("--vary")
    {
        Description = "Varies one value: a path of keys and its values. Repeatable: the grid of all is run. In place of the file's.",
        HelpName = "PATH=VALUE,VALUE",
        AllowMultipleArgumentsPerToken = false,
        DefaultValueFactory = _ => [],
    };
    readonly Option<int?> _seeds = new("--seeds") { Description = "Seeds per point: the scenario's own and those after it.", HelpName = "N" };
    readonly Option<int?> _sample = new("--sample") { Description = "Runs so many points, drawn from the grid.", HelpName = "N" };
    readonly Option<string?> _out = new("--out") { Description = "Folder, new or empty; runs/NAME/UTC-SEED without it.", HelpName = "DIR" };
    readonly Option<bool> _resume = new("--resume") { Description = "Goes on with the finished runs in --out." };
    readonly Option<int> _cores;
    readonly Option<OutputFormat> _format = new("--format") { Description = "text, or json: the verdict." };

    public SweepCommand(Terminal terminal)
    {
        _terminal = terminal;
        _cores = RunCommand.CoresOption();
        _cores.Description = "Runs at once, each on one core. Results do not depend on it.";
        foreach (var option in new[] { _seeds, _sample })
        {
            option.Validators.Add(result =>
            {
                if (result.Tokens is [var token] && !(int.TryParse(token.Value, out var number) && number is >= 1 and <= Sweep.MostRuns))
                {
                    result.AddError($"{option.Name} wants a number from 1 to {Sweep.MostRuns}, not '{token.Value}'");
                }
            });
        }
        Command = new Command(
            "sweep", "Runs a scenario over values and seeds, and judges its properties by the share of seeds they hold in. Example: bta sweep mine.yaml --vary network.default.loss=0%,5%,20% --seeds 20")
        {
            _vary, _seeds, _sample, _out, _resume, _cores, _format,
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
            throw new CommandException(ExitCode.Usage, "bta sweep is for networks; studies of formulas have axes and trials of their own: bta run");
        }
        if (parsed.GetValue(_resume) && parsed.GetValue(_out) is null)
        {
            throw new CommandException(ExitCode.Usage, "--resume needs --out DIR: the folder of the sweep to go on with");
        }
        var scenario = file with { Sweep = SweepOf(parsed, file.Sweep ?? SweepSpec.Default) };
        var session = new SweepSession(_terminal, scenario, overrides => _scenario.Load(parsed, overrides), parsed.GetValue(_cores));
        var (folder, verdict) = session.Execute(() => FolderOf(parsed, scenario));
        if (verdict is null)
        {
            _terminal.Error.WriteLine($"ended before the last run; go on with: bta sweep {Path.Combine(folder, RunFolder.ScenarioFile)} --out {folder} --resume");
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
            ?? throw new CommandException(ExitCode.Usage, $"--vary wants PATH=VALUE,VALUE, not '{text}'")).ToImmutableArray();
        return new SweepSpec(parsed.GetValue(_seeds) ?? file.Seeds, parsed.GetValue(_sample) ?? file.Sample, vary.IsEmpty ? file.Vary : vary);
    }

    string FolderOf(ParseResult parsed, Scenario scenario) =>
        parsed.GetValue(_resume) && File.Exists(Path.Combine(parsed.GetValue(_out)!, RunFolder.TrialsFile))
            ? Path.GetFullPath(parsed.GetValue(_out)!)
            : RunSession.MakeFolder(parsed.GetValue(_out), scenario.Name, scenario.Seed);

    void WriteText(string folder, Scenario scenario, SweepVerdict verdict)
    {
        _terminal.Out.Write(SweepReport.Text(verdict));
        _terminal.Out.WriteLine($"verdict  {RunCommand.Word(verdict.Verdict)} over {verdict.Rows.Length} point(s) of {verdict.Seeds} seed(s)");
        var figure = scenario.Expect.IsEmpty ? "" : $"{RunFolder.SweepFigure}, ";
        _terminal.Out.WriteLine($"folder   {folder} ({RunFolder.VerdictFile}, {figure}{RunFolder.SweepTable})");
    }
}
