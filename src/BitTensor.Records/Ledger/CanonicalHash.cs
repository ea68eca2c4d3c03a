using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace BitTensor.Records;

/// <summary>
/// SHA-256 over values in one canonical form: little-endian numbers, length before every string and array.
/// </summary>
sealed class CanonicalHash : IDisposable
{
    readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public CanonicalHash(string domain) => Add(domain);

    public CanonicalHash Add(long value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        _hash.AppendData(bytes);
        return this;
    }

    public CanonicalHash Add(double value) => Add(BitConverter.DoubleToInt64Bits(value));

    public CanonicalHash Add(string text) => Add(Encoding.UTF8.GetBytes(text));

    public CanonicalHash Add(ReadOnlySpan<byte> bytes)
    {
        Add(bytes.Length);
        _hash.AppendData(bytes);
        return this;
    }

    public CanonicalHash Add(ReadOnlySpan<double> values)
    {
        Add(values.Length);
        foreach (var value in values)
        {
            Add(value);
        }
        return this;
    }

    public CanonicalHash Add(double[] values) => Add(values.AsSpan());

    public CanonicalHash Add(byte[] values) => Add(values.AsSpan());

    public string Hex() => Convert.ToHexStringLower(_hash.GetCurrentHash());

    public void Dispose() => _hash.Dispose();
}
