using System.Net;
using System.Net.Sockets;
using BitTensor.Cluster;
using BitTensor.Records;
using Xunit;

namespace BitTensor.Operations.Tests;

/// <summary>What an operator sees of a run on two nodes, and may do to it.</summary>
[Collection(RunningCluster.Name)]
public sealed class RunningClusterSpec(RunningCluster cluster)
{
    [Theory]
    [InlineData("lab")]
    [InlineData("beta")]
    public async Task Either_node_shows_both_members_and_who_has_the_ledger(string asked)
    {
        using var client = cluster.Ask(asked);
        var view = await client.Cluster();
        Assert.Equal((asked, "lab", 2), (view.Node, view.Ledger, view.Epoch));
        Assert.StartsWith("watched-5-", view.Run, StringComparison.Ordinal);
        Assert.Equal(["beta", "lab"], view.Members.Select(m => m.Name));
        Assert.All(view.Members, m => Assert.Equal(("Up", true, 3), (m.Status, m.Reachable, m.Neurons)));
        Assert.Equal([false, true], view.Members.Select(m => m.Ledger));
        Assert.Equal("neurons", string.Join(",", view.Members[0].Roles));
        Assert.Equal("ledger,neurons", string.Join(",", view.Members[1].Roles));
        Assert.True(view.Height >= 7, $"block {view.Height}");
    }

    [Fact]
    public async Task Every_neuron_has_a_home_and_a_checkpoint_and_a_node_knows_those_of_its_own()
    {
        using var lab = cluster.Ask("lab");
        using var beta = cluster.Ask("beta");
        var (all, own) = (await lab.Neurons(), await beta.Neurons());
        Assert.Equal([0, 1, 2, 3, 4, 5], all.Neurons.Select(n => n.Neuron));
        Assert.All(all.Neurons, n => Assert.Equal("honest", n.Population));
        Assert.All(all.Neurons, n => Assert.NotNull(n.Checkpoint));
        Assert.Equal(all.Neurons.Select(n => n.Node), own.Neurons.Select(n => n.Node));
        Assert.All(own.Neurons, n => Assert.Equal(n.Node == "beta", n.Checkpoint is not null));
    }

    [Fact]
    public async Task The_ledger_tells_place_height_hash_and_receipts()
    {
        using var client = cluster.Ask("lab");
        var reading = await client.Ledger();
        Assert.Equal(Path.Combine(cluster.Folder, RunFolder.LedgerFile), reading.Place);
        Assert.True(reading.Receipts["accepted"] > 0);
        using var ledger = LedgerReader.Open(reading.Place!);
        Assert.Equal(ledger.Blocks(reading.Height!.Value - 1).First().Hash, reading.Hash);
        var accepted =
            ledger.Blocks().Take((int)reading.Height.Value).Sum(b => b.Submissions.Count(s => s.Refused is null));
        // Receipts of a block are counted a moment before or after the node hears that it closed.
        Assert.InRange(accepted - reading.Receipts["accepted"], -6, 6);
    }

    [Theory]
    [InlineData("beta", DownOutcome.Reachable)]
    [InlineData("lab", DownOutcome.Self)]
    [InlineData("gamma", DownOutcome.Unknown)]
    public async Task Who_is_well_is_not_declared_dead(string node, DownOutcome outcome)
    {
        using var client = cluster.Ask("lab");
        Assert.Equal(outcome, await client.Down(node, force: false));
        Assert.Equal(2, (await client.Cluster()).Members.Length);
    }

    [Theory]
    [InlineData("lab", "live")]
    [InlineData("lab", "ready")]
    [InlineData("beta", "live")]
    [InlineData("beta", "ready")]
    public async Task Nodes_that_host_what_is_placed_on_them_are_live_and_ready(string node, string question)
    {
        using var http = new HttpClient();
        var said = await http.GetAsync(new Uri($"{cluster.Health(node)}/{question}"));
        Assert.Equal(HttpStatusCode.OK, said.StatusCode);
        Assert.Equal($$"""{"live":true,"ready":true,"node":"{{node}}","status":"Up","hosted":3,"placed":3}""", await said.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Idle_strangers_at_the_health_port_are_bounded_and_cannot_command()
    {
        using var http = new HttpClient();
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await http.PostAsync(new Uri($"{cluster.Health("beta")}/down?node=lab&force=true"), null)).StatusCode);
        var port = new Uri(cluster.Health("beta")).Port;
        var idle = new List<TcpClient>();
        for (var k = 0; k < 80; k++)
        {
            var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port);
            idle.Add(client);
        }
        // The connections above the bound are closed at once, the others when they end: then there is room for the next
        // story.
        Assert.Equal(0, await idle[^1].Client.ReceiveAsync(new byte[1]));
        foreach (var client in idle)
        {
            client.Client.Shutdown(SocketShutdown.Send);
            Assert.Equal(0, await client.Client.ReceiveAsync(new byte[1]));
            client.Dispose();
        }
    }
}
