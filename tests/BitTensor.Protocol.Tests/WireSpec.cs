using System.Buffers;
using BitTensor.Protocol;
using CsCheck;
using Xunit;

namespace BitTensor.Protocol.Tests;

/// <summary>What a message is after it has been bytes.</summary>
public sealed class WireSpec
{
    static readonly AnyMessage Messages = new();

    static WireTable Table => WireEntries.Table;

    [Fact]
    public void Every_message_of_neurons_and_ledger_is_in_the_table_and_comes_back_as_it_was()
    {
        var spoken = new[] { typeof(QueryMessage), typeof(LedgerMessage) }.SelectMany(c => c.GetNestedTypes());
        Assert.Equal(spoken.ToHashSet(), Table.Entries.Select(e => e.Type).ToHashSet());
        foreach (var entry in Table.Entries)
        {
            Messages.Of(entry.Type).Sample(
                message => AnyMessage.Same(message, entry.Read(Bytes(entry, message))), iter: 200);
        }
    }

    [Theory]
    [InlineData(TensorEncoding.BFloat16)]
    [InlineData(TensorEncoding.Int8)]
    public void A_rounded_tensor_is_within_its_bound_and_rounds_to_itself(TensorEncoding encoding) =>
        (from rows in Gen.Int[1, 20]
         from columns in Gen.Int[1, 20]
         from values in Gen.Single[-1000, 1000].Array[rows * columns]
         select new Tensor(rows, columns, values)).Sample(tensor =>
        {
            var rounded = TensorPayload.Rounded(tensor, encoding);
            Assert.Equal(rounded, TensorPayload.Rounded(rounded, encoding));
            for (var k = 0; k < tensor.Values.Length; k++)
            {
                var row = tensor.Values.AsSpan(k / tensor.Columns * tensor.Columns, tensor.Columns).ToArray();
                var bound = encoding == TensorEncoding.BFloat16
                    ? Math.Abs(tensor.Values[k]) / 256 + float.Epsilon * 65536
                    : row.Max(Math.Abs) / 127 + 1e-30f;
                Assert.InRange(rounded.Values[k], tensor.Values[k] - bound, tensor.Values[k] + bound);
            }
        });

    [Fact]
    public void No_damage_to_a_message_gives_anything_but_a_message_or_a_typed_refusal() =>
        (from message in Messages.Of(typeof(QueryMessage.Forward))
         from at in Gen.Int[0, 63]
         from value in Gen.Byte
         from cut in Gen.Int[0, 8]
         select (message, at, value, cut)).Sample(damage =>
        {
            var entry = Table.Of(damage.message);
            var bytes = Bytes(entry, damage.message);
            bytes[damage.at % bytes.Length] = damage.value;
            try
            {
                Assert.IsType<QueryMessage.Forward>(entry.Read(bytes.AsSpan(
                    0, Math.Max(0, bytes.Length - damage.cut))));
            }
            catch (WireException refused)
            {
                Assert.True(Enum.IsDefined(refused.Reason));
            }
        }, iter: 5000);

    [Theory]
    [InlineData(1 << 20, 1 << 20)]
    [InlineData(int.MaxValue, int.MaxValue)]
    [InlineData(-1, -1)]
    [InlineData(-2, 3)]
    public void A_tensor_that_claims_more_than_it_brings_costs_nothing(int rows, int columns)
    {
        var header = new Wire.TensorBody { Rows = rows, Columns = columns };
        var before = GC.GetAllocatedBytesForCurrentThread();
        var refused = Assert.Throws<WireException>(() => WireBytes.ReadTensor(header, new byte[24]));
        Assert.Equal(WireRefusal.BadPayload, refused.Reason);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 * 1024);
    }

    [Fact]
    public void What_is_not_in_the_table_has_no_way_onto_the_wire()
    {
        Assert.Throws<ArgumentException>(() => Table.Of("text"));
        Assert.Equal(WireRefusal.UnknownManifest, Assert.Throws<WireException>(() => Table.Find(999)).Reason);
        Assert.Equal(
            WireRefusal.UnknownManifest,
            Assert.Throws<WireException>(() => Table.Find("System.Object, mscorlib")).Reason);
    }

    static byte[] Bytes(WireEntry entry, object message)
    {
        var buffer = new ArrayBufferWriter<byte>();
        entry.Write(message, TensorEncoding.Float32, buffer);
        return buffer.WrittenSpan.ToArray();
    }
}
