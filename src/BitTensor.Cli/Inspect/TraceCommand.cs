using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;
using BitTensor.Actors.Context;
using BitTensor.Actors.Run;
using BitTensor.Plans;
using BitTensor.Emulation;
using BitTensor.Records;
using BitTensor.Reports;
using BitTensor.Scenarios;

namespace BitTensor.Cli.Inspect;

/// <summary>The result of <c>bta trace</c>.</summary>
/// <param name="Same">True when the rerun's journal is that of the record as far as both go.</param>
/// <param name="Note">How they differ, or how the rerun failed; null when the journals are the same.</param>
/// <param name="Blocks">Blocks that closed in the window.</param>
/// <param name="Messages">Messages in the order in which they were sent.</param>
sealed record TraceResult(
    bool Same, string? Note, ImmutableArray<ClosedBlock> Blocks, IReadOnlyList<TracedMessage> Messages);

/// <summary>A block of a trace.</summary>
/// <param name="Height">Its height.</param>
/// <param name="AtMs">Time of its close, emulated milliseconds since the start.</param>
sealed record ClosedBlock(long Height, double AtMs);

/// <summary><c>bta trace</c>: the messages around a place of a run, as a table and as a picture.</summary>
sealed class TraceCommand
{
    // Blocks after the window that are run too, so that messages of the window come to their end as they did.
    const int Aftermath = 2;

    readonly Terminal _terminal;
    readonly Argument<string> _run = Options.Run("Run folder of a run in virtual time.");
    readonly TraceArguments _arguments = new();
    readonly Option<TraceFormat> _format = new("--format") { Description = "text, csv or json." };
    readonly Option<string?> _svg = new("--svg")
    {
        Description = "Writes a space-time diagram: a line per neuron, an arrow per message.",
        HelpName = "FILE",
    };
    readonly Option<int> _cores = Options.Cores();

    public TraceCommand(Terminal terminal)
    {
        _terminal = terminal;
        Command = new Command(
            "trace",
            "Runs a run folder's scenario again and prints its messages around a place: what each was, when it was "
            + "sent and arrived, and what became of it. "
            + "Example: bta trace runs/mine/... --neuron 3 --block 12..14 | less")
        {
            _run,
        };
        _arguments.AddTo(Command);
        Command.Add(_format);
        Command.Add(_svg);
        Command.Add(_cores);
        Command.SetAction(Run);
    }

    enum TraceFormat
    {
        Text,
        Csv,
        Json,
    }

    public Command Command { get; }

    int Run(ParseResult parsed)
    {
        var archive = RunArchive.Open(RunFolders.Find(parsed.GetRequiredValue(_run)));
        var scenario = archive.Scenario.Value
            ?? throw new CommandException(
                ExitCode.Usage, $"{archive.Folder} is the run of an equilibrium scenario, which has no messages");
        Repeatable.Require(archive);
        var window = _arguments.WindowOf(parsed, scenario, archive.LastBlock);
        var observer = new TraceObserver(window);
        var note = Observe(archive, window, observer, parsed.GetValue(_cores));
        Write(parsed, scenario, window, observer, note);
        return note is null ? ExitCode.Pass : ExitCode.Fail;
    }

    /// <summary>Runs the network again under the observer.</summary>
    /// <returns>How the rerun differs from the record; null when it does not.</returns>
    string? Observe(RunArchive archive, TraceWindow window, TraceObserver observer, int cores)
    {
        using var interruption = _terminal.Interruptible("Ending the rerun.");
        try
        {
            var end = Rerun.EndFor(archive, window.ToBlock + Aftermath);
            var options = new RunOptions { Cores = cores, Watch = observer };
            var comparison = Rerun.Compare(
                archive, archive.Scenario.Value!, end, options, interruption.Token)
                ?? throw new CommandException(
                    ExitCode.Interrupted, "the rerun was interrupted; nothing can be said");
            return comparison.Difference is not { } difference
                ? null
                : "the rerun is not the run that was recorded: they differ first at "
                + $"{difference.Place()} ({difference.What}); what is shown is the rerun";
        }
        catch (EmulationException failure)
        {
            return $"the run fails: {failure.GetBaseException().Message}; what is shown is up to there";
        }
    }

    void Write(ParseResult parsed, Scenario scenario, TraceWindow window, TraceObserver observer, string? difference)
    {
        var messages = observer.Messages;
        switch (parsed.GetValue(_format))
        {
            case TraceFormat.Json:
                var blocks = observer.Blocks.Where(b => window.HoldsBlock(b.Height))
                    .Select(b => new ClosedBlock(b.Height, b.AtMs));
                var result = new TraceResult(difference is null, difference, [.. blocks], messages);
                _terminal.Out.WriteLine(JsonSerializer.Serialize(result, InspectJson.Default.TraceResult));
                break;
            case TraceFormat.Csv:
                _terminal.Out.Write(TraceTable.Csv(messages));
                break;
            default:
                _terminal.Out.Write(TraceTable.Text(messages));
                break;
        }
        if (difference is not null)
        {
            _terminal.Error.WriteLine($"warning: {difference}");
        }
        if (parsed.GetValue(_svg) is { } file)
        {
            File.WriteAllText(file, Picture(scenario, window, observer, messages));
        }
    }

    static string Picture(
        Scenario scenario, TraceWindow window, TraceObserver observer, IReadOnlyList<TracedMessage> messages)
    {
        if (messages.Count is 0 or > SpaceTimeDiagram.MostMessages)
        {
            throw new CommandException(
                ExitCode.Usage,
                $"{messages.Count} messages make no picture, which takes 1 to {SpaceTimeDiagram.MostMessages}: "
                + "choose with --neuron, --kind, --block and --seconds");
        }
        var times = observer.Blocks.ToDictionary(b => b.Height, b => b.AtMs);
        var first = Math.Max(window.FromMs, times.GetValueOrDefault(window.FromBlock - 1));
        var last = Math.Min(window.ToMs, times.GetValueOrDefault(window.ToBlock, double.MaxValue));
        var settled = messages.Max(m => m.EndedMs ?? m.SentMs);
        var plans = Roster.Draw(scenario);
        string NameOf(int address) => address < 0
            ? TracedMessage.NameOf(address)
            : $"{plans[address].Population.Name} {address}";
        return SpaceTimeDiagram.Draw(
            $"{scenario.Name}, seed {scenario.Seed}: {messages.Count} messages", messages, observer.Blocks, NameOf,
            first, Math.Min(last, Math.Max(settled, first + 1)));
    }
}
