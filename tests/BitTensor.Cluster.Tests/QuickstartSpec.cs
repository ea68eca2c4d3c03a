using System.Text.Json;
using Xunit;

namespace BitTensor.Cluster.Tests;

/// <summary>The quickstart on three processes ends as it does in one.</summary>
public sealed class QuickstartSpec(PostgresServer server) : IClassFixture<PostgresServer>
{
    // Every time of the scenario that takes time on a cluster, a tenth of it: as many iterations, queries and blocks in one minute instead of ten.
    static readonly string[] InAMinute =
    [
        .. ((string[])["honest", "self-weighting", "free-riding"]).SelectMany(p => (string[])
        [
            "--set", $"populations.{p}.training.iteration-interval=200 ms", "--set", $"populations.{p}.training.reply-timeout=100 ms",
            "--set", $"populations.{p}.training.step-cost=5 ms", "--set", $"populations.{p}.serving.cost=500 us",
        ]),
        "--set", "mechanism.block-interval=1 s", "--set", "network.default.latency.median=4 ms",
    ];

    static readonly Lazy<Task<IReadOnlyList<string>>> Alone = new(RunAlone);

    [Fact]
    public async Task With_the_ledger_in_a_file_no_message_is_lost_uncounted()
    {
        using var stage = new ClusterStage(server: null, "quickstart.yaml");
        await EndsAsAlone(stage, stage.Run(nodes: 3, [.. InAMinute, "--local-nodes", "2"]));
        Assert.Single(stage.Epochs());
        stage.AssertEveryParcelEnded();
    }

    [PostgresFact]
    public async Task With_the_ledger_in_a_database()
    {
        using var stage = new ClusterStage(server, "quickstart.yaml");
        var first = await stage.Node("first");
        var second = await stage.Node("second");
        await EndsAsAlone(stage, stage.Run(nodes: 3, InAMinute));
        first.Signal(Signal.Terminate);
        second.Signal(Signal.Terminate);
        Assert.Equal((0, 0), (await first.Ends(), await second.Ends()));
    }

    static async Task EndsAsAlone(ClusterStage stage, BtaProcess run)
    {
        Assert.True(await run.Ends() == 0, run.Said);
        Assert.Equal(await Alone.Value, Verdicts(stage.RunFolder));
        stage.AssertSound(60);
        using var verify = new BtaProcess([], new Dictionary<string, string>(), "verify", stage.RunFolder);
        Assert.True(await verify.Ends() == 0, verify.Said);
    }

    static async Task<IReadOnlyList<string>> RunAlone()
    {
        var folder = Directory.CreateTempSubdirectory("bta-alone-");
        using var run = new BtaProcess([], new Dictionary<string, string>(), [
            "run", Path.Combine(AppContext.BaseDirectory, "scenarios", "quickstart.yaml"), "--out", folder.FullName, .. InAMinute,
        ]);
        Assert.True(await run.Ends() == 0, run.Said);
        var verdicts = Verdicts(folder.FullName);
        folder.Delete(recursive: true);
        return verdicts;
    }

    /// <summary>Properties with their outcomes, in order.</summary>
    static IReadOnlyList<string> Verdicts(string folder)
    {
        using var verdict = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "verdict.json")));
        return [.. verdict.RootElement.GetProperty("properties").EnumerateArray().Select(p => $"{p.GetProperty("name")}: {p.GetProperty("outcome")}")];
    }
}
