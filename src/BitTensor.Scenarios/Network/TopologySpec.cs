using System.Collections.Immutable;

namespace BitTensor.Scenarios;

/// <summary>Section <c>topology</c>: the peers that a neuron queries.</summary>
public abstract record TopologySpec
{
    TopologySpec() { }

    /// <summary>Peers of a neuron in the mean, about, in a network of so many.</summary>
    public double MeanPeers(double neurons) => Math.Min(neurons - 1, this switch
    {
        Random random => random.Degree,
        Ring ring => 2.0 * ring.Reach,
        Regular regular => regular.Degree,
        SmallWorld world => 2.0 * world.Reach,
        Star => 2,
        Edges edges => 2 * edges.List.Length / neurons,
        _ => neurons - 1,
    });

    /// <summary>Every neuron queries every other.</summary>
    public sealed record Complete : TopologySpec;

    /// <summary>Every neuron queries <paramref name="Degree"/> distinct peers drawn from the seed.</summary>
    public sealed record Random(int Degree) : TopologySpec;

    /// <summary>
    /// Neurons stand in a circle by id; each queries the <paramref name="Reach"/> nearest on either side.
    /// </summary>
    public sealed record Ring(int Reach) : TopologySpec;

    /// <summary>A random graph in which every neuron has <paramref name="Degree"/> mutual peers.</summary>
    public sealed record Regular(int Degree) : TopologySpec;

    /// <summary>
    /// A ring in which each edge is, with probability <paramref name="Rewire"/>, replaced by one to a neuron drawn
    /// from the seed (Watts and Strogatz 1998). Edges are mutual.
    /// </summary>
    public sealed record SmallWorld(int Reach, double Rewire) : TopologySpec;

    /// <summary>Neuron 0 and every other neuron query each other; no others do.</summary>
    public sealed record Star : TopologySpec;

    /// <summary>Mutual edges as listed.</summary>
    public sealed record Edges(ImmutableArray<(int A, int B)> List) : TopologySpec;
}
