using System.Collections.Immutable;

namespace BitTensor.Cluster;

/// <summary>
/// The node of every neuron, in one version. The next version follows from it and from the present nodes.
/// </summary>
/// <param name="Version">Counts the placements of a run from 1.</param>
/// <param name="Nodes">Every node that takes part, by name.</param>
/// <param name="HostOf">Per neuron the position of its node in <paramref name="Nodes"/>.</param>
/// <param name="Supervisor">Position of the node with journal, conductor and audit; -1 when it is gone.</param>
sealed record Placement(long Version, ImmutableArray<NodePlace> Nodes, ImmutableArray<int> HostOf, int Supervisor)
{
    /// <summary>No neuron is placed.</summary>
    public static Placement Nowhere(int neurons) => new(0, [], [.. Enumerable.Repeat(-1, neurons)], -1);

    /// <summary>The node of a neuron; null when there is none.</summary>
    public NodePlace? Host(int neuron) => HostOf[neuron] < 0 ? null : Nodes[HostOf[neuron]];

    /// <summary>
    /// The next placement. A neuron keeps its node while the node is present; the others go to the node with the fewest
    /// neurons. Then as few as possible move until no node has two more than another. Equal to this one without a
    /// change.
    /// </summary>
    /// <param name="nodes">Nodes that take part.</param>
    /// <param name="hosts">Names of those that may host neurons; with none of them no neuron is placed.</param>
    /// <param name="supervisor">Name of the supervisor's node; null when it is gone.</param>
    public Placement Next(IEnumerable<NodePlace> nodes, IReadOnlySet<string> hosts, string? supervisor)
    {
        ImmutableArray<NodePlace> sorted = [.. nodes.OrderBy(n => n.Name, StringComparer.Ordinal)];
        var able = Enumerable.Range(0, sorted.Length).Where(k => hosts.Contains(sorted[k].Name)).ToList();
        int KeptBy(int i) => Host(i) is { } home && hosts.Contains(home.Name) ? sorted.IndexOf(home) : -1;
        var hostOf = Enumerable.Range(0, HostOf.Length).Select(KeptBy).ToArray();
        var load = able.ToDictionary(k => k, k => hostOf.Count(h => h == k));
        for (var i = 0; i < hostOf.Length && able.Count > 0; i++)
        {
            if (hostOf[i] < 0)
            {
                Move(i, able.MinBy(k => load[k]), hostOf, load);
            }
        }
        while (able.Count > 0 && able.Max(k => load[k]) - able.Min(k => load[k]) > 1)
        {
            var fullest = able.MaxBy(k => load[k]);
            Move(Array.LastIndexOf(hostOf, fullest), able.MinBy(k => load[k]), hostOf, load);
        }
        var supervising = supervisor is null ? -1 : sorted.Select((n, k) => n.Name == supervisor ? k : -1).Max();
        var same = sorted.SequenceEqual(Nodes) && hostOf.SequenceEqual(HostOf) && supervising == Supervisor;
        return same ? this : new Placement(Version + 1, sorted, [.. hostOf], supervising);
    }

    static void Move(int neuron, int to, int[] hostOf, Dictionary<int, int> load)
    {
        if (hostOf[neuron] >= 0)
        {
            load[hostOf[neuron]]--;
        }
        hostOf[neuron] = to;
        load[to]++;
    }
}
