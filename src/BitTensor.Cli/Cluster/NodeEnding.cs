using BitTensor.Cluster;

namespace BitTensor.Cli.Cluster;

/// <summary>Ends of a node, as exit codes and messages.</summary>
static class NodeEnding
{
    /// <summary>The exit code of a node's end, and its message; no message when the node was told to leave.</summary>
    /// <param name="name">Name of the node.</param>
    /// <param name="ended">Its end.</param>
    public static (int Code, string? Message) Explain(string name, NodeExit ended) => ended switch
    {
        NodeExit.Left => (ExitCode.Pass, null),
        NodeExit.Downed => (ExitCode.Downed, "the other nodes have declared this one dead; start it again"),
        NodeExit.Quarantined =>
            (ExitCode.Quarantined, "another node refuses to speak to this process again; start it again"),
        NodeExit.Fenced => (ExitCode.Fenced, "another node has taken over the ledger; start this one again"),
        NodeExit.NameTaken => (
            ExitCode.InputOutput,
            $"name {name} is taken: a living node of the cluster bears it, and names are unique; "
            + "say another one with --name"),
        NodeExit.Untrusted => (
            ExitCode.InputOutput,
            "another node's certificate is expired or of another authority than this node's: "
            + "each needs one made beside the same ca.pem (`bta certs`)"),
        _ => (
            ExitCode.NotJoined,
            "the cluster to join was not found: is the address right, is a node running there, "
            + "with the same certificates?"),
    };
}
