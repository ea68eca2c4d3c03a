using System.Net;
using System.Threading.Channels;
using BitTensor.Protocol;
using BitTensor.Transport;

namespace BitTensor.Protocol.Tests;

/// <summary>A node that listens and keeps what arrives.</summary>
sealed class TestNode : IAsyncDisposable
{
    readonly Channel<Inbound> _inbox = Channel.CreateUnbounded<Inbound>();
    readonly List<OutgoingLink> _links = [];

    public TestNode(
        string name, NodeIdentity? identity = null, Func<MeshOptions, MeshOptions>? change = null, long session = 1)
    {
        Options = new MeshOptions
        {
            Node = name,
            Session = session,
            Identity = identity,
            HandshakeTimeout = TimeSpan.FromSeconds(2),
        };
        Options = change?.Invoke(Options) ?? Options;
        Outcomes = new WireOutcomes((reason, text) => _refusals.Writer.TryWrite(reason));
        Listener = new Listener(
            new IPEndPoint(IPAddress.Loopback, 0), Options, Table, Outcomes, m => _inbox.Writer.TryWrite(m));
    }

    readonly Channel<WireRefusal> _refusals = Channel.CreateUnbounded<WireRefusal>();

    public static WireTable Table => WireEntries.Table;

    public MeshOptions Options { get; }

    public WireOutcomes Outcomes { get; }

    public Listener Listener { get; }

    public List<object> Lost { get; } = [];

    public OutgoingLink LinkTo(TestNode other, string? name = null, IPEndPoint? at = null)
    {
        var link = new OutgoingLink(
            Options, name ?? other.Options.Node, at ?? other.Listener.Endpoint, (_, m) => Lost.Add(m));
        _links.Add(link);
        link.Tend();
        return link;
    }

    /// <summary>The next message; waits for it.</summary>
    public async Task<Inbound> Next() => await _inbox.Reader.ReadAsync(Patience());

    /// <summary>The next refusal; waits for it.</summary>
    public async Task<WireRefusal> NextRefusal() => await _refusals.Reader.ReadAsync(Patience());

    public async ValueTask DisposeAsync()
    {
        foreach (var link in _links)
        {
            await link.DisposeAsync();
        }
        await Listener.DisposeAsync();
    }

    static CancellationToken Patience() => new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token;
}

static class LinkExtensions
{
    public static SendOutcome Send(this OutgoingLink link, object message, int to = 1, int from = 0) =>
        link.TrySend(TestNode.Table.Of(message), message, TensorEncoding.Float32, to, from);
}
