namespace BitTensor.Plans.Faults;

/// <summary>The faults of the ledger at one moment.</summary>
/// <param name="Down">True while its process is down.</param>
/// <param name="Full">True while its disk is full.</param>
/// <param name="Failing">Probability that a write fails, in [0, 1].</param>
/// <param name="Latency">Time a write takes.</param>
public readonly record struct LedgerHealth(bool Down, bool Full, double Failing, TimeSpan Latency);
