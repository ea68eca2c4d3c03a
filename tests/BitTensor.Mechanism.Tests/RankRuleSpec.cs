using BitTensor.Mechanism;
using Xunit;

namespace BitTensor.Mechanism.Tests;

/// <summary>The rules that came after the paper, against examples published for them and against plain loops.</summary>
public sealed class RankRuleSpec
{
    static readonly RankRule.Yuma Yuma = new(0.5, 0.5);

    /// <summary>
    /// A cabal with 0.49 of the stake that votes only for itself, under trust with temperature 10 and tau = 0.1: the
    /// sizes its source prints for the first five blocks. There the mint is a tenth of all stake; here stake is scaled
    /// back to 1 after each block, which is the same shares.
    /// </summary>
    [Fact]
    public void The_published_cabal_shrinks_as_published()
    {
        double[] published = [
            0.4877323388820201, 0.4849535784321247, 0.4815511535094221, 0.477389901500398, 0.4723093486843246,
        ];
        var parameters = new MechanismParameters
        {
            Rule = new RankRule.Trust(0.5, 10),
            Norm = InflationNorm.L1,
            Tau = 0.1,
        };
        double[] stake = [0.51, 0.49];
        foreach (var size in published)
        {
            var next = Market.Genesis([WeightRow.Of([0], [1]), WeightRow.Of([1], [1])], stake, parameters)
                .Close([]).Next.Stake.ToArray();
            stake = [.. next.Select(s => s / next.Sum())];
            Assert.Equal(size, stake[1], 12);
        }
    }

    [Fact]
    public void Under_the_paper_s_rule_the_same_cabal_keeps_its_share()
    {
        var close = Market.Genesis(
            [WeightRow.Of([0], [1]), WeightRow.Of([1], [1])], [0.51, 0.49],
            new MechanismParameters { Norm = InflationNorm.L1 }).Close([]);
        Assert.Equal(0.49, close.Next.Stake[1] / (close.Next.Stake[0] + close.Next.Stake[1]), 12);
    }

    [Fact]
    public void The_consensus_is_the_largest_weight_that_kappa_of_the_stake_supports()
    {
        WeightRow[] rows = [
            WeightRow.Of([0, 1, 2], [0.5, 0.3, 0.2]), WeightRow.Of([0, 1, 2], [0.4, 0.4, 0.2]), WeightRow.Of([2], [1]),
        ];
        Assert.Equal([0.5, 0.3, 0.2], Yuma.Consensus(rows, [0.6, 0.4, 0]));
        Assert.Equal([0.4, 0.3, 0.2], Yuma.Consensus(rows, [0.4, 0.4, 0.2]));
        Assert.Equal([0, 0, 0.2], new RankRule.Yuma(0.9, 0.5).Consensus(rows, [0.4, 0.4, 0.2]));
        Assert.Equal([0, 0, 1], Yuma.Consensus(rows, [0.2, 0.2, 0.6]));
    }

    [Fact]
    public void A_minority_that_votes_for_itself_is_clipped_to_nothing_and_a_majority_takes_all()
    {
        // Two honest voters for neuron 2, one selfish voter for itself.
        WeightRow[] rows = [
            WeightRow.Of([2], [1]), WeightRow.Of([2], [1]), WeightRow.Of([0, 1], [0.5, 0.5]), WeightRow.Of([3], [1]),
        ];
        var honest = Yuma.Scores(rows, [0.3, 0.3, 0, 0.4]);
        Assert.Equal(0, honest[3]);
        Assert.Equal([0.25, 0.25, 0.5], honest[..3]);
        Assert.Equal([0, 0, 0, 1], Yuma.Scores(rows, [0.2, 0.2, 0, 0.6]));
    }

    [Fact]
    public void Scores_of_yuma_are_the_definition_s_and_sum_to_one()
    {
        var dice = new RandomStream(7, "rows", 0);
        var (rows, dense, stake) = Draw(dice, 9);
        var c = Yuma.Consensus(rows, stake);
        double R(int j) => Enumerable.Range(0, 9).Sum(i => stake[i] * Math.Min(dense[i][j], c[j]));
        var all = Enumerable.Range(0, 9).Sum(R);
        double Dividend(int i) =>
            Enumerable.Range(0, 9).Where(j => R(j) > 0)
                .Sum(j => stake[i] * Math.Min(dense[i][j], c[j]) / R(j) * (R(j) / all));
        var scores = new RankRule.Yuma(0.5, 0.3).Scores(rows, stake);
        for (var i = 0; i < 9; i++)
        {
            Assert.Equal(0.7 * R(i) / all + 0.3 * Dividend(i), scores[i], 12);
        }
        Assert.Equal(1, scores.Sum(), 12);
    }

    [Fact]
    public void Trust_counts_who_gives_any_weight_and_an_explicit_zero_is_none()
    {
        WeightRow[] rows = [WeightRow.Of([0, 1], [0.9, 0.1]), WeightRow.Of([0, 1], [1, 0])];
        var scores = new RankRule.Trust(0.5, 10).Scores(rows, [3, 1]);
        Assert.Equal((3 * 0.9 + 1) / 2 / (1 + Math.Exp(-10 * 0.5)), scores[0], 15);
        Assert.Equal(3 * 0.1 / 2 / (1 + Math.Exp(-10 * (0.75 - 0.5))), scores[1], 15);
    }

    [Fact]
    public void The_paper_s_rule_is_eq_5_to_the_bit_and_without_stake_nobody_scores()
    {
        var (rows, _, stake) = Draw(new RandomStream(8, "rows", 0), 12);
        Assert.Equal(Ranking.Rank(rows, stake), new RankRule.Paper().Scores(rows, stake));
        foreach (var rule in new RankRule[] { new RankRule.Paper(), new RankRule.Trust(0.5, 10), Yuma })
        {
            Assert.All(rule.Scores(rows, new double[12]), score => Assert.Equal(0, score));
        }
    }

    [Theory]
    [InlineData("paper")]
    [InlineData("trust kappa=0.5 rho=10")]
    [InlineData("yuma kappa=0.51 dividend=0.1")]
    [InlineData("yuma-ema kappa=0.5 dividend=0.41 average=0.9 penalty=1")]
    [InlineData(
        "yuma-relative kappa=0.5 dividend=0.41 average=0.9 penalty=0 alpha-low=0.1 alpha-high=0.3 steepness=10")]
    public void A_rule_reads_back_from_its_line(string text) => Assert.Equal(text, RankRule.Parse(text)!.ToString());

    [Theory]
    [InlineData("")]
    [InlineData("Paper")]
    [InlineData("paper ")]
    [InlineData("trust kappa=0.5")]
    [InlineData("trust kappa=0.50 rho=10")]
    [InlineData("trust rho=10 kappa=0.5")]
    [InlineData("yuma kappa=x dividend=0.1")]
    [InlineData("yuma-ema kappa=0.5 dividend=0.41 average=0.9")]
    [InlineData("yuma-ema kappa=0.5 dividend=0.41 average=0.9 penalty=1 alpha-low=0.1")]
    [InlineData("yuma-relative kappa=0.5 dividend=0.41 penalty=1 average=0.9")]
    public void Anything_else_is_no_rule(string text) => Assert.Null(RankRule.Parse(text));

    static (WeightRow[] Rows, double[][] Dense, double[] Stake) Draw(RandomStream dice, int n)
    {
        var dense = new double[n][];
        for (var i = 0; i < n; i++)
        {
            double[] row = [.. Enumerable.Range(0, n).Select(_ => dice.NextDouble() < 0.4 ? 0 : dice.NextDouble())];
            dense[i] = row.Sum() > 0 ? [.. row.Select(w => w / row.Sum())] : [1, .. new double[n - 1]];
        }
        return (
            [
                .. dense.Select(row =>
                    WeightRow.Of([.. Enumerable.Range(0, n).Where(j => row[j] > 0)], [.. row.Where(w => w > 0)])),
            ],
            dense,
            [.. Enumerable.Range(0, n).Select(_ => dice.NextDouble())]);
    }
}
