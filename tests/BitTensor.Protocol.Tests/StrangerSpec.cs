using System.Net.Sockets;
using System.Text;
using BitTensor.Protocol;
using BitTensor.Transport;
using Xunit;

namespace BitTensor.Protocol.Tests;

/// <summary>
/// Whoever comes to a node's port and is not one of its cluster: each is refused by name, and the node goes on.
/// </summary>
public sealed class StrangerSpec : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("bta-certs-").FullName;

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: node\r\n\r\n", WireRefusal.NotTheProtocol)]
    [InlineData("\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008", WireRefusal.NotTheProtocol)]
    [InlineData("BTAW\u00ff\u00ff\u00ff\u007f\u0001", WireRefusal.TooLarge)]
    [InlineData("BTAW\u0005\0\0\0\u0004aaaa", WireRefusal.BadFrame)]
    [InlineData("BTAW\u0005\0\0\0\u0001\u00ff\u00ff\u00ff\u00ff", WireRefusal.BadBody)]
    [InlineData("BTAW", WireRefusal.TooSlow)]
    [InlineData("", WireRefusal.TooSlow)]
    public async Task Bytes_that_are_no_handshake_are_refused_by_name(string bytes, WireRefusal expected)
    {
        await using var node = new TestNode(
            "b", change: o => o with { HandshakeTimeout = TimeSpan.FromMilliseconds(500) });
        using var stranger = await Connect(node);
        await stranger.SendAsync(Encoding.Latin1.GetBytes(bytes));
        Assert.Equal(expected, await node.NextRefusal());
        await StillServes(node);
    }

    [Theory]
    [MemberData(nameof(BadFrames))]
    public async Task A_peer_that_breaks_the_rules_is_refused_by_name_and_what_it_sent_is_no_message(
        string what, byte[] frame, WireRefusal expected)
    {
        Assert.NotEmpty(what);
        await using var node = new TestNode("b");
        using var peer = await Connect(node);
        await peer.SendAsync(Handshake.Hello("a", 1));
        Assert.Equal(FrameKind.Welcome, await AnswerOf(peer));
        await peer.SendAsync(frame);
        Assert.Equal(expected, await node.NextRefusal());
        await StillServes(node);
    }

    public static TheoryData<string, byte[], WireRefusal> BadFrames()
    {
        var damaged = Chunk(100, 0, new byte[100]);
        damaged[^1] ^= 1;
        return new TheoryData<string, byte[], WireRefusal>
        {
            { "oversized frame", [0xff, 0xff, 0xff, 0x7f, 4], WireRefusal.TooLarge },
            { "oversized message", Chunk(WireLimits.MessageBytes + 1, 0, new byte[100]), WireRefusal.TooLarge },
            { "a chunk that does not follow", Chunk(100, 50, new byte[50]), WireRefusal.BadChunk },
            { "a damaged chunk", damaged, WireRefusal.BadHash },
            { "a frame of no kind", [1, 0, 0, 0, 77], WireRefusal.BadFrame },
            { "an unknown manifest", Chunk(20, 0, [0xff, 0xff, .. new byte[18]]), WireRefusal.UnknownManifest },
            { "a forward whose tensor claims 2^40 numbers", Chunk(Claim().Length, 0, Claim()), WireRefusal.BadPayload },
        };
    }

    [Fact]
    public async Task A_crowd_that_says_nothing_keeps_nobody_out_for_longer_than_the_handshake_may_take()
    {
        await using var node = new TestNode(
            "b", change: o => o with { HandshakeTimeout = TimeSpan.FromSeconds(1), MaxConnections = 16 });
        var crowd = new List<Socket>();
        for (var k = 0; k < 1000; k++)
        {
            crowd.Add(await Connect(node));
        }
        await using var friend = new TestNode("a");
        var link = friend.LinkTo(node);
        link.Send(new LedgerMessage.SubmissionAccepted(1, 2));
        var next = node.Next();
        while (!next.IsCompleted)
        {
            link.Tend();
            await Task.WhenAny(next, Task.Delay(50));
        }
        Assert.Equal(new LedgerMessage.SubmissionAccepted(1, 2), (await next).Message);
        Assert.True(node.Outcomes[WireRefusal.TooMany] > 0);
        crowd.ForEach(s => s.Dispose());
    }

    [Fact]
    public async Task Messages_that_are_never_finished_hold_no_more_than_their_share()
    {
        const int Share = 1 << 20;
        await using var node = new TestNode("b", change: o => o with { MaxHalfOpenBytes = 4 * Share });
        var hoarders = new List<Socket>();
        for (var k = 0; k < 5; k++)
        {
            hoarders.Add(await Connect(node));
            await hoarders[k].SendAsync(Handshake.Hello($"hoarder-{k}", 1));
            await Hoard(hoarders[k], Share);
        }
        Assert.Equal(WireRefusal.TooMany, await node.NextRefusal());
        await StillServes(node);
        hoarders.ForEach(s => s.Dispose());
    }

    static async Task Hoard(Socket socket, int share)
    {
        try
        {
            for (var offset = 0; offset < share; offset += WireLimits.ChunkBytes)
            {
                await socket.SendAsync(Chunk(share + 1, offset, new byte[WireLimits.ChunkBytes]));
            }
        }
        catch (SocketException)
        {
            // Refused by now.
        }
    }

    [Fact]
    public async Task Names_beyond_those_that_are_remembered_are_refused_and_known_ones_come_back()
    {
        await using var node = new TestNode("b", change: o => o with { MaxNodes = 2 });
        foreach (
            var (name, kind) in new[] {
                ("a", FrameKind.Welcome), ("friend", FrameKind.Welcome), ("c", FrameKind.Refused),
                ("a", FrameKind.Welcome)})
        {
            using var peer = await Connect(node);
            await peer.SendAsync(Handshake.Hello(name, 1));
            Assert.Equal(kind, await AnswerOf(peer));
        }
        Assert.Equal(WireRefusal.TooMany, await node.NextRefusal());
        await StillServes(node);
    }

    [Fact]
    public void A_flood_of_refusals_is_counted_whole_and_told_in_part()
    {
        var told = 0;
        var outcomes = new WireOutcomes((_, _) => told++);
        for (var k = 0; k < 100_000; k++)
        {
            outcomes.Note(WireRefusal.NotTheProtocol, "noise");
        }
        // Ten lines, then one at every power of two.
        Assert.Equal((100_000, 10 + 13), (outcomes[WireRefusal.NotTheProtocol], told));
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("other-authority", false)]
    [InlineData("expired", false)]
    [InlineData("none", false)]
    [InlineData("wrong-name", false)]
    public async Task Only_a_certificate_of_the_pinned_authority_that_names_its_node_gets_in(string who, bool allowed)
    {
        var now = DateTimeOffset.UtcNow;
        var (ours, theirs) = (Path.Combine(_folder, "ours"), Path.Combine(_folder, "theirs"));
        Certificates.MakeAuthority(ours, now, TimeSpan.FromDays(1));
        Certificates.MakeAuthority(theirs, now, TimeSpan.FromDays(1));
        Certificates.MakeNode(ours, "a", [], now, TimeSpan.FromDays(1));
        Certificates.MakeNode(ours, "b", [], now, TimeSpan.FromDays(1));
        Certificates.MakeNode(theirs, "a", [], now, TimeSpan.FromDays(1));
        await using var node = new TestNode("b", Certificates.Load(ours, "b"));
        var identity = who switch
        {
            "other-authority" =>
                Certificates.Load(theirs, "a") with { Authority = Certificates.Load(ours, "b").Authority },
            "expired" => Expired(now),
            "none" => null,
            _ => Certificates.Load(ours, "a"),
        };
        await using var client = new TestNode(who == "wrong-name" ? "c" : "a", identity);
        var link = client.LinkTo(node);
        link.Send(new LedgerMessage.SubmissionAccepted(1, 2));
        if (allowed)
        {
            Assert.Equal("a", (await node.Next()).Node);
        }
        else
        {
            Assert.Equal(WireRefusal.WrongNode, await node.NextRefusal());
        }
    }

    [Fact]
    public void Keys_are_readable_by_their_owner_alone_and_one_that_is_not_is_not_used()
    {
        Certificates.MakeAuthority(_folder, DateTimeOffset.UtcNow, TimeSpan.FromDays(1));
        Certificates.MakeNode(_folder, "a", ["127.0.0.1"], DateTimeOffset.UtcNow, TimeSpan.FromDays(1));
        var key = Path.Combine(_folder, "a.key");
        Assert.Equal("a", Certificates.Load(_folder, "a").Name);
        Assert.Throws<CertificateException>(() =>
            Certificates.MakeAuthority(_folder, DateTimeOffset.UtcNow, TimeSpan.FromDays(1)));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(key));
            File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.OtherRead);
            Assert.Throws<CertificateException>(() => Certificates.Load(_folder, "a"));
        }
    }

    [Fact]
    public void Beyond_loopback_nobody_listens_without_certificates() =>
        Assert.Throws<ArgumentException>(() => new Listener(
            new(System.Net.IPAddress.Any, 0), new MeshOptions { Node = "a", Session = 1 }, TestNode.Table,
            new WireOutcomes((_, _) => { }), _ => { }));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    NodeIdentity Expired(DateTimeOffset now)
    {
        var folder = Path.Combine(_folder, "past");
        Certificates.MakeAuthority(folder, now - TimeSpan.FromDays(3), TimeSpan.FromDays(9));
        Certificates.MakeNode(folder, "b", [], now, TimeSpan.FromDays(1));
        var good = Certificates.Load(folder, "b");
        Certificates.MakeNode(folder, "a", [], now - TimeSpan.FromDays(2), TimeSpan.FromDays(1));
        return good with
        {
            Certificate = System.Security.Cryptography.X509Certificates.X509Certificate2.CreateFromPemFile(
                Path.Combine(folder, "a.pem"), Path.Combine(folder, "a.key")),
        };
    }

    static byte[] Chunk(int total, int offset, byte[] data)
    {
        var bytes = new byte[data.Length + 64];
        return bytes[..Frame.WriteChunk(bytes, total, offset, data)];
    }

    static byte[] Claim()
    {
        var body = new Wire.ForwardBody { Query = new(), Batch = new() { Rows = 1 << 20, Columns = 1 << 20 } };
        var bytes = Google.Protobuf.MessageExtensions.ToByteArray(body);
        return [1, 0, .. new byte[8], .. BitConverter.GetBytes(bytes.Length), .. bytes];
    }

    static async Task<Socket> Connect(TestNode node)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(node.Listener.Endpoint);
        return socket;
    }

    static async Task<FrameKind> AnswerOf(Socket socket)
    {
        var header = new byte[5];
        for (var read = 0; read < header.Length;)
        {
            var more = await socket.ReceiveAsync(header.AsMemory(read));
            Assert.True(more > 0, "the node closed the connection without a word");
            read += more;
        }
        return (FrameKind)header[4];
    }

    static async Task StillServes(TestNode node)
    {
        await using var friend = new TestNode("friend");
        friend.LinkTo(node).Send(new LedgerMessage.SubmissionAccepted(3, 4));
        Assert.Equal(new LedgerMessage.SubmissionAccepted(3, 4), (await node.Next()).Message);
    }
}
