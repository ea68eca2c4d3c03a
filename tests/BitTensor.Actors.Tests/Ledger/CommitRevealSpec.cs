using BitTensor.Actors.Ledger;
using BitTensor.Actors.Run;
using BitTensor.Mechanism;
using BitTensor.Protocol;
using BitTensor.Records;
using Xunit;

namespace BitTensor.Actors.Tests;

/// <summary>
/// Rows that are hidden at first: a neuron commits to one, shows it so many blocks later, and shows no other.
/// </summary>
public sealed class CommitRevealSpec
{
    static readonly WeightRow Another = WeightRow.Dense([0.33, 0.34, 0.33]);

    [Fact]
    public void A_row_counts_in_the_block_it_was_committed_to_for()
    {
        using var stage = new LedgerStage(blocks: 4, revealAfter: 2);
        var row = stage.Good(block: 3);
        stage.Arrives(5, from: 0, stage.Promise(row, block: 1));
        stage.Arrives(25, from: 0, row);
        stage.Play();
        Assert.NotEqual(row.Row, stage.RowAt(3, neuron: 0));
        Assert.Equal(row.Row, stage.RowAt(4, neuron: 0));
        Assert.Equal([new LedgerMessage.SubmissionAccepted(0, 3)], stage.Heard<LedgerMessage.SubmissionAccepted>(0));
        Assert.Null(Assert.Single(stage.Blocks()[1].Commitments).Refused);
        Assert.True(stage.Verify().Ok);
    }

    [Fact]
    public void Nothing_in_the_ledger_tells_the_row_before_its_block()
    {
        LedgerBlock Committed(WeightRow row)
        {
            using var stage = new LedgerStage(blocks: 4, revealAfter: 2);
            stage.Arrives(5, from: 0, stage.Promise(stage.Good(block: 3, row: row), block: 1));
            stage.Play();
            return stage.Blocks()[2];
        }
        var (one, other) = (Committed(WeightRow.Dense([0.34, 0.33, 0.33])), Committed(Another));
        Assert.Equal(one.Rank.AsEnumerable(), other.Rank.AsEnumerable());
        Assert.Equal(one.Stake.AsEnumerable(), other.Stake.AsEnumerable());
        Assert.Empty(one.Submissions);
    }

    public static TheoryData<string, Refusal> Cheats => new()
    {
        { "a row without a commitment", Refusal.NotCommitted },
        { "another row than the one committed to", Refusal.NotCommitted },
        { "the row a block later", Refusal.NotCommitted },
        { "the row a block too early", Refusal.FutureBlock },
        { "another's commitment to one's own row", Refusal.NotCommitted },
        { "a second commitment while one is open", Refusal.TooFast },
        { "a commitment in another's name", Refusal.NotOwner },
        { "a commitment with a forged signature", Refusal.BadSignature },
        { "a commitment that is no hash", Refusal.BadShape },
        { "an old commitment", Refusal.StaleBlock },
    };

    [Theory]
    [MemberData(nameof(Cheats))]
    public void A_neuron_that_does_not_keep_to_it_is_refused_by_name_and_moves_nothing(string what, Refusal reason)
    {
        using var quiet = new LedgerStage(blocks: 5, revealAfter: 2);
        using var stage = new LedgerStage(blocks: 5, revealAfter: 2);
        Cheat(stage, what);
        quiet.Play();
        stage.Play();
        Assert.Equal([reason], stage.Heard<LedgerMessage.SubmissionRefused>(0).Select(r => r.Reason));
        Assert.Equal(quiet.StateAt(5)[0], stage.StateAt(5)[0]);
        Assert.Null(stage.Verify().Problem);
    }

    static void Cheat(LedgerStage stage, string what)
    {
        var row = stage.Good(block: 3);
        var promise = stage.Promise(row, block: 1);
        Action act = what switch
        {
            "a row without a commitment" => () => stage.Arrives(25, 0, row),
            "another row than the one committed to" => () =>
            {
                stage.Arrives(5, 0, promise);
                stage.Arrives(25, 0, stage.Good(block: 3, row: Another));
            },
            "the row a block later" => () =>
            {
                stage.Arrives(5, 0, promise);
                stage.Arrives(35, 0, stage.Good(block: 4));
            },
            "the row a block too early" => () =>
            {
                stage.Arrives(5, 0, promise);
                stage.Arrives(15, 0, row);
            },
            "another's commitment to one's own row" => () =>
            {
                stage.Arrives(5, 1, stage.Promise(stage.Good(neuron: 1, block: 3), block: 1));
                stage.Arrives(25, 0, row);
            },
            "a second commitment while one is open" => () =>
            {
                stage.Arrives(5, 0, promise);
                stage.Arrives(15, 0, stage.Promise(stage.Good(block: 4), block: 2));
            },
            "a commitment in another's name" =>
                () => stage.Arrives(5, 0, stage.Promise(stage.Good(neuron: 1, block: 3), block: 1)),
            "a commitment with a forged signature" =>
                () => stage.Arrives(5, 0, promise with { Commitment = [.. promise.Commitment.Reverse()] }),
            "a commitment that is no hash" =>
                () => stage.Arrives(5, 0, promise with { Commitment = promise.Commitment[..31] }),
            _ => () => stage.Arrives(15, 0, promise),
        };
        act();
    }

    [Fact]
    public void Where_rows_are_taken_as_they_are_there_is_nothing_to_commit_to()
    {
        using var stage = new LedgerStage();
        stage.Arrives(5, from: 0, stage.Promise(stage.Good(block: 2), block: 1));
        stage.Play();
        Assert.Equal([Refusal.NoCommitments], stage.Heard<LedgerMessage.SubmissionRefused>(0).Select(r => r.Reason));
        Assert.True(stage.Verify().Ok);
    }

    [Fact]
    public void A_ledger_that_starts_again_knows_what_was_committed_to()
    {
        using var stage = new LedgerStage(blocks: 4, revealAfter: 2);
        var row = stage.Good(block: 3);
        stage.Arrives(5, from: 0, stage.Promise(row, block: 1));
        stage.Play();
        var blocks = stage.Blocks();
        Assert.True(LedgerStart.After(stage.Header, blocks[..3]).Promised.Keeps(row));
        Assert.False(LedgerStart.After(stage.Header, blocks[..3]).Promised.Keeps(stage.Good(block: 3, row: Another)));
        Assert.False(LedgerStart.After(stage.Header, blocks[..4]).Promised.Has(0));
    }

    [Fact]
    public void A_network_whose_identities_pay_verifies_and_starts_again_without_paying_twice()
    {
        using var folder = new TemporaryFolder();
        var scenario = Stage.Read(
            "version: 1\nname: priced\nseed: 4\nduration: 6 blocks\nmechanism: { registration-cost: 0.25, tau: 0.001, "
            + "temperature: 0.1 }\n"
            + "populations: [{ name: a, count: 4, model: { kind: quadratic } }, { name: poor, count: 1, stake: 0.1, "
            + "model: { kind: quadratic } }]\naudit: { every: never }\n");
        EmulationRun.Execute(scenario, new RunOptions { Folder = folder.Path, Cores = 1 });
        Assert.True(LedgerVerifier.Verify(folder.Ledger).Ok);
        using var reader = LedgerReader.Open(folder.Ledger);
        var blocks = reader.Blocks().ToArray();
        Assert.Equal(
            [Refusal.CannotPay],
            blocks.SelectMany(b => b.Submissions).Where(e => e.Refused is not null && e.From == 4)
                .Select(e => e.Refused!.Value).Distinct());
        Assert.Equal(blocks[^1].Stake.Sum() + blocks[^1].Mint, 4.1 - 4 * 0.25 + blocks.Sum(b => b.Mint), 1e-9);
        var again = LedgerStart.After(reader.Header, blocks).Market;
        Assert.Equal([0, 0, 0, 0, 0.25], Enumerable.Range(0, 5).Select(again.FeeOf));
    }

    [Fact]
    public void A_network_that_hides_its_rows_moves_them_every_third_block_and_verifies()
    {
        using var folder = new TemporaryFolder();
        var scenario = Stage.Read(
            "version: 1\nname: hidden\nseed: 4\nduration: 12 blocks\nmechanism: { reveal-after: 2 blocks, "
            + "temperature: 0.1 }\n"
            + "populations: [{ name: a, count: 4, model: { kind: quadratic } }]\naudit: { every: never }\n");
        EmulationRun.Execute(scenario, new RunOptions { Folder = folder.Path, Cores = 1 });
        Assert.True(LedgerVerifier.Verify(folder.Ledger).Ok);
        using var reader = LedgerReader.Open(folder.Ledger);
        var blocks = reader.Blocks().ToArray();
        Assert.All(blocks.SelectMany(b => b.Submissions), e => Assert.Null(e.Refused));
        var (committed, shown) = (
            blocks.Where(b => b.Commitments.Length > 0).Select(b => b.Height).ToArray(),
            blocks.Where(b => b.Submissions.Length > 0).Select(b => b.Height).ToArray());
        Assert.Equal(committed.Select(h => h + 2).Where(h => h <= 12), shown);
        Assert.Equal(3, committed[1] - committed[0]);
    }
}
