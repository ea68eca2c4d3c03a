namespace BitTensor.Mechanism;

/// <summary>The state of one coalition member.</summary>
/// <param name="Id">k.</param>
/// <param name="Row">W_k.</param>
/// <param name="Stake">s_k as in the rank.</param>
/// <param name="MaskStake">s_k as eq. (7) sees it.</param>
/// <param name="Effect">
/// dL_k/dm_kj m_kj (1 - m_kj) / T for each target of the row: the derivative of its loss by s_k w_kj - mu_j.
/// </param>
public sealed record CoalitionMember(int Id, WeightRow Row, double Stake, double MaskStake, double[] Effect);

/// <summary>
/// The joint payoff sum_k P_k of a coalition, P_k of eq. (12), as a function of all its members' rows. A member's
/// weight w_ij moves its own mask, the masks of the other members through mu_j, which rises by s_i / n, and the rank of
/// j, which counts when j is a member.
/// </summary>
public static class CoalitionPayoff
{
    /// <summary>
    /// For each member i: dW_ij = -(alpha/tau) sum_k dL_k/dw_ij + sum_k dR_k/dw_ij over the members k, where dL_i/dw_ij
    /// = e_ij s_i (1 - 1/n), dL_k/dw_ij = -e_kj s_i / n for k other than i, and dR_j/dw_ij = s_i/n. For a coalition of
    /// one it is eq. (15).
    /// </summary>
    /// <param name="members">The members.</param>
    /// <param name="count">n.</param>
    /// <param name="alpha">alpha.</param>
    /// <param name="tau">tau, above 0.</param>
    /// <returns>dW_i per member, one value per target of its row.</returns>
    public static double[][] Gradient(IReadOnlyList<CoalitionMember> members, int count, double alpha, double tau)
    {
        var (inside, effects) = (new HashSet<int>(), new Dictionary<int, double>());
        foreach (var member in members)
        {
            inside.Add(member.Id);
            for (var k = 0; k < member.Effect.Length; k++)
            {
                var target = member.Row.Targets[k];
                effects[target] = effects.GetValueOrDefault(target) + member.Effect[k];
            }
        }
        var gradients = new double[members.Count][];
        for (var i = 0; i < gradients.Length; i++)
        {
            var (row, member) = (members[i].Row, members[i]);
            var gradient = gradients[i] = new double[row.Count];
            for (var k = 0; k < gradient.Length; k++)
            {
                var target = row.Targets[k];
                var loss = member.MaskStake * (member.Effect[k] - effects[target] / count);
                gradient[k] = -(alpha / tau) * loss + (inside.Contains(target) ? member.Stake / count : 0);
            }
        }
        return gradients;
    }
}
