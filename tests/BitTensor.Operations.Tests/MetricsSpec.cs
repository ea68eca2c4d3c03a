using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using BitTensor.Cluster;
using Xunit;

namespace BitTensor.Operations.Tests;

/// <summary>The figures a node gives: all that are documented, no others, and how they reach a collector.</summary>
[Collection(RunningCluster.Name)]
public sealed partial class MetricsSpec(RunningCluster cluster)
{
    [Fact]
    public void The_document_lists_every_instrument_with_its_kind_unit_and_tags_and_no_other()
    {
        var seen = new SortedDictionary<string, (string Kind, string Unit, SortedSet<string> Tags)>(
            StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, own) =>
            {
                if (instrument.Meter.Name == NodeMetrics.MeterName)
                {
                    seen.TryAdd(instrument.Name, (KindOf(instrument), instrument.Unit!, []));
                    own.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => Add(tags, seen[instrument.Name].Tags));
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Add(tags, seen[instrument.Name].Tags));
        listener.Start();
        listener.RecordObservableInstruments();
        var documented = Rows().ToDictionary(
            m => m.Groups["name"].Value, m => (m.Groups["kind"].Value, m.Groups["unit"].Value, m.Groups["tags"].Value));
        Assert.Equal(seen.Keys, documented.Keys.Order(StringComparer.Ordinal));
        Assert.All(
            seen, s => Assert.Equal((s.Value.Kind, s.Value.Unit), (documented[s.Key].Item1, documented[s.Key].Item2)));
        // Of what this run has not met (a refusal at the wire) the tags are not known.
        Assert.All(
            seen.Where(s => s.Value.Tags.Count > 0),
            s => Assert.Equal(string.Join(", ", s.Value.Tags), documented[s.Key].Item3));
    }

    [Fact]
    public async Task A_collector_gets_every_figure_of_the_node_and_of_its_process_under_its_name()
    {
        // Nothing is refused at the wire here; what neurons count is told once a block.
        var expected = Rows().Select(m => m.Groups["name"].Value).Where(n => n != "bta.wire.refused").ToList();
        var (metrics, texts) = await cluster.Collector.Next();
        for (var export = 1; expected.Except(metrics).Any() && export < 20; export++)
        {
            (metrics, texts) = await cluster.Collector.Next();
        }
        Assert.Empty(expected.Except(metrics));
        Assert.Contains("dotnet.gc.collections", metrics);
        Assert.Contains("dotnet.process.memory.working_set", metrics);
        Assert.Superset(new HashSet<string> { "service.name", "bta", "service.instance.id", "lab" }, texts.ToHashSet());
    }

    static List<Match> Rows() =>
        [
            .. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "docs", "OPERATIONS.md"))
                .Select(line => Row().Match(line)).Where(m => m.Success),
        ];

    static void Add(ReadOnlySpan<KeyValuePair<string, object?>> tags, SortedSet<string> to)
    {
        foreach (var tag in tags)
        {
            to.Add(tag.Key);
        }
    }

    static string KindOf(Instrument instrument) => instrument.GetType().Name.Split('`')[0] switch
    {
        "ObservableGauge" => "gauge",
        "ObservableCounter" => "counter",
        "Histogram" => "histogram",
        var other => other,
    };

    [GeneratedRegex(@"^\| `(?<name>bta\.[a-z_.]+)` \| (?<kind>\w+) \| (?<unit>\S+) \| (?<tags>[^|]*?) ?\| ")]
    private static partial Regex Row();
}
