using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Threading.Channels;
using BitTensor.Protocol;
using BitTensor.Protocol.Wire;

namespace BitTensor.Transport;

/// <summary>Result of an attempt to send.</summary>
public enum SendOutcome
{
    /// <summary>Accepted: the message arrives once, unless the peer's process or this one ends first.</summary>
    Queued,

    /// <summary>The peer's window is full: nothing was sent.</summary>
    NoCredit,

    /// <summary>The message is larger than any receiver takes: nothing was sent.</summary>
    TooLarge,

    /// <summary>The link is closed: nothing was sent.</summary>
    Unreachable,
}

/// <summary>
/// The link to one other node. It keeps messages until the peer has received them, so a broken connection neither loses
/// nor repeats any. Bytes in flight never exceed the peer's window. Sending never waits: a message that does not fit is
/// refused at once.
/// </summary>
public sealed class OutgoingLink : IAsyncDisposable
{
    const int StagingBytes = 4 * (WireLimits.ChunkBytes + 64);

    readonly MeshOptions _options;
    readonly EndPoint _endpoint;
    readonly Action<int, object> _lost;
    readonly CancellationTokenSource _stop = new();
    readonly Channel<bool> _work = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    readonly Lock _gate = new();
    readonly byte[] _staging = new byte[StagingBytes];
    LinkedList<Outgoing> _waiting = [];
    readonly Queue<Outgoing> _sent = new();
    long _received;
    long _queuedBytes;
    long _consumedBytes;
    int _window = WireLimits.WindowBytes;
    int _staged;
    bool _closed;
    Task _running = Task.CompletedTask;

    /// <summary>A link to node <paramref name="node"/>; nothing is dialled before <see cref="Tend"/>.</summary>
    /// <param name="options">This node.</param>
    /// <param name="node">Name of the peer; with TLS its certificate must say the same.</param>
    /// <param name="endpoint">Address at which the peer listens.</param>
    /// <param name="lost">Receives sender and message for each message that will not arrive.</param>
    public OutgoingLink(MeshOptions options, string node, EndPoint endpoint, Action<int, object> lost)
    {
        _options = options;
        _endpoint = endpoint;
        _lost = lost;
        Node = node;
    }

    /// <summary>Name of the peer.</summary>
    public string Node { get; }

    /// <summary>Reason why the last connection ended or failed; null while connected.</summary>
    public Exception? Trouble { get; private set; }

    /// <summary>The peer's window in bytes.</summary>
    public int WindowBytes => Volatile.Read(ref _window);

    /// <summary>Bytes queued or sent that the peer has not consumed.</summary>
    public long InFlightBytes
    {
        get
        {
            lock (_gate)
            {
                return _queuedBytes - _consumedBytes;
            }
        }
    }

    /// <summary>True while the connection is open, or being opened.</summary>
    public bool IsConnected
    {
        get
        {
            lock (_gate)
            {
                return !_running.IsCompleted && Trouble is null;
            }
        }
    }

    /// <summary>True while the peer has not acknowledged every message.</summary>
    public bool HasUnacknowledged
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count > 0 || _sent.Count > 0;
            }
        }
    }

    /// <summary>Dials when no connection is open or being opened. The owner's clock calls it at intervals.</summary>
    public void Tend()
    {
        lock (_gate)
        {
            if (!_closed && _running.IsCompleted)
            {
                _running = Task.Run(() => Run(_stop.Token));
            }
        }
    }

    /// <summary>
    /// Queues a message from address <paramref name="from"/> to address <paramref name="to"/> of the peer.
    /// </summary>
    public SendOutcome TrySend(WireEntry entry, object message, TensorEncoding encoding, int to, int from)
    {
        var outgoing = Outgoing.Of(entry, message, encoding, to, from);
        var outcome = outgoing.Length > WireLimits.MessageBytes ? SendOutcome.TooLarge : Enqueue(outgoing);
        if (outcome == SendOutcome.Queued)
        {
            _work.Writer.TryWrite(true);
        }
        else
        {
            outgoing.Release();
        }
        return outcome;
    }

    /// <summary>Closes the link and reports unreceived messages as lost.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _closed = true;
        }
        await _stop.CancelAsync();
        await _running;
        foreach (var outgoing in _sent.Concat(_waiting))
        {
            _lost(outgoing.From, outgoing.Message);
            outgoing.Release();
        }
        _sent.Clear();
        _waiting.Clear();
        _stop.Dispose();
    }

    SendOutcome Enqueue(Outgoing outgoing)
    {
        lock (_gate)
        {
            if (_closed)
            {
                return SendOutcome.Unreachable;
            }
            if (_queuedBytes - _consumedBytes + outgoing.Length > _window)
            {
                return SendOutcome.NoCredit;
            }
            _queuedBytes += outgoing.Length;
            _waiting.AddLast(outgoing);
            return SendOutcome.Queued;
        }
    }

    async Task Run(CancellationToken stop)
    {
        try
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            using var connection = CancellationTokenSource.CreateLinkedTokenSource(stop);
            await using var stream = await Connect(socket, connection.Token);
            var reader = PipeReader.Create(stream);
            Resume(await Greet(stream, reader, connection.Token));
            Trouble = null;
            await Task.WhenAll(ReadGrants(reader, connection), WriteMessages(stream, connection));
        }
        catch (Exception failure) when (IsTrouble(failure))
        {
            Trouble = failure;
        }
    }

    async Task<Stream> Connect(Socket socket, CancellationToken stop)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(_options.HandshakeTimeout);
        await socket.ConnectAsync(_endpoint, patience.Token);
        Stream stream = new NetworkStream(socket, ownsSocket: false);
        if (_options.Identity is { } identity)
        {
            var secure = new SslStream(stream);
            await secure.AuthenticateAsClientAsync(identity.ClientOptions(Node), patience.Token);
            stream = secure;
        }
        return stream;
    }

    async Task<WelcomeBody> Greet(Stream stream, PipeReader reader, CancellationToken stop)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(_options.HandshakeTimeout);
        await stream.WriteAsync(Handshake.Hello(_options.Node, _options.Session), patience.Token);
        var welcome = await Handshake.ReadWelcome(reader, patience.Token);
        return welcome.Node == Node
            ? welcome
            : throw new WireException(
                WireRefusal.WrongNode, $"node '{welcome.Node}' answers at the address of '{Node}'");
    }

    /// <summary>Sends messages first that the peer has not received over earlier connections.</summary>
    void Resume(WelcomeBody welcome)
    {
        lock (_gate)
        {
            _window = Math.Min(welcome.Window, WireLimits.WindowBytes);
            Forget(welcome.Received);
            _waiting = new LinkedList<Outgoing>(_sent.Concat(_waiting));
            _sent.Clear();
        }
    }

    async Task ReadGrants(PipeReader reader, CancellationTokenSource connection)
    {
        try
        {
            while (true)
            {
                var read = await reader.ReadAsync(connection.Token);
                var buffer = read.Buffer;
                while (Incoming.TryFrame(ref buffer, Frame.HandshakeBytes, out var kind, out var content))
                {
                    Take(kind, content);
                }
                reader.AdvanceTo(buffer.Start, buffer.End);
                if (read.IsCompleted)
                {
                    throw new IOException($"node '{Node}' closed the connection");
                }
            }
        }
        finally
        {
            await connection.CancelAsync();
        }
    }

    void Take(FrameKind kind, in System.Buffers.ReadOnlySequence<byte> content)
    {
        if (kind == FrameKind.Refused)
        {
            throw Handshake.Refusal(RefusedBody.Parser.ParseFrom(content));
        }
        if (kind != FrameKind.Grant || content.Length != 16)
        {
            throw new WireException(WireRefusal.BadFrame, $"{kind} of {content.Length} bytes where a grant is due");
        }
        Span<byte> numbers = stackalloc byte[16];
        System.Buffers.BuffersExtensions.CopyTo(content, numbers);
        lock (_gate)
        {
            Forget(BinaryPrimitives.ReadInt64LittleEndian(numbers));
            _consumedBytes = Math.Clamp(
                BinaryPrimitives.ReadInt64LittleEndian(numbers[8..]), _consumedBytes, _queuedBytes);
        }
    }

    void Forget(long received)
    {
        for (; _received < received && _sent.TryDequeue(out var outgoing); _received++)
        {
            outgoing.Release();
        }
    }

    async Task WriteMessages(Stream stream, CancellationTokenSource connection)
    {
        try
        {
            _staged = 0;
            while (true)
            {
                while (Next() is { } outgoing)
                {
                    await Stage(stream, outgoing, connection.Token);
                }
                await Flush(stream, connection.Token);
                await _work.Reader.ReadAsync(connection.Token);
            }
        }
        finally
        {
            await connection.CancelAsync();
        }
    }

    Outgoing? Next()
    {
        lock (_gate)
        {
            if (_waiting.First?.Value is not { } outgoing)
            {
                return null;
            }
            _waiting.RemoveFirst();
            _sent.Enqueue(outgoing);
            return outgoing;
        }
    }

    async ValueTask Stage(Stream stream, Outgoing outgoing, CancellationToken stop)
    {
        for (var offset = 0; offset < outgoing.Length;)
        {
            var length = Math.Min(WireLimits.ChunkBytes, outgoing.Length - offset);
            if (_staged + Frame.HeaderBytes + Frame.ChunkHeaderBytes + length > _staging.Length)
            {
                await Flush(stream, stop);
            }
            outgoing.CopyTo(offset, Frame.DataOf(_staging.AsSpan(_staged), length));
            _staged += Frame.SealChunk(_staging.AsSpan(_staged), outgoing.Length, offset, length);
            offset += length;
        }
    }

    async ValueTask Flush(Stream stream, CancellationToken stop)
    {
        if (_staged > 0)
        {
            await stream.WriteAsync(_staging.AsMemory(0, _staged), stop);
            _staged = 0;
        }
    }

    internal static bool IsTrouble(Exception failure) =>
        failure is IOException or SocketException or OperationCanceledException or WireException
            or System.Security.Authentication.AuthenticationException
            or Google.Protobuf.InvalidProtocolBufferException or ObjectDisposedException;
}
