using BitTensor.Mechanism;
using BitTensor.Parcels;

namespace BitTensor.Emulation;

/// <summary>Rules that act on some parcels only, drawn independently; the others pass at once.</summary>
/// <param name="probability">Probability that the rules act.</param>
/// <param name="rules">The rules, in order.</param>
public sealed class ToxicityRule(double probability, RuleList rules) : LinkRule
{
    /// <inheritdoc/>
    public override Verdict Judge(in Parcel parcel, TimeSpan now, TimeSpan so, RandomStream dice) =>
        dice.NextDouble() < probability ? rules.Judge(parcel, now, so, dice) : Verdict.Deliver(TimeSpan.Zero);

    /// <inheritdoc/>
    public override bool Remembers => rules.Remembers;

    /// <inheritdoc/>
    public override LinkRule Fresh() => new ToxicityRule(probability, rules.Fresh());
}
