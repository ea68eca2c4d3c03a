using BitTensor.Mechanism;
using BitTensor.Parcels;
using BitTensor.Records;

namespace BitTensor.Reports;

/// <summary>Scalar figures of one block.</summary>
/// <param name="StakeNext">S after the block, by id.</param>
/// <param name="Diagonal">Mean of w_ii.</param>
/// <param name="DiagonalRatio">sum(diag W) / (sum W - sum(diag W)); infinite when W is the identity.</param>
/// <param name="Gini">Gini coefficient of S after the block.</param>
/// <param name="Nakamoto">Fewest neurons with more than half of S.</param>
/// <param name="Accepted">Submissions accepted.</param>
/// <param name="Refused">Submissions refused.</param>
/// <param name="Delivered">
/// Share of parcels that came through: of those sent in the block, the share that no link dropped, times, of those that
/// arrived in it, the share that was not corrupted. Null without a parcel that was sent, and where it is unknown: a
/// report is missing because its process died, or more were dropped than sent, so that some belong to other blocks.
/// </param>
public sealed record BlockFigures(
    double[] StakeNext, double Diagonal, double DiagonalRatio, double Gini, int Nakamoto, int Accepted, int Refused,
    double? Delivered)
{
    /// <summary>The figures of a block.</summary>
    public static BlockFigures Of(RunBlock block)
    {
        var stake = block.Ledger.Stake.Zip(block.Ledger.Emission, (s, e) => s + e).ToArray();
        double[] members = [.. block.Members.Select(i => stake[i])];
        double diagonal = 0, all = 0;
        for (var i = 0; i < block.Rows.Count; i++)
        {
            diagonal += block.Rows[i][i];
            foreach (var weight in block.Rows[i].Values)
            {
                all += weight;
            }
        }
        var accepted = block.Ledger.Submissions.Count(e => e.Refused is null);
        return new BlockFigures(
            stake, diagonal / members.Length, diagonal / (all - diagonal), GiniOf(members), NakamotoOf(stake), accepted,
            block.Ledger.Submissions.Length - accepted, DeliveredOf(block));
    }

    /// <summary>Gini coefficient: half the mean absolute difference over the mean; 0 when all are equal.</summary>
    public static double GiniOf(IReadOnlyCollection<double> values)
    {
        var sorted = values.Order().ToArray();
        double total = 0, ranked = 0;
        for (var k = 0; k < sorted.Length; k++)
        {
            total += sorted[k];
            ranked += (2 * (k + 1) - sorted.Length - 1) * sorted[k];
        }
        return total > 0 ? ranked / (sorted.Length * total) : 0;
    }

    /// <summary>Fewest holders that together have more than half.</summary>
    public static int NakamotoOf(IReadOnlyCollection<double> values)
    {
        double left = values.Sum() / 2;
        var holders = 0;
        foreach (var value in values.OrderDescending())
        {
            if (left < 0)
            {
                break;
            }
            left -= value;
            holders++;
        }
        return holders;
    }

    /// <summary>Each value over their sum; zero when the sum is.</summary>
    public static double[] Shares(IReadOnlyCollection<double> values)
    {
        var total = values.Sum();
        return [.. values.Select(v => total > 0 ? v / total : 0)];
    }

    static double? DeliveredOf(RunBlock block)
    {
        var whole = block.Ledger.Height == 0 || block.Reports.All(r => r is not null);
        var parcels = block.Traffic.Select(t => (Outcome: t.Counted.OfParcels, t.Count)).ToArray();
        long Sum(Predicate<ParcelOutcome?> which) => parcels.Where(p => which(p.Outcome)).Sum(p => p.Count);
        var sent = Sum(o => o == ParcelOutcome.Sent);
        // Damage is found where a parcel arrives, perhaps blocks later; every other drop is counted where it is sent.
        var corrupted = Sum(o => o == ParcelOutcome.Corrupted);
        var dropped = Sum(o => o is { IsLost: true }) - corrupted;
        var arrived = corrupted + Sum(o => o is { Phase: Phase.Delivered or Phase.Dead });
        return whole && sent > 0 && dropped <= sent
            ? (1 - (double)dropped / sent) * (arrived > 0 ? 1 - (double)corrupted / arrived : 1)
            : null;
    }
}
