using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;
using BitTensor.Actors.Context;
using BitTensor.Actors.Run;
using BitTensor.Plans;
using BitTensor.Fuzzing;
using BitTensor.Scenarios;

namespace BitTensor.Cli.Study;

/// <summary><c>bta fuzz</c>: random scenarios under the invariants.</summary>
sealed partial class FuzzCommand
{
    const int MostSeeds = 1_000_000;

    readonly Terminal _terminal;
    readonly Option<int> _seeds = Options.Between(1, MostSeeds, new Option<int>("--seeds")
    {
        Description = "Seeds, each a scenario of its own.",
        HelpName = "N",
        DefaultValueFactory = _ => 1000,
    });
    readonly Option<long> _first = Options.Between(0, long.MaxValue - MostSeeds, new Option<long>("--first-seed")
    {
        Description = "The first of them.",
        HelpName = "S",
    });
    readonly Option<int> _jobs = Options.Between(1, 1024, new Option<int>("--jobs")
    {
        Description = "Seeds at a time, each on one core.",
        HelpName = "J",
        DefaultValueFactory = _ => Environment.ProcessorCount,
    });
    readonly Option<string?> _time = new("--time")
    {
        Description = "Begins no further seed after so long: 30s, 8m, 2h.",
        HelpName = "TIME",
    };
    readonly Option<string[]> _properties = new("--property")
    {
        Description = "Also holds at every block of every scenario; docs/SCENARIOS.md has the language. Several times.",
        HelpName = "PROPERTY",
    };
    readonly FolderArguments _folder = new(
        "campaign", "seeds", "Folder, new or empty; runs/fuzz/UTC-SEED without it.");
    readonly Option<OutputFormat> _format = Options.Format("text, or json: the summary.");

    public FuzzCommand(Terminal terminal)
    {
        _terminal = terminal;
        Command = new Command(
            "fuzz",
            "Draws scenarios from seeds, runs them under the invariants, and makes small what breaks one. "
            + "Example: bta fuzz --seeds 1000 --time 8m")
        {
            _seeds, _first, _jobs, _time, _properties, _folder.Out, _folder.Resume, _format,
        };
        Command.SetAction(Run);
    }

    public Command Command { get; }

    [GeneratedRegex("^([0-9]{1,6}) ?(s|m|min|h)$")]
    private static partial Regex Time();

    int Run(ParseResult parsed)
    {
        _folder.Check(parsed);
        var first = (ulong)parsed.GetValue(_first);
        var time = TimeOf(parsed.GetValue(_time));
        var plan = new FuzzPlan(
            first, parsed.GetValue(_seeds), parsed.GetValue(_jobs), time, [.. parsed.GetValue(_properties) ?? []]);
        // What is wrong with a property is said before a folder is made.
        _ = plan.ScenarioOf(first);
        var folder = _folder.Make(parsed, "fuzz", first);
        var (summary, interrupted) = new FuzzSession(_terminal, plan, EmulationRun.Execute).Execute(folder);
        if (parsed.GetValue(_format) == OutputFormat.Json)
        {
            _terminal.Out.Write(summary.ToJson());
        }
        else
        {
            WriteText(folder, summary, plan.Properties.IsEmpty ? "invariant" : "invariant or property");
        }
        if (summary.Seeds < summary.Wanted)
        {
            _terminal.Error.WriteLine(
                $"ended before the last seed; go on with: bta fuzz --first-seed {first} --seeds {plan.Seeds} "
                + $"--out {folder} --resume");
        }
        return interrupted ? ExitCode.Interrupted : summary.Found.IsEmpty ? ExitCode.Pass : ExitCode.Fail;
    }

    static TimeSpan? TimeOf(string? text)
    {
        if (text is null)
        {
            return null;
        }
        var match = Time().Match(text);
        var unit = match.Groups[2].Value switch { "s" => 1, "h" => 3600, _ => 60 };
        return match.Success
            ? TimeSpan.FromSeconds(unit * int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))
            : throw new CommandException(ExitCode.Usage, $"--time wants a time like 30s, 8m or 2h, not '{text}'");
    }

    void WriteText(string folder, FuzzSummary summary, string what)
    {
        _terminal.Out.Write(summary.ToText());
        foreach (var found in summary.Found)
        {
            _terminal.Out.WriteLine($"small    {Path.Combine(folder, found.File!)}");
        }
        _terminal.Out.WriteLine(
            $"seeds    {summary.Seeds} of {summary.Wanted} from {summary.FirstSeed}, {summary.Twice} of them twice; "
            + $"{summary.PerMinute} per minute with {Counted.Of(summary.Jobs, "job")}");
        _terminal.Out.WriteLine(summary.Found.IsEmpty
            ? $"verdict  no {what} broken"
            : $"verdict  {Counted.Of(summary.Found.Length, "seed")} "
                + $"{(summary.Found.Length == 1 ? "breaks" : "break")} an {what}");
        _terminal.Out.WriteLine($"folder   {folder}");
    }
}
