using System.Buffers;
using System.IO.Hashing;
using BitTensor.Emulation;
using BitTensor.Mechanism;
using BitTensor.Parcels;
using BitTensor.Protocol;

namespace BitTensor.Actors.Context;

/// <summary>
/// Reads a damaged parcel from the bytes of the wire. The checksum of the wire's chunks notices the damage of every
/// parcel but a submission. A damaged submission arrives as it reads, since the ledger trusts its owner's signature.
/// </summary>
sealed class DamagedParcels : ParcelBytes
{
    const int MostBits = 4;

    public static DamagedParcels Instance { get; } = new();

    public override object? Damaged(object message, ulong draw)
    {
        if (!WireEntries.Table.Knows(message.GetType()))
        {
            // A message that stays within its process has no bytes. Its damage is noticed, as on a wire.
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

    /// <summary>Flips one to four different bits.</summary>
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
