using System.Buffers;
using System.Buffers.Binary;
using BitTensor.Protocol;

namespace BitTensor.Transport;

/// <summary>
/// The incomplete message of a connection. Chunks of a message follow each other, so a connection has at most one.
/// Memory grows with the bytes received, not with the bytes announced.
/// </summary>
sealed class Assembly(HalfOpen half) : IDisposable
{
    /// <summary>
    /// A buffer up to this size is kept for the next message: room for a tensor of 1 MiB and its head.
    /// </summary>
    const int KeptBytes = 32 * WireLimits.ChunkBytes;

    byte[] _buffer = ArrayPool<byte>.Shared.Rent(WireLimits.ChunkBytes);
    int _total;
    int _length;
    int _taken;

    /// <summary>The message so far.</summary>
    public ReadOnlySpan<byte> Bytes => _buffer.AsSpan(0, _length);

    /// <summary>Takes the content of a chunk frame. True when the message is complete.</summary>
    /// <exception cref="WireException">The chunk is too large, not the next one, or damaged.</exception>
    public bool Add(in ReadOnlySequence<byte> content)
    {
        if (content.Length < Frame.ChunkHeaderBytes)
        {
            throw new WireException(WireRefusal.BadFrame, $"a chunk of {content.Length} bytes has no header");
        }
        Span<byte> header = stackalloc byte[Frame.ChunkHeaderBytes];
        content.Slice(0, Frame.ChunkHeaderBytes).CopyTo(header);
        var total = BinaryPrimitives.ReadInt32LittleEndian(header);
        var offset = BinaryPrimitives.ReadInt32LittleEndian(header[4..]);
        var data = content.Slice(Frame.ChunkHeaderBytes);
        Check(total, offset, data.Length);
        _total = total;
        Reserve(_length + (int)data.Length);
        var place = _buffer.AsSpan(_length, (int)data.Length);
        data.CopyTo(place);
        if (Frame.Hash(place) != BinaryPrimitives.ReadUInt64LittleEndian(header[8..]))
        {
            throw new WireException(WireRefusal.BadHash, $"the chunk at {offset} of {total} bytes is damaged");
        }
        _length += place.Length;
        return _length == _total;
    }

    /// <summary>Starts with the next message.</summary>
    public void Clear()
    {
        (_total, _length) = (0, 0);
        half.Give(_taken);
        _taken = 0;
        if (_buffer.Length > KeptBytes)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = ArrayPool<byte>.Shared.Rent(WireLimits.ChunkBytes);
        }
    }

    public void Dispose()
    {
        half.Give(_taken);
        ArrayPool<byte>.Shared.Return(_buffer);
    }

    void Check(int total, int offset, long length)
    {
        if (total is < Frame.EnvelopeBytes or > WireLimits.MessageBytes)
        {
            throw new WireException(
                WireRefusal.TooLarge,
                $"a message of {total} bytes; allowed are {Frame.EnvelopeBytes} to {WireLimits.MessageBytes}");
        }
        if (offset != _length || (_length > 0 && total != _total) || length == 0 || offset + length > total)
        {
            throw new WireException(
                WireRefusal.BadChunk, $"{length} bytes at {offset} of {total} do not follow {_length} of {_total}");
        }
    }

    void Reserve(int length)
    {
        if (length <= _buffer.Length)
        {
            return;
        }
        var wanted = Math.Min(_total, Math.Max(length, 2 * _buffer.Length));
        half.Take(wanted - _taken);
        _taken = wanted;
        var larger = ArrayPool<byte>.Shared.Rent(wanted);
        Bytes.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
