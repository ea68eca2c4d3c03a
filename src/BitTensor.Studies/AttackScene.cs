using System.Collections.Immutable;
using BitTensor.Scenarios;

namespace BitTensor.Studies;

/// <summary>A network of the study of attacks.</summary>
/// <param name="Scenario">What runs.</param>
/// <param name="Members">
/// Populations whose income is asked for: those who attack, or who do in the network it is compared with.
/// </param>
public sealed record AttackScene(Scenario Scenario, ImmutableArray<string> Members)
{
    /// <summary>True for the neurons of its members, shape n.</summary>
    public bool[] IsMember() =>
        [.. Scenario.Populations.SelectMany(p => Enumerable.Repeat(Members.Contains(p.Name), p.Count))];
}
