using System.Collections.Immutable;

namespace BitTensor.Scenarios;

/// <summary>Everything a neuron follows at once: honest, or strategies that each decide something of their own. Compares by content.</summary>
/// <param name="Strategies">At least one.</param>
public sealed record ConductSpec(ImmutableArray<StrategySpec> Strategies)
{
    /// <summary>Follows the protocol.</summary>
    public static ConductSpec Honest { get; } = new([StrategySpec.Honest]);

    /// <summary>True when the strategy of this name is among them: the role it plays.</summary>
    public bool Has(string strategy) => Find(strategy) is not null;

    /// <summary>The strategy of a name, if it is among them.</summary>
    public StrategySpec? Find(string strategy) => Strategies.FirstOrDefault(s => s.Name == strategy);

    /// <summary>True when a strategy decides nothing that one of these decides.</summary>
    public bool Fits(StrategySpec strategy) =>
        Strategies.All(s => s != StrategySpec.Honest && (StrategyFormat.Find(s.Name).Decides & StrategyFormat.Find(strategy.Name).Decides) == 0);

    /// <summary>Identities of each owner, by strategy <c>sybil-split</c>; else 1.</summary>
    public int Identities => (int)(Find("sybil-split")?.Whole("identities") ?? 1);

    /// <summary>True when none of them decides what it answers.</summary>
    public bool AnswersHonestly => Strategies.All(s => (StrategyFormat.Find(s.Name).Decides & Decides.Answer) == 0);

    /// <summary>As a scenario writes it: one strategy as itself, several as a list.</summary>
    public override string ToString() => Strategies.Length == 1 ? $"{Strategies[0]}" : YamlText.Many(Strategies, s => $"{s}");

    /// <inheritdoc/>
    public bool Equals(ConductSpec? other) => other?.ToString() == ToString();

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);
}
