namespace BitTensor.Mechanism;

/// <summary>Rank and inflation: equations (4), (5) and (6).</summary>
public static class Ranking
{
    /// <summary>
    /// Eq. (5): R_j = 1/n sum_i s_i w_ij; with every stake 1 it is eq. (4). The same sum is mu_j of section 1.5.
    /// Additions run in the order of i, so equal inputs give equal bits.
    /// </summary>
    /// <param name="rows">W, n rows.</param>
    /// <param name="stake">S, shape n.</param>
    /// <returns>R, shape n.</returns>
    public static double[] Rank(IReadOnlyList<WeightRow> rows, ReadOnlySpan<double> stake)
    {
        var rank = new double[rows.Count];
        for (var i = 0; i < rows.Count; i++)
        {
            var targets = rows[i].Targets;
            var values = rows[i].Values;
            for (var k = 0; k < targets.Length; k++)
            {
                rank[targets[k]] += stake[i] * values[k];
            }
        }
        for (var j = 0; j < rank.Length; j++)
        {
            rank[j] /= rank.Length;
        }
        return rank;
    }

    /// <summary>
    /// The increment of eq. (6): tau * R / norm(R), shape n. All zero when R is zero: without stake nothing is minted.
    /// </summary>
    public static double[] Emission(ReadOnlySpan<double> rank, double tau, InflationNorm norm)
    {
        var size = Norm(rank, norm);
        var emission = new double[rank.Length];
        for (var i = 0; size > 0 && i < rank.Length; i++)
        {
            emission[i] = tau * rank[i] / size;
        }
        return emission;
    }

    /// <summary>|v|_2 or |v|_1.</summary>
    public static double Norm(ReadOnlySpan<double> v, InflationNorm norm)
    {
        double sum = 0;
        foreach (var x in v)
        {
            sum += norm == InflationNorm.L2 ? x * x : Math.Abs(x);
        }
        return norm == InflationNorm.L2 ? Math.Sqrt(sum) : sum;
    }
}
