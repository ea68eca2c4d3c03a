using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using BitTensor.Actors;
using BitTensor.Records;
using BitTensor.Reports;
using BitTensor.Scenarios;

namespace BitTensor.Cli;

/// <summary><c>bta run</c>: runs a scenario and judges it.</summary>
sealed class RunCommand
{
    static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    const int MostEvents = 20;

    readonly Terminal _terminal;
    readonly ScenarioArguments _scenario = new();
    readonly Option<string?> _out = new("--out") { Description = "Run folder, new or empty; runs/NAME/UTC-SEED without it.", HelpName = "DIR" };
    readonly Option<TimeMode> _time = new("--time") { Description = "virtual: same seed, same bytes, as fast as the machine computes. wall: the same actors in real time." };
    readonly Option<bool> _resume = new("--resume") { Description = "Goes on with the finished trials in --out: scenarios of kind equilibrium." };
    readonly ClusterArguments _cluster = new();
    readonly Option<OutputFormat> _format = new("--format") { Description = "text, or json: the verdict with the run folder." };

    public RunCommand(Terminal terminal)
    {
        _terminal = terminal;
        Cores = CoresOption();
        Command = new Command("run", "Runs a scenario, leaves a run folder, and exits by its verdict. Example: bta run scenarios/quickstart.yaml --seed 7")
        {
            _out, Cores, _time, _resume, _format,
        };
        _scenario.AddTo(Command);
        _cluster.AddTo(Command);
        Command.SetAction(Run);
    }

    public Command Command { get; }

    Option<int> Cores { get; }

    /// <summary>The option every command that runs something has.</summary>
    public static Option<int> CoresOption()
    {
        var option = new Option<int>("--cores")
        {
            Description = "Threads that compute. Results do not depend on it.",
            HelpName = "N",
            DefaultValueFactory = _ => Environment.ProcessorCount,
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !(int.TryParse(token.Value, out var cores) && cores is >= 1 and <= 1024))
            {
                result.AddError($"--cores wants a number from 1 to 1024, not '{token.Value}'");
            }
        });
        return option;
    }

    int Run(ParseResult parsed)
    {
        var read = _scenario.Require(parsed, _terminal);
        if (read.Equilibrium is { } equilibrium)
        {
            return RunEquilibrium(parsed, equilibrium);
        }
        if (parsed.GetValue(_resume))
        {
            throw new CommandException(ExitCode.Usage, "--resume goes on with trials; a network runs from its first block, in a new folder");
        }
        if (_cluster.IsAsked(parsed) && parsed.GetResult(_time) is { Implicit: false } && parsed.GetValue(_time) == TimeMode.Virtual)
        {
            throw new CommandException(ExitCode.Usage, "--time virtual is for one process; a cluster runs in wall time");
        }
        var scenario = read.Value!;
        var runner = _cluster.RunnerOf(parsed, _terminal);
        var options = new RunOptions
        {
            Folder = RunSession.MakeFolder(parsed.GetValue(_out), scenario.Name, scenario.Seed),
            Cores = parsed.GetValue(Cores),
            Time = _cluster.IsAsked(parsed) ? TimeMode.Wall : parsed.GetValue(_time),
        };
        var verdict = new RunSession(_terminal, scenario, options, runner, _cluster.Labels).Execute();
        if (parsed.GetValue(_format) == OutputFormat.Json)
        {
            WriteJson(options.Folder, verdict.ToJson());
        }
        else
        {
            WriteText(options.Folder, verdict);
        }
        return verdict.Interrupted ? ExitCode.Interrupted : (int)verdict.Verdict;
    }

    int RunEquilibrium(ParseResult parsed, EquilibriumScenario scenario)
    {
        if (_cluster.IsAsked(parsed))
        {
            throw new CommandException(ExitCode.Usage, "--cluster is for networks; formulas are computed here");
        }
        if (parsed.GetResult(_time) is { Implicit: false })
        {
            throw new CommandException(ExitCode.Usage, "--time is for networks; formulas take no time");
        }
        var wanted = parsed.GetValue(_out);
        if (parsed.GetValue(_resume) && wanted is null)
        {
            throw new CommandException(ExitCode.Usage, "--resume needs --out DIR: the folder of the run to go on with");
        }
        var folder = parsed.GetValue(_resume)
            ? EquilibriumSession.ResumeFolder(wanted!, scenario)
            : RunSession.MakeFolder(wanted, scenario.Name, scenario.Seed);
        var verdict = new EquilibriumSession(_terminal, scenario, parsed.GetValue(Cores)).Execute(folder);
        if (verdict is null)
        {
            _terminal.Error.WriteLine($"ended before the last trial; go on with: bta run {Path.Combine(folder, RunFolder.ScenarioFile)} --out {folder} --resume");
            return ExitCode.Interrupted;
        }
        if (parsed.GetValue(_format) == OutputFormat.Json)
        {
            WriteJson(folder, verdict.ToJson());
        }
        else
        {
            WriteText(folder, scenario, verdict);
        }
        return (int)verdict.Verdict;
    }

    void WriteJson(string folder, string verdict)
    {
        var json = JsonNode.Parse(verdict)!.AsObject();
        json.Insert(0, "folder", folder);
        _terminal.Out.WriteLine(json.ToJsonString(Indented));
    }

    void WriteText(string folder, RunVerdict verdict)
    {
        _terminal.Out.WriteLine();
        _terminal.Out.Write(SummaryTable.Text(verdict.Populations));
        _terminal.Out.WriteLine("(rank and stake: share of the whole; ablation: rise of the others' loss without the neuron, over n)");
        _terminal.Out.WriteLine();
        foreach (var happened in verdict.Events.Take(MostEvents))
        {
            _terminal.Out.WriteLine($"event    {happened.Text()}");
        }
        if (verdict.Events.Length > MostEvents)
        {
            _terminal.Out.WriteLine($"event    ... and {verdict.Events.Length - MostEvents} more in {RunFolder.VerdictFile}");
        }
        foreach (var property in verdict.Properties)
        {
            var word = property is { Finding: not null, Outcome: Outcome.Pass } ? "finding" : Word(property.Outcome);
            _terminal.Out.WriteLine($"{word,-7}  {property.Name}, {property.Holds}: {property.Detail}");
        }
        var early = verdict.Interrupted ? " (interrupted)" : "";
        _terminal.Out.WriteLine($"verdict  {Word(verdict.Verdict)} after {verdict.Blocks} blocks{early}");
        _terminal.Out.WriteLine($"journal  {verdict.JournalHash}");
        _terminal.Out.WriteLine($"folder   {folder} ({RunFolder.VerdictFile}, {RunFolder.RanksFigure}, {RunFolder.LossesFigure}, ...)");
    }

    void WriteText(string folder, EquilibriumScenario scenario, EquilibriumVerdict verdict)
    {
        _terminal.Out.WriteLine();
        _terminal.Out.Write(StudyText.Text(scenario.Study, verdict.Summary));
        _terminal.Out.WriteLine();
        foreach (var property in verdict.Properties)
        {
            _terminal.Out.WriteLine($"{Word(property.Outcome),-7}  {property.Name}: {property.Detail}");
        }
        _terminal.Out.WriteLine($"verdict  {Word(verdict.Verdict)} over {verdict.Trials} trial(s)");
        _terminal.Out.WriteLine($"results  {verdict.ResultHash}");
        _terminal.Out.WriteLine($"folder   {folder} ({RunFolder.VerdictFile}, {RunFolder.EquilibriumFile}, {EquilibriumReport.FigureOf(scenario.Study)}, ...)");
    }

    /// <summary>An outcome as a word.</summary>
    public static string Word(Outcome outcome) => outcome switch
    {
        Outcome.Pass => "pass",
        Outcome.Fail => "FAIL",
        _ => "unknown",
    };
}
