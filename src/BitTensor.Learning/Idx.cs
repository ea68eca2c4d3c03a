using System.Buffers.Binary;
using System.IO.Compression;
using System.Reflection;

namespace BitTensor.Learning;

/// <summary>A file in the IDX format of unsigned bytes, plain or gzipped.</summary>
/// <param name="Sizes">Length of each dimension.</param>
/// <param name="Values">Values, last dimension fastest.</param>
sealed record Idx(int[] Sizes, byte[] Values)
{
    // More values than any data set of this format has: a header that claims more is damage, not a reason to allocate.
    const long MostValues = 1L << 30;

    public static Idx Read(string path, int dimensions)
    {
        try
        {
            using var file = File.OpenRead(path);
            using Stream stream = path.EndsWith(".gz", StringComparison.Ordinal)
                ? new GZipStream(file, CompressionMode.Decompress)
                : file;
            return Read(stream, path, dimensions);
        }
        catch (Exception failure) when (failure is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new DataSetException($"{path} cannot be read: {failure.Message}", failure);
        }
    }

    static Idx Read(Stream stream, string path, int dimensions)
    {
        var magic = new byte[4];
        stream.ReadExactly(magic);
        if (magic is not [0, 0, 8, var sized] || sized != dimensions)
        {
            throw new DataSetException($"{path} is not an IDX file of unsigned bytes with {dimensions} dimension(s).");
        }
        var header = new byte[4 * dimensions];
        stream.ReadExactly(header);
        var sizes = new int[dimensions];
        long total = 1;
        for (var k = 0; k < dimensions; k++)
        {
            sizes[k] = BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4 * k));
            total = sizes[k] <= 0 || sizes[k] > MostValues / total
                ? throw new DataSetException($"{path} names an impossible size {sizes[k]}.")
                : total * sizes[k];
        }
        var values = new byte[total];
        stream.ReadExactly(values);
        return new Idx(sizes, values);
    }
}
