namespace BitTensor.Records;

/// <summary>A ledger is unusable: it is another file, is damaged, or would contradict itself.</summary>
public class LedgerException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A later ledger has taken over; writes of this one no longer count.</summary>
public sealed class LedgerFencedException(string message, Exception? inner = null) : LedgerException(message, inner);

/// <summary>An emulated disk failed a write; the block was not written.</summary>
public sealed class StoreFaultException(string message) : LedgerException(message);
