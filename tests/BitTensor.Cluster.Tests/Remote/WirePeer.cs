using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Threading.Channels;
using BitTensor.Cluster;
using BitTensor.Protocol;
using BitTensor.Transport;

namespace BitTensor.Cluster.Tests;

/// <summary>Certificates of three nodes under one authority, in a folder of their own.</summary>
sealed class WireCertificates : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public WireCertificates(params string[] nodes)
    {
        Certificates.MakeAuthority(Folder, DateTimeOffset.UtcNow - TimeSpan.FromDays(1), TimeSpan.FromDays(2));
        foreach (var node in nodes)
        {
            Certificates.MakeNode(Folder, node, ["127.0.0.1"], DateTimeOffset.UtcNow, TimeSpan.FromDays(1));
        }
    }

    public string Folder => _folder.Path;

    public NodeIdentity Of(string node) => Certificates.Load(Folder, node);

    public void Dispose() => _folder.Dispose();
}

/// <summary>
/// Another node of the cluster as the wire sees it: it has a certificate, hears what is sent to it, and sends what it
/// likes.
/// </summary>
sealed class WirePeer : IAsyncDisposable
{
    /// <summary>Nobody dials again in these stories: a slow machine gets its time.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    readonly Channel<object> _heard = Channel.CreateUnbounded<object>();
    readonly MeshOptions _options;
    readonly NodePlace _node;
    readonly OutgoingLink _link;
    readonly Listener _listener;
    readonly List<Stream> _forged = [];

    public WirePeer(NodeIdentity identity, NodePlace node)
    {
        _node = node;
        _options = new MeshOptions
        {
            Node = identity.Name,
            Session = 1,
            Identity = identity,
            HandshakeTimeout = Patience,
        };
        _listener = new Listener(
            new IPEndPoint(IPAddress.Loopback, 0), _options, ControlCodecs.Links, new WireOutcomes((_, _) => { }),
            m => _heard.Writer.TryWrite(m.Message));
        Place = new NodePlace(identity.Name, "127.0.0.1", _listener.Endpoint.Port);
        _link = new OutgoingLink(_options, node.Name, Endpoint, (_, _) => { });
        _link.Tend();
    }

    public NodePlace Place { get; }

    IPEndPoint Endpoint => new(IPAddress.Parse(_node.Host), _node.Port);

    public void Says(int from, int to, object message) =>
        _link.TrySend(ControlCodecs.Links.Of(message), message, TensorEncoding.Float32, to, from);

    /// <summary>The next message of a kind; waits for it.</summary>
    public async Task<T> Hears<T>()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            if (await _heard.Reader.ReadAsync(patience.Token) is T message)
            {
                return message;
            }
        }
    }

    /// <summary>Opens a connection of its own, is let in, and sends bytes that no link would.</summary>
    public async Task Breaks(params byte[][] frames)
    {
        await using var stream = await Admitted();
        foreach (var frame in frames)
        {
            await stream.WriteAsync(frame);
        }
        // Until the node says no, or what was sent has been looked at.
        var answer = new byte[256];
        while (await stream.ReadAsync(answer) > 0)
        {
        }
    }

    /// <summary>
    /// Sends one message as bytes on the link's own terms: whole, with the right hash, and a body nobody would write.
    /// </summary>
    public async Task Forges(ushort manifest, byte[] body)
    {
        var stream = await Admitted();
        byte[] data = [
            .. BitConverter.GetBytes(manifest), .. BitConverter.GetBytes(1), .. BitConverter.GetBytes(0),
            .. BitConverter.GetBytes(body.Length), .. body,
        ];
        await stream.WriteAsync(Chunk(data.Length, 0, data));
        _forged.Add(stream);
    }

    public static byte[] Chunk(int total, int offset, byte[] data)
    {
        var bytes = new byte[data.Length + 64];
        return bytes[..Frame.WriteChunk(bytes, total, offset, data)];
    }

    public async ValueTask DisposeAsync()
    {
        _forged.ForEach(s => s.Dispose());
        await _link.DisposeAsync();
        await _listener.DisposeAsync();
    }

    async Task<Stream> Admitted()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(Endpoint);
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        await stream.AuthenticateAsClientAsync(_options.Identity!.ClientOptions(_node.Name));
        await stream.WriteAsync(Handshake.Hello(_options.Node, session: 2));
        await Handshake.ReadWelcome(PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true)), default);
        return stream;
    }
}
