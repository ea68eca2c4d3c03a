namespace BitTensor.Mechanism;

/// <summary>
/// A neuron of little stake does not vote: v_i = [s_i &gt;= s_min] (Opentensor Foundation, subtensor, "stake
/// threshold").
/// </summary>
static class LeastStake
{
    /// <summary>v_i.</summary>
    /// <param name="stake">s_i.</param>
    /// <param name="least">s_min, at least 0; 0 lets all vote.</param>
    public static bool Votes(double stake, double least) => stake >= least;
}
