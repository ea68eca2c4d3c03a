using BitTensor.Mechanism;

namespace BitTensor.Fuzzing;

/// <summary>
/// Which features a seed has at all (swarm testing: Groce, Zhang, Eide, Chen and Regehr 2012). Scenarios that have
/// everything at once hide what only few faults together bring to light: what is left out matters as much as what is
/// there.
/// </summary>
sealed class Swarm
{
    readonly ulong _seed;
    readonly double _share;

    public Swarm(ulong seed)
    {
        _seed = seed;
        _share = Dice("share").Pick(0.125, 0.25, 0.5);
    }

    /// <summary>True when this seed has the feature. Asking again gives the same answer.</summary>
    public bool Has(string feature) => Dice($"has-{feature}").Chance(_share);

    /// <summary>The dice of one purpose.</summary>
    public RandomStream Dice(string purpose) => new(_seed, $"fuzz-{purpose}");
}
