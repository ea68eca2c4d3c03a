using System.Buffers;
using System.Buffers.Binary;
using BitTensor.Protocol;

namespace BitTensor.Transport;

/// <summary>A message on its way out: envelope and bytes in a rented buffer. Owned by whoever holds it; released once.</summary>
sealed class Outgoing : IBufferWriter<byte>
{
    byte[] _buffer;

    Outgoing(int to, int from, int hint)
    {
        To = to;
        From = from;
        _buffer = ArrayPool<byte>.Shared.Rent(Frame.EnvelopeBytes + hint);
    }

    public int To { get; }

    public int From { get; }

    /// <summary>The message, kept for whoever must be told that it was lost.</summary>
    public required object Message { get; init; }

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Bytes => _buffer.AsSpan(0, Length);

    public static Outgoing Of(WireEntry entry, object message, TensorEncoding encoding, int to, int from)
    {
        var outgoing = new Outgoing(to, from, (int)Math.Min(entry.SizeHint(message, encoding), WireLimits.MessageBytes)) { Message = message };
        BinaryPrimitives.WriteUInt16LittleEndian(outgoing._buffer, entry.Manifest);
        BinaryPrimitives.WriteInt32LittleEndian(outgoing._buffer.AsSpan(2), to);
        BinaryPrimitives.WriteInt32LittleEndian(outgoing._buffer.AsSpan(6), from);
        outgoing.Length = Frame.EnvelopeBytes;
        entry.Write(message, encoding, outgoing);
        return outgoing;
    }

    public void Release()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    public void Advance(int count) => Length += count;

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(Math.Max(1, sizeHint));
        return _buffer.AsSpan(Length);
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(1, sizeHint));
        return _buffer.AsMemory(Length);
    }

    void Reserve(int more)
    {
        if (Length + more > _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Length + more, 2 * _buffer.Length));
            Bytes.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }
    }
}
