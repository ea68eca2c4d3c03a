using BitTensor.Parcels;

namespace BitTensor.Cluster;

/// <summary>The node of every address, as this node knows it.</summary>
/// <param name="Authority">The node of ledger and archive.</param>
/// <param name="Placement">The nodes of the neurons and of the supervisor.</param>
sealed record Routes(NodePlace Authority, Placement Placement)
{
    /// <summary>The node of an address; null when no node hosts it.</summary>
    public NodePlace? NodeOf(int address) => address switch
    {
        Addresses.Ledger or Addresses.Archive => Authority,
        < 0 => Placement.Supervisor < 0 ? null : Placement.Nodes[Placement.Supervisor],
        _ => address < Placement.HostOf.Length ? Placement.Host(address) : null,
    };

    /// <summary>Every node of these routes, once.</summary>
    public IEnumerable<NodePlace> Nodes => Placement.Nodes.Append(Authority).Distinct();
}
