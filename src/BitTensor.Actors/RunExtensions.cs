using System.Collections.Immutable;
using BitTensor.Actors.Adversary;
using BitTensor.Actors.Neurons;
using BitTensor.Emulation;
using BitTensor.Scenarios;

namespace BitTensor.Actors;

/// <summary>Code in the place of parts of a scenario: what a program brings with it, and no scenario file can name.</summary>
public sealed record RunExtensions
{
    /// <summary>What the neurons of a population compute, by its name, in the place of its <c>model</c>.</summary>
    public ImmutableDictionary<string, Func<NeuronPlan, NeuronModel>> Models { get; init; } = ImmutableDictionary<string, Func<NeuronPlan, NeuronModel>>.Empty;

    /// <summary>How the neurons of a population depart from the protocol, by its name, beside what its <c>strategy</c> says. Each neuron has its own.</summary>
    public ImmutableDictionary<string, Func<NeuronPlan, Strategy>> Strategies { get; init; } = ImmutableDictionary<string, Func<NeuronPlan, Strategy>>.Empty;

    /// <summary>Rules that every parcel meets before those of the scenario. Each link has its own, made by <see cref="LinkRule.Fresh"/>.</summary>
    public ImmutableArray<LinkRule> LinkRules { get; init; } = [];

    internal Strategy? StrategyOf(NeuronPlan plan) => Strategies.GetValueOrDefault(plan.Population.Name)?.Invoke(plan);

    /// <summary>Whether they fit the scenario.</summary>
    /// <exception cref="ArgumentException">A population is not there, or the audit would have to look into a model it does not know.</exception>
    internal void Check(Scenario scenario)
    {
        if (Models.Keys.Concat(Strategies.Keys).FirstOrDefault(name => scenario.Populations.All(p => p.Name != name)) is { } unknown)
        {
            throw new ArgumentException($"No population is called '{unknown}': the scenario has {string.Join(", ", scenario.Populations.Select(p => p.Name))}.");
        }
        if (!Models.IsEmpty && scenario.Audit.EveryBlocks > 0)
        {
            throw new ArgumentException("The audit knows the models of scenarios alone: with others the scenario says audit.every: never.");
        }
    }
}
