using BitTensor.Actors.Neurons;
using BitTensor.Actors.View;
using BitTensor.Mechanism;
using BitTensor.Protocol;
using BitTensor.Scenarios;
using Xunit;

namespace BitTensor.Actors.Tests;

/// <summary>Whom a neuron with a gate asks: the pure choice, without a network.</summary>
public sealed class PeerChoiceSpec
{
    const int Own = 2;

    [Fact]
    public void Rank_asks_the_peers_on_which_all_neurons_put_most_stake() =>
        Assert.Equal([0, 4, 1, 3], Choice(GateRule.Rank).Order(View()));

    [Fact]
    public void Row_asks_the_peers_of_the_largest_own_weight() =>
        Assert.Equal([3, 1, 4, 0], Choice(GateRule.Row).Order(View()));

    [Fact]
    public void Significance_asks_those_that_mattered_when_they_were_asked_last()
    {
        var choice = Choice(GateRule.Significance);
        choice.Learn(Evidence(asked: [true, true, true, true, true], significance: [4, 3, 0, 2, 1]));
        Assert.Equal([0, 1, 3, 4], choice.Order(View()));
        // Peer 0 was not asked and keeps what it had; peer 1 was, and mattered less than peer 3 had.
        choice.Learn(Evidence(asked: [false, true, true, false, false], significance: [0, 1.5, 0, 0, 0]));
        Assert.Equal([0, 3, 1, 4], choice.Order(View()));
    }

    [Fact]
    public void Ties_and_drawn_choices_fall_by_an_order_that_each_neuron_draws_once()
    {
        var drawn = Choice(GateRule.Drawn).Order(View());
        Assert.Equal([0, 1, 3, 4], drawn.Order());
        Assert.Equal(drawn, Choice(GateRule.Drawn).Order(View()));
        Assert.Equal(drawn, Choice(GateRule.Significance).Order(View()));
        var first = Enumerable.Range(0, 200).CountBy(id => Choice(GateRule.Drawn, neuron: id).Order(View())[0]);
        Assert.All(first, f => Assert.InRange(f.Value, 30, 70));
    }

    [Fact]
    public void While_it_warms_up_all_are_asked()
    {
        var choice = Choice(GateRule.Rank, warmUp: 5);
        Assert.Equal([4, 4, 2, 2], new long[] { 0, 4, 5, 50 }.Select(choice.Top));
    }

    [Fact]
    public void Exploration_replaces_the_last_of_the_chosen_as_often_as_it_says()
    {
        var choice = Choice(GateRule.Rank, explore: 0.25);
        var orders = Enumerable.Range(0, 1000).Select(_ => choice.Order(View())).ToArray();
        Assert.All(orders, o => Assert.Equal((0, 4), (o[0], o.Length)));
        // 1000 draws of probability 1/4 have a deviation of 14.
        Assert.InRange(orders.Count(o => o[1] != 4), 190, 310);
        Assert.InRange(orders.Count(o => o[1] == 1), 80, 170);
    }

    [Fact]
    public void A_neuron_with_few_peers_asks_all_of_them() => Assert.Equal(4, Choice(GateRule.Rank, top: 9).Top(7));

    static PeerChoice Choice(GateRule by, int top = 2, int warmUp = 0, double explore = 0, int neuron = Own) => new(
        GatingSpec.Asking(top, by) with { WarmUp = warmUp, Explore = explore }, 5, Own, 3, neuron);

    static SlotEvidence Evidence(bool[] asked, double[] significance)
    {
        var evidence = new SlotEvidence(asked.Length);
        evidence.Begin(asked);
        for (var k = 0; k < asked.Length; k++)
        {
            evidence.Add(k, 0, significance[k]);
        }
        return evidence;
    }

    static LedgerView View() => new(
        new LedgerMessage.BlockOpened(
            9, 5, 1, 1, WeightRow.Dense([0.05, 0.3, 0, 0.4, 0.25]), [0.9, 0.3, 0.7, 0.1, 0.5], [], [], 0.7, false),
        Stage.Read(Stage.Small).Mechanism);
}
