using System.Collections.Immutable;
using System.Globalization;

namespace BitTensor.Scenarios;

/// <summary>The values of key <c>topology</c>.</summary>
static class TopologyFormat
{
    static readonly IntegerType<int> Degree = Types.Whole(1, 1_000_000);
    static readonly IntegerType<int> Reach = Types.Whole(1, 500_000);

    // An id that is no number of the program is no neuron either: the reader refuses the edge.
    static readonly ScalarType<ImmutableArray<(int A, int B)>> List = new TextType(
        "^[0-9]+-[0-9]+([ ,]+[0-9]+-[0-9]+)*$", "edges like 0-1 0-2 1-2", 500_000)
        .As(
            text => ImmutableArray.CreateRange(PairsOf(text).Select(EdgeOf)),
            edges => YamlText.Quoted(string.Join(' ', edges.Select(e => $"{e.A}-{e.B}"))));

    public static readonly VariantType<TopologySpec> Type = new VariantType<TopologySpec>("kind")
        .Named("complete")
        .With(new Section<TopologySpec.Complete>(
            "complete", "topology kind: complete", "Everybody queries everybody else."))
        .With(new Section<TopologySpec.Random>(
            "random", "topology kind: random",
            "Everybody queries a few distinct peers drawn from the seed; rows name these only.")
            .Required("degree", Degree, "How many peers, fewer than there are neurons.",
                r => r.Degree, (r, v) => r with { Degree = v }))
        .With(new Section<TopologySpec.Ring>(
            "ring", "topology kind: ring",
            "Neurons stand in a circle by id; everybody queries the nearest on either side.")
            .Key("reach", Reach, "1", "How many on either side.", r => r.Reach, (r, v) => r with { Reach = v }))
        .With(new Section<TopologySpec.Regular>(
            "regular", "topology kind: regular", "A random graph in which everybody has equally many mutual peers.")
            .Required("degree", Degree, "How many; this times the number of neurons is even.",
                r => r.Degree, (r, v) => r with { Degree = v }))
        .With(new Section<TopologySpec.SmallWorld>(
            "small-world", "topology kind: small-world",
            "A ring some of whose edges are moved anywhere (Watts and Strogatz 1998); edges are mutual.")
            .Key("reach", Reach, "2", "How many on either side before edges are moved.",
                w => w.Reach, (w, v) => w with { Reach = v })
            .Key("rewire", Types.Share, "0.1", "Probability that an edge is moved.",
                w => w.Rewire, (w, v) => w with { Rewire = v }))
        .With(new Section<TopologySpec.Star>(
            "star", "topology kind: star", "Neuron 0 and everybody else query each other; nobody else does."))
        .With(new Section<TopologySpec.Edges>("edges", "topology kind: edges", "Mutual edges, listed.")
            .Required("list", List, "Pairs of neuron ids.",
                e => e.List, (e, v) => e with { List = v.IsDefault ? [] : v }));

    /// <summary>The edges of a list as a file states them: <c>0-1</c>.</summary>
    public static string[] PairsOf(string list) => list.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries);

    static (int A, int B) EdgeOf(string pair)
    {
        var ends = pair.Split('-');
        return (Id(ends[0]), Id(ends[1]));
    }

    static int Id(string text) => int.TryParse(text, CultureInfo.InvariantCulture, out var id) ? id : -1;
}
