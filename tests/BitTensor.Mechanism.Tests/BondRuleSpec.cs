using BitTensor.Mechanism;
using Xunit;

namespace BitTensor.Mechanism.Tests;

/// <summary>
/// Rules with bonds against a plain program over full matrices: 20 voters, 60 neurons, 40 blocks of fixed rows. Stake
/// grows by what the blocks pay.
/// </summary>
public sealed class BondRuleSpec
{
    const int Voters = 20;
    const int All = 60;
    const double Tau = 0.5;

    public static TheoryData<BondRule> Rules =>
    [
        new EmaBonds(0.5, 0.41, 0.9, 1), new EmaBonds(0.5, 0.5, 0.9, 0), new EmaBonds(0.6, 0.5, 0, 0.5),
        new EmaBonds(0.5, 0.41, 0.9, 0, new LiquidRate(0.1, 0.3, 10)),
        new RelativeBonds(0.5, 0.41, 0.9, 0), new RelativeBonds(0.5, 0.41, 0.2, 1),
        new RelativeBonds(0.4, 1, 0.9, 0.3, new LiquidRate(0.1, 0.9, 100)),
    ];

    [Theory]
    [MemberData(nameof(Rules), DisableDiscoveryEnumeration = true)]
    public void Forty_blocks_of_fixed_rows_pay_what_a_plain_program_pays(BondRule rule)
    {
        var (rows, dense, stake) = Draw();
        var plain = new Plain(rule, dense, [.. stake]);
        var market = Market.Genesis(
            rows, stake, new MechanismParameters { Rule = rule, Tau = Tau, Norm = InflationNorm.L1 });
        for (var block = 0; block < 40; block++)
        {
            var pay = rule.Pay(rows, market.Stake, market.Bonds);
            var close = market.Close([]);
            var (incentive, dividend) = plain.Close();
            for (var i = 0; i < All; i++)
            {
                Assert.Equal(incentive[i], pay.Incentive[i], 1e-9);
                Assert.Equal(dividend[i], pay.Dividend[i], 1e-9);
                Assert.Equal((1 - rule.Share) * incentive[i] + rule.Share * dividend[i], close.Rank[i], 1e-9);
                Assert.Equal(plain.Stake[i], close.Next.Stake[i], 1e-9);
                for (var j = 0; j < All; j++)
                {
                    Assert.Equal(plain.Bonds![i, j], close.Next.Bonds!.Row(i)[j], 1e-9);
                }
            }
            Assert.Equal((1, 1), (Math.Round(pay.Incentive.Sum(), 12), Math.Round(pay.Dividend.Sum(), 12)));
            market = close.Next;
        }
    }

    [Fact]
    public void A_moving_average_of_nothing_old_is_yuma_with_bonds_of_one_block()
    {
        var (rows, _, stake) = Draw();
        var ema = new EmaBonds(0.5, 0.3, 0, 1);
        var second = ema.Pay(rows, stake, ema.Pay(rows, stake, null).Bonds).Scores;
        var one = new RankRule.Yuma(0.5, 0.3).Scores(rows, stake);
        for (var i = 0; i < All; i++)
        {
            Assert.Equal(one[i], second[i], 12);
        }
    }

    /// <summary>
    /// Bonds remember: a voter that has moved on is still paid for what it found, and less each block.
    /// </summary>
    [Fact]
    public void Who_moves_on_keeps_decaying_bonds()
    {
        double[] stake = [1, 1, 0, 0];
        WeightRow Row(int j) => WeightRow.Of([j], [1]);
        var rule = new RelativeBonds(0.5, 1, 0.5, 0);
        var bonds = rule.Pay([Row(2), Row(2), Row(2), Row(2)], stake, null).Bonds;
        WeightRow[] moved = [Row(2), Row(3), Row(2), Row(2)];
        double[] old = [0.5, 0.25, 0.125];
        foreach (var kept in old)
        {
            Assert.Equal(kept, bonds!.Row(1)[2], 12);
            bonds = rule.Pay(moved, stake, bonds).Bonds;
        }
    }

    [Fact]
    public void Without_stake_or_votes_nobody_is_paid_and_nothing_is_not_a_number()
    {
        var (rows, _, stake) = Draw();
        WeightRow[] silent = [.. rows.Select(r => r.With(new double[r.Count]))];
        foreach (var rule in new BondRule[] { new EmaBonds(0.5, 0.5, 0.9, 1), new RelativeBonds(0.5, 0.5, 0.9, 1) })
        {
            Assert.All(rule.Scores(rows, new double[All]), s => Assert.Equal(0, s));
            var first = rule.Pay(silent, stake, null);
            Assert.All(first.Scores, s => Assert.Equal(0, s));
            Assert.Equal(1, rule.Pay(rows, stake, first.Bonds).Scores.Sum(), 12);
        }
    }

    static (WeightRow[] Rows, double[,] Dense, double[] Stake) Draw()
    {
        var dice = new RandomStream(23, "bonds");
        var (dense, stake, rows) = (new double[All, All], new double[All], new WeightRow[All]);
        for (var i = 0; i < All; i++)
        {
            // Who does not vote supports no weight, so that little stake may lie there.
            stake[i] = Math.Exp(2 * dice.NextNormal()) * (i < Voters ? 1 : 1e-3);
            var row = new double[All];
            for (var j = Voters; i < Voters && j < All; j++)
            {
                row[j] = dice.NextDouble() < 0.3 ? 0 : dice.NextDouble();
            }
            var sum = row.Sum();
            for (var j = 0; j < All; j++)
            {
                row[j] = dense[i, j] = sum > 0 ? row[j] / sum : 0;
            }
            rows[i] = WeightRow.Dense(row);
        }
        return (rows, dense, stake);
    }

    /// <summary>The definitions over full matrices, with nothing shared with the rules.</summary>
    sealed class Plain(BondRule rule, double[,] w, double[] stake)
    {
        public double[] Stake => stake;

        public double[,]? Bonds { get; private set; }

        public (double[] Incentive, double[] Dividend) Close()
        {
            var c = new double[All];
            for (var j = 0; j < All; j++)
            {
                var candidates = Enumerable.Range(0, All).Select(i => w[i, j]).Where(x => Support(j, x) >= Wanted);
                c[j] = candidates.DefaultIfEmpty(0).Max();
            }
            var incentive = One([.. Enumerable.Range(0, All)
                .Select(j => Enumerable.Range(0, All).Sum(i => stake[i] * Math.Min(w[i, j], c[j])))]);
            Bonds = rule is EmaBonds ? Ema(c) : Relative(c);
            var dividend = new double[All];
            for (var j = 0; j < All; j++)
            {
                var column = Enumerable.Range(0, All).Sum(i => Bonds[i, j]);
                for (var i = 0; i < All; i++)
                {
                    var part = column > 0 ? Bonds[i, j] / column * incentive[j] : 0;
                    dividend[i] += rule is EmaBonds ? part : stake[i] * part;
                }
            }
            dividend = One(dividend);
            var scores = incentive.Zip(dividend, (a, b) => (1 - rule.Share) * a + rule.Share * b).ToArray();
            for (var i = 0; i < All; i++)
            {
                stake[i] += Tau * scores[i] / scores.Sum();
            }
            return (incentive, dividend);
        }

        double Wanted => rule.Kappa * stake.Sum();

        double Support(int j, double x) => Enumerable.Range(0, All).Sum(i => w[i, j] >= x ? stake[i] : 0);

        double Backed(int i, int j, double[] c) =>
            (1 - rule.Penalty) * w[i, j] + rule.Penalty * Math.Min(w[i, j], c[j]);

        double Rate(int i, int j, double[] c, double bond)
        {
            if (rule.Liquid is not { } liquid)
            {
                return 1 - rule.Average;
            }
            var d = w[i, j] >= bond ? w[i, j] - c[j] : bond - w[i, j];
            d = d < 0 ? 0 : d > 1 ? 1 : d;
            return liquid.Low + (liquid.High - liquid.Low) / (1 + Math.Exp(-liquid.Steepness * (d - 0.5)));
        }

        double[,] Ema(double[] c)
        {
            var next = new double[All, All];
            for (var j = 0; j < All; j++)
            {
                var bought = Enumerable.Range(0, All).Sum(i => stake[i] * Backed(i, j, c));
                double sum = 0;
                for (var i = 0; i < All; i++)
                {
                    var delta = bought > 0 ? stake[i] * Backed(i, j, c) / bought : 0;
                    var a = Bonds is null ? 1 : Rate(i, j, c, Bonds[i, j]);
                    sum += next[i, j] = Bonds is null ? delta : (1 - a) * Bonds[i, j] + a * delta;
                }
                for (var i = 0; i < All; i++)
                {
                    next[i, j] = sum > 0 ? next[i, j] / sum : 0;
                }
            }
            return next;
        }

        double[,] Relative(double[] c)
        {
            var next = new double[All, All];
            for (var i = 0; i < All; i++)
            {
                for (var j = 0; j < All; j++)
                {
                    var old = Bonds?[i, j] ?? 0;
                    var a = Rate(i, j, c, old);
                    next[i, j] = (1 - a) * old + Math.Min(a * Backed(i, j, c), 1 - (1 - a) * old);
                }
            }
            return next;
        }

        static double[] One(double[] values)
        {
            var sum = values.Sum();
            return [.. values.Select(v => sum > 0 ? v / sum : 0)];
        }
    }
}
