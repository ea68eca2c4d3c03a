using BitTensor.Actors.Run;
using BitTensor.Mechanism;
using BitTensor.Records;
using BitTensor.Reports;
using Xunit;

namespace BitTensor.Actors.Tests;

/// <summary>Neurons that register while the network runs.</summary>
public sealed class OpenNetworkStory
{
    const string Growth =
        """
        version: 1
        name: growth
        seed: 7
        duration: 16 blocks
        mechanism: { temperature: 0.1, alpha: 1, step: 0.02, capacity: 8 }
        populations:
          - { name: founders, count: 4, model: { kind: quadratic }, training: { iteration-interval: 2 s, reply-timeout: 900 ms } }
          - { name: newcomers, count: 3, joins: { from: 2 blocks, every: 2 blocks }, stake: 0, model: { kind: quadratic }, training: { iteration-interval: 2 s, reply-timeout: 900 ms } }
        network: { default: { latency: 20 ms } }
        audit: { every: 4 blocks }
        """;

    [Fact]
    public void A_neuron_registers_when_it_comes_and_at_the_next_index()
    {
        using var folder = new TemporaryFolder();
        Stage.Run(Growth, new RunOptions { Folder = folder.Path });
        var blocks = BlocksOf(folder);
        // Each comes with block 2, 4 and 6, hears of the next block that opens, and is registered as that one closes.
        Assert.Equal(
            [(3L, new Registration(4, 4)), (5, new(5, 5)), (7, new(6, 6))],
            blocks.SelectMany(b => b.Joined.Select(j => (b.Height, j))));
        Assert.All(blocks.SelectMany(b => b.Registrations), e => Assert.Equal(e.From, e.Register.Neuron));
    }

    [Fact]
    public void Before_anybody_votes_for_it_it_earns_nothing_and_then_it_finds_its_rank()
    {
        using var folder = new TemporaryFolder();
        Stage.Run(Growth, new RunOptions { Folder = folder.Path });
        var blocks = RunData.Load(folder.Path).Blocks().ToArray();
        bool IsVotedFor(RunBlock block, int i) => Enumerable.Range(0, 4).Any(j => block.Rows[j][i] > 0);
        Assert.All([4, 5, 6], i =>
        {
            RunBlock[] unknown = [.. blocks.TakeWhile(b => !b.IsMember(i) || !IsVotedFor(b, i))];
            Assert.Contains(unknown, b => b.IsMember(i));
            Assert.All(unknown, b => Assert.Equal(0, b.Ledger.Emission[i]));
            Assert.True(blocks[unknown.Length].Ledger.Emission[i] > 0);
        });
    }

    [Fact]
    public void Metrics_and_audits_are_of_registered_neurons_alone()
    {
        using var folder = new TemporaryFolder();
        Stage.Run(Growth, new RunOptions { Folder = folder.Path });
        var run = RunData.Load(folder.Path);
        var table = RunMetrics.Build(run);
        foreach (var metric in new[] { "stake", "rank-share", "self-weight", "weight-on", "loss" })
        {
            Assert.Null(table.Neuron(metric, 4, 6));
            Assert.NotNull(table.Neuron(metric, 4, 0));
            Assert.NotNull(table.Neuron(metric, 16, 6));
        }
        Assert.Equal([0, 1, 2, 3], run.Audits.Where(a => a.Block == 0).Select(a => a.Neuron));
        Assert.Equal([0, 1, 2, 3, 4, 5, 6], run.Audits.Where(a => a.Block == 16).Select(a => a.Neuron));
        Assert.NotNull(table.Network("pearson-ablation", 16));
    }

    [Fact]
    public void The_same_seed_gives_the_same_bytes_and_every_ledger_verifies()
    {
        using var folder = new TemporaryFolder();
        var once = Stage.Run(Growth, new RunOptions { Folder = folder.Path });
        var again = Stage.Run(Growth, new RunOptions { Cores = 1 });
        Assert.Equal(once.JournalHash, again.JournalHash);
        var found = LedgerVerifier.Verify(folder.Ledger);
        Assert.True(found.Ok, found.Problem);
    }

    /// <summary>A registration that is lost or refused is sent again when the next block opens.</summary>
    [Theory]
    [InlineData("network.default.loss=60%")]
    [InlineData("timeline=[{ at: 25 s, for: 30 s, do: { action: ledger-outage } }]")]
    public void Under_loss_and_outages_everybody_registers_in_the_end(string fault)
    {
        using var folder = new TemporaryFolder();
        Stage.Run(Growth, new RunOptions { Folder = folder.Path }, fault, "duration=24 blocks");
        var blocks = BlocksOf(folder);
        Assert.Equal([4, 5, 6], blocks.SelectMany(b => b.Joined).Select(j => j.Neuron).Order());
        Assert.True(LedgerVerifier.Verify(folder.Ledger).Ok);
    }

    [Fact]
    public void Beyond_the_capacity_nobody_registers_while_all_are_immune()
    {
        using var folder = new TemporaryFolder();
        Stage.Run(
            Growth, new RunOptions { Folder = folder.Path }, "mechanism.capacity=5", "mechanism.immunity=99 blocks");
        var blocks = BlocksOf(folder);
        Assert.Equal([4], blocks.SelectMany(b => b.Joined).Select(j => j.Neuron));
        var refused = blocks.SelectMany(b => b.Registrations).Where(e => e.Refused is not null).ToArray();
        Assert.All(refused, e => Assert.Equal(Refusal.Full, e.Refused));
        Assert.True(refused.Length > 10);
    }

    /// <summary>Who is replaced comes to rest; its peers drop it, and the ledger and its readers agree on W.</summary>
    [Fact]
    public void At_capacity_those_of_least_rank_make_room()
    {
        using var folder = new TemporaryFolder();
        var once = Stage.Run(
            Growth, new RunOptions { Folder = folder.Path }, "mechanism.capacity=5", "mechanism.immunity=3 blocks",
            "populations.newcomers.stake=0.5");
        var run = RunData.Load(folder.Path);
        RunBlock[] blocks = [.. run.Blocks()];
        var made = blocks.SelectMany(b => b.Ledger.Joined).ToArray();
        Assert.Equal([4, 5, 6], made.Select(j => j.Neuron));
        Assert.Equal([true, false, false], made.Select(j => j.Replaced is null));
        Assert.All(made[1..], j => Assert.Equal(Assert.Single(IndexBefore(made, j)), j.Index));
        foreach (var replaced in made.Select(j => j.Replaced).OfType<int>())
        {
            Assert.False(blocks[^1].IsMember(replaced));
            Assert.Equal(0, blocks[^1].Ledger.Stake[replaced]);
            Assert.All(blocks[^1].Rows, row => Assert.Equal(-1, row.Targets.IndexOf(replaced)));
            Assert.Equal(0, blocks[^1].Reports[replaced]!.Iterations);
        }
        using var reader = LedgerReader.Open(folder.Ledger);
        var market = BitTensor.Actors.Ledger.LedgerStart.After(reader.Header, reader.Blocks()).Market;
        Assert.Equal(blocks[^1].Rows, Enumerable.Range(0, market.Count).Select(market.Row));
        Assert.Null(LedgerVerifier.Verify(folder.Ledger).Problem);
        Assert.Equal(once.JournalHash, Rerun());

        string Rerun() => Stage.Run(
            Growth, null, "mechanism.capacity=5", "mechanism.immunity=3 blocks", "populations.newcomers.stake=0.5")
            .JournalHash;
    }

    /// <summary>
    /// A founder and all newcomers leave; their peers drop them, and the same seed gives the same bytes. A leaving that
    /// is lost is sent again.
    /// </summary>
    [Theory]
    [InlineData("kept", "network.default.loss=0")]
    [InlineData("burned", "network.default.loss=40%")]
    [InlineData("kept", "timeline=[{ at: 55 s, for: 30 s, do: { action: ledger-outage } }]")]
    public void Who_leaves_is_gone_and_stake_is_conserved(string stake, string fault)
    {
        string[] changes =
        [
            "populations.founders.count=1", $"mechanism.leaving-stake={stake}", fault, "duration=20 blocks",
        ];
        var text = Growth.Replace("count: 3, ", "count: 3, leaves: { from: 9 blocks }, ", StringComparison.Ordinal)
            .Replace("network:", "  - { name: goes, count: 3, leaves: { from: 5 blocks, every: 1 blocks }, "
                + "model: { kind: quadratic } }\nnetwork:", StringComparison.Ordinal);
        using var folder = new TemporaryFolder();
        var once = Stage.Run(text, new RunOptions { Folder = folder.Path }, changes);
        RunBlock[] blocks = [.. RunData.Load(folder.Path).Blocks()];
        Assert.Equal([0], blocks[^1].Members);
        Assert.Equal(1, blocks[^1].Rows[0][0], 1e-12);
        Assert.Equal([1, 2, 3, 4, 5, 6], blocks.SelectMany(b => b.Ledger.Left).Order());
        if (fault.EndsWith("loss=0", StringComparison.Ordinal))
        {
            Assert.Equal(
                [(6, 1), (7, 1), (8, 1), (10, 3)],
                blocks.Select(b => ((int)b.Ledger.Height, b.Ledger.Left.Count())).Where(b => b.Item2 > 0));
        }
        Assert.All(Enumerable.Range(1, 6), i => Assert.Equal(0, blocks[^1].Reports[i]!.Iterations));
        Assert.Null(LedgerVerifier.Verify(folder.Ledger).Problem);
        Assert.Equal(once.JournalHash, Stage.Run(text, new RunOptions { Cores = 1 }, changes).JournalHash);
    }

    /// <summary>The index that a replaced neuron had: a founder's is its id.</summary>
    static IEnumerable<int> IndexBefore(Registration[] made, Registration taken)
    {
        var before = made.Where(j => j.Neuron == taken.Replaced).ToArray();
        return before.Length > 0 ? [before[0].Index] : [taken.Replaced!.Value];
    }

    [Fact]
    public void Who_cannot_pay_stays_outside_and_who_pays_burns_the_price()
    {
        using var folder = new TemporaryFolder();
        Stage.Run(
            Growth, new RunOptions { Folder = folder.Path }, "mechanism.registration-cost=0.5",
            "populations.newcomers.stake=[2, 0.25, 0.5]");
        var blocks = BlocksOf(folder);
        Assert.Equal([4, 6], blocks.SelectMany(b => b.Joined).Select(j => j.Neuron));
        Assert.Equal(1.5, blocks[3].Stake[4]);
        Assert.Equal(0, blocks[7].Stake[6]);
        Assert.True(LedgerVerifier.Verify(folder.Ledger).Ok);
    }

    /// <summary>A coalition's reserve registers when it is called, and earns nothing before.</summary>
    [Fact]
    public void A_reserve_registers_when_a_tactic_calls_it()
    {
        using var folder = new TemporaryFolder();
        Stage.Run(
            Growth.Replace("joins: { from: 2 blocks, every: 2 blocks }, ", "", StringComparison.Ordinal)
                + "\ncoalition: { members: [founders, newcomers], reserve: newcomers, knowledge: ledger, "
                + "tactics: [{ name: call, at: 4 blocks, spawn: 2 }] }\n",
            new RunOptions { Folder = folder.Path });
        var blocks = BlocksOf(folder);
        Assert.Equal([4, 5], blocks.SelectMany(b => b.Joined).Select(j => j.Neuron).Order());
        Assert.All(blocks.SelectMany(b => b.Joined.Select(_ => b.Height)), h => Assert.True(h >= 4));
        Assert.All(blocks, b => Assert.Equal(0, b.Emission[6]));
    }

    static LedgerBlock[] BlocksOf(TemporaryFolder folder)
    {
        using var reader = LedgerReader.Open(folder.Ledger);
        return [.. reader.Blocks()];
    }
}
