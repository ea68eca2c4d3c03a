namespace BitTensor.Scenarios;

/// <summary>What a student is trained on: the distillation loss, eq. (11).</summary>
public enum StudentLoss
{
    /// <summary>Squared error between its slots and the answers.</summary>
    Mse,

    /// <summary>KL between what the head makes of its slots and of the answers.</summary>
    Kl,

    /// <summary>Their sum.</summary>
    Both,
}

/// <summary>The inputs that a student sees.</summary>
public enum StudentInputs
{
    /// <summary>The neuron's own batches, with the answers that it trains on.</summary>
    Own,

    /// <summary>Mixtures of two own examples each; the answers cost queries.</summary>
    Mixed,

    /// <summary>Inputs of the queries that the neuron served; the answers cost queries.</summary>
    Served,
}

/// <summary>Section <c>private</c>: data that never leave the neuron (section 1.8).</summary>
/// <param name="Share">Share of its training data, in (0, 1).</param>
/// <param name="Trains">True when it trains on them, over its student alone.</param>
public sealed record PrivateSpec(double Share, bool Trains);

/// <summary>Section <c>student</c>: a neuron distils the answers of its peers (section 1.8).</summary>
public sealed record StudentSpec
{
    /// <summary>The section with every key at its default.</summary>
    public static StudentSpec Default => StudentFormat.Section.Default;

    /// <summary>The loss.</summary>
    public required StudentLoss Loss { get; init; }

    /// <summary>The inputs.</summary>
    public required StudentInputs Inputs { get; init; }

    /// <summary>Iterations of the neuron from one step of the student to the next, at least 1.</summary>
    public required int Every { get; init; }

    /// <summary>
    /// Iterations after which what it learned of a peer is too old to stand in for it, at least 1; null for never.
    /// </summary>
    public int? MaxAge { get; init; }
}
