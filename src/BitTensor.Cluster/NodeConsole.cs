using System.Collections.Immutable;
using Akka.Cluster;
using BitTensor.Protocol;
using BitTensor.Records;

namespace BitTensor.Cluster;

/// <summary>A member of the cluster.</summary>
/// <param name="Name">Name of the node.</param>
/// <param name="Address">Where others join it, <c>HOST:PORT</c>.</param>
/// <param name="Status">Joining, Up, Leaving, Exiting, Down.</param>
/// <param name="Reachable">False while it is suspected to be dead.</param>
/// <param name="Roles">Its roles: <c>ledger</c>, <c>neurons</c>.</param>
/// <param name="Ledger">True when it holds the ledger of the run.</param>
/// <param name="Neurons">Neurons placed on it.</param>
public sealed record MemberView(
    string Name, string Address, string Status, bool Reachable, ImmutableArray<string> Roles, bool Ledger, int Neurons);

/// <summary>The cluster, as one node knows it.</summary>
/// <param name="Node">Name of the node that was asked.</param>
/// <param name="Run">Run id; null while there is none.</param>
/// <param name="Epoch">Epoch of the ledger; 0 without a run.</param>
/// <param name="Height">Height of the open block; null before the first.</param>
/// <param name="Ledger">Name of the node with the ledger; null while none is known.</param>
/// <param name="Members">Members by name.</param>
public sealed record ClusterView(
    string Node, string? Run, long Epoch, long? Height, string? Ledger, ImmutableArray<MemberView> Members);

/// <summary>A neuron and its home.</summary>
/// <param name="Neuron">Id.</param>
/// <param name="Population">Population.</param>
/// <param name="Node">Node it is placed on; null when on none.</param>
/// <param name="Checkpoint">
/// Block of its last checkpoint; null when there is none or this node does not know it.
/// </param>
public sealed record NeuronPlace(int Neuron, string Population, string? Node, long? Checkpoint);

/// <summary>
/// The nodes of the neurons, as one node knows them. The node of the ledger knows all checkpoints, every other node
/// those of its own neurons.
/// </summary>
/// <param name="Node">Name of the node that was asked.</param>
/// <param name="Run">Run id; null while there is none.</param>
/// <param name="Placement">Version of the placement; 0 before the first.</param>
/// <param name="Ledger">Name of the node with the ledger; null while none is known.</param>
/// <param name="Neurons">Neurons by id; empty before the first placement.</param>
public sealed record NeuronsView(
    string Node, string? Run, long Placement, string? Ledger, ImmutableArray<NeuronPlace> Neurons);

/// <summary>The ledger, as one node knows it.</summary>
/// <param name="Node">Name of the node that was asked.</param>
/// <param name="Run">Run id; null while there is none.</param>
/// <param name="Ledger">Name of the node with the ledger; null while none is known.</param>
/// <param name="Place">File or database it is kept in, without secrets; null on a node that cannot hold it.</param>
/// <param name="Epoch">Epoch.</param>
/// <param name="Height">Height of the open block; null before the first.</param>
/// <param name="Hash">Hash of the last closed block, hex; known to the nodes of ledger and journal.</param>
/// <param name="Receipts">
/// Submissions judged since this node holds the ledger: <c>accepted</c>, or the refusal by name. Empty on other nodes.
/// </param>
public sealed record LedgerReading(
    string Node, string? Run, string? Ledger, string? Place, long Epoch, long? Height, string? Hash,
    ImmutableSortedDictionary<string, long> Receipts);

/// <summary>The health of a node.</summary>
/// <param name="Live">False when the node has had no turn for a while: start its process again.</param>
/// <param name="Ready">True when it is a full member and hosts every neuron placed on it.</param>
/// <param name="Node">Name of the node.</param>
/// <param name="Status">Its membership.</param>
/// <param name="Hosted">Neurons that live on it.</param>
/// <param name="Placed">Neurons placed on it.</param>
public sealed record NodeHealth(bool Live, bool Ready, string Node, string Status, int Hosted, int Placed);

/// <summary>The result of a request to down a member.</summary>
public enum DownOutcome
{
    /// <summary>It is removed.</summary>
    Downed,

    /// <summary>No member has this name or address.</summary>
    Unknown,

    /// <summary>The member is reachable, so that it has to leave and is not declared dead.</summary>
    Reachable,

    /// <summary>It is the node that was asked.</summary>
    Self,
}

/// <summary>
/// The operator's view of a node, and the operator's actions from it. Views show what the node knows and send nothing.
/// </summary>
public sealed class NodeConsole
{
    static readonly TimeSpan Silence = TimeSpan.FromSeconds(30);

    readonly NodeState _state;
    readonly NodeTally _tally;
    readonly string _name;
    readonly Akka.Cluster.Cluster _cluster;
    readonly Func<string, LedgerPlace>? _placeOf;

    internal NodeConsole(
        string name, NodeState state, NodeTally tally, Akka.Cluster.Cluster cluster, Func<string, LedgerPlace>? placeOf)
    {
        (_name, _state, _tally, _cluster, _placeOf) = (name, state, tally, cluster, placeOf);
    }

    string? Run => _state.Run is { Length: > 0 } run ? run : null;

    long? Height => Run is null ? null : _tally.Head?.Height;

    string? LedgerNode => _state.Authority?.Name;

    /// <summary>Members, run and ledger.</summary>
    public ClusterView Cluster()
    {
        var known = _cluster.State;
        var lodgers = Homes().Where(n => n is not null).CountBy(n => n!).ToDictionary();
        return new ClusterView(_name, Run, _state.Epoch, Height, LedgerNode,
        [
            .. known.Members.Select(m => (Member: m, Name: NodeRole.NameOf(m)))
                .OrderBy(m => m.Name, StringComparer.Ordinal).Select(m => new MemberView(
                m.Name, AddressOf(m.Member), m.Member.Status.ToString(), !known.Unreachable.Contains(m.Member),
                [.. m.Member.Roles.Where(NodeRole.IsPlain).Order(StringComparer.Ordinal)],
                m.Name == LedgerNode, lodgers.GetValueOrDefault(m.Name))),
        ]);
    }

    /// <summary>Where the neurons live.</summary>
    public NeuronsView Neurons()
    {
        var populations = _state.Populations;
        return new NeuronsView(
            _name, Run, _state.Placement?.Version ?? 0, LedgerNode,
            [
                .. Homes().Select((home, i) =>
                    new NeuronPlace(i, i < populations.Length ? populations[i] : "", home, _tally.CheckpointOf(i))),
            ]);
    }

    /// <summary>The ledger.</summary>
    public LedgerReading Ledger() => new(
        _name, Run, LedgerNode, Run is { } run ? _placeOf?.Invoke(run).ToString() : null, _state.Epoch, Height,
        Run is null ? null : _tally.Head?.Hash,
        _tally.Receipts.ToImmutableSortedDictionary(StringComparer.Ordinal));

    /// <summary>How the node is.</summary>
    public NodeHealth Health()
    {
        var live = _state.SinceTended < Silence;
        var status = _cluster.IsTerminated ? MemberStatus.Removed : _cluster.SelfMember.Status;
        var hosted = _state.Hosted;
        ImmutableArray<int> placed = [.. Homes().Select((home, i) => home == _name ? i : -1).Where(i => i >= 0)];
        var ready = live && status == MemberStatus.Up && placed.All(i => hosted.Contains(i));
        return new NodeHealth(live, ready, _name, status.ToString(), hosted.Length, placed.Length);
    }

    /// <summary>
    /// Declares a member dead, so that its neurons and its ledger come back on other nodes. A living process ends by
    /// it.
    /// </summary>
    /// <param name="node">Name or <c>HOST:PORT</c>.</param>
    /// <param name="force">True to do it to a member that is reachable.</param>
    public DownOutcome Down(string node, bool force)
    {
        var known = _cluster.State;
        if (known.Members.FirstOrDefault(m => NodeRole.NameOf(m) == node || AddressOf(m) == node) is not { } member)
        {
            return DownOutcome.Unknown;
        }
        if (member.UniqueAddress.Equals(_cluster.SelfUniqueAddress))
        {
            return DownOutcome.Self;
        }
        if (!force && !known.Unreachable.Contains(member))
        {
            return DownOutcome.Reachable;
        }
        _cluster.Down(member.Address);
        return DownOutcome.Downed;
    }

    IEnumerable<string?> Homes() =>
        _state.Placement is { } placement ? placement.HostOf.Select((_, i) => placement.Host(i)?.Name) : [];

    static string AddressOf(Member member) => $"{member.Address.Host}:{member.Address.Port}";
}
