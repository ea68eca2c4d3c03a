using System.Diagnostics;
using System.Globalization;
using BitTensor.Records;
using Xunit;
using Xunit.Abstractions;

namespace BitTensor.Cluster.Tests;

/// <summary>
/// Three processes with a hundred neurons each, for a minute or as many as BTA_SOAK_MINUTES says. Again and again a node joins and the
/// one that joined before it leaves, with all its neurons.
/// </summary>
public sealed class SoakSpec(ITestOutputHelper output)
{
    const int BlocksPerMinute = 12;

    // Rows of the table between two changes of node.
    const int RowsPerChurn = 3;

    // A run shorter than this says nothing about memory: the runtime is still growing into it.
    const int RowsForMemory = 15;

    static readonly int Blocks =
        (int)(BlocksPerMinute * double.Parse(Environment.GetEnvironmentVariable("BTA_SOAK_MINUTES") ?? "1", CultureInfo.InvariantCulture));

    [Fact]
    [Trait("Story", "Soak")]
    public async Task Three_hundred_neurons_on_three_processes_stay_together_while_nodes_come_and_go()
    {
        using var stage = new ClusterStage(server: null, output, Path.Combine("scale", "soak-300.yaml"));
        var steady = await stage.Node("steady");
        var guest = await stage.Node("guest-0");
        var run = stage.Run(nodes: 3, "--set", string.Create(CultureInfo.InvariantCulture, $"duration={Blocks} blocks"));
        var table = new List<Row>();
        var clock = Stopwatch.StartNew();
        output.WriteLine("minute  block  members  unreachable  MiB laboratory  steady  guest  sent  delivered  dropped  to be counted");
        for (long block = 0; block < Blocks;)
        {
            block = long.Parse(await run.Says(@"block (\d+)/"), CultureInfo.InvariantCulture);
            table.Add(new Row(clock.Elapsed, block, Members(stage), stage.Unreachable(), MiB(run), MiB(steady), MiB(guest), Parcels(stage)));
            output.WriteLine(table[^1].ToString());
            if (table.Count % RowsPerChurn == 0 && block < Blocks - 2)
            {
                guest = await Replace(guest, await stage.Node($"guest-{table.Count / RowsPerChurn}"));
            }
        }
        Assert.Equal(0, await run.Ends());
        foreach (var (kind, parcels) in ClusterStage.Traffic(stage.Journal().OfType<JournalRecord.TrafficCounted>()))
        {
            output.WriteLine($"{kind}: {parcels}");
        }
        stage.AssertSound(Blocks);
        stage.AssertEveryParcelEnded();
        Assert.Equal(0, stage.Unreachable());
        AssertFlat(table);
    }

    /// <summary>The newcomer gets neurons, the guest before it leaves within its time.</summary>
    static async Task<BtaProcess> Replace(BtaProcess guest, BtaProcess newcomer)
    {
        await newcomer.Says(@"[1-9]\d* neurons live here");
        var leaving = Stopwatch.StartNew();
        guest.Signal(Signal.Terminate);
        Assert.Equal(0, await guest.Ends());
        Assert.InRange(leaving.Elapsed.TotalSeconds, 0, 15);
        return newcomer;
    }

    static void AssertFlat(List<Row> table)
    {
        if (table.Count < RowsForMemory)
        {
            return;
        }
        var third = table.Count / 3;
        Assert.InRange(table[^third..].Max(r => r.Laboratory), 0, 1.15 * table[third..^third].Max(r => r.Laboratory));
        Assert.InRange(table[^third..].Max(r => r.Steady), 0, 1.15 * table[third..^third].Max(r => r.Steady));
    }

    static int Members(ClusterStage stage) =>
        stage.Log().Where(e => e.TryGetProperty("Nodes", out _)).Select(e => e.GetProperty("Nodes").GetArrayLength()).LastOrDefault();

    static Parcels Parcels(ClusterStage stage) => ClusterStage.Traffic(
            File.ReadLines(Path.Combine(stage.RunFolder, "journal.jsonl"))
                .Where(l => l.StartsWith("{\"record\":\"traffic\"", StringComparison.Ordinal) && l.EndsWith('}'))
                .Select(l => (JournalRecord.TrafficCounted)JournalLine.Read(System.Text.Encoding.UTF8.GetBytes(l))))
        .Values.Aggregate(default(Parcels), (a, b) => a + b);

    static double MiB(BtaProcess process) => process.ResidentBytes / 1048576.0;

    /// <summary>How it stood at a moment; memory in MiB.</summary>
    sealed record Row(TimeSpan At, long Block, int Members, int Unreachable, double Laboratory, double Steady, double Guest, Parcels Parcels)
    {
        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture,
            $"{At.TotalMinutes,6:0.0}  {Block,5}  {Members,7}  {Unreachable,11}  {Laboratory,14:0}  {Steady,6:0}  {Guest,5:0}  {Parcels.Sent,8}  {Parcels.Delivered,9}  {Parcels.Dropped,7}  {Parcels.Uncounted,13}");
    }
}
