namespace BitTensor.Scenarios;

/// <summary>The data on which a neuron learns what its peers are worth to it.</summary>
public enum EvidenceSource
{
    /// <summary>The batches that it trains on.</summary>
    Training,

    /// <summary>Data that it keeps aside and does not train on.</summary>
    Fresh,
}

/// <summary>Section <c>significance</c>: the evidence of (3) and (10b), which moves the row.</summary>
public sealed record SignificanceSpec
{
    /// <summary>Where it comes from.</summary>
    public required EvidenceSource On { get; init; }

    /// <summary>Examples over which it is a mean, the newest ones, at least 1.</summary>
    public required int Average { get; init; }

    /// <summary>Share of the training examples that is kept aside, in (0, 1).</summary>
    public required double Share { get; init; }

    /// <summary>Every so many iterations one is about the data kept aside, at least 2.</summary>
    public required int Every { get; init; }

    /// <summary>True when the neuron keeps data aside.</summary>
    public bool IsFresh => On == EvidenceSource.Fresh;
}
