using BitTensor.Mechanism;
using BitTensor.Scenarios;

namespace BitTensor.Studies;

/// <summary>An attack on a network with a defence, or with none.</summary>
/// <param name="Attack">Name of the attack.</param>
/// <param name="Defence">Name of the defence; <see cref="AttackNetwork.Paper"/> for none.</param>
/// <param name="Harms">True when the attack aims at the losses of others, false when it aims at stake.</param>
/// <param name="Attacked">Number of the network that is attacked.</param>
/// <param name="Honest">Number of the same network with its attackers honest.</param>
/// <param name="Plain">Number of the honest network without the defence.</param>
public sealed record AttackTrial(string Attack, string Defence, bool Harms, int Attacked, int Honest, int Plain);

/// <summary>
/// Result of an attack against the same members honest, seed by seed; means with 95 % bootstrap intervals over the
/// seeds.
/// </summary>
/// <param name="Trial">The attack.</param>
/// <param name="Gain">
/// Gain of the members' share of a block's emission under the same defence, mean over the blocks.
/// </param>
/// <param name="Reaction">
/// First block from which the members' share of the emission stays at most a point (0.01) above their honest share,
/// median over the seeds; infinite when at least half of the seeds have none.
/// </param>
/// <param name="OthersLoss">
/// Cost of attack and defence to the others: rise of their mean loss, relative to the loss with neither; infinite when
/// they diverge, NaN when the honest network has fewer neurons.
/// </param>
/// <param name="Saved">Reduction of <see cref="Success"/> by the defence; 0 without one.</param>
public sealed record AttackRow(
    AttackTrial Trial, MeanInterval Gain, double Reaction, MeanInterval OthersLoss, MeanInterval Saved)
{
    /// <summary>The quantity the attack aims at, lower for a better defence: the gain, or the others' loss.</summary>
    public MeanInterval Success => Trial.Harms ? OthersLoss : Gain;

    /// <summary>True when the success exceeds a point, as far as the seeds show.</summary>
    public bool Succeeds => Success.Mean > AttackNetwork.Tie && !(Success.Low <= 0);

    /// <summary>True when the defence reduces the success, as far as the seeds show.</summary>
    public bool Helps => Saved.Mean > 0 && !(Saved.Low <= 0);
}
