using BitTensor.Mechanism;
using BitTensor.Parcels;

namespace BitTensor.Emulation;

/// <summary>A link that keeps order: a parcel arrives no earlier than any that was sent before it.</summary>
public sealed class OrderRule : LinkRule
{
    TimeSpan _last;

    /// <inheritdoc/>
    public override Verdict Judge(in Parcel parcel, TimeSpan now, TimeSpan so, RandomStream dice)
    {
        var comes = now + so;
        _last = _last > comes ? _last : comes;
        return Verdict.Deliver(_last - comes);
    }

    /// <inheritdoc/>
    public override LinkRule Fresh() => new OrderRule();
}
