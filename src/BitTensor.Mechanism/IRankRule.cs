using System.Collections.Immutable;

namespace BitTensor.Mechanism;

/// <summary>
/// A rule of one's own: what a block pays for, from W, S and a state of the rule's own. A library registers it by its
/// name (<see cref="RuleRegistry.Register"/>), and a scenario names it as <c>mechanism.rule</c>. It is pure: a ledger,
/// its verifier and a replay compute every block again, and equal inputs must give equal bits. No clock, no chance, no
/// field that changes.
/// </summary>
public interface IRankRule
{
    /// <summary>Name in scenarios and ledgers: lower-case letters, digits and '-', from a letter, at most 64.</summary>
    string Name { get; }

    /// <summary>Numbers that a scenario may state; none without it.</summary>
    ImmutableArray<RuleParameter> Parameters => [];

    /// <summary>
    /// True for a rule whose <see cref="RuleOutcome.Emission"/> is paid in the place of eq. (6), which pays in
    /// proportion to the scores.
    /// </summary>
    bool StatesEmission => false;

    /// <summary>What a block pays for.</summary>
    /// <param name="block">W, S, the parameters, and the state after the block before.</param>
    RuleOutcome Close(RuleBlock block);
}

/// <summary>A number of a rule of one's own.</summary>
/// <param name="Name">Key in a scenario: lower-case letters, digits and '-', from a letter; not <c>kind</c>.</param>
/// <param name="Default">Its value without the key, within the range.</param>
/// <param name="Least">Least value; finite.</param>
/// <param name="Most">Greatest value; finite.</param>
/// <param name="Meaning">Its meaning in one sentence.</param>
public sealed record RuleParameter(string Name, double Default, double Least, double Most, string Meaning);

/// <summary>A block that closes, as a rule of one's own sees it.</summary>
/// <param name="Rows">W, n rows. A row that does not count has no entries.</param>
/// <param name="Stake">S, shape n, each at least 0; 0 where a row does not count.</param>
/// <param name="Tau">tau of eq. (6).</param>
/// <param name="Values">The parameters by name.</param>
/// <param name="State">The rule's state after the block before; null in its first block.</param>
public sealed record RuleBlock(
    IReadOnlyList<WeightRow> Rows, ImmutableArray<double> Stake, double Tau,
    ImmutableSortedDictionary<string, double> Values, object? State);

/// <summary>What a rule of one's own makes of a block.</summary>
/// <param name="Scores">Scores in the place of R, shape n, finite, each at least 0.</param>
/// <param name="State">The state for the next block: a value that never changes; null for a rule without one.</param>
public sealed record RuleOutcome(double[] Scores, object? State = null)
{
    /// <summary>
    /// Increment of each stake, shape n, finite, each at least 0; of a rule that states its emission alone.
    /// </summary>
    public double[]? Emission { get; init; }
}

/// <summary>A rule of one's own broke its contract.</summary>
public sealed class RuleException(string message) : Exception(message);
