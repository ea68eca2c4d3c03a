using System.Threading.Channels;
using BitTensor.Actors.Run;
using BitTensor.Cluster;
using BitTensor.Records;
using BitTensor.Scenarios;
using BitTensor.Transport;
using Xunit;

namespace BitTensor.Operations.Tests;

/// <summary>Who may join a cluster and who may not, on nodes in this process.</summary>
public sealed class JoiningSpec : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("bta-ops-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_name_is_one_nodes_for_as_long_as_it_lives_whatever_certificate_the_other_has()
    {
        var certs = Authority("certs", "first", "n1");
        var met = Channel.CreateUnbounded<string>();
        await using var first = Node("first", certs, met: name => met.Writer.TryWrite(name));
        await using var elder = Node("n1", certs, first.Address);
        await elder.Joined;
        await using var younger = Node("n1", certs, first.Address);
        Assert.Equal(NodeExit.NameTaken, await younger.Ended);
        Assert.False(younger.Joined.IsCompleted);
        // Of the younger one it may never hear: that may be gone before word of it has come round.
        Assert.Equal("n1", await met.Reader.ReadAsync());
        Assert.False(elder.Ended.IsCompleted);
        Assert.False(first.Ended.IsCompleted);
    }

    [Fact]
    public async Task A_node_with_a_certificate_of_another_authority_ends_and_says_so()
    {
        await using var first = Node("first", Authority("certs", "first"));
        await using var stranger = Node("stranger", Authority("others", "stranger"), first.Address);
        Assert.Equal(NodeExit.Untrusted, await stranger.Ended);
        Assert.False(first.Ended.IsCompleted);
    }

    [Fact]
    public async Task A_run_that_is_interrupted_while_it_waits_for_nodes_ends_and_lets_those_go_that_came()
    {
        using var interrupt = new CancellationTokenSource();
        var came = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var supervisor = new TaskCompletionSource<NodeHost>(TaskCreationOptions.RunContinuationsAsynchronously);
        var scenario = ScenarioFile.Parse(
            "version: 1\nname: waits\nseed: 1\nduration: 3 blocks\npopulations: [{ name: a, count: 2, model: { kind: quadratic } }]\n", "waits.yaml", []).Value!;
        var cluster = new ClusterOptions
        {
            Node = new NodeOptions { Name = "lab", Cores = 1, Met = _ => came.TrySetResult() },
            ExpectNodes = 3,
            Started = host =>
            {
                supervisor.SetResult(host);
                return Task.FromResult<IAsyncDisposable?>(null);
            },
        };
        var options = new RunOptions { Folder = _folder, Cores = 1, Time = TimeMode.Wall };
        var run = Task.Run(() => ClusterRun.Execute(scenario, options, cluster, interrupt.Token));
        await using var second = Node("second", null, (await supervisor.Task).Address);
        await came.Task;
        await interrupt.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => run);
        Assert.False(second.Ended.IsCompleted);
    }

    static NodeHost Node(string name, string? certs, string? join = null, Action<string>? met = null) =>
        NodeHost.Start(new NodeOptions
    {
        Name = name,
        Cores = 1,
        Identity = certs is null ? null : Certificates.Load(certs, name),
        Join = join is null ? [] : [join],
        Met = met ?? (static _ => { }),
    });

    string Authority(string name, params string[] nodes)
    {
        var folder = Path.Combine(_folder, name);
        Certificates.MakeAuthority(folder, DateTimeOffset.UtcNow, TimeSpan.FromDays(1));
        foreach (var node in nodes)
        {
            Certificates.MakeNode(folder, node, ["127.0.0.1"], DateTimeOffset.UtcNow, TimeSpan.FromDays(1));
        }
        return folder;
    }
}
