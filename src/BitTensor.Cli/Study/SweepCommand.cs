using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Parsing;
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
    readonly ScenarioArguments _scenario;
    readonly Option<string[]> _vary = new("--vary")
    {
        Description = "Varies one value: a path of keys and its values. Repeatable: the grid of all is run. "
            + "In place of what the file varies.",
        HelpName = "PATH=VALUE,VALUE",
        AllowMultipleArgumentsPerToken = false,
        DefaultValueFactory = _ => [],
    };
    readonly Option<string[]> _with = new("--with")
    {
        Description = "Behind a --vary: a path that takes as many values in step with it, the first with the first. "
            + "Repeatable.",
        HelpName = "PATH=VALUE,VALUE",
        AllowMultipleArgumentsPerToken = false,
        DefaultValueFactory = _ => [],
    };
    readonly Option<string[]> _point = new("--point")
    {
        Description = "A point with a name, which results show. Repeatable: all of them are one more --vary.",
        HelpName = "NAME:PATH=VALUE,PATH=VALUE",
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

    readonly Option<bool> _explain = Options.Explain();

    public SweepCommand(Terminal terminal)
    {
        _terminal = terminal;
        _scenario = new ScenarioArguments(terminal);
        Command = new Command(
            "sweep",
            "Runs a scenario over values and seeds, and judges its properties by the share of seeds they hold in. "
            + "Example: bta sweep mine.yaml --vary network.default.loss=0%,5%,20% --seeds 20")
        {
            _vary, _with, _point, _seeds, _sample, _folder.Out, _folder.Resume, _cores, _format, _explain,
        };
        _scenario.AddTo(Command);
        Command.SetAction(Run);
    }

    public Command Command { get; }

    int Run(ParseResult parsed)
    {
        var read = _scenario.Require(parsed);
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
            if (parsed.GetValue(_explain))
            {
                _terminal.Explain(SweepText.Explained);
            }
        }
        return (int)verdict.Verdict;
    }

    SweepSpec SweepOf(ParseResult parsed, SweepSpec file)
    {
        var vary = AxesOf(parsed);
        var sweep = new SweepSpec(
            parsed.GetValue(_seeds) ?? file.Seeds, parsed.GetValue(_sample) ?? file.Sample,
            vary.IsEmpty ? file.Vary : vary);
        return sweep.TakenName is { } taken
            ? throw new CommandException(ExitCode.Usage, $"points are the column '{taken}', which --vary has too")
            : sweep;
    }

    /// <summary>The axes of the command line in their order: which --vary a --with follows is what it says.</summary>
    /// <exception cref="CommandException">An option has another form, or one value more or less.</exception>
    ImmutableArray<SweepAxis> AxesOf(ParseResult parsed)
    {
        var axes = new List<SweepAxis>();
        var points = ImmutableArray<NamedPoint>.Empty;
        foreach (var (option, text) in InOrder(parsed))
        {
            if (option == _vary.Name)
            {
                axes.Add(new SweepAxis.Path(ValuesOf(option, text), []));
            }
            else if (option == _with.Name)
            {
                axes = [.. axes.SkipLast(1), Beside(axes.LastOrDefault() as SweepAxis.Path, ValuesOf(option, text))];
            }
            else
            {
                points = points.Add(PointOf(text, points));
            }
        }
        return points.IsEmpty ? [.. axes] : [.. axes, new SweepAxis.Points(SweepAxis.Points.DefaultName, points)];
    }

    /// <summary>The values of the options of axes, each behind the name of its option.</summary>
    IEnumerable<(string Option, string Text)> InOrder(ParseResult parsed)
    {
        string[] names = [_vary.Name, _with.Name, _point.Name];
        return parsed.Tokens.Zip(parsed.Tokens.Skip(1))
            .Where(t => t.First.Type == TokenType.Option && names.Contains(t.First.Value))
            .Select(t => (t.First.Value, t.Second.Value));
    }

    static SweepAxis.Path Beside(SweepAxis.Path? axis, SweepValues values)
    {
        if (axis is null)
        {
            throw new CommandException(ExitCode.Usage, "--with goes behind the --vary that it goes with");
        }
        return values.Values.Length == axis.Count
            ? axis with { With = axis.With.Add(values) }
            : throw new CommandException(
                ExitCode.Usage,
                $"--with {values.Path} has {values.Values.Length} values, --vary {axis.Values.Path} has {axis.Count}: "
                + "the first goes with the first, the second with the second");
    }

    static SweepValues ValuesOf(string option, string text) => SweepValues.Parse(text)
        ?? throw new CommandException(ExitCode.Usage, $"{option} wants PATH=VALUE,VALUE, not '{text}'");

    static NamedPoint PointOf(string text, ImmutableArray<NamedPoint> before)
    {
        var point = NamedPoint.Parse(text) ?? throw new CommandException(
            ExitCode.Usage,
            $"--point wants NAME:PATH=VALUE,PATH=VALUE, not '{text}'; a name has letters, digits, '-' and '_'");
        return before.Any(p => p.Name == point.Name)
            ? throw new CommandException(ExitCode.Usage, $"two points are called {point.Name}; give each its own name")
            : point;
    }

    void WriteText(string folder, Scenario scenario, SweepVerdict verdict)
    {
        _terminal.Out.Write(SweepText.Of(verdict, _terminal.Width));
        _terminal.Out.Write(SweepText.NamesOf(scenario.Sweep!, _terminal.Width));
        _terminal.Out.WriteLine(
            $"verdict  {OutcomeWords.Of(verdict.Verdict)} over {Counted.Of(verdict.Rows.Length, "point")} "
            + $"of {Counted.Of(verdict.Seeds, "seed")}");
        var figure = SweepReport.HasFigure(scenario) ? $"{RunFolder.SweepFigure}, " : "";
        _terminal.Say($"folder   {folder} ({RunFolder.VerdictFile}, {figure}{RunFolder.SweepTable})", 9);
    }
}
