using BitTensor.Parcels;
using BitTensor.Scenarios;

namespace BitTensor.Actors.Faults;

/// <summary>How a neuron is.</summary>
/// <param name="Down">Null, or while the neuron does not live, the outcome of parcels for it.</param>
/// <param name="LosesState">True when it comes back as it was at the start.</param>
/// <param name="Paused">It stands still.</param>
/// <param name="Slowness">Its computing takes so many times as long; at least 1.</param>
/// <param name="Offset">Its clock is ahead by this much.</param>
/// <param name="Drift">Seconds its clock gains per second, above -1.</param>
public sealed record NeuronHealth(
    ParcelOutcome? Down, bool LosesState, bool Paused, double Slowness, TimeSpan Offset, double Drift)
{
    /// <summary>Nothing ails it. All that are well share it: what a thousand neurons look at stays in the caches.</summary>
    public static NeuronHealth Well { get; } = new(null, false, false, 1, TimeSpan.Zero, 0);

    /// <summary>True when a neuron like this takes what comes.</summary>
    public bool IsUp => Down is null && !Paused;

    /// <summary>What a clock like this shows when it should show <paramref name="now"/>.</summary>
    public TimeSpan Reads(TimeSpan now) => Drift == 0 ? now + Offset : now * (1 + Drift) + Offset;

    /// <summary>How long it really takes until a clock like this has gone on by <paramref name="span"/>.</summary>
    public TimeSpan Lasts(TimeSpan span) => Drift == 0 ? span : span / (1 + Drift);

    /// <summary>How long computing takes.</summary>
    public TimeSpan Takes(TimeSpan cost) => Slowness == 1 ? cost : cost * Slowness;
}

/// <summary>What a neuron meets: its health as a function of emulated time.</summary>
public sealed class Fate(Effect[] effects)
{
    // Faults of one kind that overlap multiply; beyond these nothing is worse.
    const double SlowestClock = 1e-3;
    const double FastestClock = 1e3;
    const double MostSlowness = 1e6;

    readonly TimeSpan[] _moments = Timeline.MomentsOf(effects);

    /// <summary>The first moment after this one at which something changes; null when nothing does any more.</summary>
    public TimeSpan? NextAfter(TimeSpan now) => _moments.Where(t => t > now).Select(t => (TimeSpan?)t).FirstOrDefault();

    /// <summary>Health at a moment.</summary>
    public NeuronHealth At(TimeSpan now)
    {
        var health = NeuronHealth.Well;
        foreach (var effect in effects)
        {
            if (effect.At(now))
            {
                health = With(health, effect.What);
            }
        }
        return health;
    }

    static NeuronHealth With(NeuronHealth health, FaultSpec what) => what switch
    {
        FaultSpec.Crash crash => health with
        {
            Down = ParcelOutcome.Crashed, LosesState = health.LosesState || crash.LosesState,
        },
        FaultSpec.Leave leave => health with
        {
            Down = ParcelOutcome.Left, LosesState = health.LosesState || leave.LosesState,
        },
        FaultSpec.Pause => health with { Paused = true },
        FaultSpec.Slow slow => health with { Slowness = Math.Min(health.Slowness * slow.Factor, MostSlowness) },
        FaultSpec.Skew skew => health with
        {
            Offset = health.Offset + (skew.Behind ? -skew.Offset : skew.Offset),
            Drift = Math.Clamp((1 + health.Drift) * (1 + skew.Drift), SlowestClock, FastestClock) - 1,
        },
        _ => health,
    };
}

/// <summary>How the ledger is.</summary>
/// <param name="Down">Its process is down.</param>
/// <param name="Full">Nothing can be written.</param>
/// <param name="Failing">Probability that a write fails.</param>
/// <param name="Latency">How long a write takes.</param>
public readonly record struct LedgerHealth(bool Down, bool Full, double Failing, TimeSpan Latency);

/// <summary>What the ledger meets: its health as a function of emulated time.</summary>
public sealed class LedgerFate(Effect[] effects)
{
    readonly TimeSpan[] _moments = Timeline.MomentsOf(effects);

    /// <summary>True when nothing ever ails it.</summary>
    public bool IsUneventful => effects.Length == 0;

    /// <summary>The first moment after this one at which something changes; null when nothing does any more.</summary>
    public TimeSpan? NextAfter(TimeSpan now) => _moments.Where(t => t > now).Select(t => (TimeSpan?)t).FirstOrDefault();

    /// <summary>Health at a moment.</summary>
    public LedgerHealth At(TimeSpan now)
    {
        var health = default(LedgerHealth);
        foreach (var effect in effects.Where(e => e.At(now)))
        {
            health = effect.What switch
            {
                FaultSpec.Disk { Fault: DiskFault.Full } => health with { Full = true },
                FaultSpec.Disk { Fault: DiskFault.Failing } disk => health with { Failing = 1 - (1 - health.Failing) * (1 - disk.Probability) },
                FaultSpec.Disk disk => health with { Latency = health.Latency + disk.Latency },
                _ => health with { Down = true },
            };
        }
        return health;
    }
}
