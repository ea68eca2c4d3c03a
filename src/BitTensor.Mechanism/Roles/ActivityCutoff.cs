namespace BitTensor.Mechanism;

/// <summary>
/// An old row does not count: v_i = [h - h_i &lt;= A] in block h of a row that block h_i changed last, or that the
/// market began with at h_i = 0 (Opentensor Foundation, subtensor, "activity cutoff").
/// </summary>
static class ActivityCutoff
{
    /// <summary>v_i.</summary>
    /// <param name="height">h.</param>
    /// <param name="votedAt">h_i.</param>
    /// <param name="most">A, blocks, at least 0; null counts rows of any age.</param>
    public static bool Votes(long height, long votedAt, long? most) => most is null || height - votedAt <= most;
}
