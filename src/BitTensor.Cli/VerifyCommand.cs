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
    public sealed record VerifyResult(bool Ok, long Blocks, long Submissions, string? Problem);

    int Run(ParseResult parsed)
    {
        var path = parsed.GetRequiredValue(_run);
        var found = LedgerVerifier.Verify(Directory.Exists(path) ? Path.Combine(path, RunFolder.LedgerFile) : path);
        var result = new VerifyResult(found.Ok, found.Blocks, found.Submissions, found.Problem);
        _terminal.Out.WriteLine(
            parsed.GetValue(_format) == OutputFormat.Json ? JsonSerializer.Serialize(result, CliJson.Default.VerifyResult)
            : result.Ok ? $"ok: {result.Blocks} blocks, {result.Submissions} submissions: every signature, rank, emission and hash recomputed"
            : $"wrong: {result.Problem} ({result.Blocks} blocks before it are right)");
        return result.Ok ? ExitCode.Pass : ExitCode.Fail;
    }
}
