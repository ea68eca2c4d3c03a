using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Serialization.Metadata;
using BitTensor.Cluster;

namespace BitTensor.Operations;

/// <summary>Client of one node's control socket.</summary>
public sealed class ControlClient : IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    readonly string _path;
    readonly SocketsHttpHandler _handler;
    readonly HttpClient _http;

    /// <summary>A client of the node at <paramref name="path"/>.</summary>
    /// <exception cref="ControlException">The path is longer than a socket's may be.</exception>
    public ControlClient(string path)
    {
        _path = path;
        var endpoint = ControlSocket.EndpointOf(path);
        _handler = new SocketsHttpHandler { ConnectCallback = (_, stop) => Connect(endpoint, stop) };
        _http = new HttpClient(_handler) { BaseAddress = new Uri("http://node"), Timeout = Patience };
    }

    /// <summary>Members, run and ledger.</summary>
    /// <exception cref="ControlException">The node does not answer, or has another version.</exception>
    public Task<ClusterView> Cluster() => Ask(HttpMethod.Get, "cluster", OperationsJson.Default.ClusterView);

    /// <summary>The placement of the neurons.</summary>
    /// <exception cref="ControlException">The node does not answer, or has another version.</exception>
    public Task<NeuronsView> Neurons() => Ask(HttpMethod.Get, "neurons", OperationsJson.Default.NeuronsView);

    /// <summary>The ledger.</summary>
    /// <exception cref="ControlException">The node does not answer, or has another version.</exception>
    public Task<LedgerReading> Ledger() => Ask(HttpMethod.Get, "ledger", OperationsJson.Default.LedgerReading);

    /// <summary>State and health of the node.</summary>
    /// <exception cref="ControlException">The node does not answer, or has another version.</exception>
    public Task<NodeHealth> Health() => Ask(HttpMethod.Get, "health", OperationsJson.Default.NodeHealth);

    /// <summary>Declares a member dead.</summary>
    /// <exception cref="ControlException">The node does not answer, or has another version.</exception>
    public Task<DownOutcome> Down(string node, bool force) =>
        Ask(
            HttpMethod.Post, $"down?node={Uri.EscapeDataString(node)}&force={(force ? "true" : "false")}",
            OperationsJson.Default.DownOutcome);

    /// <inheritdoc/>
    public void Dispose()
    {
        _http.Dispose();
        _handler.Dispose();
    }

    static async ValueTask<Stream> Connect(EndPoint endpoint, CancellationToken stop)
    {
#pragma warning disable CA2000 // The stream owns it, and without a stream it is disposed of below.
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
#pragma warning restore CA2000
        try
        {
            await socket.ConnectAsync(endpoint, stop);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    async Task<T> Ask<T>(HttpMethod method, string path, JsonTypeInfo<T> type)
    {
        try
        {
            using var request = new HttpRequestMessage(method, path);
            using var response = await _http.SendAsync(request);
            response.EnsureSuccessStatusCode();
            return (await response.Content.ReadFromJsonAsync(type))!;
        }
        catch (HttpRequestException failure)
        {
            throw new ControlException(
                $"The node at {_path} cannot be asked: {failure.InnerException?.Message ?? failure.Message}", failure);
        }
        catch (TaskCanceledException slow)
        {
            throw new ControlException(
                $"The node at {_path} has not answered within {Patience.TotalSeconds:0} s: is its process stopped?",
                slow);
        }
    }
}
