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

    /// <summary>Asks rules in order: the sum of their delays, or the first drop.</summary>
    public static Verdict JudgeAll(IReadOnlyList<LinkRule> rules, in Parcel parcel, TimeSpan now, TimeSpan so, RandomStream dice)
    {
        var added = TimeSpan.Zero;
        for (var k = 0; k < rules.Count; k++)
        {
            var verdict = rules[k].Judge(parcel, now, so + added, dice);
            if (verdict.Dropped is not null)
            {
                return verdict;
            }
            added += verdict.After;
        }
        return Verdict.Deliver(added);
    }
}

/// <summary>Each parcel is lost with one probability, independently.</summary>
public sealed class LossRule(double probability) : LinkRule
{
    /// <inheritdoc/>
    public override Verdict Judge(in Parcel parcel, TimeSpan now, TimeSpan so, RandomStream dice) =>
        dice.NextDouble() < probability ? Verdict.Drop("loss") : Verdict.Deliver(TimeSpan.Zero);
}

/// <summary>
/// Parcels are lost in bursts (Gilbert 1960, Elliott 1963): the link is in a good or a bad state, changes it before a parcel with a
/// probability, and loses the parcel with the probability of its state. A link starts in the good state.
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
        return dice.NextDouble() < (_bad ? lossBad : lossGood) ? Verdict.Drop("burst-loss") : Verdict.Deliver(TimeSpan.Zero);
    }

    /// <inheritdoc/>
    public override LinkRule Fresh() => new BurstLossRule(goodToBad, badToGood, lossGood, lossBad);
}

/// <summary>Some parcels are held back for a uniformly drawn time, so that later ones overtake them.</summary>
/// <param name="probability">Probability that a parcel is held back.</param>
/// <param name="longest">Longest time it waits.</param>
public sealed class ReorderRule(double probability, TimeSpan longest) : LinkRule
{
    /// <inheritdoc/>
    public override Verdict Judge(in Parcel parcel, TimeSpan now, TimeSpan so, RandomStream dice) =>
        Verdict.Deliver(dice.NextDouble() < probability ? TimeSpan.FromTicks((long)(longest.Ticks * dice.NextDouble())) : TimeSpan.Zero);
}

/// <summary>Rules that act on some parcels only, drawn independently; the others pass at once.</summary>
/// <param name="probability">Probability that the rules act.</param>
/// <param name="rules">The rules, in order.</param>
public sealed class ToxicityRule(double probability, IReadOnlyList<LinkRule> rules) : LinkRule
{
    /// <inheritdoc/>
    public override Verdict Judge(in Parcel parcel, TimeSpan now, TimeSpan so, RandomStream dice) =>
        dice.NextDouble() < probability ? JudgeAll(rules, parcel, now, so, dice) : Verdict.Deliver(TimeSpan.Zero);

    /// <inheritdoc/>
    public override LinkRule Fresh() => new ToxicityRule(probability, [.. rules.Select(r => r.Fresh())]);
}

/// <summary>
/// Parcels leave one after another at a fixed rate; a parcel waits until those before it have left, and is dropped when it finds no
/// room to wait.
/// </summary>
/// <param name="bytesPerSecond">The rate.</param>
/// <param name="queueBytes">Bytes that may wait, the parcel being sent included; null for any number.</param>
public sealed class BandwidthRule(double bytesPerSecond, long? queueBytes = null) : LinkRule
{
    TimeSpan _free;

    /// <inheritdoc/>
    public override Verdict Judge(in Parcel parcel, TimeSpan now, TimeSpan so, RandomStream dice)
    {
        var start = _free > now ? _free : now;
        if (queueBytes is { } room && (start - now).TotalSeconds * bytesPerSecond + parcel.Bytes > room)
        {
            return Verdict.Drop("queue-full");
        }
        _free = start + TimeSpan.FromSeconds(parcel.Bytes / bytesPerSecond);
        return Verdict.Deliver(_free - now);
    }

    /// <inheritdoc/>
    public override LinkRule Fresh() => new BandwidthRule(bytesPerSecond, queueBytes);
}

/// <summary>The latency of a parcel: a draw from a distribution, raised to a minimum, plus uniform jitter.</summary>
/// <param name="draw">Draws one latency in milliseconds.</param>
/// <param name="minimum">Smallest latency.</param>
/// <param name="jitter">Width of the uniform jitter.</param>
/// <param name="correlation">Probability that a parcel has the same draw as the one before it: the lag-1 autocorrelation of the draws.</param>
public sealed class LatencyRule(Func<RandomStream, double> draw, TimeSpan minimum, TimeSpan jitter, double correlation = 0) : LinkRule
{
    double _last = double.NaN;

    /// <inheritdoc/>
    public override Verdict Judge(in Parcel parcel, TimeSpan now, TimeSpan so, RandomStream dice)
    {
        var repeats = correlation > 0 && dice.NextDouble() < correlation && !double.IsNaN(_last);
        _last = repeats ? _last : draw(dice);
        var ms = Math.Max(_last, minimum.TotalMilliseconds);
        if (jitter > TimeSpan.Zero)
        {
            ms += dice.NextDouble() * jitter.TotalMilliseconds;
        }
        return Verdict.Deliver(TimeSpan.FromTicks((long)Math.Min(ms * TimeSpan.TicksPerMillisecond, TimeSpan.MaxValue.Ticks / 4d)));
    }

    /// <inheritdoc/>
    public override LinkRule Fresh() => correlation > 0 ? new LatencyRule(draw, minimum, jitter, correlation) : this;
}
