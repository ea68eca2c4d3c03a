using System.Collections.Immutable;

namespace BitTensor.Actors.Cluster;

/// <summary>Where a node's links arrive.</summary>
/// <param name="Name">Name of the node; with TLS its certificate's.</param>
/// <param name="Host">Host name or IP address.</param>
/// <param name="Port">Port.</param>
sealed record NodePlace(string Name, string Host, int Port);

/// <summary>
/// What authority and nodes say to each other over Akka.Remote. Said again and again until it has had its effect: nothing depends on one
/// of them arriving.
/// </summary>
abstract record ClusterMessage
{
    ClusterMessage() { }

    /// <summary>Authority to every node: this is the run, its epoch, and where the ledger is.</summary>
    /// <param name="Epoch">Epoch of the ledger; 0 while there is no run.</param>
    /// <param name="Run">Run id; empty while there is none.</param>
    /// <param name="Finished">True when the run is over: forget it.</param>
    /// <param name="Authority">Where ledger and archive are.</param>
    /// <param name="Placement">Version of the placement that holds.</param>
    /// <param name="Major">Major version of the protocol.</param>
    public sealed record Roll(long Epoch, string Run, bool Finished, NodePlace Authority, long Placement, int Major) : ClusterMessage;

    /// <summary>Node to authority: what it knows and whom it hosts.</summary>
    /// <param name="Place">Where its links arrive.</param>
    /// <param name="Run">The run it knows of; empty when none.</param>
    /// <param name="Chartered">True when it knows the run's scenario.</param>
    /// <param name="Placement">Version of the placement it follows.</param>
    /// <param name="Hosted">Neurons that live on it.</param>
    /// <param name="Laboratory">True for the node with journal, conductor and audit.</param>
    /// <param name="Done">True when the laboratory has closed the journal.</param>
    /// <param name="Leaving">True when the node is about to go.</param>
    /// <param name="Recorded">Blocks the journal has without a gap.</param>
    /// <param name="Major">Major version of the protocol.</param>
    /// <param name="Minor">Minor version of the protocol.</param>
    public sealed record RollAnswer(
        NodePlace Place, string Run, bool Chartered, long Placement, ImmutableArray<int> Hosted, bool Laboratory, bool Done, bool Leaving,
        long Recorded, int Major, int Minor) : ClusterMessage;

    /// <summary>Authority to a node that lacks it: what the run is.</summary>
    /// <param name="Run">Run id.</param>
    /// <param name="Scenario">The scenario with every default written out.</param>
    /// <param name="ExpectNodes">Nodes with neurons to wait for before the first block.</param>
    /// <param name="Epoch">Epoch of the sender.</param>
    public sealed record Charter(string Run, string Scenario, int ExpectNodes, long Epoch) : ClusterMessage;

    /// <summary>Authority to a node that lacks it: where everybody lives.</summary>
    public sealed record Placed(string Run, long Epoch, Placement Placement) : ClusterMessage;
}
