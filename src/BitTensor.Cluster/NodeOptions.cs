using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using BitTensor.Records;
using BitTensor.Transport;
using Serilog;

namespace BitTensor.Cluster;

/// <summary>A node, as it is started.</summary>
public sealed record NodeOptions
{
    /// <summary>Name, unique in the cluster; with an identity it is the certificate's.</summary>
    public required string Name { get; init; }

    /// <summary>Address to listen at.</summary>
    public IPAddress Host { get; init; } = IPAddress.Loopback;

    /// <summary>Name or address that others reach this node at; null when it is <see cref="Host"/>.</summary>
    public string? Advertise { get; init; }

    /// <summary>Port of the cluster; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>Port of the links; 0 takes a free one.</summary>
    public int LinkPort { get; init; }

    /// <summary>
    /// Nodes of the cluster to join, <c>HOST:PORT</c>, the same list on each of them. An empty list begins a cluster.
    /// The first node of the list also begins a cluster when none of the others answers.
    /// </summary>
    public ImmutableArray<string> Join { get; init; } = [];

    /// <summary>Where the ledger of a run is; null on a node that cannot seat it.</summary>
    public Func<string, LedgerPlace>? LedgerOf { get; init; }

    /// <summary>False on a node without neurons.</summary>
    public bool Neurons { get; init; } = true;

    /// <summary>Certificate and pinned authority; null speaks without TLS, which is for loopback alone.</summary>
    public NodeIdentity? Identity { get; init; }

    /// <summary>Threads that compute.</summary>
    public int Cores { get; init; } = Environment.ProcessorCount;

    /// <summary>Log.</summary>
    public ILogger Log { get; init; } = Serilog.Core.Logger.None;

    /// <summary>Properties of every line of the node's log.</summary>
    public NodeLabels Labels { get; init; } = new();

    /// <summary>True for a valid name of a node: 1 to 64 letters, digits, '.', '_' and '-', not a '.' first.</summary>
    public static bool CanName(string node) => NodeRole.CanName(node);

    /// <summary>True for <c>HOST:PORT</c>, the address of a node to join.</summary>
    public static bool CanJoin(string seed)
    {
        var at = seed.LastIndexOf(':');
        return at > 0
            && int.TryParse(seed.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && port is > 0 and < 65536;
    }

    /// <summary>
    /// Called with the name of every other node that is a member of the cluster or becomes one, from the node's
    /// threads. A node that is gone before its joining is known is left out.
    /// </summary>
    public Action<string> Met { get; init; } = static _ => { };
}
