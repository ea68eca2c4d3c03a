using BitTensor.Actors.Coalition;
using BitTensor.Actors.Run;
using BitTensor.Cluster;
using BitTensor.Mechanism;
using BitTensor.Plans;
using BitTensor.Records;
using BitTensor.Scenarios;
using Xunit;

namespace BitTensor.Actors.Tests;

/// <summary>
/// One adversary and those it commands: what it knows, when it acts, what it may spend, and what reaches whom.
/// </summary>
public sealed class CoalitionStory
{
    /// <summary>Five honest neurons, two members, and three identities that wait to be called.</summary>
    const string Plot =
        """
        version: 1
        name: plot
        seed: 5
        duration: 12 blocks
        mechanism: { temperature: 0.05, alpha: 1, step: 0.05 }
        populations:
          - { name: honest, count: 5, model: { kind: quadratic } }
          - { name: bad, count: 2, model: { kind: quadratic } }
          - { name: fresh, count: 3, stake: 0, model: { kind: quadratic } }
        coalition:
          members: [bad, fresh]
          reserve: fresh
          knowledge: ledger
          tactics:
            - { name: strike, at: 4 blocks, who: bad, strategy: self-weight }
            - { name: swarm, at: 6 blocks, who: fresh, strategy: { name: flood, queries: 3 }, spawn: 2 }
        network: { default: { latency: 20 ms } }
        audit: { every: never }
        """;

    static readonly Market Genesis = EmulationRun.HeaderOf(Stage.Read(Plot), Roster.Draw(Stage.Read(Plot))).Genesis();

    [Fact]
    public void Members_strike_when_the_trigger_says_so_and_the_reserve_lives_from_its_call_on()
    {
        var run = Played(Plot);
        Assert.Equal([(4L, "strike", "5 6"), (6, "swarm", "7 8")], run.Tactics);
        var rows = run.SelfWeights(5);
        Assert.True(rows[3] < rows[5] && rows[5] < rows[8], string.Join(' ', rows));
        var lives = Enumerable.Range(7, 3).Select(i =>
            run.Reports.Where(r => r.Neuron == i && r.Queries > 0).Select(r => r.Block).DefaultIfEmpty(-1).First());
        Assert.Equal([7L, 7, -1], lives);
        Assert.True(run.Count("query", "flooded") > 0);
        Assert.True(run.Count("forward", "dead/reserve") > 0);
    }

    [Fact]
    public void The_same_seed_is_the_same_bytes_and_another_is_not()
    {
        string Hash(params string[] overrides) =>
            Stage.Run(Plot, new RunOptions { Cores = 2 }, ["network.default.loss=5%", .. overrides]).JournalHash;
        Assert.Equal(Hash(), Hash());
        Assert.NotEqual(Hash(), Hash("seed=6"));
        Assert.NotEqual(Hash(), Hash("coalition.channel=private"));
    }

    [Fact]
    public void Orders_obey_the_links_unless_the_channel_is_private()
    {
        const string cut = "network.links=[{kind: coalition, loss: 100%}]";
        // Nobody hears the order, so that nobody strikes.
        Assert.True(Played(Plot, cut).SelfWeights(5)[^1] < 0.5);
        Assert.True(Played(Plot, cut).Count("coalition", "dropped/loss") > 0);
        var quiet = Played(Plot, cut, "coalition.channel=private");
        Assert.True(quiet.SelfWeights(5)[^1] > 0.5);
        Assert.Equal(0, quiet.Count("coalition", "sent"));
    }

    [Fact]
    public void A_lost_order_is_repeated_until_the_member_follows_it()
    {
        var run = Played(Plot, "duration=30 blocks", "network.links=[{kind: coalition, loss: 40%}]");
        Assert.True(run.SelfWeights(5)[^1] > 0.5 && run.SelfWeights(6)[^1] > 0.5);
    }

    [Fact]
    public void The_budget_bounds_identities_and_orders()
    {
        var mind = Mind(Plot, "coalition.budget={identities: 1, messages: 3}", "coalition.tactics[1].spawn=3");
        var spawned = 0;
        for (var block = 1; block < 12; block++)
        {
            spawned += Moved(mind, block, reported: [5, 6]).Spawned.Length;
        }
        Assert.Equal((1, 3), (spawned, mind.Sent));
    }

    [Theory]
    [InlineData("own", "rank", "bad", true)]
    [InlineData("neighbours", "rank", "honest", true)]
    [InlineData("ledger", "rank-share", "honest", true)]
    [InlineData("ledger", "stake", "honest", true)]
    [InlineData("own", "loss", "bad", true)]
    public void A_trigger_sees_what_the_coalition_knows(string knowledge, string metric, string of, bool above)
    {
        string[] Trigger(double bound) =>
            [
            $"coalition.knowledge={knowledge}",
            $"coalition.tactics=[{{ metric: {metric}, of: {of}, {(above ? "above" : "below")}: {bound}, strategy: lazy }}]",
        ];
        Assert.NotEmpty(Moved(Mind(Plot, Trigger(0.001)), 1, reported: [5, 6]).Fired);
        Assert.Empty(Moved(Mind(Plot, Trigger(100)), 1, reported: [5, 6]).Fired);
    }

    [Theory]
    [InlineData("own", "rank-share", "bad")]
    [InlineData("own", "rank", "honest")]
    [InlineData("neighbours", "stake", "honest")]
    [InlineData("ledger", "loss", "honest")]
    public void A_trigger_that_sees_what_the_coalition_does_not_know_is_an_error(
        string knowledge, string metric, string of)
    {
        string[] overrides = [
            $"coalition.knowledge={knowledge}",
            $"coalition.tactics=[{{ metric: {metric}, of: {of}, above: 1, strategy: lazy }}]",
        ];
        var errors = ScenarioFile.Parse(Plot, "x.yaml", [.. overrides.Select(o => new ScenarioOverride(o))]).Errors;
        Assert.Equal(ErrorCodes.Contradiction, Assert.Single(errors).Code);
    }

    [Fact]
    public void Chance_comes_as_often_as_it_is_likely_and_no_more_often_than_it_may()
    {
        var mind = Mind(Plot, "coalition.tactics=[{ probability: 25%, times: 1000, strategy: lazy }]");
        var times = Enumerable.Range(1, 1000).Count(block => !Moved(mind, block, reported: [5, 6]).Fired.IsEmpty);
        Assert.InRange(times, 200, 300);
        var rare = Mind(Plot, "coalition.tactics=[{ probability: 25%, times: 3, from: 10 blocks, strategy: lazy }]");
        var blocks =
            Enumerable.Range(1, 200).Where(block => !Moved(rare, block, reported: [5, 6]).Fired.IsEmpty).ToList();
        Assert.Equal(3, blocks.Count);
        Assert.True(blocks[0] >= 10);
    }

    [Fact]
    public void A_call_nobody_is_left_to_follow_is_not_told_of()
    {
        var mind = Mind(Plot, "coalition.tactics=[{ name: call, at: 2 blocks, times: 10, who: fresh, spawn: 2 }]");
        var calls = Enumerable.Range(2, 8).SelectMany(block => Moved(mind, block, reported: [5, 6]).Fired)
            .Select(f => string.Join(' ', f.Who));
        Assert.Equal(["7 8", "9"], calls);
    }

    [Fact]
    public void Whitewashing_leaves_an_identity_and_takes_a_fresh_one()
    {
        var run = Played(
            Plot,
            "coalition.tactics=[{ name: wash, metric: rank-share, of: bad, below: 0.5, from: 3 blocks, retire: 1, "
            + "spawn: 1 }]");
        Assert.Equal([(3L, "wash", "5 7")], run.Tactics);
        Assert.True(run.Count("forward", "dead/retired") > 0);
        Assert.DoesNotContain(run.Reports, r => r.Neuron == 5 && r.Block > 4 && r.Iterations > 0);
    }

    [Fact]
    public void An_adaptive_coalition_earns_more_than_its_members_honest()
    {
        // The formula's game: no latency, and stake stands still.
        string[] game = [
            "network={}", "duration=60 blocks", "mechanism.emission=frozen", "populations.bad.count=3",
            "coalition.tactics=[]",
        ];
        var (honest, adaptive) = (
            Played(Plot, game), Played(Plot, [.. game, "populations.bad.strategy={name: adaptive, step: 0.05}"]));
        var (gain, before) = (adaptive.Payoff([5, 6, 7]), honest.Payoff([5, 6, 7]));
        Assert.True(gain > before, $"{gain} against {before}");
        Assert.True(adaptive.Count("coalition", "delivered/noted") > 300);
    }

    [Fact]
    public void A_cluster_refuses_a_coalition_by_name()
    {
        using var folder = new TemporaryFolder();
        var options = new ClusterOptions { Node = new NodeOptions { Name = "alone" } };
        var refusal = Assert.Throws<ClusterException>(() =>
            ClusterRun.Execute(Stage.Read(Plot), new RunOptions { Folder = folder.Path }, options));
        Assert.Contains("without --cluster", refusal.Message, StringComparison.Ordinal);
    }

    static CoalitionState Mind(string text, params string[] overrides)
    {
        var scenario = Stage.Read(text, overrides);
        return new CoalitionState(scenario.Coalition!, scenario, Roster.Draw(scenario));
    }

    /// <summary>A block in which these members report themselves as they are at the start.</summary>
    static CoalitionMove Moved(CoalitionState mind, long block, int[] reported)
    {
        var genesis = Genesis;
        mind.Open(Market.At(
            block, [.. Enumerable.Range(0, genesis.Count).Select(genesis.Row)], genesis.Stake, genesis.Parameters));
        foreach (var id in reported)
        {
            var self = new CoalitionMember(
                id, genesis.Row(id), genesis.Stake[id], genesis.Stake[id], new double[genesis.Count]);
            mind.Note(new CoalitionMessage.Report(block, self, [.. genesis.Mu()], genesis.Mu()[id], 0.1, 0));
        }
        return mind.Move();
    }

    static Telling Played(string text, params string[] overrides)
    {
        using var folder = new TemporaryFolder();
        Stage.Run(text, new RunOptions { Folder = folder.Path }, overrides);
        using var reader = LedgerReader.Open(folder.Ledger);
        return new Telling(
            [.. JournalReader.Read(folder.File(RunFolder.JournalFile))], [.. reader.Blocks()],
            Stage.Read(text, overrides));
    }

    /// <summary>What a run tells afterwards.</summary>
    sealed record Telling(JournalRecord[] Journal, LedgerBlock[] Blocks, Scenario Scenario)
    {
        public IEnumerable<(long Block, string Tactic, string Who)> Tactics =>
            Journal.OfType<JournalRecord.Happened>().Where(h => h.Action == "tactic")
                .Select(h => (h.Block, h.Name, string.Join(' ', h.Neurons)));

        public IEnumerable<JournalRecord.NeuronReported> Reports => Journal.OfType<JournalRecord.NeuronReported>();

        public long Count(string kind, string outcome) =>
            Journal.OfType<JournalRecord.TrafficCounted>().Where(t => t.Kind == kind && t.Outcome == outcome)
                .Sum(t => t.Count);

        /// <summary>w_ii after each block.</summary>
        public double[] SelfWeights(int neuron)
        {
            var now = 1.0 / Scenario.Populations.Sum(p => p.Count);
            return [
                .. Blocks.Select(b =>
                    now = b.Submissions.FirstOrDefault(
                        e => e.Refused is null && e.Submission.Neuron == neuron)?.Submission.Row[neuron]
                        ?? now),
            ];
        }

        /// <summary>sum_k P_k of eq. (12) over the last ten blocks, mean.</summary>
        public double Payoff(int[] members) => Enumerable.Range(0, 10).Average(back =>
        {
            var block = Blocks[^(back + 1)];
            return members.Sum(k => Mechanism.Payoff.Value(
                Reports.First(r => r.Block == block.Height && r.Neuron == k).Loss!.Value, block.Rank[k],
                Scenario.Mechanism.Alpha, Scenario.Mechanism.Tau));
        });
    }
}
