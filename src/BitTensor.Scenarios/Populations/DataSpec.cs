namespace BitTensor.Scenarios;

/// <summary>A data set.</summary>
public enum DataSet
{
    /// <summary>Embedded 8 x 8 handwritten digits (optdigits), 1797 examples, 10 classes.</summary>
    Digits,

    /// <summary>28 x 28 clothing images from a folder of IDX files.</summary>
    FashionMnist,

    /// <summary>Gaussian clusters drawn from the seed.</summary>
    Synthetic,
}

/// <summary>The way examples are dealt to neurons.</summary>
public enum DataSplit
{
    /// <summary>Shuffled, equal shards.</summary>
    Iid,

    /// <summary>Class proportions per neuron drawn from a Dirichlet distribution.</summary>
    Dirichlet,

    /// <summary>Sorted by label, each neuron gets a few classes.</summary>
    ByLabel,

    /// <summary>Shuffled, shards whose sizes are proportional to the populations' data-share.</summary>
    Sizes,
}

/// <summary>Section <c>data</c>.</summary>
public sealed record DataSpec
{
    /// <summary>The section when it is left out and a neuron learns from data.</summary>
    public static DataSpec Default => DataFormat.Section.Default;

    /// <summary>Fewest examples per neuron: one to train on, one held out.</summary>
    public const int FewestExamples = 2;

    /// <summary>
    /// Sizes of shards that are proportional to <paramref name="shares"/>, rounded so that they add up to
    /// <paramref name="examples"/> or, by rounding, one less.
    /// </summary>
    public static int[] SizesOf(int examples, IReadOnlyList<double> shares)
    {
        double total = shares.Sum(), before = 0;
        var sizes = new int[shares.Count];
        for (var i = 0; i < sizes.Length; i++)
        {
            var start = (int)(examples * (before / total));
            before += shares[i];
            sizes[i] = (int)(examples * Math.Min(1, before / total)) - start;
        }
        return sizes;
    }

    /// <summary>The set.</summary>
    public required DataSet Set { get; init; }

    /// <summary>Folder of IDX files for fashion-mnist; null tries the usual places.</summary>
    public string? Folder { get; init; }

    /// <summary>The split.</summary>
    public required DataSplit Split { get; init; }

    /// <summary>Concentration of the Dirichlet split, above 0; small is more unequal.</summary>
    public required double Concentration { get; init; }

    /// <summary>Classes per neuron of the by-label split, at least 1.</summary>
    public required int LabelsPerNeuron { get; init; }

    /// <summary>Share of each neuron's shard that is held out from training, in (0, 1).</summary>
    public required double Holdout { get; init; }

    /// <summary>
    /// Examples of the synthetic set, at least 1. An upper bound on the examples used of the other sets; null for all.
    /// </summary>
    public int? Examples { get; init; }

    /// <summary>Input features of the synthetic set.</summary>
    public required int Features { get; init; }

    /// <summary>Classes of the synthetic set, at least 2.</summary>
    public required int Classes { get; init; }

    /// <summary>Standard deviation of the synthetic clusters around centres drawn from the unit normal.</summary>
    public required double Spread { get; init; }
}
