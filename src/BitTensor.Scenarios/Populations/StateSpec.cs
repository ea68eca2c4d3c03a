using System.Collections.Immutable;
using BitTensor.Mechanism;

namespace BitTensor.Scenarios;

/// <summary>Section <c>state</c>: the market that a run begins with.</summary>
/// <param name="Stake">Stake of every neuron; empty to leave it to the populations.</param>
/// <param name="Weights">
/// Entries of W_0 above 0; empty to leave it to the populations. A neuron that is in no entry has not voted.
/// </param>
public sealed record StateSpec(ImmutableArray<StakeEntry> Stake, ImmutableArray<WeightEntry> Weights);

/// <summary>Stake of a neuron.</summary>
public sealed record StakeEntry(int Neuron, double Stake);

/// <summary>w_ij, the weight that one neuron gives another.</summary>
/// <param name="From">i.</param>
/// <param name="To">j.</param>
/// <param name="Weight">w_ij, in [0, 1].</param>
public sealed record WeightEntry(int From, int To, double Weight);

/// <summary>S^0 of a scenario.</summary>
public static class FirstStake
{
    /// <summary>
    /// Stake of every neuron, by id. An owner's stake is shared by its identities in equal parts; they have
    /// consecutive ids.
    /// </summary>
    /// <param name="populations">The populations, whose counts count identities.</param>
    /// <param name="state">Section <c>state</c>; null for none.</param>
    /// <param name="seed">Seed of the run.</param>
    public static double[] Draw(ImmutableArray<PopulationSpec> populations, StateSpec? state, ulong seed)
    {
        var stake = new double[populations.Sum(p => p.Count)];
        if (state is { Stake.IsEmpty: false })
        {
            foreach (var entry in state.Stake)
            {
                stake[entry.Neuron] = entry.Stake;
            }
            return stake;
        }
        var id = 0;
        foreach (var population in populations)
        {
            var identities = population.Conduct.Identities;
            for (var k = 0; k < population.Count; k++, id++)
            {
                var dice = new RandomStream(seed, "stake", id - k % identities);
                stake[id] = population.Stake.Of(k / identities, dice) / identities;
            }
        }
        return stake;
    }
}
