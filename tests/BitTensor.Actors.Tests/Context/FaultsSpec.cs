using BitTensor.Actors.Run;
using BitTensor.Parcels;
using BitTensor.Records;
using Xunit;

namespace BitTensor.Actors.Tests;

/// <summary>What happens to neurons and ledger on a timeline, and that the run comes through it.</summary>
public sealed class FaultsSpec
{
    const string Crowd =
        """
        version: 1
        name: crowd
        seed: 2
        duration: 12 blocks
        mechanism: { temperature: 0.1 }
        populations: [{ name: a, count: 6, model: { kind: quadratic }, training: { iteration-interval: 1 s, reply-timeout: 400 ms } }]
        network: { default: { latency: { distribution: exponential, mean: 30 ms }, loss: 1% } }
        audit: { every: 4 blocks }
        timeline:

        """;

    [Fact]
    public void A_neuron_that_is_down_does_nothing_and_loses_what_arrives_and_then_lives_again()
    {
        var run = Run("{ from: 35 s, until: 65 s, do: { action: crash, who: neuron 0 } }");
        Assert.Equal(
            [("crash", true, 4L, 35000d), ("crash", false, 7L, 65000d)],
            run.Events.Select(e => (e.Action, e.Begins, e.Block, e.AtMs)));
        Assert.All(Blocks(1, 3), b => Assert.True(run.Iterations(b, 0) > 5));
        Assert.All(Blocks(5, 6), b => Assert.Equal(0, run.Iterations(b, 0)));
        Assert.All(Blocks(9, 12), b => Assert.True(run.Iterations(b, 0) > 5));
        Assert.All(Blocks(1, 12), b => Assert.True(run.Iterations(b, 1) > 5));
        Assert.True(run.Count("forward", "dead/crashed") > 50);
        Assert.True(
            run.Traffic.Where(t => t.Kind == "query" && t.Outcome == "missing" && t.Block is 5 or 6).Sum(
                t => t.Count) >= 90);
        run.IsSound();
    }

    [Theory]
    [InlineData("3 blocks", 3, 10)]
    [InlineData("35 s", 4, 5)]
    public void What_a_neuron_did_before_it_crashed_is_reported(string from, long block, int iterations)
    {
        var run = Run($"{{ from: {from}, until: 8 blocks, do: {{ action: crash, who: neuron 0, lose-state: yes }} }}");
        Assert.InRange(run.Iterations(block, 0), iterations - 1, iterations + 1);
        Assert.True(
            run.Journal.OfType<JournalRecord.NeuronReported>().Single(r => r.Block == block && r.Neuron == 0).Loss > 0);
        Assert.Equal(0, run.Iterations(block + 1, 0));
    }

    [Theory]
    [InlineData("{ from: 35 s, until: 65 s, do: { action: pause, who: neuron 0 } }")]
    [InlineData("{ at: 35 s, do: { action: pause, who: neuron 0 } }")]
    public void A_neuron_that_stands_still_deals_with_everything_later(string pause)
    {
        var run = Run(pause);
        Assert.Equal(
            0, run.Traffic.Where(t => t.Outcome.StartsWith("dead", StringComparison.Ordinal)).Sum(t => t.Count));
        Assert.True(run.Count("forward-reply", "delivered/late") > 20);
        Assert.True(run.Count("submission", "delivered/refused-StaleBlock") > 0);
        run.IsSound();
    }

    [Fact]
    public void Slowness_costs_answers_and_time()
    {
        // 100 answers of 5 ms and ten steps of 50 ms each 10 s; a hundred times as long is more than there is.
        var run = Run("{ from: 3 blocks, until: 8 blocks, do: { action: slow, who: neuron 0, factor: 100 } }");
        Assert.True(run.Iterations(6, 0) < 5);
        Assert.True(run.Iterations(6, 1) > 5);
        Assert.True(run.Count("iteration", "skipped") > 10);
        run.IsSound();
    }

    [Fact]
    public void A_fast_clock_makes_a_fast_neuron_and_nothing_else()
    {
        var run = Run("{ at: 0 s, do: { action: skew, who: neuron 0, drift: 1, offset: 1 h } }");
        Assert.All(Blocks(2, 12), b => Assert.InRange(run.Iterations(b, 0), 18, 21));
        Assert.All(Blocks(2, 12), b => Assert.InRange(run.Iterations(b, 1), 9, 11));
        run.IsSound();
    }

    [Fact]
    public void Who_loses_its_state_comes_back_as_it_was_born()
    {
        const string leave =
            "{ from: 3 blocks, until: 5 blocks, do: { action: leave, who: neuron 0, lose-state: STATE } }";
        string[] torch = [
            "data={set: digits, examples: 300}", "populations.a.model={kind: mlp, hidden: 8, representation: 4}",
            "duration=8 blocks", "audit.every=1 block",
        ];
        var (kept, lost) = (
            Run(leave.Replace("STATE", "no", StringComparison.Ordinal), torch),
            Run(leave.Replace("STATE", "yes", StringComparison.Ordinal), torch));
        double Loss(Ran run, long block) =>
            run.Audits.Single(a => a.Block == block && a.Neuron == 0).Potential.HeldOutLoss;
        Assert.Equal(Loss(kept, 4), Loss(lost, 4));
        Assert.True(Loss(lost, 6) > Loss(kept, 6) + 0.1, $"{Loss(lost, 6)} against {Loss(kept, 6)}");
        kept.IsSound();
        lost.IsSound();
    }

    [Fact]
    public void After_an_outage_the_ledger_is_what_its_store_says_and_the_same_block_is_open()
    {
        var run = Run("{ from: 35 s, until: 72 s, do: { action: ledger-outage } }");
        // Block 4 would have closed at 40 s; the rhythm goes on from 80 s.
        Assert.Equal([30d, 80d, 90d], run.Blocks.Where(b => b.Height is 3 or 4 or 5).Select(b => b.AtMs / 1000));
        Assert.True(run.Count("submission", "dead/outage") > 0);
        run.IsSound();
    }

    [Fact]
    public void A_full_disk_delays_blocks_and_loses_nothing_that_was_acknowledged()
    {
        var run = Run("{ from: 35 s, until: 72 s, do: { action: disk, fault: full } }");
        Assert.Equal([30d, 72d, 80d], run.Blocks.Where(b => b.Height is 3 or 4 or 5).Select(b => b.AtMs / 1000));
        Assert.InRange(run.Count("store", "failed"), 30, 40);
        run.IsSound();
    }

    [Fact]
    public void A_failing_disk_is_tried_again_and_a_slow_one_waited_for()
    {
        var failing = Run("{ at: 1 block, for: 10 blocks, do: { action: disk, fault: failing, probability: 60% } }");
        Assert.True(failing.Count("store", "failed") > 5);
        failing.IsSound();
        var slow = Run("{ at: 1 block, for: 10 blocks, do: { action: disk, fault: slow, latency: 3 s } }");
        Assert.Equal([13d, 23d, 33d], slow.Blocks.Where(b => b.Height is 1 or 2 or 3).Select(b => b.AtMs / 1000));
        slow.IsSound();
    }

    [Fact]
    public void The_same_timeline_twice_is_the_same_journal_with_a_folder_and_without()
    {
        const string all =
            """
            { rate: 0.5 per block, for: 2 blocks, do: { action: crash, take: one, lose-state: yes } }
              - { every: 3 blocks, from: 1 block, for: 1 block, do: { action: partition, kind: groups, groups: 2 } }
              - { from: 42 s, until: 55 s, do: { action: ledger-outage } }
              - { from: 6 blocks, until: 8 blocks, do: { action: clog, take: 50% } }
            """;
        var run = Run(all);
        Assert.Equal(run.Hash, Run(all).Hash);
        Assert.Equal(
            run.Hash,
            EmulationRun.Execute(Stage.Read(Crowd + "  - " + all + "\n"), new RunOptions { Cores = 3 }).JournalHash);
        run.IsSound();
    }

    static IEnumerable<long> Blocks(long first, long last) =>
        Enumerable.Range((int)first, (int)(last - first + 1)).Select(b => (long)b);

    static Ran Run(string entry, params string[] overrides)
    {
        using var folder = new TemporaryFolder();
        var result = EmulationRun.Execute(
            Stage.Read(Crowd + "  - " + entry + "\n", overrides), new RunOptions { Folder = folder.Path });
        return new Ran(
            result.JournalHash, LedgerVerifier.Verify(folder.Ledger),
            [.. JournalReader.Read(folder.File(RunFolder.JournalFile))]);
    }

    /// <summary>What a run left.</summary>
    sealed record Ran(string Hash, LedgerVerification Ledger, JournalRecord[] Journal)
    {
        public JournalRecord.Happened[] Events => [.. Journal.OfType<JournalRecord.Happened>()];

        public JournalRecord.BlockClosed[] Blocks => [.. Journal.OfType<JournalRecord.BlockClosed>()];

        public JournalRecord.TrafficCounted[] Traffic => [.. Journal.OfType<JournalRecord.TrafficCounted>()];

        public JournalRecord.Audited[] Audits => [.. Journal.OfType<JournalRecord.Audited>()];

        public int Iterations(long block, int neuron) =>
            Journal.OfType<JournalRecord.NeuronReported>().Single(
                r => r.Block == block && r.Neuron == neuron).Iterations;

        public long Count(string kind, string outcome) =>
            Traffic.Where(t => t.Kind == kind && t.Outcome == outcome).Sum(t => t.Count);

        /// <summary>The ledger verifies to its last block, and every message ended.</summary>
        public void IsSound()
        {
            Assert.Null(Ledger.Problem);
            Assert.Equal(Ledger.Blocks, Blocks.Length);
            Assert.Equal(Journal.OfType<JournalRecord.Finished>().Single().Blocks + 1, Blocks.Length);
            foreach (var kind in ParcelKinds.Names)
            {
                var counts = Traffic.Where(t => t.Kind == kind).ToArray();
                static bool Begins(JournalRecord.TrafficCounted t) => ParcelOutcome.Find(t.Outcome)!.Begins;
                var begun = counts.Where(Begins).Sum(t => t.Count);
                Assert.Equal(begun, counts.Where(t => !Begins(t)).Sum(t => t.Count));
                Assert.DoesNotContain(counts, t => t.Outcome == "in-flight");
            }
            var asked = Count("query", "asked");
            Assert.Equal(asked, Traffic.Where(t => t.Kind == "query" && t.Outcome != "asked").Sum(t => t.Count));
        }
    }
}
