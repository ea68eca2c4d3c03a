using BitTensor.Mechanism;
using BitTensor.Parcels;

namespace BitTensor.Emulation;

/// <summary>The latency of a parcel: a draw from a distribution, raised to a minimum, plus uniform jitter.</summary>
/// <param name="draw">Draws one latency in milliseconds.</param>
/// <param name="minimum">Smallest latency.</param>
/// <param name="jitter">Width of the uniform jitter.</param>
/// <param name="correlation">
/// Probability that a parcel has the same draw as the one before it: the lag-1 autocorrelation of the draws.
/// </param>
public sealed class LatencyRule(
    Func<RandomStream, double> draw, TimeSpan minimum, TimeSpan jitter, double correlation = 0) : LinkRule
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
        return Verdict.Deliver(TimeSpan.FromTicks(
            (long)Math.Min(ms * TimeSpan.TicksPerMillisecond, EmulatedTime.Horizon.Ticks)));
    }

    /// <inheritdoc/>
    public override LinkRule Fresh() => correlation > 0 ? new LatencyRule(draw, minimum, jitter, correlation) : this;
}
