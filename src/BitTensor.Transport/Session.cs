using System.IO.Pipelines;
using System.Threading.Channels;
using BitTensor.Protocol;

namespace BitTensor.Transport;

/// <summary>The receive state of one process of another node, over all its connections.</summary>
public sealed class Session(long id)
{
    long _received;
    long _consumed;
    long _grantedReceived;
    long _grantedConsumed;
    long _arrivedBytes;

    internal long Id => id;

    internal long Received => Volatile.Read(ref _received);

    internal Channel<bool> Due { get; } = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    internal void Consume(int bytes)
    {
        if (Interlocked.Add(ref _consumed, bytes) - Volatile.Read(ref _grantedConsumed) >= WireLimits.WindowBytes / 32)
        {
            Due.Writer.TryWrite(true);
        }
    }

    /// <summary>Adds a received message. False when more bytes wait here than the window grants.</summary>
    internal bool Arrive(int bytes, int window)
    {
        _arrivedBytes += bytes;
        if (Interlocked.Increment(ref _received) - Volatile.Read(ref _grantedReceived) >= 256)
        {
            Due.Writer.TryWrite(true);
        }
        return _arrivedBytes - Volatile.Read(ref _consumed) <= window;
    }

    internal void Tend()
    {
        if (Received > Volatile.Read(ref _grantedReceived))
        {
            Due.Writer.TryWrite(true);
        }
    }

    internal byte[] Grant()
    {
        var (received, consumed) = (Received, Volatile.Read(ref _consumed));
        Volatile.Write(ref _grantedReceived, received);
        Volatile.Write(ref _grantedConsumed, consumed);
        return Handshake.Grant(received, consumed);
    }
}
