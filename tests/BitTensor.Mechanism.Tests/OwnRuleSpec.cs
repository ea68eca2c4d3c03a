using System.Collections.Immutable;
using BitTensor.Mechanism;
using Xunit;

namespace BitTensor.Mechanism.Tests;

/// <summary>Rules of one's own: their registration, their contract, and what a market pays by them.</summary>
public sealed class OwnRuleSpec
{
    static readonly WeightRow[] Rows = [WeightRow.Of([0, 1], [0.5, 0.5]), WeightRow.Of([1], [1])];

    /// <summary>Pays each neuron its tau, times the number of blocks so far.</summary>
    sealed class Counting(string name) : IRankRule
    {
        public string Name => name;

        public ImmutableArray<RuleParameter> Parameters =>
            [new("times", 1, 0, 10, "Factor."), new("extra", 0, -1, 1, "Summand.")];

        public bool StatesEmission => true;

        public RuleOutcome Close(RuleBlock block)
        {
            var blocks = (int?)block.State ?? 0;
            var pay = block.Tau * block.Values["times"] * blocks + block.Values["extra"];
            return new RuleOutcome([.. block.Stake.Select(_ => 1.0)], blocks + 1)
            {
                Emission = [.. block.Stake.Select(_ => pay)],
            };
        }
    }

    /// <summary>A rule that gives what it is told.</summary>
    sealed class Giving(string name, RuleOutcome outcome, params RuleParameter[] parameters) : IRankRule
    {
        public string Name => name;

        public ImmutableArray<RuleParameter> Parameters => [.. parameters];

        public RuleOutcome Close(RuleBlock block) => outcome;
    }

    [Fact]
    public void A_market_pays_by_scores_emission_and_state_of_the_rule()
    {
        RuleRegistry.Register(new Counting("counting"));
        RuleRegistry.Register(new Counting("counting"));
        var rule = RankRule.Parse("counting extra=0.5 times=2")!;
        Assert.Equal("counting extra=0.5 times=2", rule.ToString());
        Assert.Equal(rule, RankRule.Parse("counting extra=0.5 times=2"));
        Assert.NotEqual(rule, RankRule.Parse("counting extra=0.5 times=3"));
        var market = Market.Genesis(Rows, [1, 2], new MechanismParameters { Rule = rule, Tau = 0.25 });
        foreach (var pay in new[] { 0.5, 1, 1.5 })
        {
            var close = market.Close([]);
            Assert.Equal([1, 1], close.Rank);
            Assert.Equal([pay, pay], close.Emission);
            Assert.Equal(2 * pay, close.Mint);
            market = close.Next;
        }
        Assert.Equal([4, 5], market.Stake.ToArray());
        // Another rule does not get the state of this one, and this one begins anew after it.
        var paper = new MechanismChange { Rule = new RankRule.Paper() };
        var back = market.Close([]).Setting(paper).Next.Close([]).Setting(new MechanismChange { Rule = rule }).Next;
        Assert.Equal([0.5, 0.5], back.Close([]).Emission);
    }

    [Theory]
    [InlineData("counting")]
    [InlineData("counting extra=0")]
    [InlineData("counting times=1 extra=0")]
    [InlineData("counting extra=0 times=x")]
    [InlineData("nobody extra=0 times=1")]
    public void A_line_of_no_registered_rule_is_no_rule(string text)
    {
        RuleRegistry.Register(new Counting("counting"));
        Assert.Null(RankRule.Parse(text));
    }

    public static TheoryData<string, IRankRule> Bad => new()
    {
        { "name", new Giving("Mine", new([])) }, { "name", new Giving("", new([])) },
        { "already", new Giving("yuma", new([])) }, { "already", new Giving("paper", new([])) },
        { "'kind'", new Giving("a", new([]), new RuleParameter("kind", 0, 0, 1, "")) },
        { "'p'", new Giving("a", new([]), new RuleParameter("p", 2, 0, 1, "")) },
        { "'p'", new Giving("a", new([]), new RuleParameter("p", 0, 0, double.PositiveInfinity, "")) },
        { "'p'", new Giving("a", new([]), new("p", 0, 0, 1, ""), new("p", 0, 0, 1, "")) },
    };

    [Theory]
    [MemberData(nameof(Bad), DisableDiscoveryEnumeration = true)]
    public void A_rule_with_a_wrong_name_or_parameter_is_not_registered(string named, IRankRule rule)
    {
        var wrong = Assert.Throws<ArgumentException>(() => RuleRegistry.Register(rule));
        Assert.Contains(named, wrong.Message, StringComparison.Ordinal);
        Assert.Null(RuleRegistry.Find(rule.Name));
    }

    [Fact]
    public void Another_type_does_not_take_a_name()
    {
        RuleRegistry.Register(new Counting("taken"));
        Assert.Throws<ArgumentException>(() => RuleRegistry.Register(new Giving("taken", new([]))));
        Assert.IsType<Counting>(RuleRegistry.Find("taken")!.Rule);
    }

    public static TheoryData<string, RuleOutcome> Broken => new()
    {
        { "for 1 neurons, but there are 2", new([1]) }, { "neuron 1 scores of -1", new([0, -1]) },
        { "neuron 0 scores of NaN", new([double.NaN, 1]) },
        { "neuron 1 scores of Infinity", new([0, double.PositiveInfinity]) },
        { "does the opposite", new([0, 1]) { Emission = [0, 1] } },
    };

    [Theory]
    [MemberData(nameof(Broken), DisableDiscoveryEnumeration = true)]
    public void What_the_contract_forbids_is_named_and_closes_no_block(string named, RuleOutcome outcome)
    {
        var rule = OwnRule.Of(new Giving("giving", outcome));
        var market = Market.Genesis(Rows, [1, 2], new MechanismParameters { Rule = rule });
        var broken = Assert.Throws<RuleException>(() => market.Close([]));
        Assert.Contains(named, broken.Message, StringComparison.Ordinal);
        Assert.Contains("'giving'", broken.Message, StringComparison.Ordinal);
    }
}
