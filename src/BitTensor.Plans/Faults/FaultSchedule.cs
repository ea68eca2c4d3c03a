using BitTensor.Parcels;
using BitTensor.Scenarios;

namespace BitTensor.Plans.Faults;

/// <summary>Health of one neuron as a function of emulated time.</summary>
/// <param name="effects">The faults of the neuron, by their start.</param>
public sealed class FaultSchedule(Effect[] effects)
{
    // Overlapping faults of one kind multiply up to these bounds.
    const double SlowestClock = 1e-3;
    const double FastestClock = 1e3;
    const double MostSlowness = 1e6;

    readonly TimeSpan[] _moments = Timeline.MomentsOf(effects);

    /// <summary>The first moment after this one at which the health changes; null when it changes no more.</summary>
    public TimeSpan? NextAfter(TimeSpan now) => Timeline.NextAfter(_moments, now);

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
        FaultSpec.Disconnect => health with { Down = ParcelOutcome.Left },
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
