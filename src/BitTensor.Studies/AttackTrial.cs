using BitTensor.Mechanism;
using BitTensor.Scenarios;

namespace BitTensor.Studies;

/// <summary>An attack on a network with a defence, or with none.</summary>
/// <param name="Attack">Name of the attack.</param>
/// <param name="Defence">Name of the defence; <see cref="AttackNetwork.Paper"/> for none.</param>
/// <param name="Harms">True when it is after the losses of others, not after stake.</param>
/// <param name="Attacked">Number of the network that is attacked.</param>
/// <param name="Honest">Number of the same network with its attackers honest.</param>
/// <param name="Plain">Number of that without the defence.</param>
public sealed record AttackTrial(string Attack, string Defence, bool Harms, int Attacked, int Honest, int Plain);

/// <summary>
/// What an attack comes to against its members honest, seed by seed; means with 95 % bootstrap intervals over the
/// seeds.
/// </summary>
/// <param name="Trial">The attack.</param>
/// <param name="Gain">
/// What it adds to the members' share of what a block emits with the same defence, mean over the blocks.
/// </param>
/// <param name="Reaction">
/// First block from which on the members' share of the emission stays no more than a point (0.01) above their share
/// when honest, median over the seeds; infinite when in half of them it does not come.
/// </param>
/// <param name="OthersLoss">
/// What attack and defence cost everybody else: rise of their mean loss, as a share of what it is with neither; NaN
/// when fewer neurons are there then.
/// </param>
/// <param name="Saved">What the defence takes off <see cref="Success"/>; 0 without one.</param>
public sealed record AttackRow(
    AttackTrial Trial, MeanInterval Gain, double Reaction, MeanInterval OthersLoss, MeanInterval Saved)
{
    /// <summary>What the attack is after, the less the better the defence: the gain, or the others' loss.</summary>
    public MeanInterval Success => Trial.Harms ? OthersLoss : Gain;

    /// <summary>True when the attack comes to more than a point, as far as the seeds tell.</summary>
    public bool Succeeds => Success.Mean > AttackNetwork.Tie && !(Success.Low <= 0);

    /// <summary>True when the defence takes something off it, as far as the seeds tell.</summary>
    public bool Helps => Saved.Mean > 0 && !(Saved.Low <= 0);
}
