using System.Diagnostics;
using BitTensor.Records;
using Xunit;
using Xunit.Abstractions;

namespace BitTensor.Cluster.Tests;

/// <summary>SIGTERM to real processes: they end in time, and what they leave is whole.</summary>
public sealed class SignalSpec(ITestOutputHelper output)
{
    [Fact]
    public async Task The_process_of_a_run_ends_with_the_open_block_a_closed_journal_and_its_nodes_gone()
    {
        using var stage = new ClusterStage(server: null, output);
        var run = stage.Run(nodes: 2, "--local-nodes", "1");
        await ClusterStage.GoesOn(run);
        var blocks = await stage.End(run);
        Assert.InRange(blocks, 2, 1000);
        Assert.IsType<JournalRecord.Finished>(stage.Journal().Last());
        Assert.All(
            await File.ReadAllLinesAsync(Path.Combine(stage.RunFolder, "local-1.clef")),
            line => Assert.Contains("\"Node\":\"local-1\"", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_node_ends_in_time_even_when_its_cluster_does_not_let_it_go()
    {
        using var stage = new ClusterStage(server: null, output);
        var first = await stage.Node("first");
        var second = await stage.Node("second");
        first.Signal(Signal.Stop);
        Assert.Equal(0, await EndsAfterTerm(second));
        first.Signal(Signal.Continue);
        Assert.Equal(0, await EndsAfterTerm(first));
    }

    async Task<int> EndsAfterTerm(BtaProcess process)
    {
        var clock = Stopwatch.StartNew();
        process.Signal(Signal.Terminate);
        var code = await process.Ends();
        output.WriteLine($"ended with {code} {clock.Elapsed.TotalSeconds:0.0} s after SIGTERM");
        return code;
    }
}
