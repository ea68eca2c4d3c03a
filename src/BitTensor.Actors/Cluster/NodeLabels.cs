using Serilog.Core;
using Serilog.Events;

namespace BitTensor.Actors.Cluster;

/// <summary>
/// Says on every line of a log which node wrote it, in which run, under which epoch of the ledger and while which block was open, as far
/// as that is known. What a line says of these itself stays as it is.
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
        void Label(string name, object value) => logEvent.AddPropertyIfAbsent(propertyFactory.CreateProperty(name, value));
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
