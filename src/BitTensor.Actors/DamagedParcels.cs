using System.Buffers;
using System.IO.Hashing;
using BitTensor.Emulation;
using BitTensor.Mechanism;
using BitTensor.Parcels;
using BitTensor.Protocol;

namespace BitTensor.Actors;

/// <summary>
/// What a damaged parcel reads as. The bytes are those of the wire. Every parcel but a submission is noticed by the checksum that chunks of
/// the wire carry; a submission arrives as it reads, because the signature its owner gave it is what the ledger trusts.
/// </summary>
sealed class DamagedParcels : ParcelBytes
{
    const int MostBits = 4;

    public static DamagedParcels Instance { get; } = new();

    public override object? Damaged(object message, ulong draw)
    {
        if (message is Adversary.CoalitionMessage)
        {
            // Of no wire: what would be noticed there is noticed here.
            return null;
        }
        var entry = WireEntries.Table.Of(message);
        var bytes = new ArrayBufferWriter<byte>();
        entry.Write(message, TensorEncoding.Float32, bytes);
        var damaged = Flipped(bytes.WrittenSpan, draw);
        var signed = message is LedgerMessage.SubmitWeights or LedgerMessage.CommitWeights;
        if (!signed && XxHash3.HashToUInt64(damaged) != XxHash3.HashToUInt64(bytes.WrittenSpan))
        {
            return null;
        }
        try
        {
            return entry.Read(damaged);
        }
        catch (WireException)
        {
            return null;
        }
    }

    public override object Lost(ParcelKind kind, ParcelOutcome outcome) => new ControlMessage.ParcelLost(kind, outcome);

    /// <summary>One to four different bits, each the other way round.</summary>
    static byte[] Flipped(ReadOnlySpan<byte> bytes, ulong draw)
    {
        var damaged = bytes.ToArray();
        var dice = new RandomStream(draw, "damage");
        var bits = new HashSet<int>();
        for (var left = 1 + dice.NextInt(MostBits); left > 0; left--)
        {
            bits.Add(dice.NextInt(8 * damaged.Length));
        }
        foreach (var bit in bits)
        {
            damaged[bit / 8] ^= (byte)(1 << bit % 8);
        }
        return damaged;
    }
}
