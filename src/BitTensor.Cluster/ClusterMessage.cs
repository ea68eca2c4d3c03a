using System.Collections.Immutable;

namespace BitTensor.Cluster;

/// <summary>Where a node's links arrive.</summary>
/// <param name="Name">Name of the node; with TLS its certificate's.</param>
/// <param name="Host">Host name or IP address.</param>
/// <param name="Port">Port.</param>
sealed record NodePlace(string Name, string Host, int Port);

/// <summary>
/// The messages between authority and nodes over Akka.Remote. Each is repeated until it has had its effect, so none of
/// them has to arrive.
/// </summary>
abstract record ClusterMessage
{
    ClusterMessage() { }

    /// <summary>Authority to every node: the run, its epoch, and the node of the ledger.</summary>
    /// <param name="Epoch">Epoch of the ledger; 0 while there is no run.</param>
    /// <param name="Run">Run id; empty while there is none.</param>
    /// <param name="Finished">True when the run is over: forget it.</param>
    /// <param name="Authority">Where ledger and archive are.</param>
    /// <param name="Placement">Version of the placement that holds.</param>
    /// <param name="Major">Major version of the protocol.</param>
    public sealed record StatusPoll(
        long Epoch, string Run, bool Finished, NodePlace Authority, long Placement, int Major) : ClusterMessage;

    /// <summary>Node to authority: what the node knows of the run, and the neurons it hosts.</summary>
    /// <param name="Place">Where its links arrive.</param>
    /// <param name="Run">The run it knows of; empty when none.</param>
    /// <param name="HasDescriptor">True when it knows the run's scenario.</param>
    /// <param name="Placement">Version of the placement it follows.</param>
    /// <param name="Hosted">Neurons that live on it.</param>
    /// <param name="Supervisor">True for the node with journal, conductor and audit.</param>
    /// <param name="Done">True when the supervisor has closed the journal.</param>
    /// <param name="Leaving">True when the node is about to go.</param>
    /// <param name="Recorded">Blocks the journal has without a gap.</param>
    /// <param name="Major">Major version of the protocol.</param>
    /// <param name="Minor">Minor version of the protocol.</param>
    public sealed record StatusReport(
        NodePlace Place, string Run, bool HasDescriptor, long Placement, ImmutableArray<int> Hosted, bool Supervisor,
        bool Done, bool Leaving, long Recorded, int Major, int Minor) : ClusterMessage;

    /// <summary>Authority to a node that lacks it: the scenario of the run.</summary>
    /// <param name="Run">Run id.</param>
    /// <param name="Scenario">The scenario with every default written out.</param>
    /// <param name="ExpectNodes">Nodes with neurons to wait for before the first block.</param>
    /// <param name="Epoch">Epoch of the sender.</param>
    public sealed record RunDescriptor(string Run, string Scenario, int ExpectNodes, long Epoch) : ClusterMessage;

    /// <summary>Authority to a node that lacks it: the placement that holds.</summary>
    public sealed record Placed(string Run, long Epoch, Placement Placement) : ClusterMessage;
}
