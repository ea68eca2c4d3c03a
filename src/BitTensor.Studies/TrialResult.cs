using System.Collections.Immutable;
using System.Text.Json.Serialization;
using BitTensor.Mechanism.Equilibrium;

namespace BitTensor.Studies;

/// <summary>
/// A finished item of a study: full precision, without what can be computed from it at once. Undefined numbers are
/// null.
/// </summary>
[JsonDerivedType(typeof(Solved), "equilibrium")]
[JsonDerivedType(typeof(AdaptiveTau), "adaptive-tau")]
[JsonDerivedType(typeof(Regret), "regret")]
[JsonDerivedType(typeof(Formula), "formula")]
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
public abstract record TrialResult
{
    TrialResult() { }

    /// <summary>Number of the item, from 0.</summary>
    [JsonPropertyOrder(-3)]
    public required int Item { get; init; }

    /// <summary>Number of the draw, from 0: items of one draw share Hessians and initial weights.</summary>
    [JsonPropertyOrder(-2)]
    public required int Trial { get; init; }

    /// <summary>Point of each axis of the study, by name.</summary>
    [JsonPropertyOrder(-1)]
    public required ImmutableSortedDictionary<string, string> At { get; init; }

    /// <summary>One game and the point at which its solver ended.</summary>
    public sealed record Solved : TrialResult
    {
        /// <summary>alpha/tau.</summary>
        public required double AlphaOverTau { get; init; }

        /// <summary>True when the residual is within the tolerance.</summary>
        public required bool Converged { get; init; }

        /// <summary>Why the solver stopped.</summary>
        public required EquilibriumOutcome Outcome { get; init; }

        /// <summary>Steps made.</summary>
        public required int Steps { get; init; }

        /// <summary>max |Proj(W + dW) - W|.</summary>
        public required double Residual { get; init; }

        /// <summary>
        /// Correlations of <see cref="Rank"/> with <see cref="IdealRank"/>; null where one does not vary.
        /// </summary>
        public required double? Pearson { get; init; }

        /// <inheritdoc cref="Pearson"/>
        public required double? Spearman { get; init; }

        /// <inheritdoc cref="Pearson"/>
        public required double? Kendall { get; init; }

        /// <summary>Mean of w_ii.</summary>
        public required double Diagonal { get; init; }

        /// <summary>
        /// Largest gain of a neuron that changes its row alone, in units of the payoff; null when not measured.
        /// </summary>
        public required double? Exploitability { get; init; }

        /// <summary>The gain of each neuron, shape n.</summary>
        public required double[]? ExploitabilityPerNeuron { get; init; }

        /// <summary>Competitive rank (5), shape n.</summary>
        public required double[] Rank { get; init; }

        /// <summary>Ideal rank (2), shape n.</summary>
        public required double[] IdealRank { get; init; }

        /// <summary>W, n rows of n; null when not recorded.</summary>
        public required double[][]? Weights { get; init; }
    }

    /// <summary>One run of the controller of figure 5; each series has a number per recorded step.</summary>
    public sealed record AdaptiveTau : TrialResult
    {
        /// <summary>Steps made.</summary>
        public required int[] Steps { get; init; }

        /// <summary>sum(diag W) / (sum W - sum(diag W)); infinite where W is the identity.</summary>
        public required double[] Ratio { get; init; }

        /// <summary>sum(diag W) / sum W.</summary>
        public required double[] Share { get; init; }

        /// <summary>tau.</summary>
        public required double[] Tau { get; init; }

        /// <summary>Pearson's correlation of competitive and ideal rank.</summary>
        public required double?[] Pearson { get; init; }

        /// <summary>Spearman's.</summary>
        public required double?[] Spearman { get; init; }
    }

    /// <summary>Theorem 6.5 at the initial weights of one game, and the price of its equilibrium.</summary>
    public sealed record Regret : TrialResult
    {
        /// <summary>alpha/tau.</summary>
        public required double AlphaOverTau { get; init; }

        /// <summary>Step lengths lambda.</summary>
        public required double[] Lambda { get; init; }

        /// <summary>Regret per unit of lambda over any change of that length, the letter of the theorem.</summary>
        public required double[] Free { get; init; }

        /// <summary>The same over changes that keep rows on the simplex.</summary>
        public required double[] Simplex { get; init; }

        /// <summary>True when the equilibrium was reached.</summary>
        public required bool Converged { get; init; }

        /// <summary>Exploitability at the equilibrium.</summary>
        public required double Exploitability { get; init; }

        /// <summary>B = sum_i L_i at the equilibrium.</summary>
        public required double Benchmark { get; init; }

        /// <summary>B at the coordinated optimum.</summary>
        public required double Coordinated { get; init; }

        /// <summary>Benchmark over coordinated; null where one is not above 0.</summary>
        public required double? PriceOfAnarchy { get; init; }
    }

    /// <summary>A point of a study that is one evaluation of the mechanism.</summary>
    public sealed record Formula : TrialResult
    {
        /// <summary>The study's metrics here.</summary>
        public required ImmutableSortedDictionary<string, double> Values { get; init; }
    }
}

/// <summary>How results are written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(TrialResult))]
public sealed partial class TrialJson : JsonSerializerContext;
