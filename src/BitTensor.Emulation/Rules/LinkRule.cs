using BitTensor.Mechanism;
using BitTensor.Parcels;

namespace BitTensor.Emulation;

/// <summary>
/// One thing a link does to parcels. Rules are asked in order; each adds its delay to the parcel's, and the first to
/// drop it ends the matter: copies and old parcels that would have come with it do not come. A rule sees parcels, never
/// content, and draws only from the dice it is handed, which belong to this parcel alone.
/// </summary>
public abstract class LinkRule
{
    /// <summary>Judges one parcel.</summary>
    /// <param name="parcel">The parcel.</param>
    /// <param name="now">Emulated time of sending.</param>
    /// <param name="so">Delay given by the rules before this one.</param>
    /// <param name="dice">Draws of this parcel.</param>
    /// <returns>The delay this rule adds and what else it does, or a drop.</returns>
    public abstract Verdict Judge(in Parcel parcel, TimeSpan now, TimeSpan so, RandomStream dice);

    /// <summary>True when the link must keep old parcels for this rule.</summary>
    public virtual bool Remembers => false;

    /// <summary>A rule with the same settings and fresh state, for another direction of another link.</summary>
    public virtual LinkRule Fresh() => this;
}
