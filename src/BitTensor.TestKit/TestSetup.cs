using BitTensor.Actors.Context;
using BitTensor.Actors.Models;
using BitTensor.Actors.Run;
using BitTensor.Actors.Strategies;
using BitTensor.Emulation;
using BitTensor.Plans;

namespace BitTensor.TestKit;

/// <summary>
/// What a test brings to a run: code that no scenario file can name. Every registration has the name under which
/// failures speak of it.
/// </summary>
public sealed class TestSetup
{
    readonly List<TestProperty> _properties = [];

    /// <summary>How the run is carried out.</summary>
    public RunOptions Options { get; set; } = new() { Cores = 1 };

    internal bool BringsCode =>
        Options.Extensions is not { Models.IsEmpty: true, Strategies.IsEmpty: true, LinkRules.IsEmpty: true };

    internal IReadOnlyList<TestProperty> Properties => _properties;

    /// <summary>
    /// The neurons of a population compute this in the place of the scenario's <c>model</c>. The scenario has
    /// <c>audit.every: never</c>.
    /// </summary>
    /// <param name="population">Name of the population.</param>
    /// <param name="model">Makes the brain of one neuron.</param>
    public TestSetup Model(string population, Func<NeuronPlan, NeuronModel> model) =>
        With(Options.Extensions with { Models = Options.Extensions.Models.SetItem(population, model) });

    /// <summary>
    /// The neurons of a population depart from the protocol like this, beside what the scenario's <c>strategy</c> says
    /// of them.
    /// </summary>
    /// <param name="population">Name of the population.</param>
    /// <param name="strategy">Makes what one neuron follows.</param>
    public TestSetup Strategy(string population, Func<NeuronPlan, Strategy> strategy) =>
        With(Options.Extensions with { Strategies = Options.Extensions.Strategies.SetItem(population, strategy) });

    /// <summary>
    /// Every parcel meets this rule before those of the scenario. What it drops is counted under the reason it gives.
    /// </summary>
    public TestSetup LinkRule(LinkRule rule) =>
        With(Options.Extensions with { LinkRules = Options.Extensions.LinkRules.Add(rule) });

    /// <summary>Something that must hold at every block; where it does not, the run ends and the test fails.</summary>
    /// <param name="name">What failures call it.</param>
    /// <param name="holds">Looks at the run as it stands when a block is closed.</param>
    public TestSetup Always(string name, Func<TestRun, bool> holds)
    {
        _properties.Add(new TestProperty(run => holds(run) ? null : $"'{name}' does not hold"));
        return this;
    }

    /// <summary>
    /// A property that must hold at every block that has data for it, in the language of scenarios; where it is broken,
    /// the run ends and the test fails.
    /// </summary>
    /// <param name="property">For example <c>max loss &lt; 5 or faults &gt; 0</c>.</param>
    public TestSetup Always(string property)
    {
        _properties.Add(new TestProperty(run => run.BrokenBy(property)));
        return this;
    }

    TestSetup With(RunExtensions extensions)
    {
        Options = Options with { Extensions = extensions };
        return this;
    }
}

/// <summary>A property of a test's own.</summary>
/// <param name="Broken">Says why it does not hold at the block that was closed last; null where it holds.</param>
sealed record TestProperty(Func<TestRun, string?> Broken);
