using BitTensor.Actors.Ledger;
using BitTensor.Actors.Run;
using BitTensor.Mechanism;
using BitTensor.Records;
using Xunit;

namespace BitTensor.Actors.Tests;

/// <summary>Whose rows count is part of the ledger: the verifier and a ledger that restarts count the same.</summary>
public sealed class VoterRolesStory
{
    const string Market =
        """
        version: 1
        name: roles
        seed: 3
        duration: 10 blocks
        mechanism:
          temperature: 0.05
          alpha: 1
          step: 0.05
          validators: 5
          least-stake: 0.5
          activity-cutoff: 3 blocks
          max-weight: 30%
          min-targets: 2
        populations:
          - { name: a, count: 6, model: { kind: quadratic }, initial-weights: random, stake: [1, 2, 3, 4, 5, 6] }
          - { name: b, count: 2, model: { kind: quadratic }, strategy: self-weight, stake: 0.25 }
          - { name: c, count: 1, model: { kind: quadratic }, strategy: lazy, stake: 9, initial-weights: random }
        timeline: [{ at: 5 blocks, for: 1 block, do: { action: ledger-outage } }]
        audit: { every: never }
        """;

    [Fact]
    public void Ledger_verifier_and_restart_count_the_same_rows()
    {
        using var folder = new TemporaryFolder();
        EmulationRun.Execute(Stage.Read(Market), new RunOptions { Folder = folder.Path });
        var found = LedgerVerifier.Verify(folder.Ledger);
        Assert.True(found.Ok, found.Problem);
        using var reader = LedgerReader.Open(folder.Ledger);
        Assert.Equal(
            "validators=5 least-stake=0.5 activity-cutoff=3 max-weight=0.3 min-targets=2",
            reader.Header.Parameters.Roles.ToString());
        LedgerBlock[] blocks = [.. reader.Blocks()];
        foreach (var last in blocks[1..])
        {
            var market = LedgerStart.After(reader.Header, blocks[..(int)last.Height]).Market;
            var changes = last.Submissions.Where(e => e.Refused is null)
                .Select(e => new RowChange(e.Submission.Neuron, e.Submission.Row));
            Assert.Equal(last.Rank, market.Close([.. changes]).Rank);
        }
        // Neuron 8 has most stake and never moves its row: it counts up to block 3, and the ranks miss it then.
        double Counted(LedgerBlock block) => block.Rank.Sum() * block.Rank.Length / block.Stake.Sum();
        Assert.True(Counted(blocks[3]) > Counted(blocks[4]) + 0.1, $"{Counted(blocks[3])} {Counted(blocks[4])}");
    }
}
