using System.Diagnostics;
using System.Text.RegularExpressions;
using BitTensor.Records;
using BitTensor.Reports;
using Xunit;

namespace BitTensor.Cli.Tests;

/// <summary>Ctrl-C on a real process, and what it leaves.</summary>
public sealed class InterruptSpec : IDisposable
{
    readonly Shell _shell = new();

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void One_interrupt_ends_with_the_open_block_and_a_complete_folder_that_replays()
    {
        var file = _shell.Write("small.yaml", Stage.Small);
        // Many blocks, so that the run is not over before the signal comes.
        var isSent = false;
        var said = _shell.Process(
            (process, line) =>
                When(
                    !isSent && Regex.IsMatch(line, "^block [1-9]"),
                    () =>
                    {
                        isSent = true;
                        Shell.Interrupt(process);
                    }),
            "run", file, "--out", "run", "--set", "duration=2000 blocks", "--set",
            "expect[0].holds=eventually by block 2000").Ends(130);
        Assert.Contains("once more ends at once", said.Error, StringComparison.Ordinal);
        Assert.Contains("(interrupted)", said.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b", said.Out + said.Error, StringComparison.Ordinal);
        var verdict = RunVerdict.Read(_shell.Path("run"));
        Assert.True(verdict.Interrupted);
        Assert.InRange(verdict.Blocks, 2, 1999);
        Assert.Equal(FilesOf(_shell.SmallRun()), FilesOf(_shell.Path("run")));
        Shell.Bta("verify", _shell.Path("run")).Ends(0);
        Shell.Bta("replay", _shell.Path("run")).Ends(0);
        Shell.Bta("export", _shell.Path("run")).Ends(0);
    }

    static IEnumerable<string?> FilesOf(string folder) => Directory.GetFiles(folder).Select(Path.GetFileName).Order();

    [Fact]
    public void A_second_interrupt_ends_at_once_and_no_durable_block_is_lost()
    {
        var file = _shell.Write("small.yaml", Stage.Small);
        // The first block takes an hour of a person's time: without a second interrupt this would not end today.
        var said = _shell.Process(
            (process, line) =>
            {
                When(
                    line.StartsWith("block 0/", StringComparison.Ordinal)
                        || line.StartsWith("Ending", StringComparison.Ordinal),
                    () => Shell.Interrupt(process));
            },
            "run", file, "--out", "run", "--time", "wall", "--set", "mechanism.block-interval=1 h")
            .Ends(Shell.EndedAtOnce);
        Assert.Empty(said.Out);
        Assert.False(File.Exists(_shell.Path("run", RunFolder.VerdictFile)));
        Assert.Contains("ok: 1 blocks", Shell.Bta("verify", _shell.Path("run")).Ends(0).Out, StringComparison.Ordinal);
    }

    /// <summary>A block of some billions of steps in libtorch: only the signal ends it, with its own code.</summary>
    [Fact]
    public void A_second_interrupt_ends_a_run_that_stands_in_a_long_block()
    {
        var file = _shell.Write("small.yaml", Stage.Small);
        _shell.Process(
            (process, line) => When(
                line.StartsWith("block 0/", StringComparison.Ordinal)
                    || line.StartsWith("Ending", StringComparison.Ordinal),
                () => Shell.Interrupt(process)),
            "run", file, "--out", "run", "--set", "mechanism.block-interval=1000 h", "--set",
            "populations.honest.training.iteration-interval=100 us", "--set",
            "populations.honest.training.reply-timeout=50 us", "--cores", "2").Ends(Shell.EndedAtOnce);
    }

    /// <summary>As <c>bta ... | head</c> does: the reader goes away, and the command would go on for hours.</summary>
    [Theory]
    [InlineData("run", "--set", "duration=1000000 blocks")]
    [InlineData("sweep", "--seeds", "100000", "--set", "duration=2 blocks")]
    public void A_pipe_that_is_closed_ends_a_long_command(params string[] line)
    {
        var file = _shell.Write("game.yaml", Stage.Game);
        const string piped = "{ dotnet \"$0\" \"$@\" 2>&1; echo $? > ended; } | head -n 1";
        var start = new ProcessStartInfo(
            "/bin/sh", ["-c", piped, Path.Combine(AppContext.BaseDirectory, "bta.dll"), .. line, "--out", "run", file])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = _shell.Path(),
        };
        start.Environment["DOTNET_gcServer"] = "0";
        using var process = Process.Start(start)!;
        Assert.Single(process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        process.WaitForExit();
        // The shell waits for both sides of its pipe.
        Assert.Equal("130", File.ReadAllText(_shell.Path("ended")).Trim());
    }

    static void When(bool happened, Action then)
    {
        if (happened)
        {
            then();
        }
    }
}
