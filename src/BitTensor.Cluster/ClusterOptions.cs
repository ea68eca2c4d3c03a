namespace BitTensor.Cluster;

/// <summary>Options of a run on a cluster that are no part of its scenario.</summary>
public sealed record ClusterOptions
{
    /// <summary>This process's node. Its ledger is the run's.</summary>
    public required NodeOptions Node { get; init; }

    /// <summary>Nodes with neurons to wait for before the first block, this one included.</summary>
    public int ExpectNodes { get; init; } = 1;

    /// <summary>
    /// Connection string of a PostgreSQL database. Null keeps the ledger in the run folder, and then on this node.
    /// </summary>
    public string? Ledger { get; init; }

    /// <summary>
    /// Called with the node once other nodes can join it. Its result is disposed of when the node has left.
    /// </summary>
    public Func<NodeHost, Task<IAsyncDisposable?>> Started { get; init; } =
        static _ => Task.FromResult<IAsyncDisposable?>(null);
}
