using BitTensor.Protocol;

namespace BitTensor.Transport;

/// <summary>Bounds the bytes of incomplete messages over all connections of a listener.</summary>
sealed class HalfOpen(long most)
{
    long _bytes;

    /// <summary>Adds a buffer's growth.</summary>
    /// <exception cref="WireException">The bound would be exceeded.</exception>
    public void Take(long bytes)
    {
        if (Interlocked.Add(ref _bytes, bytes) > most)
        {
            Interlocked.Add(ref _bytes, -bytes);
            throw new WireException(
                WireRefusal.TooMany, $"messages that are not whole would hold more than {most} bytes");
        }
    }

    public void Give(long bytes) => Interlocked.Add(ref _bytes, -bytes);
}
