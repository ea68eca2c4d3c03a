namespace BitTensor.Records;

/// <summary>A journal cannot be read.</summary>
public sealed class JournalException(string message, Exception? inner = null) : Exception(message, inner);
