namespace BitTensor.Learning;

/// <summary>A data set is missing or damaged, or too small for what was asked.</summary>
public class DataSetException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A data set has fewer examples than the scenario deals to its neurons.</summary>
public sealed class TooFewExamplesException(string message) : DataSetException(message);
