namespace BitTensor.Learning;

/// <summary>A data set is missing, damaged, or too small for what was asked.</summary>
public sealed class DataSetException(string message, Exception? inner = null) : Exception(message, inner);
