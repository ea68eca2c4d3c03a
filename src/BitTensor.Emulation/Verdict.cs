using BitTensor.Parcels;

namespace BitTensor.Emulation;

/// <summary>What a link does with a parcel: it arrives after a time, or never; and what else comes of it.</summary>
/// <param name="After">Emulated time until delivery.</param>
/// <param name="Dropped">The outcome of a parcel that never arrives; null when it arrives.</param>
public readonly record struct Verdict(TimeSpan After, ParcelOutcome? Dropped)
{
    /// <summary>Arrives at once.</summary>
    public static Verdict Pass => default;

    /// <summary>A copy arrives this long after the parcel; null for none.</summary>
    public TimeSpan? CopyAfter { get; init; }

    /// <summary>Draw of the bits that are flipped; null when it arrives as it was sent.</summary>
    public ulong? Damage { get; init; }

    /// <summary>How many parcels before it one was sent that arrives again with it, from 0; null for none.</summary>
    public int? OldOne { get; init; }

    /// <summary>True when a parcel that is not dropped arrives once, as it was sent, and alone.</summary>
    public bool Plain => CopyAfter is null && Damage is null && OldOne is null;

    /// <summary>Arrives after <paramref name="delay"/>.</summary>
    public static Verdict Deliver(TimeSpan delay) => new(delay, null);

    /// <summary>Never arrives.</summary>
    public static Verdict Drop(ParcelOutcome outcome) => new(TimeSpan.Zero, outcome);

    /// <summary>This verdict and then another rule's.</summary>
    public Verdict And(in Verdict next) => next.Dropped is not null ? next : this with
    {
        After = EmulatedTime.After(After, next.After),
        CopyAfter = next.CopyAfter ?? CopyAfter,
        Damage = next.Damage ?? Damage,
        OldOne = next.OldOne ?? OldOne,
    };
}
