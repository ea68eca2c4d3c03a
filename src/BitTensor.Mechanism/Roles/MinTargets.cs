namespace BitTensor.Mechanism;

/// <summary>
/// A row that gives few neurons weight does not count: v_i = [sum_j [w_ij &gt; 0] &gt;= m] (Opentensor Foundation,
/// subtensor, "min allowed weights").
/// </summary>
static class MinTargets
{
    /// <summary>v_i.</summary>
    /// <param name="row">w_i.</param>
    /// <param name="least">m, at least 1; null counts every row.</param>
    public static bool Votes(WeightRow row, int? least)
    {
        if (least is null)
        {
            return true;
        }
        var targets = 0;
        foreach (var weight in row.Values)
        {
            targets += weight > 0 ? 1 : 0;
        }
        return targets >= least;
    }
}
