using BitTensor.Mechanism;
using BitTensor.Parcels;

namespace BitTensor.Emulation;

/// <summary>
/// Parcels are lost in bursts (Gilbert 1960, Elliott 1963): the link is in a good or a bad state, changes it before a
/// parcel with a probability, and loses the parcel with the probability of its state. A link starts in the good state.
/// </summary>
/// <param name="goodToBad">Probability of leaving the good state.</param>
/// <param name="badToGood">Probability of leaving the bad state.</param>
/// <param name="lossGood">Loss in the good state.</param>
/// <param name="lossBad">Loss in the bad state.</param>
public sealed class BurstLossRule(double goodToBad, double badToGood, double lossGood, double lossBad) : LinkRule
{
    bool _bad;

    /// <inheritdoc/>
    public override Verdict Judge(in Parcel parcel, TimeSpan now, TimeSpan so, RandomStream dice)
    {
        _bad ^= dice.NextDouble() < (_bad ? badToGood : goodToBad);
        var lost = dice.NextDouble() < (_bad ? lossBad : lossGood);
        return lost ? Verdict.Drop(ParcelOutcome.BurstLoss) : Verdict.Deliver(TimeSpan.Zero);
    }

    /// <inheritdoc/>
    public override LinkRule Fresh() => new BurstLossRule(goodToBad, badToGood, lossGood, lossBad);
}
