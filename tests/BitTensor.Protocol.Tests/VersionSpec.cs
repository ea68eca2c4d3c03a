using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using BitTensor.Protocol;
using BitTensor.Transport;
using Google.Protobuf;
using Xunit;

namespace BitTensor.Protocol.Tests;

/// <summary>Nodes of different versions: minors talk, majors refuse and say why.</summary>
public sealed class VersionSpec
{
    const string Remedy = "run the same major version on every node";

    [Fact]
    public async Task A_newer_minor_version_is_understood_as_far_as_this_one_goes()
    {
        await using var node = new TestNode("b");
        using var newer = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await newer.ConnectAsync(node.Listener.Endpoint);
        await newer.SendAsync(
            (byte[])[.. Frame.Magic, .. Handshake.Bytes(FrameKind.Hello, WithMore(Hello(WireLimits.Major)))]);
        var welcome = await Handshake.ReadWelcome(PipeReader.Create(new NetworkStream(newer)), default);
        Assert.Equal((WireLimits.Major, WireLimits.Minor, "b"), (welcome.Major, welcome.Minor, welcome.Node));
        var known = WithMore(new Wire.SubmissionAcceptedBody { Neuron = 3, Block = 4 }).ToByteArray();
        await newer.SendAsync(Message(manifest: 9999, [1, 2, 3]));
        await newer.SendAsync(Message(manifest: 6, known));
        Assert.Equal(WireRefusal.UnknownManifest, await node.NextRefusal());
        Assert.Equal(new LedgerMessage.SubmissionAccepted(3, 4), (await node.Next()).Message);
    }

    [Fact]
    public async Task Another_major_version_that_dials_is_told_both_versions_and_what_to_do()
    {
        await using var node = new TestNode("b");
        using var other = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await other.ConnectAsync(node.Listener.Endpoint);
        await other.SendAsync(
            (byte[])[.. Frame.Magic, .. Handshake.Bytes(FrameKind.Hello, Hello(WireLimits.Major + 1))]);
        var answer = PipeReader.Create(new NetworkStream(other));
        var refused = await Assert.ThrowsAsync<WireException>(() => Handshake.ReadWelcome(answer, default));
        Assert.Equal(WireRefusal.WrongVersion, refused.Reason);
        Assert.Contains(
            $"node 'a' speaks version 2.99, this node {WireLimits.Major}.{WireLimits.Minor}: {Remedy}", refused.Message,
            StringComparison.Ordinal);
        Assert.Equal(WireRefusal.WrongVersion, await node.NextRefusal());
    }

    [Fact]
    public async Task A_link_that_finds_another_major_version_says_so_and_sends_it_nothing()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var node = new TestNode("a");
        var link = new OutgoingLink(node.Options, "b", listener.LocalEndpoint, (_, _) => { });
        link.Send(new LedgerMessage.SubmissionAccepted(1, 2));
        link.Tend();
        using var other = await listener.AcceptSocketAsync();
        await Handshake.ReadHello(PipeReader.Create(new NetworkStream(other)), default);
        await other.SendAsync(Handshake.Bytes(
            FrameKind.Welcome, new Wire.WelcomeBody { Major = 2, Minor = 5, Node = "b", Window = 1 << 20 }));
        Assert.Equal(0, await other.ReceiveAsync(new byte[100]));
        await link.DisposeAsync();
        Assert.Equal(WireRefusal.WrongVersion, Assert.IsType<WireException>(link.Trouble).Reason);
        Assert.Contains(Remedy, link.Trouble!.Message, StringComparison.Ordinal);
    }

    static Wire.HelloBody Hello(int major) => new() { Major = major, Minor = 99, Node = "a", Session = 1 };

    /// <summary>The body as a later version would send it: with a field that this one does not know.</summary>
    static T WithMore<T>(T body)
        where T : IMessage<T>, new()
    {
        var later = new T();
        later.MergeFrom([.. body.ToByteArray(), 0xF8, 0x3F, 7]);
        return later;
    }

    static byte[] Message(ushort manifest, byte[] body)
    {
        byte[] data = [
            .. BitConverter.GetBytes(manifest), .. new byte[8], .. BitConverter.GetBytes(body.Length), .. body,
        ];
        var frame = new byte[data.Length + 64];
        return frame[..Frame.WriteChunk(frame, data.Length, 0, data)];
    }
}
