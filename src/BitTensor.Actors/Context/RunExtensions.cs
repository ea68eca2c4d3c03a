using System.Collections.Immutable;
using BitTensor.Actors.Models;
using BitTensor.Actors.Strategies;
using BitTensor.Emulation;
using BitTensor.Plans;
using BitTensor.Scenarios;

namespace BitTensor.Actors.Context;

/// <summary>Code of a program that replaces parts of a scenario. No scenario file can name it.</summary>
public sealed record RunExtensions
{
    /// <summary>The models of a population's neurons, by its name, in the place of its <c>model</c>.</summary>
    public ImmutableDictionary<string, Func<NeuronPlan, NeuronModel>> Models { get; init; } =
        ImmutableDictionary<string, Func<NeuronPlan, NeuronModel>>.Empty;

    /// <summary>
    /// Strategies of a population's neurons, by its name, beside those of its <c>strategy</c>. Each neuron has its own.
    /// </summary>
    public ImmutableDictionary<string, Func<NeuronPlan, Strategy>> Strategies { get; init; } =
        ImmutableDictionary<string, Func<NeuronPlan, Strategy>>.Empty;

    /// <summary>
    /// Rules that every parcel meets before those of the scenario. Each link has its own, made by
    /// <see cref="LinkRule.Fresh"/>.
    /// </summary>
    public ImmutableArray<LinkRule> LinkRules { get; init; } = [];

    internal Strategy? StrategyOf(NeuronPlan plan) => Strategies.GetValueOrDefault(plan.Population.Name)?.Invoke(plan);

    /// <summary>Checks that the extensions fit a scenario.</summary>
    /// <exception cref="ArgumentException">
    /// The scenario lacks a population, or its audit would have to read a model it does not know.
    /// </exception>
    internal void Check(Scenario scenario)
    {
        var names = scenario.Populations.Select(p => p.Name).ToList();
        if (Models.Keys.Concat(Strategies.Keys).FirstOrDefault(name => !names.Contains(name)) is { } unknown)
        {
            throw new ArgumentException(
                $"No population is called '{unknown}': the scenario has {string.Join(", ", names)}.");
        }
        if (!Models.IsEmpty && scenario.Audit.EveryBlocks > 0)
        {
            throw new ArgumentException(
                "The audit knows the models of scenarios alone: with others the scenario says audit.every: never.");
        }
    }
}
