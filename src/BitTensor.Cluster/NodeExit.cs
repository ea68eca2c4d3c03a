namespace BitTensor.Cluster;

/// <summary>How a node's process ended.</summary>
public enum NodeExit
{
    /// <summary>It left on request.</summary>
    Left,

    /// <summary>The others have declared it dead.</summary>
    Downed,

    /// <summary>Another node has quarantined it: the two never communicate again.</summary>
    Quarantined,

    /// <summary>Another node has taken over its ledger.</summary>
    Fenced,

    /// <summary>It did not find the cluster to join.</summary>
    NotJoined,

    /// <summary>A node to join, or a member, showed a certificate that this node does not trust.</summary>
    Untrusted,

    /// <summary>An older member of the cluster has its name.</summary>
    NameTaken,
}
