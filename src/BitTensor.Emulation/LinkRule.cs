using BitTensor.Mechanism;

namespace BitTensor.Emulation;

/// <summary>
/// One thing a link does to parcels. Rules are asked in order; each adds its delay to the parcel's, and the first to drop it ends the
/// matter. A rule sees parcels, never content, and draws only from the dice it is handed, which belong to this parcel alone.
/// </summary>
public abstract class LinkRule
{
    /// <summary>Judges one parcel.</summary>
    /// <param name="parcel">The parcel.</param>
    /// <param name="now">Emulated time of sending.</param>
    /// <param name="so">Delay given by the rules before this one.</param>
    /// <param name="dice">Draws of this parcel.</param>
    /// <returns>The delay this rule adds, or a drop.</returns>
    public abstract Verdict Judge(in Parcel parcel, TimeSpan now, TimeSpan so, RandomStream dice);

    /// <summary>A rule with the same settings and fresh state, for another direction of another link.</summary>
    public virtual LinkRule Fresh() => this;
}

/// <summary>Each parcel is lost with one probability, independently.</summary>
public sealed class LossRule(double probability) : LinkRule
{
    /// <inheritdoc/>
    public override Verdict Judge(in Parcel parcel, TimeSpan now, TimeSpan so, RandomStream dice) =>
        dice.NextDouble() < probability ? Verdict.Drop("loss") : Verdict.Deliver(TimeSpan.Zero);
}

/// <summary>Parcels leave one after another at a fixed rate; a parcel waits until those before it have left.</summary>
public sealed class BandwidthRule(double bytesPerSecond) : LinkRule
{
    TimeSpan _free;

    /// <inheritdoc/>
    public override Verdict Judge(in Parcel parcel, TimeSpan now, TimeSpan so, RandomStream dice)
    {
        var start = _free > now ? _free : now;
        _free = start + TimeSpan.FromSeconds(parcel.Bytes / bytesPerSecond);
        return Verdict.Deliver(_free - now);
    }

    /// <inheritdoc/>
    public override LinkRule Fresh() => new BandwidthRule(bytesPerSecond);
}

/// <summary>The latency of a parcel: a draw from a distribution, raised to a minimum, plus uniform jitter.</summary>
/// <param name="draw">Draws one latency in milliseconds.</param>
/// <param name="minimum">Smallest latency.</param>
/// <param name="jitter">Width of the uniform jitter.</param>
public sealed class LatencyRule(Func<RandomStream, double> draw, TimeSpan minimum, TimeSpan jitter) : LinkRule
{
    /// <inheritdoc/>
    public override Verdict Judge(in Parcel parcel, TimeSpan now, TimeSpan so, RandomStream dice)
    {
        var ms = Math.Max(draw(dice), minimum.TotalMilliseconds);
        if (jitter > TimeSpan.Zero)
        {
            ms += dice.NextDouble() * jitter.TotalMilliseconds;
        }
        return Verdict.Deliver(TimeSpan.FromTicks((long)Math.Min(ms * TimeSpan.TicksPerMillisecond, TimeSpan.MaxValue.Ticks / 4d)));
    }
}
