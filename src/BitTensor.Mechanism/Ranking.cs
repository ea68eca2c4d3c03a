namespace BitTensor.Mechanism;

/// <summary>Rank and inflation: equations (4), (5) and (6).</summary>
public static class Ranking
{
    // Squares of numbers between this and its inverse are numbers with all their digits.
    const double Tiny = 1e-150;
    const double Huge = 1e150;

    /// <summary>
    /// Eq. (5): R_j = 1/n sum_i s_i w_ij; with every stake 1 it is eq. (4). The same sum is mu_j of section 1.5.
    /// Additions run in the order of i, so equal inputs give equal bits. A row without entries is nobody's: n counts
    /// the others.
    /// </summary>
    /// <param name="rows">W, a row per id.</param>
    /// <param name="stake">S, likewise.</param>
    /// <returns>R, likewise.</returns>
    public static double[] Rank(IReadOnlyList<WeightRow> rows, ReadOnlySpan<double> stake)
    {
        var (rank, count) = (new double[rows.Count], 0);
        for (var i = 0; i < rows.Count; i++)
        {
            count += rows[i].Count > 0 ? 1 : 0;
            var targets = rows[i].Targets;
            var values = rows[i].Values;
            for (var k = 0; k < targets.Length; k++)
            {
                rank[targets[k]] += stake[i] * values[k];
            }
        }
        for (var j = 0; count > 0 && j < rank.Length; j++)
        {
            rank[j] /= count;
        }
        return rank;
    }

    /// <summary>
    /// The increment of eq. (6): tau * R / norm(R), shape n. All zero when R is zero: without stake nothing is minted.
    /// </summary>
    public static double[] Emission(ReadOnlySpan<double> rank, double tau, InflationNorm norm)
    {
        var size = Norm(rank, norm);
        if (size is > Tiny and < Huge)
        {
            return Array.ConvertAll(rank.ToArray(), r => tau * r / size);
        }
        var largest = Largest(rank);
        if (largest == 0)
        {
            return new double[rank.Length];
        }
        // The emission does not depend on the scale of R, and here its squares leave the range of numbers.
        var scaled = Array.ConvertAll(rank.ToArray(), r => r / largest);
        var scaledSize = Norm(scaled, norm);
        return Array.ConvertAll(scaled, r => tau * r / scaledSize);
    }

    static double Largest(ReadOnlySpan<double> values)
    {
        double largest = 0;
        foreach (var value in values)
        {
            largest = Math.Max(largest, Math.Abs(value));
        }
        return largest;
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
