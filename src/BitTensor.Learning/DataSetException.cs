using System.Collections.Immutable;
using BitTensor.Scenarios;

namespace BitTensor.Learning;

/// <summary>A data set is missing, damaged, or too small for what was asked.</summary>
public class DataSetException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>An exception for faults of files, each with its place and what to do.</summary>
    public DataSetException(ImmutableArray<ScenarioError> faults)
        : this(string.Join('\n', faults)) => Faults = faults;

    /// <summary>The faults of files; empty for another reason.</summary>
    public ImmutableArray<ScenarioError> Faults { get; } = [];
}

/// <summary>A data set has fewer examples than the scenario deals to its neurons.</summary>
public sealed class TooFewExamplesException(string message) : DataSetException(message);
