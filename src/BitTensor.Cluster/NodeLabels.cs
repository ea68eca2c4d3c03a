using Serilog.Core;
using Serilog.Events;

namespace BitTensor.Cluster;

/// <summary>
/// Labels every line of a log with the node, the run, the epoch of the ledger and the open block, as far as they are
/// known. A label that the line has itself stays.
/// </summary>
public sealed class NodeLabels : ILogEventEnricher
{
    volatile Source? _source;

    /// <inheritdoc/>
    public void Enrich(LogEvent logEvent, ILogEventPropertyFactory propertyFactory)
    {
        if (_source is not { } source)
        {
            return;
        }
        void Label(string name, object value) =>
            logEvent.AddPropertyIfAbsent(propertyFactory.CreateProperty(name, value));
        Label("Node", source.Node);
        if (source.State.Run is { Length: > 0 } run)
        {
            Label("Run", run);
            Label("Epoch", source.State.Epoch);
        }
        if (source.Tally.Head is { } head)
        {
            Label("Block", head.Height);
        }
    }

    internal void Follow(string node, NodeState state, NodeTally tally) => _source = new Source(node, state, tally);

    sealed record Source(string Node, NodeState State, NodeTally Tally);
}
