using System.Globalization;
using System.Net;
using BitTensor.Cluster;
using Microsoft.AspNetCore.Http;
using Serilog;

namespace BitTensor.Operations;

/// <summary>A node's control socket, health port and metrics export, for as long as it runs.</summary>
public sealed class NodeEndpoints : IAsyncDisposable
{
    readonly List<HttpEndpoint> _servers = [];
    IDisposable? _telemetry;

    NodeEndpoints() { }

    /// <summary>Path of the control socket; null without one.</summary>
    public string? Control { get; private set; }

    /// <summary>Address of the health port; null without one.</summary>
    public string? Health { get; private set; }

    /// <summary>
    /// Opens the endpoints of the options. Without a requested path, the control socket opens by default and is left
    /// out where it cannot open.
    /// </summary>
    /// <exception cref="ControlException">The requested control socket cannot be opened.</exception>
    /// <exception cref="IOException">The health port is taken.</exception>
    public static async Task<NodeEndpoints> Open(NodeHost host, EndpointOptions options, ILogger log)
    {
        var opened = new NodeEndpoints();
        try
        {
            await opened.OpenControl(host, options.Control, log);
            if (options.HealthPort is { } port)
            {
                await opened.OpenHealth(host.Console, new IPEndPoint(options.HealthHost, port));
            }
            opened._telemetry = Telemetry.Start(host.Name, options.Otlp);
            return opened;
        }
        catch
        {
            await opened.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }
        if (Control is { } path)
        {
            File.Delete(path);
        }
        _telemetry?.Dispose();
    }

    async Task OpenControl(NodeHost host, string? wished, ILogger log)
    {
        try
        {
            var path = ControlSocket.Prepare(wished, host.Name);
            _servers.Add(await HttpEndpoint.Open(
                ControlSocket.EndpointOf(path), context => ControlRequests.Answer(context, host.Console),
                _ => ControlSocket.Close(path)));
            Control = path;
        }
        catch (Exception failure) when (
            wished is null && failure is ControlException or IOException or UnauthorizedAccessException)
        {
            log.Warning("This node cannot be asked by `bta cluster`: {Why}", failure.Message);
        }
    }

    async Task OpenHealth(NodeConsole console, IPEndPoint at)
    {
        IPEndPoint? bound = null;
        _servers.Add(await HttpEndpoint.Open(
            at, context => Healthy(context, console), where => bound = (IPEndPoint)where));
        Health = string.Create(CultureInfo.InvariantCulture, $"http://{bound}");
    }

    static async Task Healthy(HttpContext context, NodeConsole console)
    {
        var health = console.Health();
        bool? well = (context.Request.Method, context.Request.Path.Value) switch
        {
            ("GET" or "HEAD", "/live") => health.Live,
            ("GET" or "HEAD", "/ready") => health.Ready,
            _ => null,
        };
        context.Response.StatusCode = well switch
        {
            true => StatusCodes.Status200OK,
            false => StatusCodes.Status503ServiceUnavailable,
            null => StatusCodes.Status404NotFound,
        };
        if (well is not null)
        {
            await context.Response.WriteAsJsonAsync(health, OperationsJson.Default.NodeHealth);
        }
    }
}
