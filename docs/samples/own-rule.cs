using System.Collections.Immutable;
using BitTensor.Mechanism;

namespace Mine;

/// <summary>Pays rank (5) as a moving average over blocks: keep times the old score and 1 - keep of R.</summary>
public sealed class SmoothedRank : IRankRule
{
    /// <inheritdoc/>
    public string Name => "smoothed-rank";

    /// <inheritdoc/>
    public ImmutableArray<RuleParameter> Parameters { get; } =
        [new("keep", Default: 0.9, Least: 0, Most: 1, "Share of the old score that stays in a block.")];

    /// <inheritdoc/>
    public RuleOutcome Close(RuleBlock block)
    {
        var scores = Ranking.Rank(block.Rows, block.Stake.AsSpan());
        if (block.State is ImmutableArray<double> before)
        {
            var keep = block.Values["keep"];
            for (var j = 0; j < scores.Length; j++)
            {
                scores[j] = keep * before[j] + (1 - keep) * scores[j];
            }
        }
        return new RuleOutcome(scores, State: scores.ToImmutableArray());
    }
}
