using System.Globalization;

namespace BitTensor.Mechanism;

/// <summary>
/// Yuma consensus with bonds that last: weights are clipped to the stake-weighted median, w'_ij = min(w_ij, c_j). The
/// incentive is I_j = R_j / sum R of R_j = sum_i s_i w'_ij. The dividend D follows from the bonds B, which follow from
/// all blocks. A neuron scores (1 - xi) I_j + xi D_j (Opentensor Foundation, subtensor, "Yuma Consensus" and
/// <c>epoch</c>).
/// </summary>
/// <param name="Kappa">Share of stake that must support a weight, in (0, 1).</param>
/// <param name="Share">xi, the share paid for giving weight, in [0, 1].</param>
/// <param name="Average">Share of the old bonds that stays in a block, in [0, 1): 1 - a.</param>
/// <param name="Penalty">beta, how much of a weight above the median counts for no bond, in [0, 1].</param>
/// <param name="Liquid">A rate a of each bond's own; null for one rate.</param>
public abstract record BondRule(double Kappa, double Share, double Average, double Penalty, LiquidRate? Liquid)
    : RankRule
{
    /// <summary>Name of the rule.</summary>
    private protected abstract string Name { get; }

    /// <inheritdoc/>
    public override double[] Scores(IReadOnlyList<WeightRow> rows, ReadOnlySpan<double> stake) =>
        Pay(rows, stake, null).Scores;

    /// <inheritdoc/>
    public override RulePay Pay(
        IReadOnlyList<WeightRow> rows, ReadOnlySpan<double> stake, object? before, double tau = 1)
    {
        var (consensus, held) = (StakeMedian.Of(rows, stake, Kappa), stake.ToArray());
        var raw = new Bonds([.. rows]);
        // w~ = (1 - beta) w + beta min(w, c), what bonds are made of.
        var backed = raw.Map((_, j, w) => w > consensus[j] ? (1 - Penalty) * w + Penalty * consensus[j] : w);
        var rank = Ranking.Rank([.. rows.Select(r => Clipped(r, consensus))], stake);
        var incentive = Normalised(rank);
        double Rate(int i, int j, double bond) =>
            Liquid?.Of(rows[i][j], consensus[j], bond) ?? 1 - Average;
        var bonds = Next(backed, held, before as Bonds, Rate);
        var dividend = Normalised(Dividends(bonds, held, incentive));
        var scores = new double[rows.Count];
        for (var j = 0; j < scores.Length; j++)
        {
            scores[j] = (1 - Share) * incentive[j] + Share * dividend[j];
        }
        return new RulePay(scores, bonds) { Incentive = incentive, Dividend = dividend };
    }

    /// <summary>B after the block.</summary>
    /// <param name="backed">w~, the weights that make bonds.</param>
    /// <param name="stake">S, shape n.</param>
    /// <param name="before">B before it; null before the first block.</param>
    /// <param name="rate">a of (voter, neuron, bond before).</param>
    private protected abstract Bonds Next(
        Bonds backed, double[] stake, Bonds? before, Func<int, int, double, double> rate);

    /// <summary>What each voter gets for its bonds, up to a factor.</summary>
    private protected abstract double[] Dividends(Bonds bonds, double[] stake, double[] incentive);

    /// <inheritdoc/>
    public sealed override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Name} kappa={Kappa:R} dividend={Share:R} average={Average:R} penalty={Penalty:R}{Liquid}");

    /// <summary>Parses the words of <see cref="ToString"/>; null when they are something else.</summary>
    internal static BondRule? Parse(string[] words)
    {
        string[] names =
            ["kappa=", "dividend=", "average=", "penalty=", "alpha-low=", "alpha-high=", "steepness="];
        if (words.Length is not (5 or 8))
        {
            return null;
        }
        var numbers = new double[words.Length - 1];
        for (var k = 0; k < numbers.Length; k++)
        {
            if (Number(words[k + 1], names[k]) is not { } number)
            {
                return null;
            }
            numbers[k] = number;
        }
        var liquid = numbers is [_, _, _, _, var low, var high, var steep] ? new LiquidRate(low, high, steep) : null;
        return words[0] == "yuma-ema"
            ? new EmaBonds(numbers[0], numbers[1], numbers[2], numbers[3], liquid)
            : new RelativeBonds(numbers[0], numbers[1], numbers[2], numbers[3], liquid);
    }

    static WeightRow Clipped(WeightRow row, double[] consensus)
    {
        var values = row.Values.ToArray();
        for (var k = 0; k < values.Length; k++)
        {
            values[k] = Math.Min(values[k], consensus[row.Targets[k]]);
        }
        return row.With(values);
    }

    static double[] Normalised(double[] values)
    {
        var sum = values.Sum();
        return sum > 0 ? Array.ConvertAll(values, v => v / sum) : new double[values.Length];
    }
}
