using System.Diagnostics;
using System.Globalization;
using BitTensor.Records;
using Xunit;
using Xunit.Abstractions;

namespace BitTensor.Cluster.Tests;

/// <summary>
/// Three processes with neurons. Again and again a node joins, and the one that joined before it leaves with all its
/// neurons. With <c>BTA_SOAK_MINUTES</c> three hundred neurons for so many minutes; without it twenty-four neurons for
/// two changes of node.
/// </summary>
public sealed class SoakSpec(ITestOutputHelper output)
{
    const int RowsPerChurn = 3;

    // A run shorter than this says nothing about memory: the runtime is still growing into it.
    const int RowsForMemory = 15;

    // Three rows of 18 blocks of 5 s are four and a half minutes.
    const double MinutesPerChurn = 4.5;

    static readonly double? Minutes =
        Environment.GetEnvironmentVariable("BTA_SOAK_MINUTES") is { Length: > 0 } minutes
            ? double.Parse(minutes, CultureInfo.InvariantCulture)
            : null;

    static readonly int BlocksPerRow = Minutes is null ? 1 : 18;

    static readonly int Churns = Minutes is { } minutes ? Math.Max(1, (int)(minutes / MinutesPerChurn)) : 2;

    static readonly string[] Short =
    [
        "--set", "populations.honest.count=24", "--set", "mechanism.block-interval=2 s",
        "--set", "populations.honest.training.iteration-interval=2 s",
    ];

    [SkippableFact]
    [Trait("Story", "Soak")]
    public async Task Neurons_on_three_processes_stay_together_while_nodes_come_and_go()
    {
        using var stage = new ClusterStage(server: null, output, Path.Combine("scale", "soak-300.yaml"));
        await stage.Tell(async () =>
        {
            var steady = await stage.Node("steady");
            var guest = await stage.Node("guest-0");
            var run = stage.Run(nodes: 3, [.. Minutes is null ? Short : [], "--set", "duration=1000000 blocks"]);
            var table = new List<Row>();
            var clock = Stopwatch.StartNew();
            output.WriteLine(
                "minute  block  members  unreachable  MiB supervisor  steady  guest  sent  delivered  dropped  to be "
                + "counted");
            for (var churn = 1; churn <= Churns; churn++)
            {
                for (var row = 0; row < RowsPerChurn; row++)
                {
                    var block = await Until(run, table.Count == 0 ? 1 : table[^1].Block + BlocksPerRow);
                    table.Add(new Row(
                        clock.Elapsed, block, Members(stage), stage.Unreachable(), MiB(run), MiB(steady), MiB(guest),
                        Parcels(stage)));
                    output.WriteLine(table[^1].ToString());
                }
                guest = await Replace(guest, await stage.Node($"guest-{churn}"));
            }
            await ClusterStage.GoesOn(run);
            await stage.End(run);
            foreach (var (kind, parcels) in ClusterStage.Traffic(
                stage.Journal().OfType<JournalRecord.TrafficCounted>()))
            {
                output.WriteLine($"{kind}: {parcels}");
            }
            stage.SkipIfCutShort();
            stage.AssertEveryParcelEnded();
            AssertFlat(table);
            Assert.Equal(0, stage.Unreachable());
            stage.SkipIfBehind();
            AssertAllIterate(stage);
            await ClusterStage.Leave(steady, guest);
        });
    }

    /// <summary>
    /// Nobody is forgotten: in the last block but one the neurons iterate more than half a time each.
    /// </summary>
    static void AssertAllIterate(ClusterStage stage)
    {
        var reports = stage.Journal().OfType<JournalRecord.NeuronReported>().ToLookup(r => r.Block);
        Assert.True(reports[reports.Max(b => b.Key) - 1].Average(r => r.Iterations) > 0.5);
    }

    /// <summary>Waits until a block of at least this height is closed.</summary>
    static async Task<long> Until(BtaProcess run, long height)
    {
        long block;
        do
        {
            block = await ClusterStage.Progress(run);
        }
        while (block < height);
        return block;
    }

    /// <summary>The newcomer gets neurons, the guest before it leaves in order.</summary>
    static async Task<BtaProcess> Replace(BtaProcess guest, BtaProcess newcomer)
    {
        await newcomer.Says(@"[1-9]\d* neurons live here");
        await ClusterStage.Leave(guest);
        return newcomer;
    }

    static void AssertFlat(List<Row> table)
    {
        if (table.Count < RowsForMemory)
        {
            return;
        }
        var third = table.Count / 3;
        Assert.InRange(table[^third..].Max(r => r.Supervisor), 0, 1.15 * table[third..^third].Max(r => r.Supervisor));
        Assert.InRange(table[^third..].Max(r => r.Steady), 0, 1.15 * table[third..^third].Max(r => r.Steady));
    }

    static int Members(ClusterStage stage) =>
        stage.Log().Where(e => e.TryGetProperty("Nodes", out _)).Select(e => e.GetProperty("Nodes").GetArrayLength())
            .LastOrDefault();

    static Parcels Parcels(ClusterStage stage) => ClusterStage.Traffic(
            File.ReadLines(Path.Combine(stage.RunFolder, "journal.jsonl"))
                .Where(l => l.StartsWith("{\"record\":\"traffic\"", StringComparison.Ordinal) && l.EndsWith('}'))
                .Select(l => (JournalRecord.TrafficCounted)JournalLine.Read(System.Text.Encoding.UTF8.GetBytes(l))))
        .Values.Aggregate(default(Parcels), (a, b) => a + b);

    static double MiB(BtaProcess process) => process.ResidentBytes / 1048576.0;

    /// <summary>How it stood at a moment; memory in MiB.</summary>
    sealed record Row(
        TimeSpan At, long Block, int Members, int Unreachable, double Supervisor, double Steady, double Guest,
        Parcels Parcels)
    {
        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture,
            $"{At.TotalMinutes,6:0.0}  {Block,5}  {Members,7}  {Unreachable,11}  {Supervisor,14:0}  {Steady,6:0}  "
            + $"{Guest,5:0}  {Parcels.Sent,8}  {Parcels.Delivered,9}  {Parcels.Dropped,7}  {Parcels.Uncounted,13}");
    }
}
