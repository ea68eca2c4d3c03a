using BitTensor.Actors.Context;
using BitTensor.Mechanism;
using BitTensor.Parcels;
using BitTensor.Protocol;
using BitTensor.Transport;
using Google.Protobuf;
using Xunit;

namespace BitTensor.Cluster.Tests;

/// <summary>
/// What a node of the cluster can send that it should not, over a link with its own good certificate: each row is
/// refused by its name, changes neither W nor S, and nobody else notices.
/// </summary>
public sealed class WireTableSpec
{
    static readonly Dictionary<string, (Func<WireStage, Task<Enum>> Attack, Enum Outcome)> Table = new()
    {
        ["forged sender"] = (s => Wire(s, b => b.Says(2, Addresses.Ledger, s.Signed(2))), WireRefusal.NotPlaced),
        ["forged block"] = (s => Wire(s, b => b.Says(0, 1, Block(99))), WireRefusal.NotTheirs),
        ["forged block in the ledger's name"] =
            (s => Wire(s, b => b.Says(Addresses.Ledger, 1, Block(99))), WireRefusal.NotPlaced),
        ["forged checkpoint"] =
            (s => Wire(s, b => b.Says(0, Addresses.Archive, new ControlMessage.KeepState(1, 9, [1, 2]))),
                WireRefusal.NotTheirs),
        ["forged end of the run"] =
            (s => Wire(s, b => b.Says(0, Addresses.Ledger, new ControlMessage.EndAtNextBlock())),
                WireRefusal.NotTheirs),
        ["forged caller"] = (s => Query(s, caller: 2, new Tensor(1, 1, [1])), ServingRefusal.WrongCaller),
        ["wrong key"] = (s => Submission(s, s.Signed(seed: 4)), Refusal.BadSignature),
        ["other's row"] = (s => Submission(s, s.Signed(neuron: 2)), Refusal.NotOwner),
        ["replay by another"] = (s => Submission(s, s.Honest), Refusal.NotOwner),
        ["replay in the same block"] = (Replay, Other.Duplicate),
        ["replay in the next block"] = (ReplayLater, Refusal.StaleBlock),
        ["a second row in the same block"] = (SecondRow, Refusal.TooFast),
        ["old block"] = (s => Submission(s, s.Signed(block: 0)), Refusal.StaleBlock),
        ["future block"] = (s => Submission(s, s.Signed(block: 9)), Refusal.FutureBlock),
        ["wrong run"] = (s => Submission(s, s.Signed(run: "another-3")), Refusal.WrongRun),
        ["NaN in a row"] = (
            s => Submission(s, s.Signed(row: WeightRow.Dense([double.NaN, 0.5, 0.5]))), Refusal.NotFinite),
        ["NaN in a tensor"] = (s => Query(s, caller: 0, new Tensor(1, 1, [float.NaN])), ServingRefusal.NotFinite),
        ["wrong shape of a row"] = (
            s => Submission(s, s.Signed(row: WeightRow.Dense([0.25, 0.25, 0.25, 0.25]))), Refusal.BadShape),
        ["wrong shape of a tensor"] = (s => Query(s, caller: 0, new Tensor(1, 3, [1, 1, 1])), ServingRefusal.BadShape),
        ["claimed 2^40 elements"] = (s => Forged(s, manifest: 1, Claim(1 << 20, 1 << 20)), WireRefusal.BadPayload),
        ["oversized frame"] = (s => Broken(s, [0xff, 0xff, 0xff, 0x7f, 4]), WireRefusal.TooLarge),
        ["oversized message"] = (
            s => Broken(s, WirePeer.Chunk(WireLimits.MessageBytes + 1, 0, new byte[100])), WireRefusal.TooLarge),
        ["bad chunk: not the next"] = (
            s => Broken(s, WirePeer.Chunk(100, 0, new byte[50]), WirePeer.Chunk(100, 60, new byte[40])),
            WireRefusal.BadChunk),
        ["bad chunk: damaged"] = (s => Broken(s, Damaged()), WireRefusal.BadHash),
        ["frame of no kind"] = (s => Broken(s, [1, 0, 0, 0, 77]), WireRefusal.BadFrame),
        ["unknown manifest"] = (s => Forged(s, manifest: 999, []), WireRefusal.UnknownManifest),
        ["message of the other transport"] = (s => Forged(s, manifest: 40, []), WireRefusal.UnknownManifest),
        ["body that is none"] = (s => Forged(s, manifest: 5, [0xff, 0xff, 0xff]), WireRefusal.BadBody),
        ["value that is none"] = (
            s => Forged(s, manifest: 7, new Protocol.Wire.SubmissionRefusedBody { Reason = 77 }.ToByteArray()),
            WireRefusal.BadValue),
    };

    public static TheoryData<string> Rows => [.. Table.Keys];

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Each_is_refused_by_its_name_and_nobody_else_notices(string row)
    {
        await using var stage = new WireStage();
        await stage.Begins();
        var (attack, outcome) = Table[row];
        Assert.Equal(outcome, await attack(stage));
        if (outcome is WireRefusal refusal)
        {
            Assert.Equal(1, stage.Outcomes[refusal]);
        }
        await stage.NobodyElseNoticed();
    }

    static async Task<Enum> Wire(WireStage stage, Action<WirePeer> act)
    {
        act(stage.Bad);
        return await stage.Refuses();
    }

    static async Task<Enum> Submission(WireStage stage, LedgerMessage.SubmitWeights submission)
    {
        stage.Bad.Says(0, Addresses.Ledger, submission);
        return (await stage.Bad.Hears<LedgerMessage.SubmissionRefused>()).Reason;
    }

    /// <summary>The same bytes again are no second submission and get no second receipt.</summary>
    static async Task<Enum> Replay(WireStage stage)
    {
        stage.Good.Says(2, Addresses.Ledger, stage.Honest);
        Assert.Equal(1, await stage.LedgerCounts("submission", "delivered/duplicate"));
        return Other.Duplicate;
    }

    static async Task<Enum> ReplayLater(WireStage stage)
    {
        await stage.CloseBlock();
        stage.Good.Says(2, Addresses.Ledger, stage.Honest);
        return (await stage.Good.Hears<LedgerMessage.SubmissionRefused>()).Reason;
    }

    static async Task<Enum> SecondRow(WireStage stage)
    {
        stage.Good.Says(2, Addresses.Ledger, stage.Signed(neuron: 2, row: WeightRow.Dense([0.33, 0.34, 0.33])));
        return (await stage.Good.Hears<LedgerMessage.SubmissionRefused>()).Reason;
    }

    static async Task<Enum> Query(WireStage stage, int caller, Tensor batch)
    {
        stage.Bad.Says(0, 1, new QueryMessage.Forward(new QueryId(caller, 1), batch));
        return (await stage.Bad.Hears<QueryMessage.ForwardRefused>()).Reason;
    }

    static async Task<Enum> Broken(WireStage stage, params byte[][] frames)
    {
        await stage.Bad.Breaks(frames);
        return await stage.Refuses();
    }

    static async Task<Enum> Forged(WireStage stage, ushort manifest, byte[] body)
    {
        await stage.Bad.Forges(manifest, body);
        return await stage.Refuses();
    }

    /// <summary>What is counted and is no refusal.</summary>
    enum Other
    {
        Duplicate,
    }

    static LedgerMessage.BlockOpened Block(long height) =>
        new(height, 3, 1, 1, WeightRow.Dense([1, 0, 0]), [0, 0, 0], [], [], 0, true);

    static byte[] Claim(int rows, int columns) =>
        new Protocol.Wire.ForwardBody { Query = new(), Batch = new() { Rows = rows, Columns = columns } }.ToByteArray();

    static byte[] Damaged()
    {
        var chunk = WirePeer.Chunk(100, 0, new byte[100]);
        chunk[^1] ^= 1;
        return chunk;
    }
}
