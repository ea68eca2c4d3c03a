using System.Collections.Immutable;

namespace BitTensor.Scenarios;

/// <summary>
/// The strategies a neuron follows at once: honest, or several that each make a decision of their own. Compares by
/// content.
/// </summary>
/// <param name="Strategies">At least one.</param>
public sealed record ConductSpec(ImmutableArray<StrategySpec> Strategies)
{
    /// <summary>Follows the protocol.</summary>
    public static ConductSpec Honest { get; } = new([StrategySpec.Honest]);

    /// <summary>These strategies; honest for none.</summary>
    public static ConductSpec Of(ImmutableArray<StrategySpec> strategies) =>
        strategies.IsEmpty ? Honest : new ConductSpec(strategies);

    /// <summary>True when the strategy of this name is among them: the role it plays.</summary>
    public bool Has(string strategy) => Find(strategy) is not null;

    /// <summary>The strategy of a name, if it is among them.</summary>
    public StrategySpec? Find(string strategy) => Strategies.FirstOrDefault(s => s.Name == strategy);

    /// <summary>True when a strategy makes no decision that one of these makes.</summary>
    public bool Fits(StrategySpec strategy) =>
        Strategies.All(s => s != StrategySpec.Honest && (DecisionsOf(s) & DecisionsOf(strategy)) == 0);

    /// <summary>Identities of each owner, by strategy <c>sybil-split</c>; else 1.</summary>
    public int Identities => (int)(Find("sybil-split")?.Whole("identities") ?? 1);

    /// <summary>True when none of them decides what it answers.</summary>
    public bool AnswersHonestly => Strategies.All(s => (DecisionsOf(s) & Decides.Answer) == 0);

    /// <summary>As a scenario writes it: one strategy as itself, several as a list.</summary>
    public override string ToString() => StrategyFormat.Strategies.Text(Strategies);

    /// <inheritdoc/>
    public bool Equals(ConductSpec? other) => other?.ToString() == ToString();

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    static Decides DecisionsOf(StrategySpec strategy) => StrategyFormat.Find(strategy.Name).Decides;
}
