using BitTensor.Records;
using Xunit;
using Xunit.Abstractions;

namespace BitTensor.Cluster.Tests;

/// <summary>Real processes on loopback, and what is done to them in the middle of a run.</summary>
public sealed class ClusterSpec(PostgresServer server, ITestOutputHelper output) : IClassFixture<PostgresServer>
{
    [Fact]
    public async Task Three_processes_with_the_ledger_in_a_file_reach_the_verdict_and_lose_no_message_uncounted()
    {
        using var stage = new ClusterStage(ledger: null);
        var run = stage.Run(nodes: 3, "--local-nodes", "2");
        Assert.True(await run.Ends() == 0, run.Said);
        Assert.Equal(15, stage.Verified().Blocks);
        Assert.Equal(1, stage.Epochs());
        AssertEveryParcelEnded(stage.RunFolder);
    }

    [PostgresTheory]
    [InlineData("the ledger and seed", "first")]
    [InlineData("neurons", "second")]
    public async Task A_process_is_killed_and_the_run_ends_with_nothing_lost(string who, string which)
    {
        using var stage = new ClusterStage(server.Connection);
        var first = await stage.Node("first");
        var second = await stage.Node("second");
        var run = stage.Run(nodes: 3);
        await run.Says("block 4/");
        (which == "first" ? first : second).Signal(Signal.Kill);
        await EndsWithAVerdict(run);
        output.WriteLine($"killed: {who}; longest time between two blocks {stage.Outage().TotalSeconds:0.0} s, {stage.Epochs()} epoch(s)");
        Assert.Equal(15, stage.Verified().Blocks);
        Assert.Equal(which == "first" ? 2 : 1, stage.Epochs());
        (which == "first" ? second : first).Signal(Signal.Terminate);
        Assert.Equal(0, await (which == "first" ? second : first).Ends());
    }

    [PostgresTheory]
    [InlineData(18, true)]
    [InlineData(1, false)]
    public async Task A_ledger_that_was_stopped_accepts_nothing_after_its_successor_came(int seconds, bool succeeded)
    {
        using var stage = new ClusterStage(server.Connection);
        var first = await stage.Node("first");
        var second = await stage.Node("second");
        var run = stage.Run(nodes: 3);
        await run.Says("block 4/");
        first.Signal(Signal.Stop);
        await Task.Delay(TimeSpan.FromSeconds(seconds));
        first.Signal(Signal.Continue);
        await EndsWithAVerdict(run);
        output.WriteLine($"stopped for {seconds} s: longest time between two blocks {stage.Outage().TotalSeconds:0.0} s, {stage.Epochs()} epoch(s)");
        Assert.Equal(15, stage.Verified().Blocks);
        Assert.Equal(succeeded ? 2 : 1, stage.Epochs());
        if (succeeded)
        {
            // Its next write found the later epoch, or the others had refused to speak to it by then.
            Assert.Contains(await first.Ends(), new[] { 80, 81, 82 });
        }
        second.Signal(Signal.Terminate);
        Assert.Equal(0, await second.Ends());
    }

    [PostgresTheory]
    [InlineData("first")]
    public async Task A_node_told_to_leave_is_gone_within_its_time_and_the_run_goes_on_without_it(string name)
    {
        using var stage = new ClusterStage(server.Connection);
        var first = await stage.Node(name);
        var run = stage.Run(nodes: 2);
        await run.Says("block 4/");
        first.Signal(Signal.Terminate);
        Assert.Equal(0, await first.Ends());
        await EndsWithAVerdict(run);
        output.WriteLine($"longest time between two blocks {stage.Outage().TotalSeconds:0.0} s");
        Assert.Equal(15, stage.Verified().Blocks);
    }

    /// <summary>Blocks passed without the lost neurons: the properties may or may not hold, the run must end all the same.</summary>
    static async Task EndsWithAVerdict(BtaProcess run)
    {
        var code = await run.Ends();
        Assert.True(code is 0 or 1 or 2, $"the run ended with {code}:\n{run.Said}");
    }

    static void AssertEveryParcelEnded(string folder)
    {
        var counts = JournalReader.Read(Path.Combine(folder, "journal.jsonl")).OfType<JournalRecord.TrafficCounted>()
            .Where(t => t.Kind is "forward" or "forward-reply" or "backward" or "submission" or "receipt").ToLookup(t => t.Kind);
        Assert.Equal(5, counts.Count);
        foreach (var kind in counts)
        {
            Assert.Equal(kind.Where(t => t.Outcome == "sent").Sum(t => t.Count), kind.Where(t => t.Outcome != "sent").Sum(t => t.Count));
        }
    }
}
