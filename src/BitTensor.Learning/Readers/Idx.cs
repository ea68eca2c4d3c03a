using System.Buffers.Binary;
using System.IO.Compression;
using BitTensor.Scenarios;

namespace BitTensor.Learning.Readers;

/// <summary>A file in the IDX format of unsigned bytes, plain or gzipped.</summary>
/// <param name="Sizes">Length of each dimension.</param>
/// <param name="Values">Values, last dimension fastest.</param>
sealed record Idx(int[] Sizes, byte[] Values)
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">File; one that ends with .gz is gzipped.</param>
    /// <param name="dimensions">The number of dimensions that it must have.</param>
    /// <exception cref="DataSetException">The file is missing or damaged.</exception>
    public static Idx Read(string path, int dimensions) => DataFaults.Guarded(path, "IDX file", () =>
    {
        using var file = File.OpenRead(path);
        using Stream stream = path.EndsWith(".gz", StringComparison.Ordinal)
            ? new GZipStream(file, CompressionMode.Decompress)
            : file;
        return Read(stream, path, dimensions);
    });

    static Idx Read(Stream stream, string path, int dimensions)
    {
        var magic = new byte[4];
        stream.ReadExactly(magic);
        if (magic is not [0, 0, 8, var sized] || sized != dimensions)
        {
            throw DataFaults.Of(
                path, ErrorCodes.Damaged,
                $"the file is not an IDX file of unsigned bytes with {dimensions} dimension(s)",
                "images have 3 dimensions and labels 1");
        }
        var header = new byte[4 * dimensions];
        stream.ReadExactly(header);
        var sizes = new int[dimensions];
        long total = 1;
        for (var k = 0; k < dimensions; k++)
        {
            sizes[k] = BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4 * k));
            // A header that claims more is damage, not a reason to allocate.
            total = sizes[k] <= 0 || sizes[k] > DataSource.MostNumbers / total
                ? throw DataFaults.Of(
                    path, ErrorCodes.Damaged, $"the header names an impossible size {sizes[k]}",
                    "a set has at most 2^28 values")
                : total * sizes[k];
        }
        var values = new byte[total];
        stream.ReadExactly(values);
        return new Idx(sizes, values);
    }
}
