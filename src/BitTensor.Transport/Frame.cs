using System.Buffers.Binary;
using System.IO.Hashing;

namespace BitTensor.Transport;

/// <summary>
/// Kinds of frames. A frame is its length (uint32, without itself), its kind (uint8) and its content; little-endian.
/// </summary>
enum FrameKind : byte
{
    /// <summary>Dialling node: its name and session.</summary>
    Hello = 1,

    /// <summary>Listening node: the handshake is accepted.</summary>
    Welcome = 2,

    /// <summary>Listening node: refusal with its reason; the connection ends.</summary>
    Refused = 3,

    /// <summary>Dialling node: a part of a message.</summary>
    Chunk = 4,

    /// <summary>Listening node: messages received (int64) and bytes consumed (int64) since the session began.</summary>
    Grant = 5,
}

/// <summary>The fixed parts of frames.</summary>
static class Frame
{
    /// <summary>The first bytes of a connection, before any frame.</summary>
    public static ReadOnlySpan<byte> Magic => "BTAW"u8;

    /// <summary>Length and kind.</summary>
    public const int HeaderBytes = 5;

    /// <summary>Total (int32), offset (int32) and hash (uint64) of a chunk.</summary>
    public const int ChunkHeaderBytes = 16;

    /// <summary>Manifest (uint16), receiver (int32) and sender (int32) before a message's own bytes.</summary>
    public const int EnvelopeBytes = 10;

    /// <summary>Largest handshake frame.</summary>
    public const int HandshakeBytes = 4096;

    /// <summary>Largest frame.</summary>
    public const int MaxBytes = 1 + ChunkHeaderBytes + Protocol.WireLimits.ChunkBytes;

    public static void WriteHeader(Span<byte> to, FrameKind kind, int content)
    {
        BinaryPrimitives.WriteInt32LittleEndian(to, content + 1);
        to[4] = (byte)kind;
    }

    /// <summary>Writes a whole chunk frame; returns its length.</summary>
    public static int WriteChunk(Span<byte> to, int total, int offset, ReadOnlySpan<byte> data)
    {
        data.CopyTo(DataOf(to, data.Length));
        return SealChunk(to, total, offset, data.Length);
    }

    /// <summary>The data of a chunk frame.</summary>
    public static Span<byte> DataOf(Span<byte> frame, int length) =>
        frame.Slice(HeaderBytes + ChunkHeaderBytes, length);

    /// <summary>Writes the headers of a chunk frame whose data is in place; returns the frame's length.</summary>
    public static int SealChunk(Span<byte> frame, int total, int offset, int length)
    {
        WriteHeader(frame, FrameKind.Chunk, ChunkHeaderBytes + length);
        var header = frame[HeaderBytes..];
        BinaryPrimitives.WriteInt32LittleEndian(header, total);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], offset);
        BinaryPrimitives.WriteUInt64LittleEndian(header[8..], Hash(DataOf(frame, length)));
        return HeaderBytes + ChunkHeaderBytes + length;
    }

    /// <summary>XXH3 of a chunk's data. It guards the assembly of messages; TLS guards against other senders.</summary>
    public static ulong Hash(ReadOnlySpan<byte> data) => XxHash3.HashToUInt64(data);
}
