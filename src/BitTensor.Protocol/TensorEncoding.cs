using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace BitTensor.Protocol;

/// <summary>How the numbers of a tensor travel. Numbers are part of the protocol.</summary>
public enum TensorEncoding
{
    /// <summary>float32, exact.</summary>
    Float32 = 0,

    /// <summary>The upper half of a float32, rounded to nearest even: relative error at most 2^-8.</summary>
    BFloat16 = 1,

    /// <summary>
    /// Per row an exponent e (int8) with 2^e &gt;= max|x| / 127, then one int8 per value, x = q 2^e: error at most
    /// max|x| / 127 per row. Finite values only; others travel as the largest of their sign, NaN as 0.
    /// </summary>
    Int8 = 2,
}

/// <summary>
/// Numbers of a tensor to bytes, little-endian, and back. Encoding what was decoded gives the same bytes again.
/// </summary>
public static class TensorPayload
{
    /// <summary>
    /// Bytes of the payload of a rows x columns tensor. No overflow: shapes beyond any limit give numbers beyond any
    /// limit.
    /// </summary>
    public static long Size(long rows, long columns, TensorEncoding encoding) => encoding switch
    {
        TensorEncoding.BFloat16 => rows * columns * 2,
        TensorEncoding.Int8 => rows * (columns + 1),
        _ => rows * columns * 4,
    };

    /// <summary>True when the payload is the tensor's memory as it lies there.</summary>
    public static bool Lies(TensorEncoding encoding) =>
        encoding == TensorEncoding.Float32 && BitConverter.IsLittleEndian;

    /// <summary>Writes the values; <paramref name="to"/> has exactly <see cref="Size"/> bytes.</summary>
    public static void Write(Tensor tensor, TensorEncoding encoding, Span<byte> to)
    {
        switch (encoding)
        {
            case TensorEncoding.BFloat16:
                WriteBFloat16(tensor.Values, to);
                break;
            case TensorEncoding.Int8:
                WriteInt8(tensor, to);
                break;
            default:
                MemoryMarshal.AsBytes(tensor.Values.AsSpan()).CopyTo(to);
                break;
        }
    }

    /// <summary>
    /// Reads the values of a rows x columns tensor; <paramref name="from"/> has exactly <see cref="Size"/> bytes.
    /// </summary>
    public static Tensor Read(int rows, int columns, TensorEncoding encoding, ReadOnlySpan<byte> from)
    {
        // Each case below writes every value.
        var values = GC.AllocateUninitializedArray<float>(rows * columns);
        switch (encoding)
        {
            case TensorEncoding.BFloat16:
                ReadBFloat16(from, values);
                break;
            case TensorEncoding.Int8:
                ReadInt8(columns, from, values);
                break;
            default:
                from.CopyTo(MemoryMarshal.AsBytes(values.AsSpan()));
                break;
        }
        return new Tensor(rows, columns, values);
    }

    /// <summary>The tensor as a receiver sees it.</summary>
    public static Tensor Rounded(Tensor tensor, TensorEncoding encoding)
    {
        if (encoding == TensorEncoding.Float32)
        {
            return tensor;
        }
        var bytes = new byte[Size(tensor.Rows, tensor.Columns, encoding)];
        Write(tensor, encoding, bytes);
        return Read(tensor.Rows, tensor.Columns, encoding, bytes);
    }

    static void WriteBFloat16(float[] values, Span<byte> to)
    {
        for (var k = 0; k < values.Length; k++)
        {
            var bits = BitConverter.SingleToUInt32Bits(values[k]);
            // A NaN must not round to infinity; its payload is of no use.
            var half = float.IsNaN(values[k]) ? 0x7FC0u : (bits + 0x7FFFu + ((bits >> 16) & 1)) >> 16;
            BinaryPrimitives.WriteUInt16LittleEndian(to[(2 * k)..], (ushort)half);
        }
    }

    static void ReadBFloat16(ReadOnlySpan<byte> from, float[] values)
    {
        for (var k = 0; k < values.Length; k++)
        {
            values[k] = BitConverter.UInt32BitsToSingle(
                (uint)BinaryPrimitives.ReadUInt16LittleEndian(from[(2 * k)..]) << 16);
        }
    }

    static void WriteInt8(Tensor tensor, Span<byte> to)
    {
        for (var row = 0; row < tensor.Rows; row++)
        {
            var values = tensor.Values.AsSpan(row * tensor.Columns, tensor.Columns);
            var exponent = ExponentOf(values);
            to[0] = (byte)(sbyte)exponent;
            for (var k = 0; k < values.Length; k++)
            {
                var scaled = float.IsNaN(values[k]) ? 0 : MathF.Round(MathF.ScaleB(values[k], -exponent));
                to[k + 1] = (byte)(sbyte)Math.Clamp(scaled, -127, 127);
            }
            to = to[(tensor.Columns + 1)..];
        }
    }

    /// <summary>
    /// The smallest e with 2^e &gt;= max|x| / 127 that an int8 holds: a power of two, so that encoding twice changes
    /// nothing.
    /// </summary>
    static int ExponentOf(ReadOnlySpan<float> values)
    {
        float largest = 0;
        foreach (var value in values)
        {
            largest = float.IsFinite(value) ? Math.Max(largest, MathF.Abs(value)) : largest;
        }
        return largest == 0
            ? 0
            : Math.Clamp((int)Math.Ceiling(Math.Log2(largest / 127.0)), sbyte.MinValue, sbyte.MaxValue);
    }

    static void ReadInt8(int columns, ReadOnlySpan<byte> from, float[] values)
    {
        for (var row = 0; row * columns < values.Length; row++)
        {
            var exponent = (sbyte)from[0];
            for (var k = 0; k < columns; k++)
            {
                values[row * columns + k] = MathF.ScaleB((sbyte)from[k + 1], exponent);
            }
            from = from[(columns + 1)..];
        }
    }
}
