using System.Collections.Immutable;
using BitTensor.Mechanism;
using BitTensor.Scenarios;

namespace BitTensor.Plans;

/// <summary>Section <c>topology</c> of a scenario as slots: the neurons each row may name, ascending.</summary>
static class Topology
{
    /// <summary>Slots of each of <paramref name="count"/> neurons; every neuron has a slot for itself.</summary>
    public static ImmutableArray<int>[] SlotsOf(TopologySpec topology, int count, ulong seed)
    {
        if (topology is TopologySpec.Complete)
        {
            var all = Enumerable.Range(0, count).ToImmutableArray();
            return [.. Enumerable.Repeat(all, count)];
        }
        if (topology is TopologySpec.Random random)
        {
            return [.. Enumerable.Range(0, count).Select(id => Drawn(id, count, random.Degree, seed))];
        }
        var peers = Enumerable.Range(0, count).Select(id => new SortedSet<int> { id }).ToArray();
        foreach (var (a, b) in Edges(topology, count, seed))
        {
            peers[a].Add(b);
            peers[b].Add(a);
        }
        return [.. peers.Select(p => p.ToImmutableArray())];
    }

    /// <summary>Mutual edges.</summary>
    static IEnumerable<(int A, int B)> Edges(TopologySpec topology, int count, ulong seed) => topology switch
    {
        TopologySpec.Ring ring => Circle(count, ring.Reach),
        TopologySpec.SmallWorld world => Rewired(count, world, new RandomStream(seed, "topology")),
        TopologySpec.Regular regular => Swapped(count, regular.Degree, new RandomStream(seed, "topology")),
        TopologySpec.Star => Enumerable.Range(1, count - 1).Select(other => (0, other)),
        _ => ((TopologySpec.Edges)topology).List,
    };

    static IEnumerable<(int A, int B)> Circle(int count, int reach) =>
        from a in Enumerable.Range(0, count) from step in Enumerable.Range(1, reach) select (a, (a + step) % count);

    static IEnumerable<(int A, int B)> Rewired(int count, TopologySpec.SmallWorld world, RandomStream dice)
    {
        var taken = Circle(count, world.Reach).Select(Ordered).ToHashSet();
        foreach (var (a, b) in Circle(count, world.Reach))
        {
            var other = dice.NextDouble() < world.Rewire ? dice.NextInt(count) : b;
            if (other != b && other != a && taken.Add(Ordered((a, other))))
            {
                taken.Remove(Ordered((a, b)));
                yield return (a, other);
            }
            else
            {
                yield return (a, b);
            }
        }
    }

    /// <summary>
    /// A regular circle whose edges exchange ends many times. Every exchange keeps all degrees. An exchange that would
    /// double an edge or join a neuron to itself is left out.
    /// </summary>
    static (int A, int B)[] Swapped(int count, int degree, RandomStream dice)
    {
        var edges = Circle(count, degree / 2).ToList();
        if (degree % 2 == 1)
        {
            edges.AddRange(Enumerable.Range(0, count / 2).Select(a => (a, a + count / 2)));
        }
        var taken = edges.Select(Ordered).ToHashSet();
        for (var turn = 0; turn < 10 * edges.Count; turn++)
        {
            var (p, q) = (dice.NextInt(edges.Count), dice.NextInt(edges.Count));
            var ((a, b), (c, d)) = (edges[p], edges[q]);
            if (a != d && c != b && p != q && !taken.Contains(Ordered((a, d))) && !taken.Contains(Ordered((c, b))))
            {
                taken.Remove(Ordered((a, b)));
                taken.Remove(Ordered((c, d)));
                taken.Add(Ordered((a, d)));
                taken.Add(Ordered((c, b)));
                (edges[p], edges[q]) = ((a, d), (c, b));
            }
        }
        return [.. edges];
    }

    static (int A, int B) Ordered((int A, int B) edge) => edge.A < edge.B ? edge : (edge.B, edge.A);

    /// <summary>Floyd's sampling: as many draws as peers, for any n.</summary>
    static ImmutableArray<int> Drawn(int id, int count, int degree, ulong seed)
    {
        var dice = new RandomStream(seed, "topology", id);
        var slots = new SortedSet<int> { id };
        var others = count - 1;
        for (var last = others - degree; last < others; last++)
        {
            var drawn = PeerAt(dice.NextInt(last + 1), id);
            slots.Add(slots.Contains(drawn) ? PeerAt(last, id) : drawn);
        }
        return [.. slots];
    }

    static int PeerAt(int position, int id) => position < id ? position : position + 1;
}
