using System.Collections.Immutable;
using BitTensor.Actors.Models;
using BitTensor.Actors.Strategies;
using BitTensor.Emulation;
using BitTensor.Learning;
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
    /// TorchSharp modules of a population's neurons, by its name, in the place of the encoder or head of its
    /// <c>model</c>, whose keys give their widths. They are trained, audited and saved as those of scenarios are.
    /// </summary>
    public ImmutableDictionary<string, IModuleFactory> Modules { get; init; } = NoModules;

    /// <summary>No modules, to add some to.</summary>
    public static ImmutableDictionary<string, IModuleFactory> NoModules =>
        ImmutableDictionary<string, IModuleFactory>.Empty;

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

    internal IModuleFactory? ModulesOf(NeuronPlan plan) => Modules.GetValueOrDefault(plan.Population.Name);

    /// <summary>Checks that the extensions fit a scenario.</summary>
    /// <exception cref="ArgumentException">
    /// The scenario lacks a population, a population with modules trains no model, or the scenario's audit would have
    /// to read a model it does not know.
    /// </exception>
    internal void Check(Scenario scenario)
    {
        var names = scenario.Populations.Select(p => p.Name).ToList();
        if (Models.Keys.Concat(Strategies.Keys).Concat(Modules.Keys)
            .FirstOrDefault(name => !names.Contains(name)) is { } unknown)
        {
            throw new ArgumentException(
                $"No population is called '{unknown}': the scenario has {string.Join(", ", names)}.");
        }
        if (scenario.Populations.FirstOrDefault(p => Modules.ContainsKey(p.Name) && p.Model is ModelSpec.Quadratic) is
            { } untrained)
        {
            throw new ArgumentException(
                $"'{untrained.Name}' has a quadratic model, which trains nothing: give it a model such as kind: mlp.");
        }
        if (!Models.IsEmpty && scenario.Audit.EveryBlocks > 0)
        {
            throw new ArgumentException(
                "The audit knows the models of scenarios alone: with others the scenario says audit.every: never.");
        }
    }
}
