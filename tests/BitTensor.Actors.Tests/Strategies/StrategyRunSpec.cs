using BitTensor.Actors.Context;
using BitTensor.Actors.Run;
using BitTensor.Mechanism;
using BitTensor.Parcels;
using BitTensor.Plans;
using BitTensor.Protocol;
using BitTensor.Records;
using BitTensor.Scenarios;
using Xunit;

namespace BitTensor.Actors.Tests;

/// <summary>
/// Strategies in a network: what they do to W and S, and that every message of theirs ends in a counted outcome.
/// </summary>
public sealed class StrategyRunSpec
{
    /// <summary>Six quadratic neurons, one of which is under suspicion.</summary>
    const string Six =
        """
        version: 1
        name: six
        seed: 5
        duration: 8 blocks
        mechanism: { temperature: 0.05, alpha: 1, step: 0.05 }
        populations:
          - { name: honest, count: 5, model: { kind: quadratic }, training: { iteration-interval: 2 s } }
          - { name: suspect, count: 1, model: { kind: quadratic }, training: { iteration-interval: 2 s } }
        network: { default: { latency: 20 ms } }
        audit: { every: never }
        """;

    [Fact]
    public void Who_submits_last_gains_nothing_block_by_block()
    {
        var (honest, last) = (Blocks(Six), Blocks(Six, "populations.suspect.strategy=last-mover"));
        Assert.Equal(honest.Select(b => string.Join(' ', b.Rank)), last.Select(b => string.Join(' ', b.Rank)));
        Assert.Equal(honest.Select(b => string.Join(' ', b.Stake)), last.Select(b => string.Join(' ', b.Stake)));
        // It was last all the same.
        Assert.Equal(5, honest[3].Submissions[^1].Submission.Neuron);
        Assert.Equal(
            0,
            Blocks(Six, "populations.honest.strategy=last-mover")[3].Submissions.ToList()
                .FindIndex(e => e.Submission.Neuron == 5));
    }

    /// <summary>
    /// Relays that ask one another pass queries on as long as the run lasts, and no longer: a message that is a day
    /// under way holds the run open, but not the relays.
    /// </summary>
    [Fact]
    public void Relays_that_ask_one_another_end_with_the_last_block()
    {
        using var folder = new TemporaryFolder();
        Stage.Run(
            Six, new RunOptions { Folder = folder.Path }, "populations.honest.strategy={name: relay, targets: honest}",
            "network.links=[{ from: neuron 5, latency: 24 h }]");
        var relayed = JournalReader.Read(folder.File(RunFolder.JournalFile)).OfType<JournalRecord.TrafficCounted>()
            .Where(t => t.Outcome == "delivered/relayed").Sum(t => t.Count);
        // Forty iterations of six neurons, each query passed on at most 50 times a second for at most 80 s.
        Assert.InRange(relayed, 1000, 1_000_000);
    }

    [Fact]
    public void Split_identities_hold_what_their_owner_held_and_mint_more_under_l2_alone()
    {
        // Everybody keeps his whole row after ten blocks, so that R is S / n: what one has is what one's parts have.
        string[] Split(int identities, string norm) =>
        [
            "duration=14 blocks", "mechanism.epsilon=0.2", "mechanism.tau=1e-6", $"mechanism.norm={norm}",
            "populations.honest.strategy=self-weight", "populations.suspect.stake=5",
            $"populations.suspect.strategy=[{{name: sybil-split, identities: {identities}}}, self-weight]",
        ];
        double Mint(int identities, string norm) => Blocks(Six, Split(identities, norm))[^1].Mint / 1e-6;
        double Share(int identities)
        {
            var rank = Blocks(Six, Split(identities, "l2"))[^1].Rank;
            return rank.Skip(5).Sum() / rank.Sum();
        }
        Assert.Equal(0.5, Share(1), 1e-5);
        Assert.Equal(0.5, Share(10), 1e-5);
        Assert.Equal(10 / Math.Sqrt(5 + 25), Mint(1, "l2"), 1e-5);
        Assert.Equal(10 / Math.Sqrt(5 + 10 * 0.25), Mint(10, "l2"), 1e-5);
        Assert.Equal(Mint(1, "l1"), Mint(10, "l1"), 1e-9);
    }

    [Fact]
    public void Identities_without_stake_change_no_honest_share_and_lower_every_mu()
    {
        double[] Shares(int sybils)
        {
            var blocks = Blocks(
                Six, "populations.honest.strategy=lazy", "populations.suspect.stake=0",
                "populations.suspect.strategy=sybil-dilute", $"populations.suspect.count={sybils}");
            return [.. blocks[1].Rank.Take(5).Select(r => r / blocks[1].Rank.Take(5).Sum())];
        }
        Assert.Equal(Shares(1).Select(s => Math.Round(s, 12)), Shares(60).Select(s => Math.Round(s, 12)));
        var (few, many) = (MarketOf("1"), MarketOf("60"));
        Assert.Equal(few.Mu()[0] * few.Count * few.Count, many.Mu()[0] * many.Count * many.Count, 1e-9);

        static Market MarketOf(string count)
        {
            var scenario = Stage.Read(
                Six, "populations.suspect.stake=0", "populations.suspect.strategy=sybil-dilute",
                $"populations.suspect.count={count}");
            return EmulationRun.HeaderOf(scenario, Roster.Draw(scenario)).Genesis();
        }
    }

    [Fact]
    public void A_relay_passes_on_another_s_answer_under_its_own_mask()
    {
        using var stage = new NeuronStage(
            Six, real: [5], "populations.suspect.strategy={name: relay, targets: honest}");
        stage.OnHeard = (address, message) =>
        {
            if (message is Arrival<QueryMessage.Forward> { Message.Query: var query }
                && address == 1 && query.Sequence < 2)
            {
                stage.Arrives(
                    stage.Now + 0.1, 1, 5, new QueryMessage.ForwardReply(query, 1, new Tensor(1, 1, [0.75f])));
            }
        };
        stage.Opens(0);
        // It asks 0 first, who is the caller, and so 1.
        stage.Arrives(0.01, 0, 5, new QueryMessage.Forward(new QueryId(0, 7), new Tensor(1, 1, [1])));
        stage.Until(0.5);
        var reply = Assert.Single(stage.Heard<QueryMessage.ForwardReply>(0));
        Assert.Equal((float)(0.75 * new Masks(stage.Market).Row(0)[5]), reply.Output.Values[0], 1e-6f);
        Assert.Equal((5, 7), (reply.Server, reply.Query.Sequence));
        var counts = stage.CountsOf(5);
        Assert.Equal((1, 1), (counts["forward delivered/relayed"], counts["forward-reply delivered/relayed"]));
    }

    [Theory]
    [InlineData("{ name: flood, queries: 5 }", "query flooded", "forward-reply delivered/unread")]
    [InlineData("{ name: sybil-flood, queries: 5 }", "query flooded", "forward delivered/refused-Busy")]
    [InlineData(
        "sybil-dilute", "forward delivered/refused-Busy", "receipt delivered/noted", "populations.suspect.stake=0")]
    [InlineData("{ name: selective, members: suspect }", "forward delivered/refused-Busy", "query refused-Busy")]
    [InlineData("withhold-backward", "query untaught", "backward delivered/trained")]
    [InlineData("{ name: delay, by: 990 ms }", "forward-reply delivered/late", "query missing")]
    [InlineData("{ name: delay, kind: backward, by: 3 s }", "backward delivered/trained", "backward sent")]
    [InlineData("{ name: relay, targets: honest }", "forward delivered/relayed", "forward-reply delivered/relayed")]
    [InlineData(
        "{ name: relay, targets: suspect }", "forward delivered/relayed", "forward delivered/refused-Busy",
        "populations.suspect={ name: suspect, count: 3, model: { kind: quadratic }, strategy: { name: relay, targets: "
        + "suspect } }")]
    [InlineData(
        "{ name: poison-forward, kind: not-a-number }", "forward-reply delivered/refused-NotFinite", "query unusable")]
    [InlineData("{ name: poison-forward, kind: shape }", "forward-reply delivered/refused-BadShape", "query unusable")]
    [InlineData(
        "honest", "backward delivered/trained", "backward sent",
        "populations=[{ name: honest, count: 5 }, { name: suspect, count: 1, strategy: { name: poison-backward, kind: "
        + "stale } }]")]
    [InlineData("[malformed, flood]", "submission delivered/refused-StaleBlock", "query flooded")]
    [InlineData("equivocate", "submission delivered/refused-TooFast", "submission delivered/accepted")]
    [InlineData("{ name: churn, present: 2 blocks, away: 2 blocks }", "forward dead/left", "query missing")]
    public void Every_message_of_a_strategy_ends_in_a_counted_outcome(
        string strategy, string one, string other, string more = "name=six")
    {
        using var folder = new TemporaryFolder();
        // The run itself fails when what was sent and what ended do not balance.
        Stage.Run(Six, new RunOptions { Folder = folder.Path }, $"populations.suspect.strategy={strategy}", more);
        var counts = JournalReader.Read(folder.File(RunFolder.JournalFile)).OfType<JournalRecord.TrafficCounted>()
            .Select(t => $"{t.Kind} {t.Outcome}").ToHashSet();
        Assert.Contains(one, counts);
        Assert.Contains(other, counts);
    }

    [Fact]
    public void An_eclipsed_neuron_knows_itself_and_those_around_it()
    {
        var scenario = Stage.Read(
            Six, "populations.honest.count=4", "populations.suspect.count=2",
            "populations.suspect.strategy={name: eclipse, victims: honest}");
        var plans = Roster.Draw(scenario);
        Assert.Equal([0, 4, 5], plans[0].Slots.AsEnumerable());
        Assert.Equal(0, plans[0].OwnSlot);
        Assert.Equal(Enumerable.Range(0, 6), plans[4].Slots);
    }

    [Fact]
    public void Poisoned_data_are_wrong_where_it_trains_and_right_where_it_is_measured()
    {
        var scenario = Stage.Read(Stage.Small, "populations[1].strategy={name: poison-data, share: 50%}");
        var honest = Roster.Draw(Stage.Read(Stage.Small, "populations[1].strategy=honest"));
        var plans = Roster.Draw(scenario);
        var models = new ModelFactory(scenario, plans);
        var (wrong, right) = (models.ShardOf(plans[4]), models.ShardOf(honest[4]));
        var share = wrong.Train.Labels.Zip(right.Train.Labels)
            .Count(l => l.First != l.Second && l.First == (l.Second + 1) % 10) / (double)right.Train.Count;
        Assert.InRange(share, 0.3, 0.7);
        Assert.Equal(right.HeldOut.Labels, wrong.HeldOut.Labels);
        Assert.Equal(models.ShardOf(honest[0]).Train.Labels, models.ShardOf(plans[0]).Train.Labels);
    }

    static List<LedgerBlock> Blocks(string text, params string[] overrides)
    {
        using var folder = new TemporaryFolder();
        Stage.Run(text, new RunOptions { Folder = folder.Path }, overrides);
        using var reader = LedgerReader.Open(folder.Ledger);
        return [.. reader.Blocks()];
    }
}
