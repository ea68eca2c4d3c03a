using System.CommandLine;
using System.Text.Json;
using BitTensor.Actors;
using BitTensor.Actors.Faults;
using BitTensor.Records;
using BitTensor.Reports;
using BitTensor.Scenarios;
using Serilog;

namespace BitTensor.Cli;

/// <summary><c>bta replay</c>: runs a run again and compares every byte of its journal.</summary>
sealed class ReplayCommand
{
    readonly Terminal _terminal;
    readonly Argument<string> _run = new("RUN") { Description = "Run folder of a run in virtual time, or of an equilibrium scenario." };
    readonly Option<int> _cores = RunCommand.CoresOption();
    readonly Option<long?> _toBlock = new("--to-block") { Description = "Ends after this block and compares as far as it goes.", HelpName = "N" };
    readonly Option<OutputFormat> _format = new("--format") { Description = "text or json." };

    public ReplayCommand(Terminal terminal)
    {
        _terminal = terminal;
        Command = new Command(
            "replay", "Runs a run folder's scenario again and compares the journals; 1 with block and neuron of the first difference. Example: bta replay runs/mine/...")
        {
            _run, _cores, _toBlock, _format,
        };
        Command.SetAction(Replay);
    }

    public Command Command { get; }

    /// <summary>The result.</summary>
    /// <param name="Same">True when every byte is the same.</param>
    /// <param name="JournalHash">Hash the folder claims.</param>
    /// <param name="ReplayHash">Hash of the replay.</param>
    /// <param name="AuditHash">Hash of the audit's rows the folder claims.</param>
    /// <param name="ReplayAuditHash">That of the replay.</param>
    /// <param name="Difference">The first difference.</param>
    /// <param name="ToBlock">Block it ended after before the run did, if it was told to: the hashes are of journals of different lengths then.</param>
    public sealed record ReplayResult(
        bool Same, string JournalHash, string ReplayHash, string AuditHash, string ReplayAuditHash, JournalDifference? Difference, long? ToBlock);

    int Replay(ParseResult parsed)
    {
        var folder = parsed.GetRequiredValue(_run);
        var scenario = ScenarioOf(folder);
        if (scenario.Equilibrium is { } equilibrium)
        {
            return Replay(parsed, folder, equilibrium);
        }
        var verdict = RunVerdict.Read(folder);
        // What is missing is said before a minute of computing, not after.
        File.OpenRead(Path.Combine(folder, RunFolder.JournalFile)).Dispose();
        if (RunEnvironment.Read(folder) is { Time: TimeMode.Wall })
        {
            throw new CommandException(ExitCode.Unknown, $"{folder} ran in wall time; only runs in virtual time repeat");
        }
        var result = Compare(folder, scenario.Value!, verdict, parsed.GetValue(_cores), parsed.GetValue(_toBlock));
        if (parsed.GetValue(_format) == OutputFormat.Json)
        {
            _terminal.Out.WriteLine(JsonSerializer.Serialize(result, CliJson.Default.ReplayResult));
        }
        else
        {
            WriteText(result);
        }
        return result.Same ? ExitCode.Pass : ExitCode.Fail;
    }

    int Replay(ParseResult parsed, string folder, EquilibriumScenario scenario)
    {
        var result = new EquilibriumReplay(_terminal, parsed.GetValue(_cores)).Compare(folder, scenario);
        if (parsed.GetValue(_format) == OutputFormat.Json)
        {
            _terminal.Out.WriteLine(JsonSerializer.Serialize(result, CliJson.Default.Result));
        }
        else
        {
            EquilibriumReplay.Write(_terminal.Out, result);
        }
        return result.Same ? ExitCode.Pass : ExitCode.Fail;
    }

    /// <summary>The scenario of a run folder.</summary>
    public static ScenarioResult ScenarioOf(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"There is no run folder {folder}.");
        }
        var result = ScenarioFile.Load(Path.Combine(folder, RunFolder.ScenarioFile), []);
        return result.Errors.IsEmpty ? result : throw new CommandException(ExitCode.BadScenario, string.Join('\n', result.Errors));
    }

    /// <summary>The last block of the run: an interrupted one is shorter than its scenario.</summary>
    public static int LastBlockOf(RunVerdict verdict, string folder, Scenario scenario) => verdict.Blocks >= 0 && verdict.Blocks <= scenario.Blocks
        ? (int)verdict.Blocks
        : throw new InvalidDataException($"{folder}: {RunFolder.VerdictFile} tells of {verdict.Blocks} blocks, {RunFolder.ScenarioFile} of {scenario.Blocks}.");

    /// <summary>
    /// The block after which a rerun may end that is to be compared up to a block, of one whose last is <paramref name="last"/>: the first at
    /// whose close no neuron stood still, for one that does tells of its blocks only when it goes on.
    /// </summary>
    public static int EndOf(string folder, Scenario scenario, long block, int last)
    {
        if (block >= last)
        {
            return last;
        }
        var timeline = Timeline.Of(scenario);
        try
        {
            var end = JournalReader.Read(Path.Combine(folder, RunFolder.JournalFile)).OfType<JournalRecord.BlockClosed>()
                .FirstOrDefault(b => b.Height >= block && !timeline.StandsStill(TimeSpan.FromMilliseconds(b.AtMs)));
            return (int)Math.Min(end?.Height ?? last, last);
        }
        catch (JournalException)
        {
            // It will differ; where, the rerun tells.
            return last;
        }
    }

    ReplayResult Compare(string folder, Scenario scenario, RunVerdict verdict, int cores, long? toBlock)
    {
        var last = LastBlockOf(verdict, folder, scenario);
        if (toBlock is { } block && !(block >= 1 && block <= last))
        {
            throw new CommandException(ExitCode.Usage, $"--to-block wants a block from 1 to {last}, the last of this run, not {block}");
        }
        var through = toBlock ?? last;
        var part = through < last;
        var end = EndOf(folder, scenario, through, last);
        var again = Directory.CreateTempSubdirectory("bta-replay-");
        try
        {
            using var interruption = _terminal.Interruptible();
            var options = new RunOptions { Folder = again.FullName, Cores = cores, EndAfter = end };
            var run = new ProgressView(_terminal, scenario with { Blocks = end }, Log.Logger).Around(
                progress => EmulationRun.Execute(scenario, options with { Progress = progress }, interruption.Token));
            if (run.Interrupted)
            {
                throw new CommandException(ExitCode.Interrupted, "the replay was interrupted; nothing can be said");
            }
            var (journal, replayed) = (Path.Combine(folder, RunFolder.JournalFile), Path.Combine(again.FullName, RunFolder.JournalFile));
            var difference = part ? JournalDifference.First(journal, replayed, through) : JournalDifference.First(journal, replayed);
            var same = difference is null && (part || (run.JournalHash, run.AuditHash) == (verdict.JournalHash, verdict.AuditHash));
            return new ReplayResult(
                same, verdict.JournalHash, run.JournalHash, verdict.AuditHash, run.AuditHash, difference, part ? through : null);
        }
        finally
        {
            again.Delete(recursive: true);
        }
    }

    void WriteText(ReplayResult result)
    {
        if (result is { Same: true, ToBlock: { } last })
        {
            _terminal.Out.WriteLine($"same     every byte of the journal through block {last}");
            return;
        }
        if (result.Same)
        {
            _terminal.Out.WriteLine($"same     every byte of the journal\njournal  {result.JournalHash}\naudit    {result.AuditHash}");
            return;
        }
        _terminal.Out.WriteLine("DIFFERS");
        if (result.ToBlock is null)
        {
            _terminal.Out.WriteLine($"journal  {result.JournalHash} is claimed\n         {result.ReplayHash} is the replay's");
            _terminal.Out.WriteLine($"audit    {result.AuditHash} is claimed\n         {result.ReplayAuditHash} is the replay's");
        }
        _terminal.Out.WriteLine(result.Difference is { } difference
            ? $"first    {Place(difference)}: {difference.What}"
            : $"first    none: the journals are equal, but {RunFolder.VerdictFile} claims another hash");
    }

    /// <summary>Where a difference is, for people.</summary>
    public static string Place(JournalDifference difference) => (difference.Block, difference.Neuron) switch
    {
        ({ } block, { } neuron) => $"block {block}, neuron {neuron}",
        ({ } block, null) => $"block {block}",
        _ => "outside of any block",
    };
}
