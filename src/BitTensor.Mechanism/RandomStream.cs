using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace BitTensor.Mechanism;

/// <summary>
/// The project's only source of randomness. A run has one seed. Every use of chance owns a stream named by (seed,
/// purpose, entity), so that adding a draw in one place changes no other place. Generator: xoshiro256** (Blackman and
/// Vigna), seeded by SHA-256 of the name.
/// </summary>
public sealed class RandomStream
{
    ulong _a, _b, _c, _d;
    double _spareNormal = double.NaN;

    /// <summary>Opens the stream of this name. The same name always yields the same draws.</summary>
    public RandomStream(ulong seed, string purpose, long entity = 0, long other = 0)
    {
        Span<byte> hash = stackalloc byte[32];
        Derive(seed, purpose, entity, other, hash);
        _a = BinaryPrimitives.ReadUInt64LittleEndian(hash);
        _b = BinaryPrimitives.ReadUInt64LittleEndian(hash[8..]);
        _c = BinaryPrimitives.ReadUInt64LittleEndian(hash[16..]);
        _d = BinaryPrimitives.ReadUInt64LittleEndian(hash[24..]) | 1;
    }

    /// <summary>
    /// Restarts at the draws of (<paramref name="key"/>, <paramref name="counter"/>): one stream per item without
    /// opening one. SplitMix64 (Steele, Lea and Flood) expands the state.
    /// </summary>
    public void Reseed(ulong key, ulong counter)
    {
        var x = key ^ (counter * 0xD1342543DE82EF95UL);
        _a = Mix(ref x);
        _b = Mix(ref x);
        _c = Mix(ref x);
        _d = Mix(ref x) | 1;
        _spareNormal = double.NaN;
    }

    /// <summary>Thirty-two bytes derived from this name alone, for keys and ids.</summary>
    public static byte[] Bytes(ulong seed, string purpose, long entity = 0, long other = 0)
    {
        var hash = new byte[32];
        Derive(seed, purpose, entity, other, hash);
        return hash;
    }

    /// <summary>Uniform over all 64-bit values.</summary>
    public ulong NextUInt64()
    {
        var result = ulong.RotateLeft(_b * 5, 7) * 9;
        var t = _b << 17;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= t;
        _d = ulong.RotateLeft(_d, 45);
        return result;
    }

    /// <summary>Uniform in [0, 1), 53 bits.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in 0..<paramref name="bound"/>-1.</summary>
    public int NextInt(int bound) => (int)Math.BigMul(NextUInt64(), (ulong)bound, out _);

    /// <summary>Standard normal (polar method of Marsaglia).</summary>
    public double NextNormal()
    {
        if (!double.IsNaN(_spareNormal))
        {
            var spare = _spareNormal;
            _spareNormal = double.NaN;
            return spare;
        }
        double u, v, s;
        do
        {
            u = 2 * NextDouble() - 1;
            v = 2 * NextDouble() - 1;
            s = u * u + v * v;
        }
        while (s >= 1 || s == 0);
        var factor = Math.Sqrt(-2 * Math.Log(s) / s);
        _spareNormal = v * factor;
        return u * factor;
    }

    /// <summary>Exponential with mean 1.</summary>
    public double NextExponential() => -Math.Log(1 - NextDouble());

    /// <summary>
    /// Gamma with the given shape (above 0) and scale 1 (Marsaglia and Tsang); normalised draws form a Dirichlet
    /// vector.
    /// </summary>
    public double NextGamma(double shape)
    {
        if (shape < 1)
        {
            return NextGamma(shape + 1) * Math.Pow(1 - NextDouble(), 1 / shape);
        }
        var d = shape - 1.0 / 3;
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var x = NextNormal();
            var v = 1 + c * x;
            v = v * v * v;
            if (v > 0 && Math.Log(1 - NextDouble()) < 0.5 * x * x + d - d * v + d * Math.Log(v))
            {
                return d * v;
            }
        }
    }

    /// <summary>Shuffles in place (Fisher-Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = NextInt(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    static ulong Mix(ref ulong x)
    {
        x += 0x9E3779B97F4A7C15UL;
        var z = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }

    static void Derive(ulong seed, string purpose, long entity, long other, Span<byte> hash)
    {
        var name = Encoding.UTF8.GetByteCount(purpose);
        Span<byte> input = stackalloc byte[24 + name];
        BinaryPrimitives.WriteUInt64LittleEndian(input, seed);
        BinaryPrimitives.WriteInt64LittleEndian(input[8..], entity);
        BinaryPrimitives.WriteInt64LittleEndian(input[16..], other);
        Encoding.UTF8.GetBytes(purpose, input[24..]);
        SHA256.HashData(input, hash);
    }
}
