using BitTensor.Actors.Context;
using BitTensor.Mechanism;
using BitTensor.Protocol;
using BitTensor.Records;
using Xunit;

namespace BitTensor.Actors.Tests;

/// <summary>
/// The ledger as a neuron meets it: what it accepts, what it refuses and by which name, and what it keeps.
/// </summary>
public sealed class LedgerSpec
{
    [Fact]
    public void An_admissible_row_is_receipted_stored_and_in_force_from_the_next_block()
    {
        using var stage = new LedgerStage();
        var good = stage.Good(neuron: 1);
        stage.Arrives(5, from: 1, good);
        stage.Play();
        Assert.Equal([new LedgerMessage.SubmissionAccepted(1, 1)], stage.Heard<LedgerMessage.SubmissionAccepted>(1));
        Assert.Equal(good.Row, stage.RowAt(2, neuron: 1));
        Assert.NotEqual(good.Row, stage.RowAt(1, neuron: 1));
        var entry = Assert.Single(stage.Blocks()[1].Submissions);
        Assert.Equal(new SubmissionEntry(0, 1, good, null), entry);
        Assert.True(stage.Verify().Ok);
    }

    public static TheoryData<Refusal> Refusals =>
        [.. Enum.GetValues<Refusal>().Except(
        [
            Refusal.NotCommitted, Refusal.NoCommitments, Refusal.CannotPay, Refusal.NotRegistered,
            Refusal.AlreadyRegistered, Refusal.Full, Refusal.Closed, Refusal.Last,
        ])];

    [Theory]
    [MemberData(nameof(Refusals))]
    public void A_refused_submission_gets_its_reason_by_name_and_changes_nothing(Refusal reason)
    {
        using var quiet = new LedgerStage();
        using var stage = new LedgerStage();
        foreach (var at in new[] { quiet, stage })
        {
            if (reason == Refusal.TooFast)
            {
                at.Arrives(4, from: 0, at.Good());
            }
        }
        var (from, bad) = Bad(stage, reason);
        stage.Arrives(5, from, bad);
        quiet.Play();
        stage.Play();

        Assert.Equal(
            [new LedgerMessage.SubmissionRefused(bad.Neuron, bad.Block, reason)],
            stage.Heard<LedgerMessage.SubmissionRefused>(from));
        Assert.Equal(quiet.StateAt(2), stage.StateAt(2));
        Assert.Equal(quiet.StateAt(3), stage.StateAt(3));
        var entry = stage.Blocks()[1].Submissions[^1];
        Assert.Equal((from, reason), (entry.From, entry.Refused));
        // A NaN equals nothing but itself, so bytes are compared.
        Assert.Equal(
            SubmissionSignature.CanonicalBytes(bad.Run, bad.Neuron, bad.Block, bad.Row),
            SubmissionSignature.CanonicalBytes(
                entry.Submission.Run, entry.Submission.Neuron, entry.Submission.Block, entry.Submission.Row));
        Assert.Null(stage.Verify().Problem);
    }

    [Fact]
    public void The_same_submission_twice_is_one_submission()
    {
        using var once = new LedgerStage();
        using var stage = new LedgerStage();
        once.Arrives(4, from: 0, once.Good());
        stage.Arrives(4, from: 0, stage.Good());
        stage.Arrives(5, from: 0, stage.Good());
        once.Play();
        stage.Play();
        Assert.Single(stage.Heard<LedgerMessage.SubmissionAccepted>(0));
        Assert.Empty(stage.Heard<LedgerMessage.SubmissionRefused>(0));
        Assert.Equal(once.Verify().Head, stage.Verify().Head);
    }

    [Fact]
    public void A_refused_submission_does_not_use_up_the_block()
    {
        using var stage = new LedgerStage();
        var (from, forged) = Bad(stage, Refusal.BadSignature);
        stage.Arrives(4, from, forged);
        stage.Arrives(5, from: 0, stage.Good());
        stage.Play();
        Assert.Single(stage.Heard<LedgerMessage.SubmissionAccepted>(0));
    }

    [Fact]
    public void A_submission_after_the_last_block_is_refused_as_stale()
    {
        using var stage = new LedgerStage();
        stage.Arrives(20.5, from: 2, stage.Good(neuron: 2, block: 2));
        stage.Play();
        Assert.Equal(
            [new LedgerMessage.SubmissionRefused(2, 2, Refusal.StaleBlock)],
            stage.Heard<LedgerMessage.SubmissionRefused>(2));
    }

    [Fact]
    public void Whoever_hears_of_a_block_finds_it_on_disk()
    {
        using var stage = new LedgerStage(blocks: 4);
        var seen = new List<(long Announced, long Stored)>();
        stage.OnHeard = (_, message) =>
        {
            var height = message switch
            {
                LedgerMessage.BlockOpened opened => opened.Height - 1,
                ControlMessage.BlockRecorded recorded => recorded.Block.Height,
                ControlMessage.LastBlockClosed last => last.Height,
                _ => -1,
            };
            if (height >= 0)
            {
                using var reader = LedgerReader.Open(stage.File);
                seen.Add((height, reader.Blocks().Last().Height));
            }
        };
        stage.Play();
        // Five blocks, each told to three neurons and the journal; the last one to the conductor too.
        Assert.Equal(5 * 4 + 1, seen.Count);
        Assert.All(seen, s => Assert.Equal(s.Announced, s.Stored));
    }

    [Fact]
    public void Each_block_names_the_one_before_and_a_refusal_is_part_of_history()
    {
        using var quiet = new LedgerStage();
        using var stage = new LedgerStage();
        var (from, bad) = Bad(stage, Refusal.Negative);
        stage.Arrives(5, from, bad);
        quiet.Play();
        stage.Play();
        var (a, b) = (quiet.Blocks(), stage.Blocks());
        Assert.Equal(stage.Header.Hash(), b[0].PreviousHash);
        Assert.Equal(b.SkipLast(1).Select(x => x.Hash), b.Skip(1).Select(x => x.PreviousHash));
        Assert.Equal(a[0].Hash, b[0].Hash);
        Assert.NotEqual(a[1].Hash, b[1].Hash);
        Assert.Equal(b[^1].Hash, stage.Verify().Head);
    }

    [Theory]
    [InlineData(+0.99e-9, true)]
    [InlineData(-0.99e-9, true)]
    [InlineData(+1.01e-9, false)]
    [InlineData(-1.01e-9, false)]
    public void A_row_sums_to_1_within_the_tolerance(double off, bool accepted)
    {
        using var stage = new LedgerStage();
        stage.Arrives(5, from: 0, stage.Good(row: WeightRow.Dense([0.34 + off, 0.33, 0.33])));
        stage.Play();
        Assert.Equal(accepted ? 1 : 0, stage.Heard<LedgerMessage.SubmissionAccepted>(0).Count());
    }

    [Fact]
    public void The_tolerance_cannot_be_added_up_block_by_block()
    {
        const int blocks = 50;
        using var stage = new LedgerStage(blocks);
        var greedy = 1.0 / 3;
        for (var block = 1; block <= blocks; block++)
        {
            greedy += 0.99e-9;
            stage.Arrives(
                10 * block - 5, from: 0, stage.Good(block: block, row: WeightRow.Dense([greedy, 1.0 / 3, 1.0 / 3])));
        }
        stage.Play();
        Assert.Single(stage.Heard<LedgerMessage.SubmissionAccepted>(0));
        Assert.Equal(
            blocks - 1,
            stage.Heard<LedgerMessage.SubmissionRefused>(0).Count(r => r.Reason == Refusal.RowNotNormalised));
        Assert.InRange(stage.RowAt(blocks + 1, neuron: 0).Values.ToArray().Sum(), 1, 1 + WeightRow.SumTolerance);
        var last = stage.Blocks()[^1];
        Assert.InRange(last.Rank.Sum() * LedgerStage.Count / last.Stake.Sum(), 1, 1 + WeightRow.SumTolerance);
    }

    [Fact]
    public void A_store_refuses_a_second_block_of_a_height_a_gap_and_a_broken_chain()
    {
        using var folder = new TemporaryFolder();
        using var stage = new LedgerStage();
        var (header, close) = (stage.Header, stage.Header.Genesis().Close([]));
        using var store = LedgerStore.Create(folder.Ledger, header);
        var genesis = LedgerBlock.Seal(0, 0, header.Hash(), close, []);
        var first = LedgerBlock.Seal(1, 10, genesis.Hash, close.Next.Close([]), []);
        Assert.Throws<LedgerException>(() => store.Append(first));
        store.Append(genesis);
        Assert.Contains(
            "wants block 1", Assert.Throws<LedgerException>(() => store.Append(genesis)).Message,
            StringComparison.Ordinal);
        Assert.Throws<LedgerException>(() => store.Append(LedgerBlock.Seal(2, 20, genesis.Hash, close, [])));
        Assert.Throws<LedgerException>(() => store.Append(LedgerBlock.Seal(1, 10, header.Hash(), close, [])));
        store.Append(first);
        Assert.Equal(2, LedgerVerifier.Verify(folder.Ledger).Blocks);
        Assert.Contains(
            "exists", Assert.Throws<LedgerException>(() => LedgerStore.Create(folder.Ledger, header)).Message,
            StringComparison.Ordinal);
    }

    static (int From, LedgerMessage.SubmitWeights Submission) Bad(LedgerStage stage, Refusal reason) => reason switch
    {
        Refusal.BadSignature =>
            (
                0,
                stage.Good() with
                {
                    Signature = [.. stage.Good().Signature.Select((b, k) => k == 7 ? (byte)(b ^ 1) : b)],
                }),
        Refusal.UnknownNeuron => (0, stage.Good(neuron: LedgerStage.Count)),
        Refusal.NotOwner => (2, stage.Good(neuron: 0)),
        Refusal.WrongRun => (0, stage.Good(run: "another-3")),
        Refusal.StaleBlock => (0, stage.Good(block: 0)),
        Refusal.FutureBlock => (0, stage.Good(block: 2)),
        Refusal.BadShape => (0, stage.Good(row: WeightRow.Dense([0.25, 0.25, 0.25, 0.25]))),
        Refusal.NotFinite => (0, stage.Good(row: WeightRow.Dense([double.NaN, 0.5, 0.5]))),
        Refusal.Negative => (0, stage.Good(row: WeightRow.Dense([-0.1, 0.6, 0.5]))),
        Refusal.RowNotNormalised => (0, stage.Good(row: WeightRow.Dense([0.34, 0.34, 0.34]))),
        Refusal.StepTooLarge => (0, stage.Good(row: WeightRow.Dense([1, 0, 0]))),
        _ => (0, stage.Good(row: WeightRow.Dense([0.33, 0.34, 0.33]))),
    };
}
