using System.Diagnostics.Metrics;
using Akka.Cluster;
using BitTensor.Emulation;
using BitTensor.Parcels;
using BitTensor.Protocol;
using BitTensor.Transport;

namespace BitTensor.Cluster;

/// <summary>
/// A node's figures for a metrics collector, read at the moment of collection. docs/OPERATIONS.md lists them.
/// </summary>
public sealed class NodeMetrics : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "BitTensor";

    readonly Meter _meter = new(MeterName);
    readonly Histogram<double> _interval;

    internal NodeMetrics()
    {
        _interval = _meter.CreateHistogram(
            "bta.ledger.block.interval", "s", "Time between two blocks that a ledger on this node closed.", null,
            new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30, 60, 120],
            });
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    internal void BlockClosed(double secondsSinceLast) => _interval.Record(secondsSinceLast);

    internal void Observe(
        NodeState state, NodeTally tally, NodeRouter router, WireOutcomes outcomes, Akka.Cluster.Cluster cluster)
    {
        ObserveLedger(state, tally);
        ObserveTraffic(tally, router, outcomes);
        Gauge(
            "bta.cluster.members", "{node}", "Members of the cluster by status, as this node knows them.",
            () => MembersOf(cluster));
        Gauge(
            "bta.cluster.unreachable", "{node}", "Members that are suspected to be dead.",
            () => [new(cluster.State.Unreachable.Count)]);
        Gauge("bta.neurons.hosted", "{neuron}", "Neurons that live on this node.", () => [new(state.Hosted.Length)]);
        Gauge(
            "bta.neurons.checkpoint.age", "{block}",
            "Blocks since the oldest of the last checkpoints of the neurons here.",
            () => OldestOf(state, tally));
        Counter("bta.messages.dead", "{message}", "Messages that found no actor.", () => [new(state.DeadLetters)]);
    }

    void ObserveLedger(NodeState state, NodeTally tally)
    {
        Gauge("bta.ledger.epoch", "{epoch}", "Epoch of the ledger this node follows.", () => [new(state.Epoch)]);
        Gauge(
            "bta.ledger.height", "{block}", "Height of the open block, as far as this node has heard.",
            () => [new(tally.Head?.Height ?? 0)]);
        Gauge(
            "bta.ledger.held", "1", "1 on the node with the ledger, 0 on others.",
            () => [new(state.HasLedger ? 1 : 0)]);
        _meter.CreateObservableGauge(
            "bta.ledger.block.age",
            () => state.Run.Length > 0 && tally.Head is { } head
                ? [new((WallClock.Elapsed - head.At).TotalSeconds)]
                : Nothing<double>(),
            "s", "Time since this node last heard of a new block; only while it takes part in a run.");
        Counter(
            "bta.ledger.blocks", "{block}", "Blocks that a ledger on this node has closed.",
            () => [new(tally.Blocks)]);
        Counter(
            "bta.ledger.submissions", "{submission}",
            "Submissions that a ledger on this node has judged in the run, by outcome.",
            () => tally.Receipts.Select(r => With(r.Value, ("outcome", r.Key))));
    }

    void ObserveTraffic(NodeTally tally, NodeRouter router, WireOutcomes outcomes)
    {
        string[] others = [Happenings.Query, Happenings.Iteration];
        var skipped = Happenings.IterationSkipped;
        Counter(
            "bta.parcels", "{parcel}",
            "What the actors placed here sent, got and lost, by kind and outcome; told once a block.",
            () => tally.Traffic.Where(t => !others.Contains(t.Key.Kind))
                .Select(t => With(t.Value, ("kind", t.Key.Kind), ("outcome", t.Key.Outcome))));
        Counter(
            "bta.queries", "{query}", "Queries of the neurons here by outcome; told once a block.",
            () => tally.Traffic.Where(t => t.Key.Kind == Happenings.Query)
                .Select(t => With(t.Value, ("outcome", t.Key.Outcome))));
        Counter(
            "bta.iterations.skipped", "{iteration}",
            "Training iterations that were not begun because earlier ones still ran.",
            () => [new(tally.Traffic.Where(t => t.Key == (skipped.Kind, skipped.Outcome)).Sum(t => t.Value))]);
        Gauge(
            "bta.link.in_flight", "By", "Bytes sent to a node that it has not consumed.",
            () => router.Links.Select(l => With(l.InFlightBytes, ("peer", l.Node))));
        Gauge(
            "bta.link.window", "By", "Bytes that may be on their way to a node.",
            () => router.Links.Select(l => With(l.WindowBytes, ("peer", l.Node))));
        Gauge(
            "bta.link.up", "1", "1 when the link to a node is well, 0 when it is not.",
            () => router.Links.Select(l => With(l.Trouble is null ? 1 : 0, ("peer", l.Node))));
        Counter(
            "bta.wire.refused", "{refusal}", "What was refused at the links' port, by reason.",
            () => outcomes.Counts.Select(c => With(c.Value, ("reason", c.Key.ToString()))));
    }

    void Gauge(string name, string unit, string description, Func<IEnumerable<Measurement<long>>> read) =>
        _meter.CreateObservableGauge(name, read, unit, description);

    void Counter(string name, string unit, string description, Func<IEnumerable<Measurement<long>>> read) =>
        _meter.CreateObservableCounter(name, read, unit, description);

    static IEnumerable<Measurement<long>> MembersOf(Akka.Cluster.Cluster cluster) =>
        cluster.State.Members.GroupBy(m => m.Status).Select(g => With(g.Count(), ("status", g.Key.ToString())));

    static IEnumerable<Measurement<long>> OldestOf(NodeState state, NodeTally tally)
    {
        var kept = state.Hosted.Select(tally.CheckpointOf).OfType<long>().ToList();
        return kept.Count > 0 && tally.Head is { } head
            ? [new(Math.Max(0, head.Height - kept.Min()))]
            : Nothing<long>();
    }

    static Measurement<long> With(long value, params ReadOnlySpan<(string Name, string Value)> tags)
    {
        var pairs = new KeyValuePair<string, object?>[tags.Length];
        for (var k = 0; k < tags.Length; k++)
        {
            pairs[k] = new(tags[k].Name, tags[k].Value);
        }
        return new Measurement<long>(value, pairs);
    }

    static IEnumerable<Measurement<T>> Nothing<T>()
        where T : struct => [];
}
