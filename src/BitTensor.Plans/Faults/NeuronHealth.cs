using BitTensor.Emulation;
using BitTensor.Parcels;

namespace BitTensor.Plans.Faults;

/// <summary>The faults of one neuron at one moment.</summary>
/// <param name="Down">Outcome of parcels for the neuron while it is down; null while it is up.</param>
/// <param name="LosesState">True when it comes back with the state it had at the start.</param>
/// <param name="Paused">True while it handles nothing.</param>
/// <param name="Slowness">Factor on the time its computing takes; at least 1.</param>
/// <param name="Offset">Lead of its clock.</param>
/// <param name="Drift">Seconds its clock gains per second, above -1.</param>
public sealed record NeuronHealth(
    ParcelOutcome? Down, bool LosesState, bool Paused, double Slowness, TimeSpan Offset, double Drift)
{
    /// <summary>
    /// Health without a fault. All healthy neurons share this object, so that it stays in the processor's caches.
    /// </summary>
    public static NeuronHealth Well { get; } = new(null, false, false, 1, TimeSpan.Zero, 0);

    /// <summary>True when the neuron handles messages.</summary>
    public bool IsUp => Down is null && !Paused;

    /// <summary>Reading of the neuron's clock at emulated time <paramref name="now"/>.</summary>
    public TimeSpan Reads(TimeSpan now) => Drift == 0 ? now + Offset : now * (1 + Drift) + Offset;

    /// <summary>Emulated time in which the neuron's clock advances by <paramref name="span"/>.</summary>
    public TimeSpan Lasts(TimeSpan span) => Drift == 0 ? span : span / (1 + Drift);

    /// <summary>Emulated time that a job of this cost takes.</summary>
    public TimeSpan Takes(TimeSpan cost) => Slowness == 1 ? cost : EmulatedTime.Times(cost, Slowness);
}
