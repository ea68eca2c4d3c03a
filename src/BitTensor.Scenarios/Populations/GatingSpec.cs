namespace BitTensor.Scenarios;

/// <summary>The rule by which a neuron chooses the peers that it queries.</summary>
public enum GateRule
{
    /// <summary>Highest rank (4) first: the evidence of all neurons.</summary>
    Rank,

    /// <summary>Largest weight in the neuron's own row first.</summary>
    Row,

    /// <summary>Largest significance (3) on the neuron's own data first.</summary>
    Significance,

    /// <summary>An order that is drawn once.</summary>
    Drawn,
}

/// <summary>Section <c>gating</c>: a neuron queries some of its peers instead of all (section 1.7).</summary>
public sealed record GatingSpec
{
    /// <summary>k, peers that are queried in an iteration, at least 1.</summary>
    public required int Top { get; init; }

    /// <summary>The rule by which they are chosen.</summary>
    public required GateRule By { get; init; }

    /// <summary>Blocks at the start of the run in which all peers are queried, at least 0.</summary>
    public required int WarmUp { get; init; }

    /// <summary>Share of iterations in which the last of the chosen gives way to any other peer, in [0, 1].</summary>
    public required double Explore { get; init; }
}
