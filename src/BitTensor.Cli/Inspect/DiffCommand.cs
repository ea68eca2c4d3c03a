using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;
using BitTensor.Records;
using BitTensor.Reports;
using BitTensor.Scenarios;
using DiffPlex;
using DiffPlex.DiffBuilder;
using DiffPlex.DiffBuilder.Model;

namespace BitTensor.Cli.Inspect;

/// <summary>The result of <c>bta diff</c>.</summary>
/// <param name="Same">True when the journals are the same bytes.</param>
/// <param name="Scenario">
/// Values of the scenarios that differ, with their paths: <c>-</c> stands only in A, <c>+</c> only in B.
/// </param>
/// <param name="Difference">The first record that differs; null when there is none.</param>
sealed record DiffResult(bool Same, ImmutableArray<string> Scenario, JournalDifference? Difference);

/// <summary><c>bta diff</c>: the differences of two runs' scenarios, and the first of their journals.</summary>
sealed class DiffCommand
{
    readonly Terminal _terminal;
    readonly Argument<string> _left = new("A") { Description = "Run folder." };
    readonly Argument<string> _right = new("B") { Description = "Run folder." };
    readonly Option<OutputFormat> _format = Options.Format();

    public DiffCommand(Terminal terminal)
    {
        _terminal = terminal;
        Command = new Command(
            "diff",
            "Names what differs between the scenarios of two runs, and the first record in which their journals "
            + "differ; 1 when there is one. Example: bta diff runs/mine/A runs/mine/B")
        {
            _left, _right, _format,
        };
        Command.SetAction(Run);
    }

    public Command Command { get; }

    int Run(ParseResult parsed)
    {
        var left = NetworkRun(parsed.GetRequiredValue(_left));
        var right = NetworkRun(parsed.GetRequiredValue(_right));
        var difference = JournalDifference.First(left.JournalFile, right.JournalFile);
        var changed = Changed(File.ReadAllText(left.ScenarioFile), File.ReadAllText(right.ScenarioFile));
        var result = new DiffResult(difference is null, changed, difference);
        if (parsed.GetValue(_format) == OutputFormat.Json)
        {
            _terminal.Out.WriteLine(JsonSerializer.Serialize(result, InspectJson.Default.DiffResult));
        }
        else
        {
            WriteText(result);
        }
        return result.Same ? ExitCode.Pass : ExitCode.Fail;
    }

    static RunArchive NetworkRun(string folder)
    {
        var archive = RunArchive.Open(folder);
        return File.Exists(archive.JournalFile)
            ? archive
            : throw new CommandException(
                ExitCode.InputOutput,
                $"{folder} has no {RunFolder.JournalFile}: it is not the folder of a network run");
    }

    static ImmutableArray<string> Changed(string left, string right) =>
        [.. InlineDiffBuilder.Diff(Lines(left), Lines(right)).Lines
            .Where(l => l.Type is ChangeType.Deleted or ChangeType.Inserted)
            .Select(l => $"{(l.Type == ChangeType.Deleted ? '-' : '+')} {l.Text.Trim()}")];

    static string Lines(string scenario) => string.Join('\n', ScenarioLines.Of(scenario));

    void WriteText(DiffResult result)
    {
        var lines = result.Scenario.IsEmpty ? ["the same"] : result.Scenario;
        foreach (var (line, k) in lines.Select((l, k) => (l, k)))
        {
            _terminal.Out.WriteLine($"{(k == 0 ? "scenario" : ""),-8} {line}");
        }
        if (result.Difference is not { } difference)
        {
            _terminal.Out.WriteLine("journal  the same, byte for byte");
            return;
        }
        _terminal.Out.WriteLine($"journal  differs first at {difference.Place()}");
        if (difference.Fields.IsEmpty)
        {
            _terminal.Out.WriteLine($"         {difference.What}");
        }
        foreach (var (field, a, b) in difference.Fields)
        {
            _terminal.Out.WriteLine($"         {field}: {a} against {b}");
        }
    }
}
