using BitTensor.Actors.Ledger;
using BitTensor.Actors.Run;
using BitTensor.Mechanism;
using BitTensor.Records;
using Xunit;

namespace BitTensor.Actors.Tests;

/// <summary>Bonds follow from the chain: a ledger that restarts has those of the ledger that stopped.</summary>
public sealed class BondsStory
{
    const string Market =
        """
        version: 1
        name: bonds
        seed: 9
        duration: 12 blocks
        mechanism: { temperature: 0.05, alpha: 1, step: 0.05, rule: { kind: yuma-ema, bond-penalty: 0.5, liquid: {} } }
        populations:
          - { name: a, count: 6, model: { kind: quadratic }, initial-weights: random, stake: [1, 2, 3, 4, 5, 6] }
          - { name: b, count: 2, model: { kind: quadratic }, strategy: self-weight }
        timeline: [{ at: 5 blocks, for: 2 blocks, do: { action: ledger-outage } }]
        audit: { every: never }
        """;

    [Theory]
    [InlineData("yuma-ema")]
    [InlineData("yuma-relative")]
    public void A_ledger_that_was_down_pays_by_the_bonds_it_had(string rule)
    {
        using var folder = new TemporaryFolder();
        EmulationRun.Execute(
            Stage.Read(Market.Replace("yuma-ema", rule, StringComparison.Ordinal)),
            new RunOptions { Folder = folder.Path });
        // The verifier closes every block with the bonds of the block before, and never restarts.
        var found = LedgerVerifier.Verify(folder.Ledger);
        Assert.True(found.Ok, found.Problem);
        using var reader = LedgerReader.Open(folder.Ledger);
        LedgerBlock[] blocks = [.. reader.Blocks()];
        Assert.Equal(13, blocks.Length);
        foreach (var last in blocks[1..])
        {
            var start = LedgerStart.After(reader.Header, blocks[..(int)last.Height]);
            var changes = last.Submissions.Where(e => e.Refused is null).OrderBy(e => e.Submission.Neuron)
                .Select(e => new RowChange(e.Submission.Neuron, e.Submission.Row));
            RowChange[] admitted = [.. changes];
            Assert.Equal(last.Rank, start.Market.Close(admitted).Rank);
            // And the bonds matter: without them the block would pay otherwise.
            var (market, neurons) = (start.Market, Enumerable.Range(0, start.Market.Count));
            var fresh = Mechanism.Market.At(
                market.Height, [.. neurons.Select(market.Row)], market.Stake, market.Parameters);
            Assert.NotEqual(last.Rank, fresh.Close(admitted).Rank);
        }
    }
}
