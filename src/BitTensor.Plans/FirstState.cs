using BitTensor.Mechanism;
using BitTensor.Scenarios;

namespace BitTensor.Plans;

/// <summary>The market that a run begins with: W_0 and S^0.</summary>
/// <param name="Rows">
/// W_0, a row per neuron over its slots. In an open network over those that are registered; empty for one that is not.
/// </param>
/// <param name="Stake">S^0, shape n; of a neuron that is not registered what it holds outside.</param>
public sealed record FirstState(WeightRow[] Rows, double[] Stake)
{
    /// <summary>The market of a scenario.</summary>
    public static FirstState Of(Scenario scenario, IReadOnlyList<NeuronPlan> plans)
    {
        var given = scenario.State?.Weights.ToLookup(w => w.From);
        return new(
            [.. plans.Select(plan =>
                plan.IsOutside ? WeightRow.Empty : RowOf(Registered(plan, plans), scenario.Seed, given))],
            FirstStake.Draw(scenario.Populations, scenario.State, scenario.Seed));
    }

    /// <summary>The plan with the slots whose neurons are registered at the start.</summary>
    static NeuronPlan Registered(NeuronPlan plan, IReadOnlyList<NeuronPlan> plans) =>
        plan.Slots.Any(j => plans[j].IsOutside)
            ? plan with { Slots = plan.Slots.RemoveAll(j => plans[j].IsOutside) }
            : plan;

    static WeightRow RowOf(NeuronPlan plan, ulong seed, ILookup<int, WeightEntry>? given) =>
        plan.Population.FirstWeights switch
        {
            null => Given(plan, given?[plan.Id] ?? []),
            FirstWeights.Random => Random(plan, new RandomStream(seed, "initial-weights", plan.Id)),
            FirstWeights.Self => Scored(plan, k => k == plan.OwnSlot ? 1 : 0),
            FirstWeights.None => Scored(plan, _ => 0),
            _ => WeightRow.Uniform(plan.Slots.AsSpan()),
        };

    /// <summary>
    /// Uniform draws divided by their sum, as <see cref="Mechanism.Equilibrium.Theta.Draw"/> has them.
    /// </summary>
    static WeightRow Random(NeuronPlan plan, RandomStream dice) => Scored(plan, _ => dice.NextDouble());

    /// <summary>The entries of the state. An eclipsed neuron keeps those of its slots.</summary>
    static WeightRow Given(NeuronPlan plan, IEnumerable<WeightEntry> entries)
    {
        var weights = entries.ToDictionary(e => e.To, e => e.Weight);
        return Scored(plan, k => weights.GetValueOrDefault(plan.Slots[k]));
    }

    /// <summary>Scores divided by their sum; zeros when they all are.</summary>
    static WeightRow Scored(NeuronPlan plan, Func<int, double> score)
    {
        var values = new double[plan.Slots.Length];
        double sum = 0;
        for (var k = 0; k < values.Length; k++)
        {
            sum += values[k] = score(k);
        }
        return WeightRow.Of(plan.Slots.AsSpan(), sum > 0 ? Array.ConvertAll(values, v => v / sum) : values);
    }
}
