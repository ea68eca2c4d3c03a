using BitTensor.Actors.Neurons;
using BitTensor.Actors.View;
using BitTensor.Mechanism;
using BitTensor.Protocol;
using BitTensor.Scenarios;
using Xunit;

namespace BitTensor.Actors.Tests;

/// <summary>
/// When a neuron asks whom its row gives no weight. Neuron 0 votes for 1; its row names 2 from block 5 on, and never 3.
/// </summary>
public sealed class ExplorationSpec
{
    static readonly MechanismParameters Open = new() { Membership = new MembershipRules(4) };

    [Fact]
    public void A_peer_with_weight_is_asked_in_every_iteration() =>
        Assert.All(Asked(new ExploreSpec(50, 50), slot: 1, blocks: 20), Assert.True);

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, 3)]
    [InlineData(4, 1)]
    [InlineData(4, 3)]
    public void One_without_is_asked_as_soon_and_as_often_as_it_says(int after, int every)
    {
        var asked = Asked(new ExploreSpec(after, every), slot: 2, blocks: 40);
        Assert.All(asked[..(5 + after)], Assert.False);
        Assert.Equal((40 - 5 - after) / every, asked[(5 + after)..].Count(a => a), 1.0);
        Assert.All(Enumerable.Range(5 + after, 35 - after - every), b => Assert.Single(asked[b..(b + every)], true));
    }

    [Fact]
    public void Who_was_dropped_and_is_named_again_waits_again()
    {
        var exploration = new Exploration(new ExploreSpec(3, 1), 4);
        var asked = new List<bool>();
        foreach (var view in new[] { View(5, true), View(8, true), View(9, false), View(10, true), View(13, true) })
        {
            exploration.Begin(view);
            asked.Add(view.Names(2) && exploration.Asks(view, 2));
        }
        Assert.Equal([false, true, false, false, true], asked);
        exploration.Clear();
        exploration.Begin(View(14, true));
        Assert.False(exploration.Asks(View(14, true), 2));
    }

    /// <summary>One iteration per block: whether the peer of the slot is asked.</summary>
    static bool[] Asked(ExploreSpec spec, int slot, int blocks)
    {
        var exploration = new Exploration(spec, 4);
        return
        [
            .. Enumerable.Range(0, blocks).Select(b =>
            {
                var view = View(b, b >= 5);
                exploration.Begin(view);
                return view.Names(slot) && exploration.Asks(view, slot);
            }),
        ];
    }

    static LedgerView View(long height, bool names)
    {
        var row = names ? WeightRow.Of([0, 1, 2], [0.4, 0.6, 0]) : WeightRow.Of([0, 1], [0.4, 0.6]);
        var block = new LedgerMessage.BlockOpened(
            height, 3, 1, 1, row, [.. row.Targets.ToArray().Select(_ => 0.1)], [], [], 0.1, false)
        {
            Members = [0, 1, 2],
        };
        return LedgerView.Of(block, Plan, Open);
    }

    static readonly BitTensor.Plans.NeuronPlan Plan = BitTensor.Plans.Roster.Draw(Stage.Read(
        "version: 1\nname: e\nseed: 1\nduration: 1 blocks\n"
        + "populations: [{ name: a, count: 4, model: { kind: quadratic } }]\n"))[0];
}
