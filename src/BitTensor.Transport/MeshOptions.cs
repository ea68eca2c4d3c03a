using System.Collections.Concurrent;
using BitTensor.Protocol;

namespace BitTensor.Transport;

/// <summary>Options of a node's links.</summary>
public sealed record MeshOptions
{
    /// <summary>Name of this node; with an identity it is the certificate's.</summary>
    public required string Node { get; init; }

    /// <summary>Number of this process among all processes of this name: another one at each start.</summary>
    public required long Session { get; init; }

    /// <summary>Certificate and pinned authority; null disables TLS, for loopback only.</summary>
    public NodeIdentity? Identity { get; init; }

    /// <summary>Time within which a peer must complete the handshake.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Most open connections, those in their handshake included.</summary>
    public int MaxConnections { get; init; } = 128;

    /// <summary>Most node names whose sessions are remembered; a further name is refused.</summary>
    public int MaxNodes { get; init; } = 4096;

    /// <summary>Most bytes of incomplete messages over all connections.</summary>
    public int MaxHalfOpenBytes { get; init; } = 256 * 1024 * 1024;

    /// <summary>Window of a peer: most bytes in flight.</summary>
    public int WindowBytes { get; init; } = WireLimits.WindowBytes;
}
