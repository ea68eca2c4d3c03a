using BitTensor.Scenarios;

namespace BitTensor.Plans.Faults;

/// <summary>Health of the ledger as a function of emulated time.</summary>
/// <param name="effects">The faults of the ledger, by their start.</param>
public sealed class LedgerFaultSchedule(Effect[] effects)
{
    readonly TimeSpan[] _moments = Timeline.MomentsOf(effects);

    /// <summary>True when the ledger has no fault during the run.</summary>
    public bool IsUneventful => effects.Length == 0;

    /// <summary>The first moment after this one at which the health changes; null when it changes no more.</summary>
    public TimeSpan? NextAfter(TimeSpan now) => Timeline.NextAfter(_moments, now);

    /// <summary>Health at a moment.</summary>
    public LedgerHealth At(TimeSpan now)
    {
        var health = default(LedgerHealth);
        foreach (var effect in effects.Where(e => e.At(now)))
        {
            health = effect.What switch
            {
                FaultSpec.Disk { Fault: DiskFault.Full } => health with { Full = true },
                FaultSpec.Disk { Fault: DiskFault.Failing } disk =>
                    health with { Failing = 1 - (1 - health.Failing) * (1 - disk.Probability) },
                FaultSpec.Disk disk => health with { Latency = health.Latency + disk.Latency },
                _ => health with { Down = true },
            };
        }
        return health;
    }
}
