using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using BitTensor.Protocol;
using BitTensor.Protocol.Wire;
using Google.Protobuf;

namespace BitTensor.Transport;

/// <summary>Reads and writes the frames other than chunks.</summary>
static class Handshake
{
    public static byte[] Bytes(FrameKind kind, IMessage body)
    {
        var bytes = new byte[Frame.HeaderBytes + body.CalculateSize()];
        Frame.WriteHeader(bytes, kind, bytes.Length - Frame.HeaderBytes);
        body.WriteTo(bytes.AsSpan(Frame.HeaderBytes));
        return bytes;
    }

    public static byte[] Hello(string node, long session)
    {
        var hello = new HelloBody
        {
            Major = WireLimits.Major,
            Minor = WireLimits.Minor,
            Node = node,
            Session = session,
        };
        return [.. Frame.Magic, .. Bytes(FrameKind.Hello, hello)];
    }

    public static byte[] Grant(long received, long consumed)
    {
        var bytes = new byte[Frame.HeaderBytes + 16];
        Frame.WriteHeader(bytes, FrameKind.Grant, 16);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(Frame.HeaderBytes), received);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(Frame.HeaderBytes + 8), consumed);
        return bytes;
    }

    /// <summary>Reads the first bytes of a connection and the hello behind them.</summary>
    /// <exception cref="WireException">The peer speaks another protocol, or another major version.</exception>
    public static async Task<HelloBody> ReadHello(PipeReader reader, CancellationToken stop)
    {
        var read = await reader.ReadAtLeastAsync(Frame.Magic.Length, stop);
        if (read.Buffer.Length < Frame.Magic.Length || !StartsWithMagic(read.Buffer))
        {
            throw new WireException(WireRefusal.NotTheProtocol, "the first bytes are not the protocol's");
        }
        reader.AdvanceTo(read.Buffer.GetPosition(Frame.Magic.Length));
        var hello = await ReadBody(reader, HelloBody.Parser, FrameKind.Hello, stop);
        CheckVersion(hello.Node, hello.Major, hello.Minor);
        return hello;
    }

    /// <summary>Reads the answer to a hello.</summary>
    /// <exception cref="WireException">The peer refuses, or speaks another protocol or major version.</exception>
    public static async Task<WelcomeBody> ReadWelcome(PipeReader reader, CancellationToken stop)
    {
        var welcome = await ReadBody(reader, WelcomeBody.Parser, FrameKind.Welcome, stop);
        CheckVersion(welcome.Node, welcome.Major, welcome.Minor);
        return welcome;
    }

    static void CheckVersion(string node, int major, int minor)
    {
        if (major != WireLimits.Major)
        {
            throw new WireException(
                WireRefusal.WrongVersion,
                $"node '{node}' speaks version {major}.{minor}, this node {WireLimits.Major}.{WireLimits.Minor}: run "
                + "the same major version on every node");
        }
    }

    static async Task<T> ReadBody<T>(
        PipeReader reader, MessageParser<T> parser, FrameKind wanted, CancellationToken stop)
        where T : IMessage<T>
    {
        var read = await reader.ReadAtLeastAsync(Frame.HeaderBytes, stop);
        var (length, kind) = Header(read.Buffer);
        if (length is < 1 or > Frame.HandshakeBytes)
        {
            throw new WireException(WireRefusal.TooLarge, $"a handshake of {length} bytes");
        }
        reader.AdvanceTo(read.Buffer.Start);
        read = await reader.ReadAtLeastAsync(4 + length, stop);
        if (read.Buffer.Length < 4 + length)
        {
            throw new WireException(WireRefusal.BadFrame, "the connection ended within its handshake");
        }
        var content = read.Buffer.Slice(Frame.HeaderBytes, length - 1);
        try
        {
            return kind == wanted ? parser.ParseFrom(content)
                : kind == FrameKind.Refused ? throw Refusal(RefusedBody.Parser.ParseFrom(content))
                : throw new WireException(WireRefusal.BadFrame, $"{kind} where {wanted} is due");
        }
        catch (InvalidProtocolBufferException damage)
        {
            throw new WireException(WireRefusal.BadBody, damage.Message, damage);
        }
        finally
        {
            reader.AdvanceTo(read.Buffer.GetPosition(4 + length));
        }
    }

    /// <summary>The error of a peer's refusal.</summary>
    public static WireException Refusal(RefusedBody refused) =>
        new(
            Enum.IsDefined((WireRefusal)refused.Reason) ? (WireRefusal)refused.Reason : WireRefusal.BadFrame,
            $"refused by the peer: {refused.Text}");

    /// <summary>Length and kind of the frame at the start of a buffer that holds at least its header.</summary>
    /// <exception cref="WireException">The connection ended within the header.</exception>
    public static (int Length, FrameKind Kind) Header(in ReadOnlySequence<byte> buffer)
    {
        if (buffer.Length < Frame.HeaderBytes)
        {
            throw new WireException(WireRefusal.BadFrame, "the connection ended within a frame");
        }
        Span<byte> header = stackalloc byte[Frame.HeaderBytes];
        buffer.Slice(0, Frame.HeaderBytes).CopyTo(header);
        return (BinaryPrimitives.ReadInt32LittleEndian(header), (FrameKind)header[4]);
    }

    static bool StartsWithMagic(in ReadOnlySequence<byte> buffer)
    {
        Span<byte> first = stackalloc byte[4];
        buffer.Slice(0, 4).CopyTo(first);
        return first.SequenceEqual(Frame.Magic);
    }
}
