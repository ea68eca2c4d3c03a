namespace BitTensor.Records;

/// <summary>A ledger cannot be used: it is not one, is damaged, or would contradict itself.</summary>
public class LedgerException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A later ledger has taken over: nothing this one writes counts any more.</summary>
public sealed class LedgerFencedException(string message, Exception? inner = null) : LedgerException(message, inner);

/// <summary>A write failed because an emulated disk did; the block is not there.</summary>
public sealed class StoreFaultException(string message) : LedgerException(message);
