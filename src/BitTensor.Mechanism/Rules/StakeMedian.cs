namespace BitTensor.Mechanism;

/// <summary>
/// The stake-weighted median of what voters give: c_j is the largest w with sum_i s_i [w_ij &gt;= w] &gt;= kappa sum S
/// (Opentensor Foundation, subtensor, "Yuma Consensus").
/// </summary>
static class StakeMedian
{
    /// <summary>c, shape n; 0 where no weight has the support.</summary>
    /// <param name="rows">W, n rows.</param>
    /// <param name="stake">S, shape n.</param>
    /// <param name="kappa">Share of all stake that must support a weight, in (0, 1).</param>
    public static double[] Of(IReadOnlyList<WeightRow> rows, ReadOnlySpan<double> stake, double kappa)
    {
        var votes = new List<(double Weight, int Voter)>[rows.Count];
        for (var i = 0; i < rows.Count; i++)
        {
            var targets = rows[i].Targets;
            var values = rows[i].Values;
            for (var k = 0; k < targets.Length; k++)
            {
                (votes[targets[k]] ??= []).Add((values[k], i));
            }
        }
        var (consensus, wanted) = (new double[rows.Count], kappa * RankRule.Total(stake));
        for (var j = 0; j < consensus.Length; j++)
        {
            consensus[j] = votes[j] is { } cast ? Supported(cast, stake, wanted) : 0;
        }
        return consensus;
    }

    static double Supported(List<(double Weight, int Voter)> votes, ReadOnlySpan<double> stake, double wanted)
    {
        votes.Sort(static (a, b) =>
            b.Weight.CompareTo(a.Weight) is var order && order != 0 ? order : a.Voter.CompareTo(b.Voter));
        double support = 0;
        foreach (var (weight, voter) in votes)
        {
            support += stake[voter];
            if (support >= wanted)
            {
                return weight;
            }
        }
        return 0;
    }
}
