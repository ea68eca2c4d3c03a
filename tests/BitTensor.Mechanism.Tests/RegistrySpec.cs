using BitTensor.Mechanism;
using Xunit;

namespace BitTensor.Mechanism.Tests;

/// <summary>An open network: who registers, with what, and what it earns.</summary>
public sealed class RegistrySpec
{
    static readonly WeightRow Both = WeightRow.Dense([0.5, 0.5]);

    [Fact]
    public void A_newcomer_without_votes_mints_nothing()
    {
        foreach (var rule in new RankRule[] { new RankRule.Paper(), new RankRule.Yuma(0.5, 0.5) })
        {
            var alone = Open(rule: rule).Close([]);
            var close = Open(rule: rule).Close([], [3, 2]);
            Assert.Equal(0, close.Emission[2]);
            Assert.Equal(0, close.Emission[3]);
            Assert.Equal(alone.Mint, close.Mint);
            Assert.Equal(alone.Emission, close.Emission);
        }
    }

    [Fact]
    public void Its_row_begins_on_itself_and_no_other_row_names_it()
    {
        var next = Open().Close([], [3]).Next;
        Assert.Equal(WeightRow.Uniform([3]), next.Row(3));
        Assert.Equal([0, 0, 0, 1.0], Enumerable.Range(0, 4).Select(i => next.Row(i)[3]));
        Assert.Equal(WeightRow.Empty, next.Row(2));
    }

    [Fact]
    public void N_of_the_formulas_counts_who_is_registered()
    {
        // R_j = 1/n sum_i s_i w_ij, and mu likewise.
        Assert.Equal([0.5, 0.5, 0, 0], Open().Close([]).Rank);
        Assert.Equal([1 / 3.0, 1 / 3.0, 0, 0], Open().Close([], [3]).Rank);
        var next = Open().Close([], [3]).Next;
        Assert.Equal(3, next.Members);
        var shares = Open(scale: StakeScale.Share).Close([], [3]).Next.MaskStake();
        Assert.Equal(3, shares.Sum(), 1e-12);
    }

    [Fact]
    public void It_gets_the_lowest_free_index_in_the_order_of_arrival()
    {
        var close = Open().Close([], [3, 2]);
        Assert.Equal([new Registration(3, 2), new Registration(2, 3)], close.Joined.AsEnumerable());
        Assert.Equal(2, close.Next.Registry!.IndexOf(3));
        Assert.Null(Open().Registry!.IndexOf(3));
    }

    [Fact]
    public void Stake_changes_hands_and_only_the_price_is_burned()
    {
        var market = Open(purses: [2, 0.5], cost: 0.5);
        var close = market.Close([], [2, 3]);
        Assert.Equal([1, 1, 1.5, 0], close.Stake);
        Assert.Equal(1, close.Burned);
        Assert.Equal(4.5, market.Wealth, 1e-12);
        Assert.Equal(market.Wealth + close.Mint - close.Burned, close.Next.Wealth, 1e-12);
        Assert.Equal(0, close.Next.Registry!.Purses);
    }

    [Theory]
    [InlineData(2, 0, null)]
    [InlineData(2, 1, null)]
    [InlineData(0, 0, Refusal.AlreadyRegistered)]
    [InlineData(3, 0, Refusal.CannotPay)]
    [InlineData(4, 0, Refusal.UnknownNeuron)]
    [InlineData(-1, 0, Refusal.UnknownNeuron)]
    public void A_registration_is_refused_by_name(int neuron, int admitted, Refusal? reason) =>
        Assert.Equal(reason, Admission.JudgeRegistration(Open(purses: [1, 0.25], cost: 0.5), neuron, admitted));

    [Fact]
    public void Nobody_registers_in_a_closed_network()
    {
        var market = Market.Genesis([Both, Both], [1, 1], new MechanismParameters());
        Assert.Equal(Refusal.Closed, Admission.JudgeRegistration(market, 0, 0));
        Assert.Throws<ArgumentException>(() => market.Close([], [1]));
    }

    [Fact]
    public void Who_is_not_registered_neither_votes_nor_is_voted_for()
    {
        var vote = WeightRow.Of([0, 1, 3], [0.5, 0.4, 0.1]);
        Assert.Equal(Refusal.NotRegistered, Admission.JudgeChange(Open(), new RowChange(3, WeightRow.Uniform([3]))));
        Assert.Equal(Refusal.BadShape, Admission.JudgeChange(Open(), new RowChange(0, vote)));
        Assert.Null(Admission.JudgeChange(Open().Close([], [3]).Next, new RowChange(0, vote)));
    }

    [Fact]
    public void Registering_twice_in_a_block_is_a_fault_of_the_ledger() =>
        Assert.Throws<ArgumentException>(() => Open().Close([], [3, 3]));

    /// <summary>
    /// Where no index is free the neuron of least rank is replaced. Its stake leaves with it, and W forgets it.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void At_capacity_a_newcomer_replaces_the_neuron_of_least_rank(bool burns)
    {
        var market = Full(new MembershipRules(2) { BurnsStake = burns });
        var close = market.Close([], [2]);
        Assert.Equal([new Registration(2, 1, Replaced: 1)], close.Joined.AsEnumerable());
        Assert.Equal([2, 0, 0.5, 0], close.Stake);
        Assert.Equal(burns ? 1 : 0, close.Burned);
        Assert.Equal(burns ? 0 : 1, close.Next.Registry!.PurseOf(1));
        Assert.Equal(market.Wealth + close.Mint - close.Burned, close.Next.Wealth, 1e-12);
        Assert.Equal(WeightRow.Uniform([0]), close.Next.Row(0));
        Assert.Equal(WeightRow.Empty, close.Next.Row(1));
    }

    /// <summary>The production chain once counted votes for an index, whoever held it.</summary>
    [Fact]
    public void Votes_for_the_old_holder_of_an_index_do_not_count_for_the_new_one()
    {
        var close = Full(new MembershipRules(2)).Close([new RowChange(0, WeightRow.Dense([0.52, 0.48]))], [2]);
        Assert.Equal(1, close.Next.Registry!.IndexOf(2));
        Assert.Equal(0, close.Next.Row(0)[2]);
        // All that the newcomer mints it mints by its own stake and its own row.
        Assert.Equal(0.5 / 2.5, close.Emission[2] / close.Mint, 1e-12);
        var bonds = new EmaBonds(0.5, 0.5, 0.9, 1);
        var first = Full(new MembershipRules(2), bonds).Close([]).Next;
        Assert.True(first.Bonds!.Row(0)[1] > 0);
        var next = first.Close([], [2]).Next;
        Assert.Equal(0, next.Bonds!.Row(0)[1]);
        Assert.Equal(0, next.Bonds.Row(0)[2]);
        Assert.Equal(0, next.Bonds.Row(1).Values.ToArray().Sum());
    }

    /// <summary>Those who leave make room first: the newcomer gets the index of 0, and 1 is not replaced.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Who_leaves_takes_its_stake_along_and_makes_room(bool burns)
    {
        var market = Full(new MembershipRules(2) { BurnsStake = burns });
        var close = market.Close([], [2], [0]);
        Assert.Equal([new Registration(2, 0)], close.Joined.AsEnumerable());
        Assert.Equal([0, 1, 0.5, 0], close.Stake);
        Assert.Equal(burns ? 2 : 0, close.Burned);
        Assert.Equal(burns ? 0 : 2, close.Next.Registry!.PurseOf(0));
        Assert.Equal(market.Wealth + close.Mint - close.Burned, close.Next.Wealth, 1e-12);
        Assert.Equal(WeightRow.Uniform([1]), close.Next.Row(1));
        Assert.Equal(WeightRow.Empty, close.Next.Row(0));
        Assert.Equal(burns ? 0 : 2, close.Next.Close([], [0], [1]).Stake[0]);
        Assert.Throws<ArgumentException>(() => market.Close([], [], [0, 1]));
        Assert.Throws<ArgumentException>(() => market.Close([], [], [2]));
    }

    [Fact]
    public void Who_is_immune_is_not_replaced()
    {
        var market = Full(new MembershipRules(2) { Immunity = 2 });
        Assert.Equal(Refusal.Full, Admission.JudgeRegistration(market, 2, 0));
        market = market.Close([]).Next.Close([]).Next;
        Assert.Null(Admission.JudgeRegistration(market, 2, 0));
        var joined = market.Close([], [2]).Next;
        // 0 is replaced, though its rank is larger: 2 has just come.
        var again = joined.Close([], [3]);
        Assert.Equal(0, Assert.Single(again.Joined).Replaced);
        Assert.Equal(Refusal.Full, Admission.JudgeRegistration(joined, 3, 1));
    }

    [Fact]
    public void A_row_without_those_who_are_gone_keeps_its_sum()
    {
        var row = WeightRow.Of([0, 2, 5], [0.2, 0.5, 0.3]);
        Assert.Equal(WeightRow.Of([0, 5], [0.4, 0.6]), row.Without(0, new HashSet<int> { 2, 9 }));
        Assert.Same(row, row.Without(0, new HashSet<int> { 1 }));
        Assert.Equal(WeightRow.Uniform([4]), WeightRow.Uniform([2]).Without(4, new HashSet<int> { 2 }));
        Assert.Equal(
            WeightRow.Of([4], [0]), WeightRow.Of([2, 4], [0, 0]).Without(4, new HashSet<int> { 2 }));
    }

    [Fact]
    public void The_price_doubles_with_demand_above_the_target_and_halves_below()
    {
        var rules = new MembershipRules(9) { TargetRate = 1 };
        var market = Market.Genesis(
            [Both, Both, .. Enumerable.Repeat(WeightRow.Empty, 6)], [1, 1, 9, 9, 9, 9, 9, 9],
            new MechanismParameters { Membership = rules, RegistrationCost = 0.5 });
        var prices = new List<double>();
        foreach (int[] joining in new int[][] { [2, 3], [4, 5], [6], [], [], [] })
        {
            var close = market.Close([], joining);
            Assert.Equal(joining.Length * market.Price, close.Burned);
            Assert.All(joining, i => Assert.Equal(9 - market.Price, close.Stake[i]));
            market = close.Next;
            prices.Add(market.Price);
        }
        Assert.Equal([1, 2, 2, 1, 0.5, 0.5], prices);
    }

    /// <summary>Two neurons that are registered, of which 1 has the least rank; two outside with stake 0.5.</summary>
    static Market Full(MembershipRules rules, RankRule? rule = null) => Market.Genesis(
        [WeightRow.Dense([0.6, 0.4]), WeightRow.Dense([0.6, 0.4]), WeightRow.Empty, WeightRow.Empty],
        [2, 1, 0.5, 0.5],
        new MechanismParameters
        {
            Membership = rules, Rule = rule ?? new RankRule.Paper(), Norm = InflationNorm.L1, Epsilon = 1,
        });

    [Theory]
    [InlineData("capacity=7 immunity=0 leaving-stake=kept", true)]
    [InlineData("capacity=7 immunity=3 leaving-stake=burned target-rate=0.5", true)]
    [InlineData("capacity=0 immunity=0 leaving-stake=kept", false)]
    [InlineData("capacity=7.5 immunity=0 leaving-stake=kept", false)]
    [InlineData("capacity=7 immunity=-1 leaving-stake=kept", false)]
    [InlineData("capacity=7 immunity=0 leaving-stake=lost", false)]
    [InlineData("capacity=7 immunity=0 leaving-stake=kept target-rate=x", false)]
    [InlineData("capacity=7", false)]
    [InlineData("", false)]
    public void The_rules_are_kept_as_one_line(string text, bool known) =>
        Assert.Equal(known ? text : null, MembershipRules.Parse(text)?.ToString());

    /// <summary>Two neurons that are registered, 0 and 1, and two outside, 2 and 3; room for four.</summary>
    static Market Open(
        double[]? purses = null, double cost = 0, RankRule? rule = null, StakeScale scale = StakeScale.Raw) =>
        Market.Genesis(
            [Both, Both, WeightRow.Empty, WeightRow.Empty], [1, 1, .. purses ?? [0, 0]],
            new MechanismParameters
            {
                Membership = new MembershipRules(4), RegistrationCost = cost, StakeScale = scale,
                Rule = rule ?? new RankRule.Paper(), Norm = InflationNorm.L1, Epsilon = 1,
            });
}
