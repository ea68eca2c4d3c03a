using BitTensor.Mechanism;
using Xunit;

namespace BitTensor.Studies.Tests;

/// <summary>What the runs of the study of attacks are made to say.</summary>
public sealed class AttackNetworkSpec
{
    [Fact]
    public void The_market_has_reacted_when_the_attackers_earn_no_more_than_the_honest_and_that_lasts()
    {
        var honest = Run(0.2, 0.2, 0.2, 0.2);
        Assert.Equal(0, AttackNetwork.ReactionOf(Run(0.1, 0.2, 0.205, 0.1), honest));
        Assert.Equal(2, AttackNetwork.ReactionOf(Run(0.1, 0.3, 0.2, 0.1), honest));
        Assert.Equal(3, AttackNetwork.ReactionOf(Run(0.3, 0.1, 0.3, 0.2), honest));
        Assert.Equal(double.PositiveInfinity, AttackNetwork.ReactionOf(Run(0.1, 0.1, 0.1, 0.3), honest));
    }

    [Fact]
    public void The_best_defence_leaves_the_attackers_least_of_what_they_are_after()
    {
        AttackRow Row(string defence, bool harms, double gain, double loss) =>
            new(
                new AttackTrial("attack", defence, harms, 0, 1, 1), new MeanInterval(gain, gain, gain), 0,
                new MeanInterval(loss, loss, loss), default);
        AttackRow[] Rows(bool harms) =>
            [
                Row(AttackNetwork.Paper, harms, -1, -1), Row("l1", harms, 0.1, 0.5), Row("yuma", harms, 0.3, 0.2),
                Row("trust", harms, 0.2, double.NaN),
            ];
        Assert.Equal("l1", AttackNetwork.Best(Rows(harms: false))!.Trial.Defence);
        Assert.Equal("yuma", AttackNetwork.Best(Rows(harms: true))!.Trial.Defence);
        Assert.Null(AttackNetwork.Best(Rows(harms: true)[..1]));
    }

    [Fact]
    public void An_attack_under_which_the_others_diverge_succeeds_without_bound()
    {
        static AttackRun Others(double? loss) => new(0, 0, "", [], 0, loss);
        Assert.Equal(0.5, AttackNetwork.RiseOf(Others(3), Others(2)));
        Assert.Equal(double.PositiveInfinity, AttackNetwork.RiseOf(Others(double.NaN), Others(2)));
        Assert.Equal(double.NaN, AttackNetwork.RiseOf(Others(double.NaN), Others(double.NaN)));
        Assert.Null(AttackNetwork.RiseOf(Others(null), Others(2)));
        Assert.Null(AttackNetwork.RiseOf(Others(double.NaN), Others(null)));
        var rise = Bootstrap.Mean([0.5, double.PositiveInfinity, 0.5], new RandomStream(1, "test", 0));
        Assert.Equal(new MeanInterval(double.PositiveInfinity, double.NaN, double.NaN), rise);
        var trial = new AttackTrial("attack", AttackNetwork.Paper, true, 0, 1, 1);
        Assert.True(new AttackRow(trial, default, 0, rise, default).Succeeds);
    }

    static AttackRun Run(params double[] income) => new(0, 0, "", income, 0, null);
}
