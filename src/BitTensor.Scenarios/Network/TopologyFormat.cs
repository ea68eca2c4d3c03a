namespace BitTensor.Scenarios;

/// <summary>The values of key <c>topology</c>.</summary>
static class TopologyFormat
{
    static readonly IntegerType<int> Degree = Types.Whole(1, 1_000_000);
    static readonly IntegerType<int> Reach = Types.Whole(1, 500_000);

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
            .Required("list", new EdgesType(), "Pairs of neuron ids.",
                e => e.List, (e, v) => e with { List = v.IsDefault ? [] : v }));
}
