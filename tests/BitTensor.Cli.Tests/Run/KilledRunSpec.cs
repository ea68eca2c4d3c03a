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

        var said = Shell.Bta("export", _shell.Path("run"), "--out", _shell.Path("cut")).Ends(0);
        var verdict = RunVerdict.Read(_shell.Path("run"));
        Assert.InRange(verdict.Blocks, 1, 5);
        Assert.Contains($"written up to block {verdict.Blocks} of 6", said.Error, StringComparison.Ordinal);
        Assert.Equal(Outcome.Unknown, verdict.Verdict);
        foreach (var table in new[] { "blocks.csv", "neurons.csv" })
        {
            var (cutLines, wholeLines) = (
                File.ReadAllLines(_shell.Path("cut", table)), File.ReadAllLines(_shell.Path("whole", table)));
            Assert.Equal(wholeLines[..cutLines.Length], cutLines);
            Assert.StartsWith($"{verdict.Blocks},", cutLines[^1], StringComparison.Ordinal);
        }
        said = Shell.Bta("report", _shell.Path("run")).Ends(2);
        Assert.Contains("the run ended at block", said.Out, StringComparison.Ordinal);
        Assert.True(File.Exists(_shell.Path("run", RunFolder.RanksFigure)));
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
        Shell.Bta("report", _shell.Path("empty")).Complains(74, "holds no run of a network");
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
