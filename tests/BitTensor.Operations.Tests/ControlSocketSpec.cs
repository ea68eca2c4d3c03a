using BitTensor.Cli;
using BitTensor.Cluster;
using Serilog.Core;
using Xunit;

namespace BitTensor.Operations.Tests;

/// <summary>Whose socket it is, where it is found, and what is said when it is not.</summary>
public sealed class ControlSocketSpec : IDisposable
{
    const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    readonly string _folder = Directory.CreateTempSubdirectory("bta-ops-").FullName;
    readonly string? _runtime = Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR");

    public ControlSocketSpec() => Environment.SetEnvironmentVariable("XDG_RUNTIME_DIR", _folder);

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("XDG_RUNTIME_DIR", _runtime);
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task The_socket_is_its_owners_alone_and_goes_with_the_node()
    {
        string path;
        await using (var node = NodeHost.Start(new NodeOptions { Name = "alpha" }))
        await using (var endpoints = await NodeEndpoints.Open(node, new EndpointOptions(), Logger.None))
        {
            path = endpoints.Control!;
            Assert.Equal(Path.Combine(_folder, "bta", "alpha.sock"), path);
            Assert.Equal(OwnerOnly, File.GetUnixFileMode(path));
            Assert.Equal(OwnerOnly | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(path)!));
        }
        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task The_command_finds_the_one_node_that_runs_and_asks_which_of_several()
    {
        Assert.Equal((69, true), Says("no node runs here", "cluster", "show"));
        await using var alpha = NodeHost.Start(new NodeOptions { Name = "alpha" });
        await using var first = await NodeEndpoints.Open(alpha, new EndpointOptions(), Logger.None);
        Assert.Equal((0, true), Says("alpha", "cluster", "show"));
        Assert.Equal((0, true), Says("\"members\":[", "cluster", "show", "--format", "json"));
        Assert.Equal((0, true), Says("no run, says alpha", "cluster", "neurons"));
        Assert.Equal((0, true), Says("no run, says alpha", "cluster", "ledger"));
        Assert.Equal((64, true), Says("no member is called beta", "cluster", "down", "beta"));
        await using var second = await NodeEndpoints.Open(
            alpha, new EndpointOptions { Control = Path.Combine(_folder, "bta", "beta.sock") }, Logger.None);
        Assert.Equal((64, true), Says("several nodes run here: alpha, beta", "cluster", "show"));
        Assert.Equal((0, true), Says("says alpha", "cluster", "show", "--node", "beta"));
        Assert.Equal(
            (69, true), Says("no node called gamma runs here, but alpha, beta", "cluster", "show", "--node", "gamma"));
        Assert.Equal((0, true), Says("says alpha", "cluster", "show", "--control", second.Control!));
    }

    [Fact]
    public async Task A_living_namesake_keeps_its_socket_and_a_dead_ones_is_taken_over()
    {
        await using var node = NodeHost.Start(new NodeOptions { Name = "alpha" });
        await using var first = await NodeEndpoints.Open(node, new EndpointOptions(), Logger.None);
        await using var second = await NodeEndpoints.Open(node, new EndpointOptions(), Logger.None);
        Assert.Equal(Path.Combine(_folder, "bta", $"alpha-{Environment.ProcessId}.sock"), second.Control);
        var taken = await Assert.ThrowsAsync<ControlException>(
            () => NodeEndpoints.Open(node, new EndpointOptions { Control = first.Control }, Logger.None));
        Assert.Contains("Another node listens", taken.Message, StringComparison.Ordinal);
        var dead = Path.Combine(_folder, "bta", "dead.sock");
        await File.WriteAllTextAsync(dead, "");
        await using var third = await NodeEndpoints.Open(node, new EndpointOptions { Control = dead }, Logger.None);
        Assert.Equal(dead, third.Control);
        Assert.Equal(0, Says("alpha", "cluster", "show", "--control", dead).Code);
    }

    [Fact]
    public async Task A_folder_open_to_others_is_refused_and_a_node_goes_on_without_a_socket_nobody_asked_for()
    {
        var open = Directory.CreateDirectory(Path.Combine(_folder, "bta")).FullName;
        File.SetUnixFileMode(open, (UnixFileMode)0b111_101_101);
        await using var node = NodeHost.Start(new NodeOptions { Name = "alpha" });
        await using var without = await NodeEndpoints.Open(node, new EndpointOptions(), Logger.None);
        Assert.Null(without.Control);
        var refused = await Assert.ThrowsAsync<ControlException>(
            () =>
                NodeEndpoints.Open(
                    node, new EndpointOptions { Control = Path.Combine(open, "alpha.sock") }, Logger.None));
        Assert.Contains("chmod 700", refused.Message, StringComparison.Ordinal);
        var tooLong = await Assert.ThrowsAsync<ControlException>(
            () =>
                NodeEndpoints.Open(
                    node, new EndpointOptions { Control = Path.Combine(_folder, new string('x', 200), "a.sock") },
                    Logger.None));
        Assert.Contains("too long", tooLong.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../up")]
    [InlineData(".hidden")]
    [InlineData("a\"b")]
    [InlineData("")]
    public void A_name_that_would_be_a_path_or_a_setting_is_refused(string name) =>
        Assert.Contains(
            "cannot name a node",
            Assert.Throws<ClusterException>(() => NodeHost.Start(new NodeOptions { Name = name })).Message,
            StringComparison.Ordinal);

    [Fact]
    public async Task A_node_that_has_not_found_its_cluster_lives_and_is_not_ready()
    {
        await using var node = NodeHost.Start(new NodeOptions { Name = "alpha", Join = ["127.0.0.1:1"] });
        await using var endpoints = await NodeEndpoints.Open(node, new EndpointOptions { HealthPort = 0 }, Logger.None);
        using var http = new HttpClient();
        Assert.Equal(200, (int)(await http.GetAsync(new Uri(endpoints.Health + "/live"))).StatusCode);
        Assert.Equal(503, (int)(await http.GetAsync(new Uri(endpoints.Health + "/ready"))).StatusCode);
    }

    static (int Code, bool Found) Says(string words, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = new CommandLine(new Terminal(output, error, Live: false, Color: false)).Invoke(arguments);
        return (code, (output.ToString() + error).Contains(words, StringComparison.Ordinal));
    }
}
