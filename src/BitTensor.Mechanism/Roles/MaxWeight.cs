namespace BitTensor.Mechanism;

/// <summary>
/// A row counts for each neuron with at most w_max: w'_ij = min(w_ij, w_max). What is above is lost, so that nobody
/// gains by it (Opentensor Foundation, subtensor, "max weight limit", refuses such a row in the place of cutting it).
/// </summary>
static class MaxWeight
{
    /// <summary>w'_i; the row itself where nothing is cut.</summary>
    /// <param name="row">w_i.</param>
    /// <param name="most">w_max, in (0, 1); null cuts nothing.</param>
    public static WeightRow Of(WeightRow row, double? most) =>
        most is { } limit && row.Values.ContainsAnyExceptInRange(0, limit)
            ? row.With(Array.ConvertAll(row.Values.ToArray(), w => Math.Min(w, limit)))
            : row;
}
