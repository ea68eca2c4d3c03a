using System.Collections.Concurrent;
using BitTensor.Protocol;

namespace BitTensor.Transport;

/// <summary>A node as its links see it.</summary>
public sealed record MeshOptions
{
    /// <summary>Name of this node; with an identity it is the certificate's.</summary>
    public required string Node { get; init; }

    /// <summary>
    /// Names this process among those that bore the name: another number each time the program starts.
    /// </summary>
    public required long Session { get; init; }

    /// <summary>Certificate and pinned authority; null speaks without TLS, which is for loopback alone.</summary>
    public NodeIdentity? Identity { get; init; }

    /// <summary>How long a peer may take to say who it is.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Connections that may be open at once, those in their handshake included.</summary>
    public int MaxConnections { get; init; } = 128;

    /// <summary>Nodes, by name, whose sessions are remembered; a name beyond them is refused.</summary>
    public int MaxNodes { get; init; } = 4096;

    /// <summary>Bytes of messages that have begun to arrive and are not whole, over all connections.</summary>
    public int MaxHalfOpenBytes { get; init; } = 256 * 1024 * 1024;

    /// <summary>Bytes a peer may have on their way.</summary>
    public int WindowBytes { get; init; } = WireLimits.WindowBytes;
}
