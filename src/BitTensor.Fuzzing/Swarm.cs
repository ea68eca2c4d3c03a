using BitTensor.Mechanism;

namespace BitTensor.Fuzzing;

/// <summary>
/// The features of a seed (swarm testing: Groce, Zhang, Eide, Chen and Regehr 2012). Scenarios with all features at
/// once hide faults that only few features together show, so each seed leaves features out.
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

    /// <summary>True when this seed has the feature; the same on every call.</summary>
    public bool Has(string feature) => Dice($"has-{feature}").Chance(_share);

    /// <summary>The dice of one purpose.</summary>
    public RandomStream Dice(string purpose) => new(_seed, $"fuzz-{purpose}");
}
