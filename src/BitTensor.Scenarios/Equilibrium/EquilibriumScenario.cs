using System.Collections.Immutable;
using BitTensor.Mechanism.Equilibrium;

namespace BitTensor.Scenarios;

/// <summary>
/// A scenario of <c>kind: equilibrium</c>: the paper's formulas without a network, every default filled in and every
/// range checked.
/// </summary>
public sealed record EquilibriumScenario
{
    /// <summary>Name of the run folder; letters, digits, '-' and '_'.</summary>
    public required string Name { get; init; }

    /// <summary>One paragraph for people.</summary>
    public string Description { get; init; } = "";

    /// <summary>Seed of every draw.</summary>
    public required ulong Seed { get; init; }

    /// <summary>The way to an equilibrium.</summary>
    public required SolverKind Solver { get; init; }

    /// <summary>The study.</summary>
    public required StudySpec Study { get; init; }

    /// <summary>Properties that decide the verdict.</summary>
    public required ImmutableArray<StudyProperty> Expect { get; init; }
}

/// <summary>Section <c>game</c>: how games are drawn, section 3 of the paper.</summary>
public sealed record GameSpec
{
    /// <summary>Neurons n, at least 2.</summary>
    public required int Neurons { get; init; }

    /// <summary>Stake of every neuron, above 0.</summary>
    public required double Stake { get; init; }

    /// <summary>Temperature T of eq. (8), above 0.</summary>
    public required double Temperature { get; init; }

    /// <summary>The masks at the minimum of eq. (16).</summary>
    public required LossReference Reference { get; init; }

    /// <summary>Spread of the importance exp(sigma z) of the peers, at least 0.</summary>
    public required double Sigma { get; init; }

    /// <summary>Columns r of a Hessian's factor; null for n.</summary>
    public int? HessianRank { get; init; }

    /// <summary>Step lambda of eq. (13), above 0.</summary>
    public required double Step { get; init; }

    /// <summary>Largest residual max |Proj(W + dW) - W| of an equilibrium.</summary>
    public required double Tolerance { get; init; }

    /// <summary>Steps after which the ascent gives up; null for 1000 n.</summary>
    public int? MaxSteps { get; init; }
}

/// <summary>The question of an equilibrium scenario.</summary>
public abstract record StudySpec
{
    StudySpec() { }

    /// <summary>The equilibrium of one game of the user's own.</summary>
    /// <param name="Path">The theta file as the scenario names it.</param>
    /// <param name="File">Its bytes: UTF-8 JSON.</param>
    /// <param name="Theta">The game in it.</param>
    public sealed record Own(string Path, ReadOnlyMemory<byte> File, Theta Theta) : StudySpec;

    /// <summary>
    /// Figure 4: competitive against ideal rank at each alpha/tau; the games of one trial differ in nothing else.
    /// </summary>
    public sealed record Correlation(GameSpec Game, ImmutableArray<double> Ratios, int Trials) : StudySpec;

    /// <summary>
    /// Figure 5: tau from 0, driven until sum(diag W) / (sum W - sum(diag W)) is <paramref name="Target"/>.
    /// </summary>
    public sealed record AdaptiveTau(
        GameSpec Game, double Alpha, double Target, int Steps, int RecordEvery, int Trials) : StudySpec;

    /// <summary>
    /// Theorem 6.5: the regret of the gradient step at each length lambda of <paramref name="Steps"/>.
    /// </summary>
    public sealed record Regret(
        GameSpec Game, ImmutableArray<double> Ratios, ImmutableArray<double> Steps, int Directions, int Trials)
        : StudySpec;

    /// <summary>
    /// Figure 4 over every combination of the axes, which replace those of <paramref name="Game"/>.
    /// </summary>
    public sealed record Sensitivity(
        GameSpec Game, ImmutableArray<LossReference> References, ImmutableArray<double> Sigmas,
        ImmutableArray<double> Temperatures, ImmutableArray<int> Neurons, ImmutableArray<double> Ratios, int Trials)
        : StudySpec;

    /// <summary>The owner's mint after a rank share is split into equal identities, eq. (6).</summary>
    public sealed record MintInflation(
        int Neurons, ImmutableArray<double> Shares, ImmutableArray<int> Parts) : StudySpec;

    /// <summary>
    /// The least utility by which honest neurons retain their share of stake against a coalition that votes for itself.
    /// </summary>
    public sealed record Retention(RetentionSpec Game, ImmutableArray<double> SelfWeights, int Trials) : StudySpec;

    /// <summary>
    /// The part of its peers' answers that an underbidding neuron keeps when identities without stake join, eq. (7).
    /// </summary>
    public sealed record MuDilution(
        int Honest, ImmutableArray<int> Sybils, ImmutableArray<double> Temperatures) : StudySpec;
}

/// <summary>A rule of payment in study <c>retention</c>.</summary>
public enum RetentionRule
{
    /// <summary>Eq. (5) and (6) with the l2 norm.</summary>
    Paper,

    /// <summary>The same with the l1 norm.</summary>
    L1,

    /// <summary>Rank times a sigmoid of trust.</summary>
    Trust,

    /// <summary>Stake-weighted median clipping, with dividends.</summary>
    Yuma,
}

/// <summary>
/// Two teams on one market, study <c>retention</c>: some neurons hold stake and vote, the others are voted for.
/// </summary>
public sealed record RetentionSpec
{
    /// <summary>All neurons, at least 4.</summary>
    public required int Neurons { get; init; }

    /// <summary>Neurons that hold the stake and set weights, at least 2 and at most n - 2.</summary>
    public required int Validators { get; init; }

    /// <summary>
    /// Standard deviation of a validator's stake in units of its mean, before each team's stake is scaled to its share.
    /// </summary>
    public required double StakeNoise { get; init; }

    /// <summary>Rules to compare.</summary>
    public required ImmutableArray<RetentionRule> Rules { get; init; }

    /// <summary>Standard deviations of weights in units of their mean.</summary>
    public required ImmutableArray<double> WeightNoises { get; init; }

    /// <summary>Shares S_H of all stake that honest validators hold, in (0, 1).</summary>
    public required ImmutableArray<double> HonestStakes { get; init; }

    /// <summary>kappa of trust and yuma, in (0, 1).</summary>
    public required double Kappa { get; init; }

    /// <summary>Steepness of trust, above 0.</summary>
    public required double Rho { get; init; }

    /// <summary>xi of yuma, in [0, 1].</summary>
    public required double Dividend { get; init; }
}
