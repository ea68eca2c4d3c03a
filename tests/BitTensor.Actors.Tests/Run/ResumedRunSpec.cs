using BitTensor.Actors.Run;
using BitTensor.Emulation;
using BitTensor.Fuzzing;
using BitTensor.Mechanism;
using BitTensor.Records;
using BitTensor.Scenarios;
using BitTensor.Tests;
using Xunit;
using Xunit.Abstractions;

namespace BitTensor.Actors.Tests;

/// <summary>A run that was ended anywhere goes on, and ends with the bytes of one that was not.</summary>
public sealed class ResumedRunSpec(ITestOutputHelper output) : IDisposable
{
    const int Blocks = 4;

    static int Kills => LongStories.Wanted ? 20 : 5;

    // One of each: outages of ledger and disk, crashes, a coalition, gates, students, an open network.
    static readonly string[] Shipped =
        ["ledger-outage", "disk-full", "crash-and-restart", "adaptive", "gating", "dropout", "growth"];

    readonly TemporaryFolder _whole = new();
    readonly TemporaryFolder _part = new();

    public void Dispose()
    {
        _whole.Dispose();
        _part.Dispose();
    }

    /// <summary>
    /// A killed process leaves any number of the journal's bytes, and a ledger that has at least their blocks, or lost
    /// none when the machine went down.
    /// </summary>
    [Fact]
    public void It_ends_with_the_bytes_of_an_uninterrupted_run_wherever_it_was_killed()
    {
        var scenario = Stage.Read(Stage.Small);
        var result = Run(scenario, _whole);
        var bytes = File.ReadAllBytes(_whole.Journal);
        for (var k = 0; k < Kills; k++)
        {
            var dice = new RandomStream(22, "kills", k);
            var block = dice.Whole(0, scenario.Blocks);
            using var killed = new TemporaryFolder();
            Run(scenario, killed, new RunOptions { EndAfter = block == scenario.Blocks ? null : Math.Max(1, block) });
            var left = Math.Min(new FileInfo(killed.Journal).Length, (long)(dice.NextDouble() * bytes.Length));
            File.WriteAllBytes(killed.Journal, bytes[..(int)left]);
            AssertSame(result, Run(scenario, killed, new RunOptions { Resumes = true, Cores = 1 + k % 2 }), killed);
        }
    }

    [Fact]
    public void One_that_was_interrupted_goes_on_too_as_often_as_it_takes()
    {
        var scenario = Stage.Read(Stage.Small);
        var result = Run(scenario, _whole);
        foreach (var (block, resumes) in new[] { (1, false), (3, true) })
        {
            using var interrupt = new CancellationTokenSource();
            var ended = Run(scenario, _part, new RunOptions
            {
                Resumes = resumes,
                Progress = p => CancelAt(block, p, interrupt),
            }, interrupt.Token);
            // It is told of a block when the next one is open; that one closes, and another ends the run.
            Assert.Equal((true, block + 2L), (ended.Interrupted, ended.Blocks));
        }
        AssertSame(result, Run(scenario, _part, new RunOptions { Resumes = true }), _part);
    }

    /// <summary>A neuron that stands still reports its blocks later, and at an early end never.</summary>
    [Fact]
    public void One_that_was_interrupted_while_a_neuron_was_paused_goes_on_too()
    {
        var scenario = Stage.Read(
            Stage.Small, "duration=9 blocks",
            "timeline=[{ at: 3 blocks, for: 4 blocks, do: { action: pause, who: honest, take: 1 } }]");
        var result = Run(scenario, _whole);
        Run(scenario, _part, new RunOptions { EndAfter = 6 });
        AssertSame(result, Run(scenario, _part, new RunOptions { Resumes = true }), _part);
    }

    /// <summary>What only repeats has nothing to lose: it ends at once and changes nothing.</summary>
    [Fact]
    public void One_that_is_interrupted_before_it_came_to_where_it_was_leaves_the_folder_as_it_is()
    {
        var scenario = Stage.Read(Stage.Small);
        Run(scenario, _part);
        File.WriteAllBytes(_part.Journal, File.ReadAllBytes(_part.Journal)[..^900]);
        var before = File.ReadAllBytes(_part.Journal);
        using var interrupt = new CancellationTokenSource();
        var ended = Run(
            scenario, _part, new RunOptions { Resumes = true, Progress = p => CancelAt(2, p, interrupt) },
            interrupt.Token);
        Assert.True(ended.IsRepeating);
        Assert.Equal(before, File.ReadAllBytes(_part.Journal));
    }

    [Theory]
    [InlineData(RunFolder.JournalFile, "has another line")]
    [InlineData(RunFolder.LedgerFile, "is the ledger of another run")]
    public void One_that_does_not_repeat_is_not_gone_on_with(string file, string message)
    {
        Run(Stage.Read(Stage.Small), _part);
        using var other = new TemporaryFolder();
        Run(Stage.Read(Stage.Small, "seed=12"), other);
        File.Copy(other.File(file), _part.File(file), overwrite: true);
        var before = File.ReadAllBytes(_part.Journal);
        var failure = Assert.ThrowsAny<Exception>(
            () => Run(Stage.Read(Stage.Small), _part, new RunOptions { Resumes = true }));
        Assert.Contains(message, (RepeatIn(failure) ?? failure).Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(_part.Journal));
    }

    [Fact]
    public void One_that_is_still_running_is_not_gone_on_with()
    {
        Run(Stage.Read(Stage.Small), _part);
        using var writer = new FileStream(_part.Journal, FileMode.Append);
        Assert.Throws<IOException>(() => Run(Stage.Read(Stage.Small), _part, new RunOptions { Resumes = true }));
    }

    /// <summary>The long form takes every shipped scenario of a network.</summary>
    [Fact]
    public void Shipped_scenarios_go_on()
    {
        var all = new[] { "scenarios", "learning" }.SelectMany(folder => Directory.GetFiles(
            Path.Combine(AppContext.BaseDirectory, folder), "*.yaml", SearchOption.AllDirectories).Order());
        foreach (var file in all.Where(f =>
            LongStories.Wanted || Shipped.Contains(Path.GetFileNameWithoutExtension(f))))
        {
            if (ScenarioFile.Parse(ScenarioEdits.Cut(file), file, []).Value is not { } read)
            {
                continue;
            }
            var scenario = read with { Blocks = Math.Min(read.Blocks, Blocks) };
            if (!RunSize.Of(scenario).IsSmall && !LongStories.Wanted)
            {
                continue;
            }
            output.WriteLine(Path.GetFileName(file));
            using var folder = new TemporaryFolder();
            var result = Run(scenario, folder);
            var bytes = File.ReadAllBytes(folder.Journal);
            File.WriteAllBytes(folder.Journal, bytes[..(bytes.Length * 2 / 3)]);
            var again = Run(scenario, folder, new RunOptions { Resumes = true });
            Assert.Equal((result.JournalHash, result.AuditHash), (again.JournalHash, again.AuditHash));
            Assert.Equal(bytes, File.ReadAllBytes(folder.Journal));
        }
    }

    static RunResult Run(
        Scenario scenario, TemporaryFolder folder, RunOptions? options = null, CancellationToken interrupt = default) =>
        EmulationRun.Execute(scenario, (options ?? new RunOptions()) with { Folder = folder.Path }, interrupt);

    static void CancelAt(int block, RunProgress happened, CancellationTokenSource interrupt)
    {
        if (happened is RunProgress.BlockDone done && done.Block.Height == block)
        {
            interrupt.Cancel();
        }
    }

    static RepeatException? RepeatIn(Exception? failure) =>
        failure is null ? null : failure as RepeatException ?? RepeatIn(failure.InnerException);

    void AssertSame(RunResult whole, RunResult resumed, TemporaryFolder folder)
    {
        Assert.Equal(
            (whole.JournalHash, whole.AuditHash, whole.Blocks, false),
            (resumed.JournalHash, resumed.AuditHash, resumed.Blocks, resumed.Interrupted));
        Assert.Equal(File.ReadAllBytes(_whole.Journal), File.ReadAllBytes(folder.Journal));
        using var one = LedgerReader.Open(_whole.Ledger);
        using var other = LedgerReader.Open(folder.Ledger);
        Assert.Equal(one.Blocks(0).Select(b => b.Hash), other.Blocks(0).Select(b => b.Hash));
    }
}
