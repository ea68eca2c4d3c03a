namespace BitTensor.Mechanism;

/// <summary>
/// Only so many vote: the K neurons of largest stake, of equal stake those of lower index (Opentensor Foundation,
/// subtensor, "validator permits").
/// </summary>
static class Validators
{
    /// <summary>v_i, shape n: true for a neuron that may vote.</summary>
    /// <param name="stake">S, shape n.</param>
    /// <param name="most">K, at least 1; null lets all vote.</param>
    public static bool[] Of(ReadOnlySpan<double> stake, int? most)
    {
        var votes = new bool[stake.Length];
        if (most is null || most >= stake.Length)
        {
            Array.Fill(votes, true);
            return votes;
        }
        var held = stake.ToArray();
        var order = Enumerable.Range(0, held.Length).OrderByDescending(i => held[i]).ThenBy(i => i);
        foreach (var voter in order.Take(most.Value))
        {
            votes[voter] = true;
        }
        return votes;
    }
}
