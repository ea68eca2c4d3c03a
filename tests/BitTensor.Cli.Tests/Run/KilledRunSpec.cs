using BitTensor.Actors.Context;
using BitTensor.Actors.Run;
using BitTensor.Records;
using BitTensor.Reports;
using BitTensor.Scenarios;
using Xunit;

namespace BitTensor.Cli.Tests;

/// <summary>What is left of a run whose process was killed: usable up to its last whole block.</summary>
public sealed class KilledRunSpec : IDisposable
{
    readonly Shell _shell = new();

    public void Dispose() => _shell.Dispose();

    /// <summary>
    /// The journal ends anywhere: in the middle of a line, or between two. The tables up to the last whole block are
    /// those of the run.
    /// </summary>
    [Theory]
    [InlineData(0.9, 0)]
    [InlineData(0.6, 0)]
    [InlineData(0.6, 1)]
    public void Report_and_export_go_up_to_the_last_whole_block(double share, int moreBytes)
    {
        var file = _shell.Write("small.yaml", Stage.Small);
        Shell.Bta("run", file, "--out", _shell.Path("run")).Ends(0);
        Shell.Bta("export", _shell.Path("run"), "--out", _shell.Path("whole")).Ends(0);
        var journal = _shell.Path("run", RunFolder.JournalFile);
        var bytes = File.ReadAllBytes(journal);
        var cut = (int)(share * bytes.Length) + moreBytes;
        KeepOfKilled();
        File.WriteAllBytes(journal, bytes[..cut]);

        var left = Directory.GetFiles(_shell.Path("run"));
        var exported = Shell.Bta("export", _shell.Path("run"), "--out", _shell.Path("cut")).Ends(0);
        var asked = Shell.Bta("query", _shell.Path("run"), "select max(block) as last from neurons").Ends(0);
        // A run that may still go on: nothing in its folder changes.
        Assert.Equal(left, Directory.GetFiles(_shell.Path("run")));
        var said = Shell.Bta("report", _shell.Path("run")).Ends(2);
        Assert.Contains("the run ended at block", said.Out, StringComparison.Ordinal);
        var verdict = RunVerdict.Read(_shell.Path("run"));
        Assert.InRange(verdict.Blocks, 1, 5);
        Assert.Contains($"written up to block {verdict.Blocks} of 6", said.Error, StringComparison.Ordinal);
        Assert.Contains($"go up to block {verdict.Blocks} of 6", exported.Error, StringComparison.Ordinal);
        Assert.Equal($"last\n{verdict.Blocks,4}\n", asked.Out);
        Assert.Equal(Outcome.Unknown, verdict.Verdict);
        foreach (var table in new[] { "blocks.csv", "neurons.csv" })
        {
            var (cutLines, wholeLines) = (
                File.ReadAllLines(_shell.Path("cut", table)), File.ReadAllLines(_shell.Path("whole", table)));
            Assert.Equal(wholeLines[..cutLines.Length], cutLines);
            Assert.StartsWith($"{verdict.Blocks},", cutLines[^1], StringComparison.Ordinal);
        }
        Assert.True(File.Exists(_shell.Path("run", RunFolder.RanksFigure)));
        Assert.Contains("ok: ", Shell.Bta("verify", _shell.Path("run")).Ends(0).Out, StringComparison.Ordinal);
        Assert.Contains(
            $"every byte of the journal through block {verdict.Blocks}",
            Shell.Bta("replay", _shell.Path("run")).Ends(0).Out, StringComparison.Ordinal);
        Shell.Bta("diff", _shell.Path("run"), _shell.Path("run")).Ends(0);
    }

    [Fact]
    public void A_run_without_a_whole_block_or_no_run_at_all_says_so()
    {
        var file = _shell.Write("small.yaml", Stage.Small);
        Shell.Bta("run", file, "--out", _shell.Path("run"), "--set", "duration=1 blocks").Ends(0);
        KeepOfKilled();
        File.WriteAllText(_shell.Path("run", RunFolder.JournalFile), "");
        Shell.Bta("report", _shell.Path("run")).Complains(74, "holds no whole block yet");
        Directory.CreateDirectory(_shell.Path("empty"));
        Shell.Bta("report", _shell.Path("empty")).Complains(74, "holds no run");
    }

    /// <summary>As a run does whose block does not close soon after a signal.</summary>
    [Theory]
    [InlineData(TimeMode.Virtual, 2, "")]
    [InlineData(TimeMode.Virtual, 4, "")]
    [InlineData(TimeMode.Wall, 0, "mechanism.block-interval=1 h")]
    public void A_run_that_is_ended_within_a_block_is_left_up_to_the_last_whole_one(
        TimeMode time, int block, string set)
    {
        using var overdue = new CancellationTokenSource();
        Directory.CreateDirectory(_shell.Path("run"));
        var options = new RunOptions
        {
            Folder = _shell.Path("run"),
            Time = time,
            Overdue = overdue.Token,
            Progress = happened =>
            {
                if (happened is RunProgress.BlockDone done && done.Block.Height == block)
                {
                    overdue.Cancel();
                }
            },
        };
        var result = Stage.Run(Stage.Small, options, [.. new[] { set }.Where(s => s.Length > 0)]);
        Assert.Equal((true, true, block), (result.IsCut, result.Interrupted, result.Blocks));
        if (block > 0)
        {
            Assert.Equal(
                block - 1, RunReport.BuildWhole(_shell.Path("run"), Stage.Read(Stage.Small)).Blocks);
        }
    }

    [Theory]
    [InlineData("report")]
    [InlineData("replay")]
    [InlineData("trace")]
    public void A_folder_that_a_run_claimed_and_never_filled_says_so(string command)
    {
        Directory.CreateDirectory(_shell.Path("run"));
        _shell.Write(Path.Combine("run", RunFolder.ScenarioFile), "");
        Shell.Bta(command, _shell.Path("run")).Complains(74, "holds no run", "run it again");
    }

    /// <summary>Leaves in the run folder what a killed run leaves.</summary>
    void KeepOfKilled()
    {
        string[] left = [RunFolder.JournalFile, RunFolder.LedgerFile, RunFolder.ScenarioFile];
        foreach (var other in Directory.GetFiles(_shell.Path("run")).Where(f => !left.Contains(Path.GetFileName(f))))
        {
            File.Delete(other);
        }
    }
}
