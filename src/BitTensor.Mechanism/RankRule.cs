using System.Globalization;

namespace BitTensor.Mechanism;

/// <summary>
/// The scores that emission is proportional to, one per neuron from W and S, in the place of R in eq. (6). The paper's
/// rule is R itself, eq. (5). The others were proposed later and are here for comparison on the same population.
/// </summary>
public abstract record RankRule
{
    private protected RankRule() { }

    /// <summary>Names of the rules of this program.</summary>
    internal static readonly string[] BuiltIn = ["paper", "trust", "yuma", "yuma-ema", "yuma-relative"];

    /// <summary>Name of the rule: the first word of its line.</summary>
    public virtual string Kind => ToString().Split(' ')[0];

    /// <summary>True for a rule that says what is minted, in the place of eq. (6).</summary>
    public virtual bool StatesEmission => false;

    /// <summary>
    /// The scores, shape n, each at least 0, of a rule that remembers nothing, or that closes its first block. Equal
    /// inputs give equal bits.
    /// </summary>
    /// <param name="rows">W, n rows.</param>
    /// <param name="stake">S, shape n.</param>
    public abstract double[] Scores(IReadOnlyList<WeightRow> rows, ReadOnlySpan<double> stake);

    /// <summary>What the rule makes of a block. Pure: equal inputs give equal bits.</summary>
    /// <param name="rows">W, n rows.</param>
    /// <param name="stake">S, shape n.</param>
    /// <param name="before">
    /// The rule's state after the block before, such as B; null before its first block, and without a state.
    /// </param>
    /// <param name="tau">tau of eq. (6), for a rule that says what is minted.</param>
    public virtual RulePay Pay(
        IReadOnlyList<WeightRow> rows, ReadOnlySpan<double> stake, object? before, double tau = 1) =>
        new(Scores(rows, stake), null);

    /// <summary>The rule in one line, as the ledger keeps it.</summary>
    public abstract override string ToString();

    /// <summary>Parses the text of <see cref="ToString"/>; null when it is something else.</summary>
    public static RankRule? Parse(string text)
    {
        var words = text.Split(' ');
        RankRule? rule = words switch
        {
            ["paper"] => new Paper(),
            ["trust", var kappa, var rho] when Number(kappa, "kappa=") is { } k && Number(rho, "rho=") is { } r =>
                new Trust(k, r),
            ["yuma", var kappa, var dividend] when Number(kappa, "kappa=") is { } k
                && Number(dividend, "dividend=") is { } d => new Yuma(k, d),
            ["yuma-ema" or "yuma-relative", ..] => BondRule.Parse(words),
            _ => OwnRule.Parse(words),
        };
        return rule?.ToString() == text ? rule : null;
    }

    internal static double? Number(string word, string name) =>
        word.StartsWith(name, StringComparison.Ordinal)
            && double.TryParse(word.AsSpan(name.Length), CultureInfo.InvariantCulture, out var value)
            ? value
            : null;

    internal static double Total(ReadOnlySpan<double> stake)
    {
        double sum = 0;
        foreach (var s in stake)
        {
            sum += s;
        }
        return sum;
    }

    /// <summary>R of eq. (5).</summary>
    public sealed record Paper : RankRule
    {
        /// <inheritdoc/>
        public override double[] Scores(IReadOnlyList<WeightRow> rows, ReadOnlySpan<double> stake) =>
            Ranking.Rank(rows, stake);

        /// <inheritdoc/>
        public override string ToString() => "paper";
    }

    /// <summary>
    /// R_j C_j with the consensus C_j = sigmoid(rho (T_j - kappa)) of the trust T_j = sum_i s_i [w_ij &gt; 0] / sum S,
    /// the share of stake that gives j any weight (Rao et al., "BitTensor: A Peer-to-Peer Intelligence Market", the
    /// later version with trust and consensus).
    /// </summary>
    /// <param name="Kappa">Share of stake at which half of the rank is paid, in (0, 1).</param>
    /// <param name="Rho">Steepness, above 0; the source calls it temperature.</param>
    public sealed record Trust(double Kappa, double Rho) : RankRule
    {
        /// <inheritdoc/>
        public override double[] Scores(IReadOnlyList<WeightRow> rows, ReadOnlySpan<double> stake)
        {
            var (scores, trusted, total) = (Ranking.Rank(rows, stake), new double[rows.Count], Total(stake));
            for (var i = 0; i < rows.Count; i++)
            {
                var targets = rows[i].Targets;
                var values = rows[i].Values;
                for (var k = 0; k < targets.Length; k++)
                {
                    trusted[targets[k]] += values[k] > 0 ? stake[i] : 0;
                }
            }
            for (var j = 0; total > 0 && j < scores.Length; j++)
            {
                scores[j] /= 1 + Math.Exp(-Rho * (trusted[j] / total - Kappa));
            }
            return scores;
        }

        /// <inheritdoc/>
        public override string ToString() =>
            string.Create(CultureInfo.InvariantCulture, $"trust kappa={Kappa:R} rho={Rho:R}");
    }

    /// <summary>
    /// Weights above the stake-weighted median are clipped to it: c_j is the largest w with sum_i s_i [w_ij &gt;= w]
    /// &gt;= kappa sum S, and R_j = sum_i s_i min(w_ij, c_j). A neuron is paid (1 - xi) R_j / sum R for what it is
    /// given, and xi s_i sum_j min(w_ij, c_j) / sum R for what it gives and is left of it: the validator's dividend
    /// with bonds of this block alone and full bonds penalty (Opentensor Foundation, subtensor, "Yuma Consensus").
    /// </summary>
    /// <param name="Kappa">Share of stake that must support a weight, in (0, 1).</param>
    /// <param name="Dividend">xi, the share paid for giving weight, in [0, 1].</param>
    public sealed record Yuma(double Kappa, double Dividend) : RankRule
    {
        /// <inheritdoc/>
        public override double[] Scores(IReadOnlyList<WeightRow> rows, ReadOnlySpan<double> stake)
        {
            var consensus = Consensus(rows, stake);
            var (given, kept) = (new double[rows.Count], new double[rows.Count]);
            double sum = 0;
            for (var i = 0; i < rows.Count; i++)
            {
                var targets = rows[i].Targets;
                var values = rows[i].Values;
                for (var k = 0; k < targets.Length; k++)
                {
                    var clipped = stake[i] * Math.Min(values[k], consensus[targets[k]]);
                    given[targets[k]] += clipped;
                    kept[i] += clipped;
                    sum += clipped;
                }
            }
            for (var j = 0; j < given.Length; j++)
            {
                given[j] = sum > 0 ? ((1 - Dividend) * given[j] + Dividend * kept[j]) / sum : 0;
            }
            return given;
        }

        /// <summary>c of each neuron, shape n: the largest weight that kappa of all stake supports.</summary>
        public double[] Consensus(IReadOnlyList<WeightRow> rows, ReadOnlySpan<double> stake) =>
            StakeMedian.Of(rows, stake, Kappa);

        /// <inheritdoc/>
        public override string ToString() =>
            string.Create(CultureInfo.InvariantCulture, $"yuma kappa={Kappa:R} dividend={Dividend:R}");
    }
}
