using System.CommandLine;
using System.Text.Json;
using BitTensor.Records;
using BitTensor.Reports;

namespace BitTensor.Cli.Inspect;

/// <summary>The result of <c>bta verify</c>.</summary>
/// <param name="Ok">True when the ledger follows from its header and submissions.</param>
/// <param name="Blocks">Blocks found right.</param>
/// <param name="Submissions">Submissions in them.</param>
/// <param name="Problem">The first problem; null when there is none.</param>
/// <param name="Head">Hash of the last block found right.</param>
sealed record VerifyResult(bool Ok, long Blocks, long Submissions, string? Problem, string? Head);

/// <summary><c>bta verify</c>: recomputes a ledger from its header and submissions.</summary>
sealed class VerifyCommand
{
    readonly Terminal _terminal;
    readonly Argument<string> _run = Options.Run("Run folder, or a ledger file.");
    readonly Option<OutputFormat> _format = Options.Format();

    public VerifyCommand(Terminal terminal)
    {
        _terminal = terminal;
        Command = new Command(
            "verify",
            "Recomputes every signature, rank, emission and hash of a run's ledger; 1 when something is wrong. "
            + "Example: bta verify runs/mine/...")
        {
            _run, _format,
        };
        Command.SetAction(Run);
    }

    public Command Command { get; }

    int Run(ParseResult parsed)
    {
        var path = RunFolders.Find(parsed.GetRequiredValue(_run));
        if (RunFolders.HoldsTrials(path))
        {
            throw new CommandException(
                ExitCode.Usage,
                $"{path} is the run of an equilibrium scenario, which has no ledger; "
                + "`bta replay` computes it again and compares");
        }
        var folder = Directory.Exists(path);
        var found = LedgerVerifier.Verify(folder ? Path.Combine(path, RunFolder.LedgerFile) : path);
        var problem = found.Problem ?? (folder ? CompareWithJournal(path, found) : null);
        var result = new VerifyResult(problem is null, found.Blocks, found.Submissions, problem, found.Head);
        _terminal.Out.WriteLine(parsed.GetValue(_format) == OutputFormat.Json
            ? JsonSerializer.Serialize(result, InspectJson.Default.VerifyResult)
            : TextOf(result, path, folder));
        return result.Ok ? ExitCode.Pass : ExitCode.Fail;
    }

    static string TextOf(VerifyResult result, string path, bool folder) => result.Ok
        ? $"ok: {result.Blocks} blocks, {result.Submissions} submissions: every signature, rank, emission and hash "
            + $"recomputed\nhead {result.Head}"
        : $"wrong: {result.Problem} ({result.Blocks} blocks before it are right); {Remedy(path, folder)}";

    static string Remedy(string path, bool folder)
    {
        const string copy = "restore the file from a copy";
        var scenario = Path.Combine(path, RunFolder.ScenarioFile);
        return folder && File.Exists(scenario)
            ? $"{copy}; a run in virtual time makes the same ledger again: bta run {scenario}"
            : copy;
    }

    /// <summary>
    /// Compares the end of a ledger with that of a finished run's journal: each block of a ledger cut short is right.
    /// </summary>
    /// <returns>The problem; null when there is none, or the run has not finished.</returns>
    static string? CompareWithJournal(string folder, LedgerVerification found)
    {
        var archive = RunArchive.Open(folder);
        if (!archive.IsComplete)
        {
            return null;
        }
        var last = JournalReader.Read(archive.JournalFile)
            .OfType<JournalRecord.BlockClosed>().LastOrDefault();
        return last?.Height != found.Blocks - 1
                ? $"the ledger ends at block {found.Blocks - 1}, but the journal at block {last?.Height}"
            : last.Hash != found.Head
                ? $"block {last.Height}: its hash is {found.Head}, but the journal says {last.Hash}"
            : null;
    }
}
