using BitTensor.Plans;
using Xunit;

namespace BitTensor.Actors.Tests;

/// <summary>Who may query whom.</summary>
public sealed class TopologySpec
{
    const int Count = 24;

    [Theory]
    [InlineData("complete", 23)]
    [InlineData("{ kind: random, degree: 5 }", 5)]
    [InlineData("{ kind: ring, reach: 3 }", 6)]
    [InlineData("{ kind: regular, degree: 4 }", 4)]
    [InlineData("{ kind: regular, degree: 7 }", 7)]
    [InlineData("{ kind: regular, degree: 23 }", 23)]
    public void Everybody_has_as_many_peers_as_the_topology_says_and_names_itself(string topology, int peers)
    {
        var slots = Slots(topology);
        for (var id = 0; id < Count; id++)
        {
            Assert.Equal(slots[id].Distinct().Order(), slots[id]);
            Assert.Contains(id, slots[id]);
            Assert.Equal(peers, slots[id].Length - 1);
        }
    }

    [Theory]
    [InlineData("{ kind: ring, reach: 2 }", 48)]
    [InlineData("{ kind: regular, degree: 5 }", 60)]
    [InlineData("{ kind: small-world, reach: 2, rewire: 30% }", 48)]
    [InlineData("{ kind: star }", 23)]
    [InlineData("{ kind: edges, list: 0-1 1-2 2-0 }", 3)]
    public void Edges_are_mutual_and_as_many_as_they_should_be(string topology, int edges)
    {
        var slots = Slots(topology);
        var directed = (from a in Enumerable.Range(0, Count) from b in slots[a] where a != b select (a, b)).ToHashSet();
        Assert.Equal(2 * edges, directed.Count);
        Assert.All(directed, e => Assert.Contains((e.b, e.a), directed));
    }

    [Fact]
    public void Rewiring_moves_about_the_share_it_names_and_none_or_all_at_the_ends()
    {
        int Moved(string rewire)
        {
            var slots = Slots($"{{ kind: small-world, reach: 2, rewire: {rewire} }}");
            return (
                from a in Enumerable.Range(0, Count) from b in slots[a] where a < b
                    && Math.Min(b - a, Count - b + a) > 2 select a).Count();
        }
        Assert.Equal(0, Moved("0"));
        Assert.InRange(Moved("30%"), 5, 24);
        Assert.InRange(Moved("1"), 30, 48);
    }

    [Fact]
    public void A_random_graph_belongs_to_its_seed()
    {
        const string regular = "{ kind: regular, degree: 4 }";
        Assert.Equal(Flat(Slots(regular)), Flat(Slots(regular)));
        Assert.NotEqual(Flat(Slots(regular)), Flat(Slots(regular, seed: 2)));
        Assert.NotEqual(Flat(Slots("{ kind: ring, reach: 2 }")), Flat(Slots(regular)));
        static string Flat(int[][] slots) => string.Join(';', slots.Select(s => string.Join(',', s)));
    }

    static int[][] Slots(string topology, int seed = 1) =>
        [.. Roster.Draw(Stage.Read(
            $"version: 1\nname: x\nseed: {seed}\nduration: 1 blocks\ntopology: {topology}\npopulations: [{{ name: a, count: {Count} }}]\n")).Select(p => p.Slots.ToArray())];
}
