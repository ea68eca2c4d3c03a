using BitTensor.Mechanism;

namespace BitTensor.Emulation;

/// <summary>Nothing passes.</summary>
/// <param name="reason">Why: the name under which drops are counted.</param>
public sealed class CutRule(string reason) : LinkRule
{
    /// <inheritdoc/>
    public override Verdict Judge(in Parcel parcel, TimeSpan now, TimeSpan so, RandomStream dice) => Verdict.Drop(reason);
}
