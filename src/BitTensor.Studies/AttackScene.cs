using System.Collections.Immutable;
using BitTensor.Scenarios;

namespace BitTensor.Studies;

/// <summary>One network of the attack study.</summary>
/// <param name="Scenario">Scenario of the network.</param>
/// <param name="Members">
/// Populations whose income is measured: the attackers, or the attackers of the network it is compared with.
/// </param>
public sealed record AttackScene(Scenario Scenario, ImmutableArray<string> Members)
{
    /// <summary>True for the members' neurons, shape n.</summary>
    public bool[] IsMember() =>
        [.. Scenario.Populations.SelectMany(p => Enumerable.Repeat(Members.Contains(p.Name), p.Count))];
}
