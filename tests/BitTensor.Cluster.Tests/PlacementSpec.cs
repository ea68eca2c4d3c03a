using Xunit;

namespace BitTensor.Cluster.Tests;

/// <summary>Who lives where, as nodes come and go.</summary>
public sealed class PlacementSpec
{
    [Fact]
    public void Everybody_has_a_home_and_no_node_has_two_more_than_another()
    {
        var placement = Placement.Nowhere(10).Next(Nodes("a", "b", "c"), Names("a", "b", "c"), "a");
        Assert.Equal([3, 3, 4], Lodgers(placement).Values.Order());
        Assert.Equal((1, 0), (placement.Version, placement.Supervisor));
    }

    [Fact]
    public void When_a_node_goes_only_its_lodgers_move()
    {
        var before = Placement.Nowhere(12).Next(Nodes("a", "b", "c"), Names("a", "b", "c"), "a");
        var after = before.Next(Nodes("a", "c"), Names("a", "c"), "a");
        Assert.Equal(2, after.Version);
        Assert.All(Enumerable.Range(0, 12), i =>
            Assert.True(
                before.Host(i)!.Name == "b" || before.Host(i)!.Name == after.Host(i)!.Name,
                $"neuron {i} moved without need"));
        Assert.Equal([6, 6], Lodgers(after).Values);
    }

    [Fact]
    public void When_a_node_comes_as_few_move_as_balance_needs()
    {
        var before = Placement.Nowhere(12).Next(Nodes("a", "c"), Names("a", "c"), "a");
        var after = before.Next(Nodes("a", "b", "c"), Names("a", "b", "c"), "a");
        Assert.Equal(4, Enumerable.Range(0, 12).Count(i => before.Host(i)!.Name != after.Host(i)!.Name));
        Assert.Equal([4, 4, 4], Lodgers(after).Values);
    }

    [Fact]
    public void Nothing_new_is_no_new_version()
    {
        var placement = Placement.Nowhere(5).Next(Nodes("a", "b"), Names("a"), null);
        Assert.Same(placement, placement.Next(Nodes("b", "a"), Names("a"), null));
        Assert.Equal(-1, placement.Supervisor);
        Assert.All(Enumerable.Range(0, 5), i => Assert.Equal("a", placement.Host(i)!.Name));
    }

    [Fact]
    public void Without_any_host_nobody_lives_anywhere_until_one_comes()
    {
        var before = Placement.Nowhere(3).Next(Nodes("a"), Names("a"), "a");
        var empty = before.Next(Nodes("b"), Names(), null);
        Assert.All(Enumerable.Range(0, 3), i => Assert.Null(empty.Host(i)));
        Assert.All(
            Enumerable.Range(0, 3), i => Assert.Equal("b", empty.Next(Nodes("b"), Names("b"), null).Host(i)!.Name));
    }

    static IEnumerable<NodePlace> Nodes(params string[] names) =>
        names.Select(n => new NodePlace(n, "127.0.0.1", 1000 + n[0]));

    static HashSet<string> Names(params string[] names) => [.. names];

    static SortedDictionary<string, int> Lodgers(Placement placement) =>
        new(
            Enumerable.Range(0, placement.HostOf.Length).GroupBy(i => placement.Host(i)!.Name)
                .ToDictionary(g => g.Key, g => g.Count()));
}
