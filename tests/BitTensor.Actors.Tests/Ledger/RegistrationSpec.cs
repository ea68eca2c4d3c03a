using BitTensor.Actors.Ledger;
using BitTensor.Mechanism;
using BitTensor.Protocol;
using BitTensor.Records;
using Microsoft.Data.Sqlite;
using Xunit;

namespace BitTensor.Actors.Tests;

/// <summary>
/// The ledger of an open network: neurons 0 to 2 are registered, 3 to 5 are outside, and there is room for two of them.
/// </summary>
public sealed class RegistrationSpec
{
    [Fact]
    public void A_signed_registration_gives_index_key_and_row_and_is_announced_to_all()
    {
        using var stage = new LedgerStage(blocks: 3, outside: 3);
        stage.Arrives(5, from: 4, stage.Registration(4));
        stage.Arrives(15, from: 4, stage.Good(neuron: 4, block: 2, row: WeightRow.Of([0, 4], [0.05, 0.95])));
        stage.Play();
        Assert.All(Enumerable.Range(0, 6), i => Assert.Equal([0, 1, 2], stage.Told(i, 1).Members.AsEnumerable()));
        Assert.All(Enumerable.Range(0, 6), i => Assert.Equal([0, 1, 2, 4], stage.Told(i, 2).Members.AsEnumerable()));
        Assert.Equal(WeightRow.Uniform([4]), stage.Told(4, 2).Row);
        Assert.Equal(4, stage.Told(4, 2).Count);
        Assert.Equal(WeightRow.Empty, stage.Told(3, 2).Row);
        Assert.Equal([new(4, 1), new(4, 2)], stage.Heard<LedgerMessage.SubmissionAccepted>(4));
        var blocks = stage.Blocks();
        Assert.Equal([new Registration(4, 3)], blocks[1].Joined);
        Assert.Equal(2, blocks[1].Stake[4]);
        Assert.Null(Assert.Single(blocks[2].Submissions).Refused);
        Assert.Null(stage.Verify().Problem);
    }

    [Fact]
    public void Who_arrives_first_gets_the_last_room()
    {
        using var stage = new LedgerStage(outside: 3);
        stage.Arrives(5, from: 5, stage.Registration(5));
        stage.Arrives(6, from: 3, stage.Registration(3));
        stage.Arrives(7, from: 4, stage.Registration(4));
        stage.Play();
        Assert.Equal([new Registration(5, 3), new(3, 4)], stage.Blocks()[1].Joined);
        Assert.Equal([Refusal.Full], stage.Heard<LedgerMessage.SubmissionRefused>(4).Select(r => r.Reason));
        Assert.Null(stage.Verify().Problem);
    }

    public static TheoryData<string, Refusal> Cheats => new()
    {
        { "in another's name", Refusal.NotOwner },
        { "of another run", Refusal.WrongRun },
        { "of a block that is closed", Refusal.StaleBlock },
        { "of a block to come", Refusal.FutureBlock },
        { "with a forged signature", Refusal.BadSignature },
        { "with another's signature", Refusal.BadSignature },
        { "with a key that is none", Refusal.BadSignature },
        { "twice with two keys", Refusal.TooFast },
        { "of a registered neuron", Refusal.AlreadyRegistered },
        { "of nobody", Refusal.UnknownNeuron },
        { "a vote before it", Refusal.NotRegistered },
    };

    [Theory]
    [MemberData(nameof(Cheats))]
    public void Another_registration_is_refused_by_name(string what, Refusal reason)
    {
        using var stage = new LedgerStage(blocks: 3, outside: 3);
        var good = stage.Registration(3);
        var from = what == "of a registered neuron" ? 0 : 3;
        switch (what)
        {
            case "a vote before it": stage.Arrives(5, 3, stage.Good(3, row: WeightRow.Uniform([3]))); break;
            case "twice with two keys":
                stage.Arrives(4, from, good);
                stage.Arrives(5, from, stage.Registration(3, key: 5));
                break;
            default: stage.Arrives(5, from, Cheat(what, stage, good)); break;
        }
        stage.Play();
        Assert.Equal([reason], stage.Heard<LedgerMessage.SubmissionRefused>(from).Select(r => r.Reason));
        Assert.Equal(what == "twice with two keys" ? 4 : 3, stage.Told(0, 2).Count);
        Assert.Null(stage.Verify().Problem);
    }

    static LedgerMessage.Register Cheat(string what, LedgerStage stage, LedgerMessage.Register good) => what switch
    {
        "in another's name" => stage.Registration(4),
        "of another run" => good with { Run = "another" },
        "of a block that is closed" => stage.Registration(3, block: 0),
        "of a block to come" => stage.Registration(3, block: 2),
        "with a forged signature" => good with { Signature = good.Signature.SetItem(0, (byte)(good.Signature[0] ^ 1)) },
        "with another's signature" => good with { PublicKey = stage.Registration(4).PublicKey },
        "with a key that is none" => good with { PublicKey = [1, 2, 3] },
        "of a registered neuron" => stage.Registration(0),
        _ => stage.Registration(17),
    };

    [Fact]
    public void A_copy_of_it_counts_as_a_duplicate_and_nothing_else()
    {
        using var stage = new LedgerStage(outside: 3);
        stage.Arrives(5, from: 3, stage.Registration(3));
        stage.Arrives(6, from: 3, stage.Registration(3));
        stage.Play();
        Assert.Single(stage.Blocks()[1].Registrations);
        Assert.Empty(stage.Heard<LedgerMessage.SubmissionRefused>(3));
    }

    /// <summary>A ledger that restarts has the registry, the keys and the stake of the ledger that stopped.</summary>
    [Fact]
    public void A_ledger_that_restarts_knows_who_is_registered_under_which_key()
    {
        using var stage = new LedgerStage(blocks: 3, outside: 3);
        stage.Arrives(5, from: 4, stage.Registration(4));
        stage.Play();
        var blocks = stage.Blocks();
        using var reader = LedgerReader.Open(stage.File);
        var start = LedgerStart.After(reader.Header, blocks);
        Assert.Equal(stage.Registration(4).PublicKey.AsEnumerable(), start.Header.Neurons[4].PublicKey);
        Assert.Equal(3, start.Market.Registry!.IndexOf(4));
        Assert.Equal(2, start.Market.Registry.PurseOf(3));
        Assert.Equal(4, start.Market.Members);
        var last = blocks[^1];
        Assert.Equal(last.Stake.Zip(last.Emission, (s, e) => s + e), start.Market.Stake.ToArray());
    }

    /// <summary>Who leaves takes its stake along. Its room is free from the next block on.</summary>
    [Fact]
    public void A_signed_leaving_ends_a_registration_and_makes_room()
    {
        using var stage = new LedgerStage(blocks: 4, outside: 3);
        stage.Arrives(5, from: 3, stage.Registration(3));
        stage.Arrives(6, from: 4, stage.Registration(4));
        stage.Arrives(15, from: 0, stage.Leaving(0, block: 2));
        stage.Arrives(16, from: 5, stage.Registration(5, block: 2));
        stage.Arrives(25, from: 5, stage.Registration(5, block: 3));
        stage.Arrives(27, from: 1, stage.Leaving(1, block: 3));
        stage.Arrives(35, from: 0, stage.Registration(0, block: 4));
        stage.Play();
        Assert.Equal([1, 2, 3, 4], stage.Told(5, 3).Members.AsEnumerable());
        Assert.Equal(WeightRow.Empty, stage.Told(0, 3).Row);
        Assert.Equal(WeightRow.Uniform([1, 2]), stage.Told(1, 3).Row);
        Assert.Equal([new(0, 2), new(0, 4)], stage.Heard<LedgerMessage.SubmissionAccepted>(0));
        Assert.Equal([Refusal.Full], stage.Heard<LedgerMessage.SubmissionRefused>(5).Select(r => r.Reason));
        var blocks = stage.Blocks();
        Assert.Equal([0], blocks[2].Left);
        Assert.Equal([new Registration(5, 0)], blocks[3].Joined);
        Assert.Equal(0, blocks[2].Stake[0]);
        Assert.Equal([1], blocks[3].Left);
        Assert.Equal([new Registration(0, 1)], blocks[4].Joined);
        Assert.Equal(blocks[1].Stake[0] + blocks[1].Emission[0], blocks[4].Stake[0]);
        Assert.Null(stage.Verify().Problem);
    }

    public static TheoryData<string, Refusal> LeavingCheats => new()
    {
        { "in another's name", Refusal.NotOwner },
        { "of a block to come", Refusal.FutureBlock },
        { "with another's signature", Refusal.BadSignature },
        { "of one outside", Refusal.NotRegistered },
        { "of the last", Refusal.Last },
    };

    [Theory]
    [MemberData(nameof(LeavingCheats))]
    public void Another_leaving_is_refused_by_name(string what, Refusal reason)
    {
        using var stage = new LedgerStage(blocks: 3, outside: 1);
        var from = what == "of one outside" ? 3 : 2;
        for (var i = 0; what == "of the last" && i < 2; i++)
        {
            stage.Arrives(4 + i, i, stage.Leaving(i));
        }
        stage.Arrives(6, from, what switch
        {
            "in another's name" => stage.Leaving(1),
            "of a block to come" => stage.Leaving(2, block: 2),
            "with another's signature" => stage.Leaving(2, key: 1),
            _ => stage.Leaving(from),
        });
        stage.Play();
        Assert.Equal([reason], stage.Heard<LedgerMessage.SubmissionRefused>(from).Select(r => r.Reason));
        Assert.Equal(what == "of the last" ? 1 : 3, stage.Told(0, 2).Count);
        Assert.Null(stage.Verify().Problem);
    }

    /// <summary>What the verifier notices of a ledger that somebody edits.</summary>
    [Theory]
    [InlineData("UPDATE registrations SET neuron_index = 4", "indices")]
    [InlineData("UPDATE registrations SET refused = 'Full', neuron_index = NULL", "acceptable")]
    [InlineData("DELETE FROM registrations", "")]
    [InlineData("UPDATE registrations SET height = 77", "")]
    public void An_edited_registration_is_found(string edit, string problem)
    {
        using var stage = new LedgerStage(outside: 3);
        stage.Arrives(5, from: 4, stage.Registration(4));
        stage.Play();
        _ = stage.Blocks();
        using (var file = new SqliteConnection($"Data Source={stage.File};Pooling=False"))
        {
            file.Open();
            using var command = file.CreateCommand();
#pragma warning disable CA2100 // The texts are those of this file.
            command.CommandText = "PRAGMA foreign_keys = OFF; " + edit;
#pragma warning restore CA2100
            command.ExecuteNonQuery();
        }
        var found = stage.Verify();
        Assert.False(found.Ok);
        Assert.Contains(problem, found.Problem, StringComparison.Ordinal);
    }
}
