using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;
using BitTensor.Actors.Context;
using BitTensor.Actors.Run;
using BitTensor.Plans;
using BitTensor.Cli.Run;
using BitTensor.Learning;
using BitTensor.Records;
using BitTensor.Reports;
using BitTensor.Scenarios;
using Serilog;

namespace BitTensor.Cli.Inspect;

/// <summary>The result of <c>bta replay</c> on a network.</summary>
/// <param name="Same">True when every byte is the same.</param>
/// <param name="JournalHash">Hash of the journal in the verdict.</param>
/// <param name="ReplayHash">Hash of the replay's journal.</param>
/// <param name="AuditHash">Hash of the audit's rows in the verdict.</param>
/// <param name="ReplayAuditHash">Hash of the replay's audit rows.</param>
/// <param name="Difference">The first difference; null when there is none.</param>
/// <param name="ToBlock">
/// The last block compared when it is an earlier one than the run's: the hashes are then of journals of different
/// lengths. Null when every block is compared.
/// </param>
/// <param name="Data">What is different now in the files of the data; empty when nothing is.</param>
sealed record ReplayResult(
    bool Same, string JournalHash, string ReplayHash, string AuditHash, string ReplayAuditHash,
    JournalDifference? Difference, long? ToBlock, ImmutableArray<string> Data);

/// <summary><c>bta replay</c>: runs a run again and compares every byte of its journal.</summary>
sealed class ReplayCommand
{
    readonly Terminal _terminal;
    readonly Argument<string> _run = Options.Run(
        "Run folder of a run in virtual time, or of an equilibrium scenario.");
    readonly Option<int> _cores = Options.Cores();
    readonly Option<long?> _toBlock = new("--to-block")
    {
        Description = "Ends after this block and compares as far as it goes.",
        HelpName = "N",
    };
    readonly Option<string?> _data = new("--data")
    {
        Description = "File or folder of the data, where it is no longer at the path that the run read.",
        HelpName = "PATH",
    };
    readonly Option<OutputFormat> _format = Options.Format();

    public ReplayCommand(Terminal terminal)
    {
        _terminal = terminal;
        Command = new Command(
            "replay",
            "Runs a run folder's scenario again and compares the journals; 1 with block and neuron of the first "
            + "difference. Example: bta replay runs/mine/...")
        {
            _run, _cores, _toBlock, _data, _format,
        };
        Command.SetAction(Replay);
    }

    public Command Command { get; }

    int Replay(ParseResult parsed)
    {
        var archive = RunArchive.Open(RunFolders.Find(parsed.GetRequiredValue(_run)));
        return archive.Scenario.Equilibrium is { } formulas
            ? Replay(parsed, archive, formulas)
            : Replay(parsed, archive, WithData(archive.Scenario.Value!, parsed.GetValue(_data)));
    }

    static Scenario WithData(Scenario scenario, string? path)
    {
        if (path is null)
        {
            return scenario;
        }
        var full = Path.GetFullPath(path);
        return scenario.Data is { Path: not null } data
            ? scenario with { Data = data with { Path = full, Labels = Beside(full, data.Labels) } }
            : throw new CommandException(ExitCode.Usage, "--data is for a run whose scenario has data.path");
    }

    static string? Beside(string path, string? labels) =>
        labels is null ? null : Path.Combine(Path.GetDirectoryName(path) ?? "", Path.GetFileName(labels));

    /// <summary>What is different now in the files of the data.</summary>
    static ImmutableArray<string> ChangesOf(RunArchive archive, Scenario scenario)
    {
        try
        {
            var now = DataManifest.Of(scenario.Data is { } data ? DataSource.FilesOf(data) : []);
            return DataManifest.Read(archive.Folder).ChangesIn(now);
        }
        catch (Exception missing) when (
            missing is DataSetException or FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CommandException(
                ExitCode.InputOutput,
                $"{missing.Message}\nThe run read its data there: put them back, or name their place with --data PATH.");
        }
    }

    int Replay(ParseResult parsed, RunArchive archive, Scenario scenario)
    {
        var verdict = archive.Verdict;
        // A missing file is told before a minute of computing, not after.
        File.OpenRead(archive.JournalFile).Dispose();
        Repeatable.Require(archive);
        var changes = ChangesOf(archive, scenario);
        var through = ThroughOf(parsed, archive.LastBlock);
        var (run, difference) = Compare(archive, scenario, through, parsed.GetValue(_cores));
        var part = Rerun.IsPart(archive, through);
        var hashes = part || (run.JournalHash, run.AuditHash) == (verdict.JournalHash, verdict.AuditHash);
        var result = new ReplayResult(
            difference is null && hashes, verdict.JournalHash, run.JournalHash, verdict.AuditHash, run.AuditHash,
            difference, part ? through : null, changes);
        if (parsed.GetValue(_format) == OutputFormat.Json)
        {
            _terminal.Out.WriteLine(JsonSerializer.Serialize(result, InspectJson.Default.ReplayResult));
        }
        else
        {
            WriteText(result);
        }
        return result.Same ? ExitCode.Pass : ExitCode.Fail;
    }

    int Replay(ParseResult parsed, RunArchive archive, EquilibriumScenario scenario)
    {
        var result = new EquilibriumReplay(_terminal, parsed.GetValue(_cores)).Compare(archive.Folder, scenario);
        if (parsed.GetValue(_format) == OutputFormat.Json)
        {
            _terminal.Out.WriteLine(JsonSerializer.Serialize(result, InspectJson.Default.EquilibriumReplayResult));
        }
        else
        {
            EquilibriumReplay.Write(_terminal.Out, result);
        }
        return result.Same ? ExitCode.Pass : ExitCode.Fail;
    }

    long ThroughOf(ParseResult parsed, int last) => parsed.GetValue(_toBlock) switch
    {
        null => last,
        { } block when block >= 1 && block <= last => block,
        { } block => throw new CommandException(
            ExitCode.Usage, $"--to-block wants a block from 1 to {last}, the last of this run, not {block}"),
    };

    RerunComparison Compare(RunArchive archive, Scenario scenario, long through, int cores)
    {
        using var interruption = _terminal.Interruptible("Ending the replay.");
        var shown = scenario with { Blocks = Rerun.EndFor(archive, through) };
        var comparison = new ProgressView(_terminal, shown, Log.Logger).Around(progress => Rerun.Compare(
            archive, scenario, through, new RunOptions { Cores = cores, Progress = progress }, interruption.Token));
        return comparison
            ?? throw new CommandException(
                ExitCode.Interrupted, "the replay was interrupted; nothing can be said");
    }

    void WriteText(ReplayResult result)
    {
        foreach (var change in result.Data)
        {
            _terminal.Out.WriteLine($"data     {change}");
        }
        if (result is { Same: true, ToBlock: { } last })
        {
            _terminal.Out.WriteLine($"same     every byte of the journal through block {last}");
            return;
        }
        if (result.Same)
        {
            _terminal.Out.WriteLine(
                $"same     every byte of the journal\njournal  {result.JournalHash}\naudit    {result.AuditHash}");
            return;
        }
        WriteDifference(result);
    }

    void WriteDifference(ReplayResult result)
    {
        _terminal.Out.WriteLine("DIFFERS");
        if (result.ToBlock is null)
        {
            _terminal.Out.WriteLine(
                $"journal  {result.JournalHash} is claimed\n         {result.ReplayHash} is the replay's");
            _terminal.Out.WriteLine(
                $"audit    {result.AuditHash} is claimed\n         {result.ReplayAuditHash} is the replay's");
        }
        _terminal.Out.WriteLine(result.Difference is { } difference
            ? $"first    {difference.Place()}: {difference.What}"
            : $"first    none: the journals are equal, but {RunFolder.VerdictFile} claims another hash");
    }
}
