using System.Text.Json;
using Xunit;
using Xunit.Abstractions;

namespace BitTensor.Cluster.Tests;

/// <summary>
/// The quickstart on three processes ends as it does in one. Its neurons learn in real time, so nothing else runs beside it.
/// </summary>
[Collection(nameof(Alone))]
public sealed class QuickstartSpec(PostgresServer server, ITestOutputHelper output) : IClassFixture<PostgresServer>
{
    // A tenth of every time of the scenario: as many iterations, queries and blocks in 60 seconds instead of ten minutes.
    static readonly string[] TenTimesAsFast =
    [
        .. ((string[])["honest", "self-weighting", "free-riding"]).SelectMany(p => (string[])
        [
            "--set", $"populations.{p}.training.iteration-interval=200 ms", "--set", $"populations.{p}.training.reply-timeout=100 ms",
            "--set", $"populations.{p}.training.step-cost=5 ms", "--set", $"populations.{p}.serving.cost=500 us",
        ]),
        "--set", "mechanism.block-interval=1 s", "--set", "network.default.latency.median=4 ms",
    ];

    static readonly Lazy<Task<IReadOnlyList<string>>> InOneProcess = new(RunAlone);

    [Fact]
    public async Task With_the_ledger_in_a_file_no_message_is_lost_uncounted()
    {
        using var stage = new ClusterStage(server: null, output, "quickstart.yaml");
        await EndsAsInOneProcess(stage, stage.Run(nodes: 3, [.. TenTimesAsFast, "--local-nodes", "2"]));
        Assert.Single(stage.Epochs());
        stage.AssertEveryParcelEnded();
    }

    [PostgresFact]
    public async Task With_the_ledger_in_a_database()
    {
        using var stage = new ClusterStage(server, output, "quickstart.yaml");
        var first = await stage.Node("first");
        var second = await stage.Node("second");
        await EndsAsInOneProcess(stage, stage.Run(nodes: 3, TenTimesAsFast));
        first.Signal(Signal.Terminate);
        second.Signal(Signal.Terminate);
        Assert.Equal((0, 0), (await first.Ends(), await second.Ends()));
    }

    static async Task EndsAsInOneProcess(ClusterStage stage, BtaProcess run)
    {
        Assert.True(await run.Ends() == 0, run.Said);
        Assert.Equal(await InOneProcess.Value, Verdicts(stage.RunFolder));
        stage.AssertSound(60);
        using var verify = new BtaProcess([], new Dictionary<string, string>(), "verify", stage.RunFolder);
        Assert.True(await verify.Ends() == 0, verify.Said);
    }

    static async Task<IReadOnlyList<string>> RunAlone()
    {
        var folder = Directory.CreateTempSubdirectory("bta-alone-");
        using var run = new BtaProcess([], new Dictionary<string, string>(), [
            "run", Path.Combine(AppContext.BaseDirectory, "scenarios", "quickstart.yaml"), "--out", folder.FullName, .. TenTimesAsFast,
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

/// <summary>Stories that are told alone.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
