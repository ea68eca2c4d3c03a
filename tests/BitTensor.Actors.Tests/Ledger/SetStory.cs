using BitTensor.Actors.Ledger;
using BitTensor.Actors.Run;
using BitTensor.Mechanism;
using BitTensor.Records;
using Xunit;

namespace BitTensor.Actors.Tests;

/// <summary>The timeline sets numbers of the mechanism: ledger, neurons, journal and verifier know them.</summary>
public sealed class SetStory
{
    const string Market =
        """
        version: 1
        name: moves
        seed: 4
        duration: 14 blocks
        mechanism: { temperature: 0.05, alpha: 1, tau: 0.1, step: 0.5, epsilon: 0.01 }
        populations:
          - { name: a, count: 6, model: { kind: quadratic }, initial-weights: random, stake: [1, 2, 3, 4, 5, 6] }
        audit: { every: never }
        timeline:
          - { at: 2 blocks, for: 2 blocks, do: { action: set, tau: 0.5, norm: l1 } }
          - { at: 3 blocks, for: 2 blocks, do: { action: set, tau: 2 } }
          - { at: 6 blocks, do: { action: set, epsilon: 0.2, temperature: 5 } }
          - { at: 7 blocks, do: { action: set, rule: { kind: yuma-relative, bond-moving-average: 0.5 } } }
          - { at: 12 blocks, for: 1 block, do: { action: ledger-outage } }
          - { at: 11 blocks, do: { action: set, rule: yuma-ema, alpha: 0, step: 1 } }
        """;

    [Fact]
    public void Numbers_are_in_force_from_the_block_that_opens_next_and_everyone_knows_them()
    {
        using var folder = new TemporaryFolder();
        EmulationRun.Execute(Stage.Read(Market), new RunOptions { Folder = folder.Path });
        var found = LedgerVerifier.Verify(folder.Ledger);
        Assert.True(found.Ok, found.Problem);
        using var reader = LedgerReader.Open(folder.Ledger);
        LedgerBlock[] blocks = [.. reader.Blocks()];
        // The second entry begins later than the first, and holds until both are over.
        Assert.Equal(
            [0.1, 0.1, 0.1, 0.5, 2, 2, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1], blocks.Select(b => b.Tau));
        Assert.Equal(0.5, blocks[3].Mint, 12);
        Assert.InRange(blocks[5].Mint, 2.0001, 2 * Math.Sqrt(6));

        var journal = JournalReader.Read(folder.File(RunFolder.JournalFile)).ToArray();
        var closed = journal.OfType<JournalRecord.BlockClosed>().ToArray();
        Assert.Equal(blocks.Select(b => b.Tau), closed.Select(b => b.Tau));
        Assert.Equal(
            new SetNumbers(null, 0.5, null, null, null, "l1", null), closed.Single(b => b.Height == 2).Set);
        Assert.Equal(
            new SetNumbers(0, null, 1, null, null, null, blocks[11].Set!.Rule!.ToString()),
            closed.Single(b => b.Height == 11).Set);
        Assert.All([0, 1, 8, 9, 10, 12, 13, 14], height => Assert.Null(closed[height].Set));

        // Neurons act by them: rows move as far as epsilon lets them, and masks are as soft as T makes them.
        Assert.InRange(Moved(reader, blocks, 6), 0.005, 0.01);
        Assert.InRange(Moved(reader, blocks, 7), 0.05, 0.2);
        var masks = journal.OfType<JournalRecord.NeuronReported>().ToLookup(r => r.Block);
        Assert.All(masks[9], r => Assert.InRange(r.Mask, 0.3, 0.7));
        Assert.Contains(masks[5], r => r.Mask is < 0.25 or > 0.75);

        // A ledger that restarts has them, and bonds begin anew with another rule.
        foreach (var last in blocks[1..])
        {
            var market = LedgerStart.After(reader.Header, blocks[..(int)last.Height]).Market;
            var changes = last.Submissions.Where(e => e.Refused is null)
                .Select(e => new RowChange(e.Submission.Neuron, e.Submission.Row));
            Assert.Equal(last.Rank, market.Close([.. changes]).Rank);
            Assert.Equal(last.Tau, market.Parameters.Tau);
            Assert.Equal(last.Height is 9 or 10 or 11 or 13 or 14, market.Bonds is not null);
        }
    }

    static double Moved(LedgerReader reader, LedgerBlock[] blocks, int height)
    {
        var before = LedgerStart.After(reader.Header, blocks[..height]).Market;
        return blocks[height].Submissions.Where(e => e.Refused is null)
            .Max(e => WeightRow.Distance(before.Row(e.Submission.Neuron), e.Submission.Row));
    }
}
