using BitTensor.Scenarios;

namespace BitTensor.Learning;

/// <summary>How a model learns.</summary>
/// <param name="Optimizer">Optimizer.</param>
/// <param name="LearningRate">Learning rate, above 0.</param>
/// <param name="WeightDecay">L2 weight decay, at least 0.</param>
public sealed record LearningSettings(OptimizerKind Optimizer, double LearningRate, double WeightDecay)
{
    /// <summary>Share of a peer's answers that the head does not see in training, in [0, 1).</summary>
    public double SlotDropout { get; init; }

    /// <summary>The same of the own representation, in [0, 1).</summary>
    public double OwnDropout { get; init; }

    /// <summary>The trained gate; null for none.</summary>
    public GatingSpec? Gate { get; init; }

    /// <summary>True where answers hold the peer input, eq. (9); the model has a student then.</summary>
    public bool AnswersWithPeers { get; init; }

    /// <summary>The student of the peers; null for none.</summary>
    public StudentSpec? Student { get; init; }

    /// <summary>What stands in for an answer that does not come.</summary>
    public MissingAnswer Missing { get; init; }
}
