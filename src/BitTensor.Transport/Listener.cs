using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using BitTensor.Protocol;
using BitTensor.Protocol.Wire;

namespace BitTensor.Transport;

/// <summary>
/// Accepts the links of other nodes. A connection must prove its node within
/// <see cref="MeshOptions.HandshakeTimeout"/>. One connection per node stays open, the newest. A stranger's bytes cost
/// at most a counted refusal.
/// </summary>
public sealed class Listener : IAsyncDisposable
{
    readonly MeshOptions _options;
    readonly WireTable _table;
    readonly WireOutcomes _outcomes;
    readonly Action<Inbound> _deliver;
    readonly Socket _socket;
    readonly CancellationTokenSource _stop = new();
    readonly ConcurrentDictionary<string, Session> _sessions = new();
    readonly ConcurrentDictionary<string, (CancellationTokenSource Stop, Task Ended)> _current = new();
    readonly ConcurrentDictionary<Task, bool> _connections = new();
    readonly HalfOpen _half;
    readonly Task _accepting;

    /// <summary>Listens at <paramref name="endpoint"/>; port 0 takes any free one.</summary>
    /// <exception cref="ArgumentException">
    /// The address is beyond loopback and the options hold no identity for TLS.
    /// </exception>
    /// <exception cref="SocketException">The address cannot be listened at.</exception>
    public Listener(
        IPEndPoint endpoint, MeshOptions options, WireTable table, WireOutcomes outcomes, Action<Inbound> deliver)
    {
        if (options.Identity is null && !IPAddress.IsLoopback(endpoint.Address))
        {
            throw new ArgumentException(
                $"{endpoint} is beyond loopback: make certificates and start with them, or listen at 127.0.0.1.");
        }
        _options = options;
        _table = table;
        _outcomes = outcomes;
        _deliver = deliver;
        _half = new HalfOpen(options.MaxHalfOpenBytes);
        _socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _socket.Bind(endpoint);
        _socket.Listen(512);
        Endpoint = (IPEndPoint)_socket.LocalEndPoint!;
        _accepting = Task.Run(Accept);
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Endpoint { get; }

    /// <summary>Connections that are open.</summary>
    public int Connections => _connections.Count;

    /// <summary>
    /// Sends every peer the counts of received messages since the last call. The owner's clock calls it at intervals: a
    /// peer that sends little would otherwise count received messages as lost when its link closes.
    /// </summary>
    public void Tend()
    {
        foreach (var session in _sessions.Values)
        {
            session.Tend();
        }
    }

    /// <summary>The process of a node whose link is open here, or was open last; null without one.</summary>
    public long? SessionOf(string node) => _sessions.GetValueOrDefault(node)?.Id;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _socket.Dispose();
        await _accepting;
        await Task.WhenAll(_connections.Keys);
        _stop.Dispose();
    }

    async Task Accept()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var socket = await _socket.AcceptAsync(_stop.Token);
                if (_connections.Count >= _options.MaxConnections)
                {
                    _outcomes.Note(WireRefusal.TooMany, $"{_connections.Count} connections are open");
                    socket.Dispose();
                    continue;
                }
                Serve(socket);
            }
            catch (Exception ended) when (OutgoingLink.IsTrouble(ended))
            {
                // A peer left right after it connected, or listening ended.
            }
        }
    }

    void Serve(Socket socket)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _connections[ended.Task] = true;
        Serve(socket, ended);
    }

    /// <summary>
    /// Runs unawaited. A failure that no peer caused is a fault of this program and ends it with its stack trace.
    /// </summary>
    async void Serve(Socket socket, TaskCompletionSource ended)
    {
        await Task.Yield();
        var who = socket.RemoteEndPoint;
        try
        {
            using (socket)
            {
                socket.NoDelay = true;
                await using var stream = new NetworkStream(socket, ownsSocket: false);
                await Serve(stream, ended.Task);
            }
        }
        catch (WireException refused)
        {
            _outcomes.Note(refused.Reason, $"{who}: {refused.Message}");
        }
        catch (System.Security.Authentication.AuthenticationException refused)
        {
            _outcomes.Note(WireRefusal.WrongNode, $"{who}: {refused.Message}");
        }
        catch (Exception broken) when (OutgoingLink.IsTrouble(broken))
        {
            // The peer went away and will reconnect.
        }
        finally
        {
            _connections.TryRemove(ended.Task, out _);
            ended.SetResult();
        }
    }

    async Task Serve(Stream plain, Task ended)
    {
        using var connection = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(connection.Token);
        patience.CancelAfter(_options.HandshakeTimeout);
        Stream stream = plain;
        string? certified = null;
        HelloBody hello;
        PipeReader reader;
        try
        {
            if (_options.Identity is { } identity)
            {
                var secure = new SslStream(plain);
                await secure.AuthenticateAsServerAsync(identity.ServerOptions(), patience.Token);
                certified = NodeIdentity.NameIn((X509Certificate2)secure.RemoteCertificate!);
                stream = secure;
            }
            reader = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 4 * WireLimits.ChunkBytes));
            hello = await Handshake.ReadHello(reader, patience.Token);
        }
        catch (OperationCanceledException) when (!_stop.IsCancellationRequested)
        {
            throw new WireException(
                WireRefusal.TooSlow, $"no handshake within {_options.HandshakeTimeout.TotalSeconds} s");
        }
        catch (WireException refused)
        {
            await Refuse(stream, refused);
            throw;
        }
        await Receive(stream, reader, hello, certified, connection, ended);
    }

    async Task Receive(
        Stream stream, PipeReader reader, HelloBody hello, string? certified, CancellationTokenSource connection,
        Task ended)
    {
        var mine = (connection, ended);
        try
        {
            if (certified is not null && certified != hello.Node)
            {
                throw new WireException(
                    WireRefusal.WrongNode, $"the certificate of '{certified}' does not speak for '{hello.Node}'");
            }
            await Replace(hello.Node, mine);
            if (_sessions.Count >= _options.MaxNodes && !_sessions.ContainsKey(hello.Node))
            {
                throw new WireException(
                    WireRefusal.TooMany, $"{_sessions.Count} nodes are known; node '{hello.Node}' is not one of them");
            }
            var session = _sessions.AddOrUpdate(
                hello.Node, _ => new Session(hello.Session),
                (_, known) => known.Id == hello.Session ? known : new Session(hello.Session));
            var welcome = new WelcomeBody
            {
                Major = WireLimits.Major, Minor = WireLimits.Minor, Node = _options.Node, Received = session.Received,
                Window = _options.WindowBytes,
            };
            await stream.WriteAsync(Handshake.Bytes(FrameKind.Welcome, welcome), connection.Token);
            await new Incoming(hello.Node, session, _options, _table, _outcomes, _half, _deliver).Receive(
                stream, reader, connection.Token);
        }
        catch (WireException refused)
        {
            await Refuse(stream, refused);
            throw;
        }
        finally
        {
            _current.TryRemove(new KeyValuePair<string, (CancellationTokenSource, Task)>(hello.Node, mine));
        }
    }

    /// <summary>
    /// Ends the node's older connection before the newer one starts: one connection at a time receives a session.
    /// </summary>
    async Task Replace(string node, (CancellationTokenSource Stop, Task Ended) mine)
    {
        while (!_current.TryAdd(node, mine))
        {
            if (_current.TryGetValue(node, out var older))
            {
                await older.Stop.CancelAsync();
                await older.Ended;
            }
        }
    }

    static async Task Refuse(Stream stream, WireException refused)
    {
        try
        {
            await stream.WriteAsync(Handshake.Bytes(
                FrameKind.Refused, new RefusedBody { Reason = (int)refused.Reason, Text = refused.Message }));
        }
        catch (Exception ended) when (OutgoingLink.IsTrouble(ended))
        {
            // The peer did not wait for the answer.
        }
    }
}
