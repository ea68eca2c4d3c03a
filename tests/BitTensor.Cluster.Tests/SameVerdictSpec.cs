using Xunit;
using Xunit.Abstractions;

namespace BitTensor.Cluster.Tests;

/// <summary>
/// A scenario on three processes ends as it does in one. Its neurons learn in real time: where the machine does not
/// keep their pace, the outcomes of properties are not compared, and the story says so.
/// </summary>
[Collection(nameof(Alone))]
public sealed class SameVerdictSpec(PostgresFixture postgres, ITestOutputHelper output) : IClassFixture<PostgresFixture>
{
    const int SmallBlocks = 10;
    const int QuickstartBlocks = 60;

    static readonly string[] TenBlocks = ["--set", $"duration={SmallBlocks} blocks"];

    // A tenth of every time of the quickstart: as many iterations, queries and blocks in 60 seconds instead of ten
    // minutes.
    static readonly string[] TenTimesAsFast =
    [
        .. ((string[])["honest", "self-weighting", "free-riding"]).SelectMany(p => (string[])
        [
            "--set", $"populations.{p}.training.iteration-interval=200 ms",
            "--set", $"populations.{p}.training.reply-timeout=100 ms",
            "--set", $"populations.{p}.training.step-cost=5 ms",
            "--set", $"populations.{p}.serving.cost=500 us",
        ]),
        "--set", "mechanism.block-interval=1 s", "--set", "network.default.latency.median=4 ms",
    ];

    [SkippableFact]
    public async Task With_the_ledger_in_a_file_no_message_is_lost_uncounted()
    {
        using var stage = new ClusterStage(server: null, output);
        await stage.Tell(async () =>
        {
            await EndsAsInOneProcess(
                stage, stage.Run(nodes: 3, [.. TenBlocks, "--local-nodes", "2"]), TenBlocks, SmallBlocks);
        });
    }

    [PostgresFact]
    public async Task With_the_ledger_in_a_database_no_message_is_lost_uncounted()
    {
        using var stage = new ClusterStage(postgres.Server, output);
        await stage.Tell(async () =>
        {
            var first = await stage.Node("first");
            var second = await stage.Node("second");
            await EndsAsInOneProcess(stage, stage.Run(nodes: 3, TenBlocks), TenBlocks, SmallBlocks);
            await ClusterStage.Leave(first, second);
        });
    }

    /// <summary>
    /// Sixteen neurons that query each other every 200 ms are much work: a story of its own variable.
    /// </summary>
    [PostgresFact]
    public async Task The_quickstart_ends_as_in_one_process()
    {
        Skip.IfNot(LongStories.Wanted, LongStories.Reason);
        using var stage = new ClusterStage(postgres.Server, output, "quickstart.yaml");
        await stage.Tell(async () =>
        {
            var first = await stage.Node("first");
            var second = await stage.Node("second");
            await EndsAsInOneProcess(stage, stage.Run(nodes: 3, TenTimesAsFast), TenTimesAsFast, QuickstartBlocks);
            await ClusterStage.Leave(first, second);
        });
    }

    static async Task EndsAsInOneProcess(ClusterStage stage, BtaProcess run, string[] overrides, int blocks)
    {
        var code = await run.Ends();
        Assert.True(code is 0 or 1 or 2, run.Said);
        stage.AssertSound(blocks);
        stage.AssertEveryParcelEnded();
        using var verify = new BtaProcess([], new Dictionary<string, string>(), "verify", stage.RunFolder);
        Assert.True(await verify.Ends() == 0, verify.Said);
        Assert.Single(stage.Epochs());
        stage.SkipIfBehind();
        stage.SkipIfIdle(blocks);
        stage.AssertAuditedAsServed();
        Assert.Equal(await InOneProcess(stage, overrides), ClusterStage.Outcomes(stage.RunFolder));
        Assert.Equal(0, code);
    }

    /// <summary>The scenario of a stage in one process and virtual time.</summary>
    static async Task<IReadOnlyList<string>> InOneProcess(ClusterStage stage, string[] overrides)
    {
        var folder = Path.Combine(stage.Folder, "alone");
        using var run = new BtaProcess(
            [], new Dictionary<string, string>(), ["run", stage.Scenario, "--out", folder, .. overrides]);
        Assert.True(await run.Ends() == 0, run.Said);
        return ClusterStage.Outcomes(folder);
    }
}

/// <summary>Stories for which this suite leaves the machine alone.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
