using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace BitTensor.Operations;

/// <summary>
/// A small HTTP/1.1 server at one address. Connections, headers, bodies and idle time are bounded, so that a stranger
/// costs little.
/// </summary>
sealed class HttpEndpoint : IAsyncDisposable
{
    const int MostConnections = 64;
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(1);

    readonly KestrelServer _server;
    readonly SocketTransportOptions _transport;

    HttpEndpoint(EndPoint at, Action<EndPoint> bound)
    {
        var options = new KestrelServerOptions { AddServerHeader = false };
        options.Limits.MaxConcurrentConnections = MostConnections;
        options.Limits.RequestHeadersTimeout = Patience;
        options.Limits.KeepAliveTimeout = Patience;
        options.Limits.MaxRequestHeadersTotalSize = 8192;
        options.Limits.MaxRequestBodySize = 0;
        options.Listen(at, listen => listen.Protocols = HttpProtocols.Http1);
        _transport = new SocketTransportOptions();
        var bind = _transport.CreateBoundListenSocket;
        _transport.CreateBoundListenSocket = where =>
        {
            var socket = bind(where);
            bound(socket.LocalEndPoint!);
            return socket;
        };
        _server = new KestrelServer(
            Options.Create(options), new SocketTransportFactory(Options.Create(_transport), NullLoggerFactory.Instance),
            NullLoggerFactory.Instance);
    }

    /// <summary>Serves at <paramref name="at"/> until disposed of.</summary>
    /// <param name="at">Address.</param>
    /// <param name="answer">Answers one request.</param>
    /// <param name="bound">Receives the bound address before the first connection.</param>
    /// <exception cref="IOException">The address is taken or cannot be bound.</exception>
    public static async Task<HttpEndpoint> Open(EndPoint at, RequestDelegate answer, Action<EndPoint> bound)
    {
        var endpoint = new HttpEndpoint(at, bound);
        try
        {
            await endpoint._server.StartAsync(new Application(answer), CancellationToken.None);
            return endpoint;
        }
        catch
        {
            endpoint._server.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(ClosePatience);
        await _server.StopAsync(patience.Token);
        _server.Dispose();
    }

    sealed class Application(RequestDelegate answer) : IHttpApplication<HttpContext>
    {
        public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

        public void DisposeContext(HttpContext context, Exception? exception) { }

        public Task ProcessRequestAsync(HttpContext context) => answer(context);
    }
}
