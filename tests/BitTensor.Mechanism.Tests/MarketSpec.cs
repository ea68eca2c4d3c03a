using BitTensor.Mechanism;
using CsCheck;
using Xunit;

namespace BitTensor.Mechanism.Tests;

/// <summary>Equations (4)-(6) and Algorithm 1: rank, emission, and the close of a block.</summary>
public sealed class MarketSpec
{
    static readonly Gen<double[]> Row = Gen.Double[0, 1].Array[5].Select(v => Simplex.Project(v));
    static readonly Gen<(double[][] Rows, double[] Stake)> Start = Gen.Select(Row.Array[5], Gen.Double[0, 10].Array[5]);

    [Fact]
    public void Rank_is_the_stake_weighted_mean_of_the_columns_of_W()
    {
        WeightRow[] rows = [
            WeightRow.Dense([0.5, 0.5, 0]), WeightRow.Dense([0, 0.25, 0.75]), WeightRow.Dense([1, 0, 0]),
        ];
        // By hand: R_0 = (2*0.5 + 1*0 + 4*1)/3, R_1 = (2*0.5 + 1*0.25)/3, R_2 = 0.75/3.
        Assert.Equal([5.0 / 3, 1.25 / 3, 0.25], Ranking.Rank(rows, [2, 1, 4]), (a, b) => Math.Abs(a - b) < 1e-15);
        // Eq. (4) is eq. (5) with every stake 1.
        Assert.Equal([0.5, 0.25, 0.25], Ranking.Rank(rows, [1, 1, 1]), (a, b) => Math.Abs(a - b) < 1e-15);
    }

    /// <summary>Eq. (6): the emission depends on the direction of R alone.</summary>
    [Theory]
    [InlineData(1e-163)]
    [InlineData(1e-300)]
    [InlineData(1)]
    [InlineData(1e200)]
    public void The_emission_does_not_depend_on_the_scale_of_rank(double scale)
    {
        double[] rank = [0.75 * scale, 0, 0.25 * scale];
        var l2 = Math.Sqrt(0.75 * 0.75 + 0.25 * 0.25);
        Assert.Equal(
            [0.1 * 0.75 / l2, 0, 0.1 * 0.25 / l2], Ranking.Emission(rank, 0.1, InflationNorm.L2),
            (a, b) => Math.Abs(a - b) < 1e-15);
        Assert.Equal(
            [0.075, 0, 0.025], Ranking.Emission(rank, 0.1, InflationNorm.L1), (a, b) => Math.Abs(a - b) < 1e-15);
    }

    /// <summary>However long the step, the row stays on the simplex.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(1e12)]
    [InlineData(1e60)]
    [InlineData(-1e60)]
    public void A_step_of_any_length_ends_on_the_simplex(double length)
    {
        var row = Simplex.Step([0.2, 0.3, 0.5], [1, 3, 2], length);
        Assert.Equal(1, row.Sum(), 1e-12);
        Assert.All(row, w => Assert.InRange(w, 0, 1));
        Assert.Equal(length > 0 ? 1 : 0, Array.IndexOf(row, row.Max()));
    }

    [Fact]
    public void Rank_conserves_stake_over_n() => Start.Sample(start =>
    {
        var rank = Ranking.Rank([.. start.Rows.Select(r => WeightRow.Dense(r))], start.Stake);
        Assert.Equal(start.Stake.Sum() / 5, rank.Sum(), 1e-12);
    });

    [Fact]
    public void The_mint_lies_between_tau_and_tau_root_n_under_l2_and_is_tau_under_l1() => Start.Sample(start =>
    {
        var rank = Ranking.Rank([.. start.Rows.Select(r => WeightRow.Dense(r))], start.Stake);
        var l2 = Ranking.Emission(rank, 0.1, InflationNorm.L2).Sum();
        var l1 = Ranking.Emission(rank, 0.1, InflationNorm.L1).Sum();
        if (rank.Sum() > 0)
        {
            Assert.InRange(l2, 0.1 - 1e-12, 0.1 * Math.Sqrt(5) + 1e-12);
            Assert.Equal(0.1, l1, 1e-12);
        }
    });

    [Fact]
    public void A_block_ranks_by_the_rows_after_and_the_stake_before_its_emission()
    {
        var parameters = new MechanismParameters { Epsilon = 2 };
        var market = Market.Genesis([WeightRow.Dense([1, 0]), WeightRow.Dense([0, 1])], [1, 3], parameters);
        var close = market.Close([new RowChange(0, WeightRow.Dense([0, 1]))]);
        Assert.Equal([1, 3], close.Stake);
        Assert.Equal([0, 2], close.Rank);
        Assert.Equal([0, 0.1], close.Emission);
        Assert.Equal([1, 3.1], close.Next.Stake.ToArray());
        Assert.Equal(1, close.Next.Height);
        Assert.Equal(0, market.Height);
    }

    [Fact]
    public void The_order_of_changes_does_not_matter()
    {
        var market = Market.Genesis(
            [.. Enumerable.Range(0, 3).Select(_ => WeightRow.Uniform([0, 1, 2]))], [1, 2, 3], new() { Epsilon = 2 });
        RowChange[] changes = [
            .. Enumerable.Range(0, 3).Select(i => new RowChange(i, WeightRow.Dense(Simplex.Project([i, 1, 0.5])))),
        ];
        Assert.Equal(market.Close(changes).Rank, market.Close([.. changes.Reverse()]).Rank);
    }

    [Fact]
    public void Frozen_emission_ranks_but_mints_nothing()
    {
        var market = Market.Genesis(
            [WeightRow.Dense([0, 1]), WeightRow.Dense([1, 0])], [1, 1], new() { Emission = false });
        var close = market.Close([]);
        Assert.Equal([0.5, 0.5], close.Rank);
        Assert.Equal(0, close.Mint);
        Assert.Equal([1, 1], close.Next.Stake.ToArray());
    }

    [Fact]
    public void What_a_ledger_must_refuse_a_market_refuses_and_stays_as_it_is()
    {
        var market = Market.Genesis(
            [WeightRow.Dense([0.5, 0.5]), WeightRow.Dense([0.5, 0.5])], [1, 1], new() { Epsilon = 0.1 });
        Refusal? Judge(int neuron, int[] targets, double[] values) =>
            Admission.JudgeChange(market, new RowChange(neuron, WeightRow.Of(targets, values)));

        Assert.Null(Judge(0, [0, 1], [0.45, 0.55]));
        Assert.Equal(Refusal.StepTooLarge, Judge(0, [0, 1], [0.4, 0.6]));
        Assert.Equal(Refusal.NotFinite, Judge(0, [0, 1], [double.NaN, 0.5]));
        Assert.Equal(Refusal.NotFinite, Judge(0, [0, 1], [double.PositiveInfinity, 0.5]));
        Assert.Equal(Refusal.Negative, Judge(0, [0, 1], [-0.01, 1.01]));
        Assert.Equal(Refusal.RowNotNormalised, Judge(0, [0, 1], [0.5, 0.51]));
        Assert.Equal(Refusal.BadShape, Judge(0, [0, 2], [0.5, 0.5]));
        Assert.Equal(Refusal.UnknownNeuron, Judge(7, [0, 1], [0.5, 0.5]));
        Assert.Equal(Refusal.StaleBlock, Admission.JudgeBlock(1, 2));
        Assert.Equal(Refusal.FutureBlock, Admission.JudgeBlock(3, 2));

        var twice = Assert.Throws<ArgumentException>(() => market.Close(
            [new RowChange(0, WeightRow.Dense([0.5, 0.5])), new RowChange(0, WeightRow.Dense([0.5, 0.5]))]));
        Assert.Contains("twice", twice.Message, StringComparison.Ordinal);
        Assert.Equal(0, market.Height);
    }

    [Fact]
    public void Sparse_rows_rank_like_dense_ones()
    {
        WeightRow[] dense = [WeightRow.Dense([0, 0.5, 0.5]), WeightRow.Dense([1, 0, 0]), WeightRow.Dense([0, 1, 0])];
        WeightRow[] sparse = [WeightRow.Of([1, 2], [0.5, 0.5]), WeightRow.Of([0], [1]), WeightRow.Of([1], [1])];
        Assert.Equal(Ranking.Rank(dense, [1, 2, 3]), Ranking.Rank(sparse, [1, 2, 3]));
        Assert.Equal(Math.Sqrt(0.5 * 0.5 + 0.5 * 0.5), WeightRow.Distance(sparse[0], WeightRow.Of([1], [1])), 15);
    }

    [Theory]
    [InlineData(0.5, 10, 2.29)]
    [InlineData(0.5, 100, 3.03)]
    [InlineData(0.1, 10, 1.05)]
    public void Splitting_a_rank_share_mints_more_under_l2_and_nothing_more_under_l1(
        double share, int parts, double gain)
    {
        // The owner against nine neurons that share the rest equally.
        double Mint(int k, InflationNorm norm) => Ranking.Emission(
            [.. Enumerable.Repeat(share / k, k), .. Enumerable.Repeat((1 - share) / 9, 9)], 1, norm).Take(k).Sum();
        Assert.Equal(gain, Mint(parts, InflationNorm.L2) / Mint(1, InflationNorm.L2), 2);
        Assert.Equal(1, Mint(parts, InflationNorm.L1) / Mint(1, InflationNorm.L1), 12);
    }

    [Fact]
    public void Identities_without_stake_raise_what_a_defector_keeps_of_its_access()
    {
        // Ten honest neurons bid equally for each other; the defector keeps 0.8 for itself and bids 0.02 for each of
        // them; T = 0.1.
        double Retained(int sybils)
        {
            var honest = WeightRow.Uniform([.. Enumerable.Range(0, 10)]);
            var defector = WeightRow.Dense([.. Enumerable.Repeat(0.02, 10), 0.8]);
            WeightRow[] rows = [
                .. Enumerable.Repeat(honest, 10), defector,
                .. Enumerable.Range(11, sybils).Select(i => WeightRow.Uniform([i])),
            ];
            double[] stake = [.. Enumerable.Repeat(1.0, 11), .. Enumerable.Repeat(0.0, sybils)];
            var masks = new Masks(Market.Genesis(rows, stake, new() { Temperature = 0.1 }));
            return masks.Row(10)[0] / masks.Row(1)[0];
        }
        Assert.Equal(0.63, Retained(0), 2);
        Assert.Equal(0.74, Retained(90), 2);
    }

    [Fact]
    public void An_identity_pays_with_its_first_row_and_never_again()
    {
        var market = Priced(cost: 0.5, stake: [2, 1, 1]);
        var row = WeightRow.Dense([0.4, 0.3, 0.3]);
        var first = market.Close([new RowChange(0, row)]);
        Assert.Equal([1.5, 1, 1], first.Stake);
        Assert.Equal(first.Stake.Sum() + first.Mint, first.Next.Stake.ToArray().Sum(), 1e-12);
        var second = first.Next.Close([new RowChange(0, WeightRow.Dense([0.45, 0.3, 0.25])), new RowChange(1, row)]);
        Assert.Equal(first.Next.Stake[0], second.Stake[0]);
        Assert.Equal(first.Next.Stake[1] - 0.5, second.Stake[1]);
        Assert.Equal(first.Next.Stake[2], second.Stake[2]);
    }

    [Fact]
    public void Who_cannot_pay_is_refused_and_who_need_not_is_not()
    {
        var row = WeightRow.Dense([0.4, 0.3, 0.3]);
        Assert.Equal(Refusal.CannotPay, Admission.JudgeChange(Priced(0.5, [1, 0.25, 0]), new RowChange(1, row)));
        Assert.Equal(Refusal.CannotPay, Admission.JudgeChange(Priced(0.5, [1, 0.25, 0]), new RowChange(2, row)));
        Assert.Null(Admission.JudgeChange(Priced(0.5, [1, 0.5, 0]), new RowChange(1, row)));
        Assert.Null(Admission.JudgeChange(Priced(0, [1, 0.25, 0]), new RowChange(2, row)));
    }

    [Fact]
    public void Splitting_into_identities_costs_one_price_for_each()
    {
        double Owned(int identities)
        {
            double[] stake = [.. Enumerable.Repeat(4.0 / identities, identities), 4];
            var market = Priced(cost: 0.25, stake);
            WeightRow row = WeightRow.Dense([.. Enumerable.Repeat(0.9 / identities, identities), 0.1]);
            return market.Close([.. Enumerable.Range(0, identities).Select(i => new RowChange(i, row))]).Stake
                .Take(identities).Sum();
        }
        Assert.Equal([3.75, 3.5, 2], new[] { 1, 2, 8 }.Select(Owned), (a, b) => Math.Abs(a - b) < 1e-12);
    }

    static Market Priced(double cost, double[] stake) => Market.Genesis(
        [.. stake.Select(_ => WeightRow.Uniform([.. Enumerable.Range(0, stake.Length)]))], stake,
        new MechanismParameters { RegistrationCost = cost, Epsilon = 2 });
}
