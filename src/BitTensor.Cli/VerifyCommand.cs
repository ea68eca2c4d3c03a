using System.CommandLine;
using System.Text.Json;
using BitTensor.Records;

namespace BitTensor.Cli;

/// <summary><c>bta verify</c>: recomputes a ledger from its header and submissions.</summary>
sealed class VerifyCommand
{
    readonly Terminal _terminal;
    readonly Argument<string> _run = new("RUN") { Description = "Run folder, or a ledger file." };
    readonly Option<OutputFormat> _format = new("--format") { Description = "text or json." };

    public VerifyCommand(Terminal terminal)
    {
        _terminal = terminal;
        Command = new Command(
            "verify", "Recomputes every signature, rank, emission and hash of a run's ledger; 1 when something is wrong. Example: bta verify runs/mine/...") { _run, _format };
        Command.SetAction(Run);
    }

    public Command Command { get; }

    /// <summary>The result.</summary>
    /// <param name="Ok">True when everything follows.</param>
    /// <param name="Blocks">Blocks found right.</param>
    /// <param name="Submissions">Submissions in them.</param>
    /// <param name="Problem">The first problem.</param>
    /// <param name="Head">Hash of the last block found right.</param>
    public sealed record VerifyResult(bool Ok, long Blocks, long Submissions, string? Problem, string? Head);

    int Run(ParseResult parsed)
    {
        var path = parsed.GetRequiredValue(_run);
        if (File.Exists(Path.Combine(path, RunFolder.TrialsFile)))
        {
            throw new CommandException(ExitCode.Usage, $"{path} is the run of an equilibrium scenario, which has no ledger; `bta replay` computes it again and compares");
        }
        var folder = Directory.Exists(path);
        var found = LedgerVerifier.Verify(folder ? Path.Combine(path, RunFolder.LedgerFile) : path);
        var problem = found.Problem ?? (folder ? CompareWithJournal(path, found) : null);
        var result = new VerifyResult(problem is null, found.Blocks, found.Submissions, problem, found.Head);
        _terminal.Out.WriteLine(
            parsed.GetValue(_format) == OutputFormat.Json ? JsonSerializer.Serialize(result, CliJson.Default.VerifyResult)
            : result.Ok ? $"ok: {result.Blocks} blocks, {result.Submissions} submissions: every signature, rank, emission and hash recomputed\nhead {result.Head}"
            : $"wrong: {result.Problem} ({result.Blocks} blocks before it are right); {Remedy(path, folder)}");
        return result.Ok ? ExitCode.Pass : ExitCode.Fail;
    }

    static string Remedy(string path, bool folder) => folder && File.Exists(Path.Combine(path, RunFolder.ScenarioFile))
        ? $"restore the file from a copy; a run in virtual time makes the same ledger again: bta run {Path.Combine(path, RunFolder.ScenarioFile)}"
        : "restore the file from a copy";

    /// <summary>A ledger that was cut off is right as far as it goes; a finished run's journal says how far that was.</summary>
    static string? CompareWithJournal(string folder, LedgerVerification found)
    {
        if (!File.Exists(Path.Combine(folder, RunFolder.VerdictFile)))
        {
            return null;
        }
        var last = JournalReader.Read(Path.Combine(folder, RunFolder.JournalFile)).OfType<JournalRecord.BlockClosed>().LastOrDefault();
        return last?.Height != found.Blocks - 1 ? $"the ledger ends at block {found.Blocks - 1}, but the journal at block {last?.Height}"
            : last.Hash != found.Head ? $"block {last.Height}: its hash is {found.Head}, but the journal says {last.Hash}"
            : null;
    }
}
