using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;
using System.Text.RegularExpressions;
using BitTensor.Records;
using BitTensor.Reports;
using BitTensor.Reports.Compare;
using BitTensor.Scenarios;
using DiffPlex;
using DiffPlex.DiffBuilder;
using DiffPlex.DiffBuilder.Model;

namespace BitTensor.Cli.Inspect;

/// <summary>The result of <c>bta diff</c>.</summary>
/// <param name="Same">True when the journals are the same bytes.</param>
/// <param name="Outcomes">Verdicts, populations and properties side by side; null where a run has none to tell.</param>
/// <param name="Scenario">
/// Values of the scenarios that differ, with their paths: <c>-</c> stands only in A, <c>+</c> only in B.
/// </param>
/// <param name="Difference">The first record that differs; null when there is none.</param>
sealed record DiffResult(
    bool Same, RunComparison? Outcomes, ImmutableArray<string> Scenario, JournalDifference? Difference);

/// <summary>
/// <c>bta diff</c>: what differs between two runs in their outcomes, in their scenarios, and first in their journals.
/// </summary>
sealed partial class DiffCommand
{
    const int MostFields = 12;

    readonly Terminal _terminal;
    readonly Argument<string> _left = new("A") { Description = "Run folder, or latest~1." };
    readonly Argument<string> _right = new("B") { Description = "Run folder, or latest." };
    readonly Option<OutputFormat> _format = Options.Format();

    public DiffCommand(Terminal terminal)
    {
        _terminal = terminal;
        Command = new Command(
            "diff",
            "Names what differs between the outcomes and the scenarios of two runs, and the first record in which "
            + "their journals differ; 1 when there is one. Example: bta diff runs/mine/A runs/mine/B")
        {
            _left, _right, _format,
        };
        Command.SetAction(Run);
    }

    public Command Command { get; }

    [GeneratedRegex(@"^(?:stake|rank|emission)\[([0-9]+)\]$")]
    private static partial Regex OfNeuron();

    int Run(ParseResult parsed)
    {
        var left = NetworkRun(RunFolders.Find(parsed.GetRequiredValue(_left)));
        var right = NetworkRun(RunFolders.Find(parsed.GetRequiredValue(_right)));
        var difference = JournalDifference.First(left.JournalFile, right.JournalFile);
        var changed = Changed(File.ReadAllText(left.ScenarioFile), File.ReadAllText(right.ScenarioFile));
        var (outcomes, populations, unknown) = Outcomes(left, right);
        var result = new DiffResult(difference is null, outcomes, changed, difference);
        if (parsed.GetValue(_format) == OutputFormat.Json)
        {
            _terminal.Out.WriteLine(JsonSerializer.Serialize(result, InspectJson.Default.DiffResult));
        }
        else
        {
            WriteText(result, populations, unknown);
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

    /// <summary>
    /// The outcomes and the population of each neuron; a run too damaged for that still has bytes to compare.
    /// </summary>
    static (RunComparison? Outcomes, ImmutableArray<string> Populations, string? Unknown) Outcomes(
        RunArchive left, RunArchive right)
    {
        try
        {
            var (a, b) = (ComparedRun.Open(left.Folder), ComparedRun.Open(right.Folder));
            return (RunComparison.Of([a, b]), a.Data.PopulationOf, null);
        }
        catch (Exception damage) when (damage is IOException or InvalidDataException or LedgerException
            or JournalException or ArchivedScenarioException)
        {
            return (null, [], damage.Message);
        }
    }

    static ImmutableArray<string> Changed(string left, string right) =>
        [.. InlineDiffBuilder.Diff(Lines(left), Lines(right)).Lines
            .Where(l => l.Type is ChangeType.Deleted or ChangeType.Inserted)
            .Select(l => $"{(l.Type == ChangeType.Deleted ? '-' : '+')} {l.Text.Trim()}")];

    static string Lines(string scenario) => string.Join('\n', ScenarioLines.Of(scenario));

    void WriteText(DiffResult result, ImmutableArray<string> populations, string? unknown)
    {
        if (result.Outcomes is { } outcomes)
        {
            var text = new ComparisonText(outcomes, _terminal.Width);
            _terminal.Out.Write(text.Runs() + text.Sentences() + text.Properties());
        }
        else
        {
            Line("outcomes", $"not compared: {unknown}");
        }
        var lines = result.Scenario.IsEmpty ? ["the same"] : result.Scenario;
        foreach (var (line, k) in lines.Select((l, k) => (l, k)))
        {
            Line(k == 0 ? "scenario" : "", line);
        }
        WriteJournal(result.Difference, populations);
    }

    void WriteJournal(JournalDifference? found, ImmutableArray<string> populations)
    {
        if (found is not { } difference)
        {
            Line("journal", "the same, byte for byte");
            return;
        }
        string Name(int neuron) => neuron < populations.Length ? populations[neuron] : "no such neuron in A";
        Line("journal", $"differs first at {difference.Place(populations.IsEmpty ? null : Name)}");
        if (difference.Fields.IsEmpty)
        {
            Line("", difference.What);
        }
        foreach (var (field, a, b) in difference.Fields.Take(MostFields))
        {
            var neuron = OfNeuron().Match(field).Groups[1].Value;
            var who = neuron.Length > 0 && !populations.IsEmpty
                ? $" ({Name(int.Parse(neuron, System.Globalization.CultureInfo.InvariantCulture))})"
                : "";
            Line("", $"{field}{who}: {a} against {b}");
        }
        if (difference.Fields.Length > MostFields)
        {
            Line("", $"and {difference.Fields.Length - MostFields} fields more; --format json has all");
        }
    }

    void Line(string label, string text) => _terminal.Say($"{label,-8} {text}", 9);
}
