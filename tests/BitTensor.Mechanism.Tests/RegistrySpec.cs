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
    [InlineData(2, 2, Refusal.Full)]
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

    [Theory]
    [InlineData("capacity=7", true)]
    [InlineData("capacity=0", false)]
    [InlineData("capacity=7.5", false)]
    [InlineData("capacity=", false)]
    [InlineData("room=7", false)]
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
