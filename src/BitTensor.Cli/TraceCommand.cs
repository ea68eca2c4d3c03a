using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using BitTensor.Actors;
using BitTensor.Emulation;
using BitTensor.Parcels;
using BitTensor.Records;
using BitTensor.Reports;
using BitTensor.Scenarios;

namespace BitTensor.Cli;

/// <summary><c>bta trace</c>: the messages around a place of a run, as a table and as a picture.</summary>
sealed class TraceCommand
{
    // Blocks after the window that are run too, so that what is on its way comes to its end as it did.
    const int Aftermath = 2;

    readonly Terminal _terminal;
    readonly Argument<string> _run = new("RUN") { Description = "Run folder of a run in virtual time." };
    readonly Option<string?> _block = new("--block") { Description = "Blocks that are open: one, or FIRST..LAST; the whole run without it.", HelpName = "N..M" };
    readonly Option<string?> _seconds = new("--seconds") { Description = "Emulated seconds since the start, FIRST..LAST.", HelpName = "A..B" };
    readonly Option<int[]> _neuron = new("--neuron") { Description = "Messages from or to this neuron. Repeatable.", HelpName = "N", DefaultValueFactory = _ => [] };
    readonly Option<string[]> _kind = new("--kind") { Description = "Messages of this kind. Repeatable.", DefaultValueFactory = _ => [] };
    readonly Option<TraceFormat> _format = new("--format") { Description = "text, csv or json." };
    readonly Option<string?> _svg = new("--svg") { Description = "Writes a space-time diagram: a line per neuron, an arrow per message.", HelpName = "FILE" };
    readonly Option<int> _cores = RunCommand.CoresOption();

    public TraceCommand(Terminal terminal)
    {
        _terminal = terminal;
        _kind.AcceptOnlyFromAmong([.. ParcelKinds.Names]);
        Command = new Command(
            "trace", "Runs a run folder's scenario again and prints its messages around a place: what each was, when it was sent and arrived, and what became of it. Example: bta trace runs/mine/... --neuron 3 --block 12..14 | less")
        {
            _run, _block, _seconds, _neuron, _kind, _format, _svg, _cores,
        };
        Command.SetAction(Run);
    }

    enum TraceFormat
    {
        Text,
        Csv,
        Json,
    }

    public Command Command { get; }

    /// <summary>The result.</summary>
    /// <param name="Same">True when the rerun's journal is that of the record as far as both go.</param>
    /// <param name="Note">How they differ, or how the rerun failed.</param>
    /// <param name="Blocks">Blocks that closed in the window.</param>
    /// <param name="Messages">In the order in which they were sent.</param>
    public sealed record TraceResult(bool Same, string? Note, ImmutableArray<ClosedBlock> Blocks, IReadOnlyList<TracedMessage> Messages);

    /// <summary>A block and when it closed, emulated milliseconds.</summary>
    public sealed record ClosedBlock(long Height, double AtMs);

    int Run(ParseResult parsed)
    {
        var folder = parsed.GetRequiredValue(_run);
        var scenario = ReplayCommand.ScenarioOf(folder).Value
            ?? throw new CommandException(ExitCode.Usage, $"{folder} is the run of an equilibrium scenario, which has no messages");
        if (File.Exists(Path.Combine(folder, RunFolder.EnvironmentFile)) && RunEnvironment.Read(folder) is { Time: TimeMode.Wall })
        {
            throw new CommandException(ExitCode.Unknown, $"{folder} ran in wall time; only runs in virtual time repeat");
        }
        // A run that an invariant ended has no verdict, and is the one to look into.
        var violated = File.Exists(Path.Combine(folder, RunFolder.ViolationFile));
        var last = violated ? scenario.Blocks : ReplayCommand.LastBlockOf(RunVerdict.Read(folder), folder, scenario);
        var window = WindowOf(parsed, scenario, last);
        var end = ReplayCommand.EndOf(folder, scenario, window.ToBlock + Aftermath, last);
        var observer = new TraceObserver(window);
        var difference = Rerun(folder, scenario, end, end < last, observer, parsed.GetValue(_cores));
        Write(parsed, scenario, window, observer, difference);
        return difference is null ? ExitCode.Pass : ExitCode.Fail;
    }

    /// <summary>How the rerun differs from the record; null when it does not.</summary>
    string? Rerun(string folder, Scenario scenario, int end, bool part, TraceObserver observer, int cores)
    {
        var again = Directory.CreateTempSubdirectory("bta-trace-");
        try
        {
            using var interruption = _terminal.Interruptible("Ending the rerun with the block that is open.");
            var options = new RunOptions { Folder = again.FullName, Cores = cores, Watch = observer, EndAfter = end };
            var run = EmulationRun.Execute(scenario, options, interruption.Token);
            if (run.Interrupted)
            {
                throw new CommandException(ExitCode.Interrupted, "the rerun was interrupted; nothing can be said");
            }
            var (record, rerun) = (Path.Combine(folder, RunFolder.JournalFile), Path.Combine(again.FullName, RunFolder.JournalFile));
            var difference = part
                ? JournalDifference.First(record, rerun, end)
                : JournalDifference.First(record, rerun);
            return difference is null
                ? null
                : $"the rerun is not the run that was recorded: they differ first at {ReplayCommand.Place(difference)} ({difference.What}); what is shown is the rerun";
        }
        catch (EmulationException failure)
        {
            return $"the run fails: {failure.GetBaseException().Message}; what is shown is up to there";
        }
        finally
        {
            again.Delete(recursive: true);
        }
    }

    void Write(ParseResult parsed, Scenario scenario, TraceWindow window, TraceObserver observer, string? difference)
    {
        var messages = observer.Messages;
        switch (parsed.GetValue(_format))
        {
            case TraceFormat.Json:
                var blocks = observer.Blocks.Where(b => b.Height >= window.FromBlock && b.Height <= window.ToBlock).Select(b => new ClosedBlock(b.Height, b.AtMs));
                _terminal.Out.WriteLine(JsonSerializer.Serialize(new TraceResult(difference is null, difference, [.. blocks], messages), CliJson.Default.TraceResult));
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

    static string Picture(Scenario scenario, TraceWindow window, TraceObserver observer, IReadOnlyList<TracedMessage> messages)
    {
        if (messages.Count is 0 or > SpaceTimeDiagram.MostMessages)
        {
            throw new CommandException(
                ExitCode.Usage, $"{messages.Count} messages make no picture, which takes 1 to {SpaceTimeDiagram.MostMessages}: choose with --neuron, --kind, --block and --seconds");
        }
        var times = observer.Blocks.ToDictionary(b => b.Height, b => b.AtMs);
        var first = Math.Max(window.FromMs, times.GetValueOrDefault(window.FromBlock - 1));
        var last = Math.Min(window.ToMs, times.GetValueOrDefault(window.ToBlock, double.MaxValue));
        var settled = messages.Max(m => m.EndedMs ?? m.SentMs);
        var plans = Roster.Draw(scenario);
        return SpaceTimeDiagram.Draw(
            $"{scenario.Name}, seed {scenario.Seed}: {messages.Count} messages", messages, observer.Blocks,
            address => address < 0 ? TracedMessage.NameOf(address) : $"{plans[address].Population.Name} {address}", first, Math.Min(last, Math.Max(settled, first + 1)));
    }

    TraceWindow WindowOf(ParseResult parsed, Scenario scenario, int last)
    {
        var (from, to) = parsed.GetValue(_block) is { } blocks ? Range(blocks, "--block", long.Parse) : (0, last + 1);
        var (fromS, toS) = parsed.GetValue(_seconds) is { } seconds
            ? Range(seconds, "--seconds", text => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture))
            : (0, double.MaxValue / 1000);
        if (from < 0 || to > last + 1)
        {
            throw new CommandException(
                ExitCode.Usage, $"--block wants blocks from 0 to {last}, the last of this run, or {last + 1} for what was sent after it");
        }
        var (neurons, count) = (parsed.GetRequiredValue(_neuron), scenario.Populations.Sum(p => p.Count));
        if (Array.Exists(neurons, n => n < Addresses.Ledger || n >= count))
        {
            throw new CommandException(ExitCode.Usage, $"--neuron wants an id from 0 to {count - 1}, or -1 for the ledger");
        }
        return new TraceWindow(from, to, neurons.ToHashSet(), parsed.GetRequiredValue(_kind).ToHashSet(), fromS * 1000, toS * 1000);
    }

    static (T From, T To) Range<T>(string text, string option, Func<string, T> read)
        where T : IComparable<T>
    {
        var ends = text.Split("..");
        try
        {
            if (ends.Length <= 2 && (read(ends[0]), read(ends[^1])) is var (from, to) && from.CompareTo(to) <= 0)
            {
                return (from, to);
            }
        }
        catch (FormatException)
        {
            // Said below.
        }
        throw new CommandException(ExitCode.Usage, $"{option} wants a number, or FIRST..LAST with FIRST not above LAST, not '{text}'");
    }
}
