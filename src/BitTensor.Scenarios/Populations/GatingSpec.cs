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

    /// <summary>A trained gate, eq. (9) and (10).</summary>
    Gate,
}

/// <summary>What chooses its peers together under a trained gate.</summary>
public enum GateScope
{
    /// <summary>Each example chooses for itself, and a peer gets the examples that chose it.</summary>
    Example,

    /// <summary>All examples of a batch choose together, by their mean.</summary>
    Batch,
}

/// <summary>A loss that keeps a trained gate from choosing the same peers always.</summary>
public enum BalanceLoss
{
    /// <summary>None.</summary>
    None,

    /// <summary>Squared variation of the peers' importance (Shazeer et al. 2017); 0 at balance.</summary>
    Cv2,

    /// <summary>n sum_j f_j P_j (Fedus et al. 2021); 1 at balance.</summary>
    Switch,
}

/// <summary>What stands in for an answer that does not come.</summary>
public enum MissingAnswer
{
    /// <summary>Zeros.</summary>
    Zero,

    /// <summary>Zeros, and the answers that came are scaled up to the weight of all that were asked for.</summary>
    Renormalise,

    /// <summary>What the neuron's student predicts.</summary>
    Student,
}

/// <summary>
/// Section <c>wait</c>: how long an iteration waits for answers (hivemind's <c>k_min</c> and
/// <c>timeout_after_k_min</c>).
/// </summary>
/// <param name="KMin">Answers that every example needs, at least 1.</param>
/// <param name="AfterKMin">Emulated time that the iteration waits for more once every example has them.</param>
public sealed record WaitSpec(int KMin, TimeSpan AfterKMin);

/// <summary>Section <c>gating</c>: a neuron queries some of its peers instead of all (section 1.7).</summary>
public sealed record GatingSpec
{
    /// <summary>The section with every other key at its default.</summary>
    public static GatingSpec Asking(int top, GateRule by) => GatingFormat.Section.Default with { Top = top, By = by };

    /// <summary>k, peers that are queried in an iteration, at least 1.</summary>
    public required int Top { get; init; }

    /// <summary>The rule by which they are chosen.</summary>
    public required GateRule By { get; init; }

    /// <summary>Blocks at the start of the run in which all peers are queried, at least 0.</summary>
    public required int WarmUp { get; init; }

    /// <summary>Share of iterations in which the last of the chosen gives way to any other peer, in [0, 1].</summary>
    public required double Explore { get; init; }

    /// <summary>What chooses together under a trained gate.</summary>
    public required GateScope Per { get; init; }

    /// <summary>Standard deviation of the normal noise on a trained gate's scores, at least 0.</summary>
    public required double Noise { get; init; }

    /// <summary>Loss that keeps a trained gate in balance.</summary>
    public required BalanceLoss Balance { get; init; }

    /// <summary>Its weight beside the neuron's own loss, at least 0.</summary>
    public required double BalanceWeight { get; init; }

    /// <summary>How long an iteration waits; null for all answers, or the reply time-out.</summary>
    public WaitSpec? Wait { get; init; }
}
