using System.Collections.Immutable;

namespace BitTensor.Actors.Cluster;

/// <summary>Where everybody lives, in one version. A value; the next version follows from it and from who is there.</summary>
/// <param name="Version">Counts the placements of a run from 1.</param>
/// <param name="Nodes">Every node that takes part, by name.</param>
/// <param name="HostOf">Per neuron the position of its node in <paramref name="Nodes"/>.</param>
/// <param name="Laboratory">Position of the node with journal, conductor and audit; -1 when it is gone.</param>
sealed record Placement(long Version, ImmutableArray<NodePlace> Nodes, ImmutableArray<int> HostOf, int Laboratory)
{
    /// <summary>Nobody lives anywhere.</summary>
    public static Placement Nowhere(int neurons) => new(0, [], [.. Enumerable.Repeat(-1, neurons)], -1);

    /// <summary>The node of a neuron; null when there is none.</summary>
    public NodePlace? Host(int neuron) => HostOf[neuron] < 0 ? null : Nodes[HostOf[neuron]];

    /// <summary>
    /// The next placement: who has a home keeps it, who has none goes to the node with the fewest, and then as few as possible move until
    /// no node has two more than another. Equal to this one when nothing changes.
    /// </summary>
    /// <param name="nodes">Nodes that take part.</param>
    /// <param name="hosts">Names of those that may host neurons; when there is none nobody lives anywhere.</param>
    /// <param name="laboratory">Name of the laboratory's node; null when it is gone.</param>
    public Placement Next(IEnumerable<NodePlace> nodes, IReadOnlySet<string> hosts, string? laboratory)
    {
        ImmutableArray<NodePlace> sorted = [.. nodes.OrderBy(n => n.Name, StringComparer.Ordinal)];
        var able = Enumerable.Range(0, sorted.Length).Where(k => hosts.Contains(sorted[k].Name)).ToList();
        var hostOf = HostOf.Select((_, i) => Host(i) is { } home && hosts.Contains(home.Name) ? sorted.IndexOf(home) : -1).ToArray();
        var lodgers = able.ToDictionary(k => k, k => hostOf.Count(h => h == k));
        for (var i = 0; i < hostOf.Length && able.Count > 0; i++)
        {
            if (hostOf[i] < 0)
            {
                Move(i, able.MinBy(k => lodgers[k]), hostOf, lodgers);
            }
        }
        while (able.Count > 0 && able.Max(k => lodgers[k]) - able.Min(k => lodgers[k]) > 1)
        {
            var fullest = able.MaxBy(k => lodgers[k]);
            Move(Array.LastIndexOf(hostOf, fullest), able.MinBy(k => lodgers[k]), hostOf, lodgers);
        }
        var lab = laboratory is null ? -1 : sorted.Select((n, k) => n.Name == laboratory ? k : -1).Max();
        var same = sorted.SequenceEqual(Nodes) && hostOf.SequenceEqual(HostOf) && lab == Laboratory;
        return same ? this : new Placement(Version + 1, sorted, [.. hostOf], lab);
    }

    static void Move(int neuron, int to, int[] hostOf, Dictionary<int, int> lodgers)
    {
        if (hostOf[neuron] >= 0)
        {
            lodgers[hostOf[neuron]]--;
        }
        hostOf[neuron] = to;
        lodgers[to]++;
    }
}
