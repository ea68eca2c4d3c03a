using System.Threading.Channels;
using BitTensor.Actors.Run;
using BitTensor.Cluster;
using BitTensor.Operations;
using BitTensor.Records;
using BitTensor.Scenarios;
using Serilog.Core;
using Xunit;

// Sockets that belong to one user are told by file modes here.
[assembly: System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
// Metrics are the process's: a node of another test would be counted too.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace BitTensor.Operations.Tests;

/// <summary>
/// A run on two nodes in this process, ledger and supervisor at <c>lab</c>, that goes on until the tests are over.
/// </summary>
[CollectionDefinition(Name)]
public sealed class RunningCluster : IAsyncLifetime, ICollectionFixture<RunningCluster>
{
    public const string Name = "a running cluster";

    const string Scenario =
        """
        version: 1
        name: watched
        seed: 5
        duration: 5000 blocks
        mechanism: { block-interval: 200 ms, temperature: 0.05 }
        populations:
          - { name: honest, count: 6, model: { kind: quadratic, sigma: 0 }, training: { iteration-interval: 100 ms, reply-timeout: 80 ms, step-cost: 0 s }, serving: { cost: 0 s } }
        network: { default: { loss: 2% } }
        audit: { every: never }
        """;

    readonly Channel<RunProgress.BlockDone> _blocks = Channel.CreateUnbounded<RunProgress.BlockDone>();
    readonly CancellationTokenSource _end = new();
    readonly TaskCompletionSource<NodeHost> _supervisor = new(TaskCreationOptions.RunContinuationsAsynchronously);
    Task<RunResult>? _run;
    NodeEndpoints? _betaEndpoints;

    public string Folder { get; } = Directory.CreateTempSubdirectory("bta-ops-").FullName;

    public OtlpReceiver Collector { get; } = new();

    public NodeEndpoints Endpoints { get; private set; } = null!;

    public NodeHost Beta { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Environment.SetEnvironmentVariable("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf");
        Environment.SetEnvironmentVariable("OTEL_METRIC_EXPORT_INTERVAL", "500");
        var scenario = ScenarioFile.Parse(Scenario, "watched.yaml", []).Value!;
        var cluster = new ClusterOptions
        {
            Node = new NodeOptions { Name = "lab", Cores = 1 },
            ExpectNodes = 2,
            Started = async host =>
            {
                Endpoints = await NodeEndpoints.Open(
                    host,
                    new EndpointOptions
                    {
                        Control = Path.Combine(Folder, "lab.sock"),
                        HealthPort = 0,
                        Otlp = Collector.Url,
                    },
                    Logger.None);
                _supervisor.SetResult(host);
                return Endpoints;
            },
        };
        var options = new RunOptions { Folder = Folder, Cores = 1, Time = TimeMode.Wall, Progress = Note };
        _run = Task.Run(() => ClusterRun.Execute(scenario, options, cluster, _end.Token));
        var supervisor = await _supervisor.Task;
        Beta = NodeHost.Start(new NodeOptions { Name = "beta", Cores = 1, Join = [supervisor.Address] });
        _betaEndpoints = await NodeEndpoints.Open(
            Beta, new EndpointOptions { Control = Path.Combine(Folder, "beta.sock"), HealthPort = 0 }, Logger.None);
        await UntilBlock(7);
    }

    public string Health(string node) => node == "lab" ? Endpoints.Health! : _betaEndpoints!.Health!;

    internal ControlClient Ask(string node) => new(Path.Combine(Folder, node + ".sock"));

    /// <summary>Waits until a block of at least this height is closed and reported on by everybody.</summary>
    public async Task<RunProgress.BlockDone> UntilBlock(long height)
    {
        while (true)
        {
            var done = await _blocks.Reader.ReadAsync();
            if (done.Block.Height >= height)
            {
                return done;
            }
        }
    }

    public async Task DisposeAsync()
    {
        await _end.CancelAsync();
        await _run!;
        await _betaEndpoints!.DisposeAsync();
        await Beta.LeaveAsync();
        await Beta.DisposeAsync();
        Collector.Dispose();
        _end.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    void Note(RunProgress progress)
    {
        if (progress is RunProgress.BlockDone done)
        {
            _blocks.Writer.TryWrite(done);
        }
    }
}
