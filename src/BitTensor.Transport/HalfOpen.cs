using BitTensor.Protocol;

namespace BitTensor.Transport;

/// <summary>What all connections of a listener together hold of messages that are not whole.</summary>
sealed class HalfOpen(long most)
{
    long _bytes;

    /// <summary>Counts a buffer's growth in.</summary>
    /// <exception cref="WireException">There is no room for it.</exception>
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
