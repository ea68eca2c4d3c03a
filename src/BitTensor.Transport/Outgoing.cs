using System.Buffers;
using System.Buffers.Binary;
using BitTensor.Protocol;

namespace BitTensor.Transport;

/// <summary>
/// A message to be sent: envelope and head in a rented buffer, its tensor in place. The holder owns it and releases it
/// once.
/// </summary>
sealed class Outgoing : IBufferWriter<byte>
{
    readonly WireEntry _entry;
    readonly TensorEncoding _encoding;
    byte[] _buffer;
    int _head;

    Outgoing(WireEntry entry, TensorEncoding encoding, int from, int hint)
    {
        _entry = entry;
        _encoding = encoding;
        From = from;
        _buffer = ArrayPool<byte>.Shared.Rent(Frame.EnvelopeBytes + hint);
    }

    public int From { get; }

    /// <summary>The message, for the report of its loss.</summary>
    public required object Message { get; init; }

    public int Length { get; private set; }

    public static Outgoing Of(WireEntry entry, object message, TensorEncoding encoding, int to, int from)
    {
        var hint = (int)Math.Min(entry.HeadHint(message, encoding), WireLimits.MessageBytes);
        var outgoing = new Outgoing(entry, encoding, from, hint) { Message = message };
        BinaryPrimitives.WriteUInt16LittleEndian(outgoing._buffer, entry.Manifest);
        BinaryPrimitives.WriteInt32LittleEndian(outgoing._buffer.AsSpan(2), to);
        BinaryPrimitives.WriteInt32LittleEndian(outgoing._buffer.AsSpan(6), from);
        outgoing._head = Frame.EnvelopeBytes;
        entry.WriteHead(message, encoding, outgoing);
        outgoing.Length = outgoing._head + outgoing.Tail.Length;
        return outgoing;
    }

    ReadOnlySpan<byte> Tail => _entry.Tail(Message, _encoding);

    /// <summary>Copies the bytes from <paramref name="offset"/> on that fit in <paramref name="to"/>.</summary>
    public void CopyTo(int offset, Span<byte> to)
    {
        var ofHead = Math.Clamp(_head - offset, 0, to.Length);
        _buffer.AsSpan(Math.Min(offset, _head), ofHead).CopyTo(to);
        Tail.Slice(Math.Max(0, offset - _head), to.Length - ofHead).CopyTo(to[ofHead..]);
    }

    public void Release()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    public void Advance(int count) => _head += count;

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(Math.Max(1, sizeHint));
        return _buffer.AsSpan(_head);
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(1, sizeHint));
        return _buffer.AsMemory(_head);
    }

    void Reserve(int more)
    {
        if (_head + more > _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_head + more, 2 * _buffer.Length));
            _buffer.AsSpan(0, _head).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }
    }
}
