namespace BitTensor.Cluster;

/// <summary>The process of a run has left its cluster, or has not joined it.</summary>
/// <param name="node">Name of its node.</param>
/// <param name="exit">How that ended.</param>
/// <param name="begun">True when the run had begun.</param>
public sealed class PartedException(string node, NodeExit exit, bool begun)
    : Exception($"This node was parted from its cluster ({exit}){WhenOf(begun)}")
{
    /// <summary>Name of its node.</summary>
    public string Node => node;

    /// <summary>How that ended.</summary>
    public NodeExit Exit => exit;

    /// <summary>True when the run had begun.</summary>
    public bool Begun => begun;

    static string WhenOf(bool begun) =>
        begun ? "; the ledger has every block up to then." : " before the first block.";
}
