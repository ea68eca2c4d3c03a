using System.Buffers.Binary;
using System.IO.Compression;
using CsCheck;
using Xunit;

namespace BitTensor.Learning.Tests;

/// <summary>Data sets from their files, and how they are dealt.</summary>
public sealed class DataSetsSpec : IDisposable
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bta-data-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void The_digits_are_all_there()
    {
        var digits = DataSets.Digits();
        Assert.Equal((1797, 64, 10), (digits.Count, digits.Features, digits.Classes));
        Assert.All(digits.Inputs, v => Assert.InRange(v, 0, 1));
        Assert.All(Enumerable.Range(0, 10), c => Assert.InRange(digits.Labels.Count(l => l == c), 170, 190));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_folder_of_IDX_files_is_read_plain_and_gzipped(bool gzipped)
    {
        WriteSet(gzipped);
        var examples = DataSets.FashionMnist(_folder.FullName);
        Assert.Equal((5, 6), (examples.Count, examples.Features));
        Assert.Equal([0, 3, 6, 9, 2], examples.Labels);
        Assert.Equal(7 / 255f, examples.Inputs[7]);
    }

    public static TheoryData<string, Action<DataSetsSpec>, string> Damages => new()
    {
        { "no folder", s => s._folder.CreateSubdirectory("none"), "dataset-fashion-mnist" },
        { "no labels", s => s.Write("train-images-idx3-ubyte", Idx([5, 2, 3], 30), false), "train-labels-idx1-ubyte" },
        {
            "cut off",
            s => { s.WriteSet(false); s.Write("train-images-idx3-ubyte", Idx([5, 2, 3], 30)[..^1], false); },
            "is damaged"},
        {
            "only a header", s => { s.WriteSet(false); s.Write("train-images-idx3-ubyte", [0, 0, 8, 3], false); },
            "is damaged"},
        { "empty", s => { s.WriteSet(false); s.Write("train-images-idx3-ubyte", [], false); }, "is damaged" },
        {
            "another type",
            s =>
                {
                    s.WriteSet(false); s.Write(
                        "train-images-idx3-ubyte", [0, 0, 13, .. Idx([5, 2, 3], 30)[3..]], false);},
            "not an IDX file"},
        {
            "labels for images", s => { s.WriteSet(false); s.Write("train-images-idx3-ubyte", Idx([5], 5), false); },
            "not an IDX file"},
        {
            "a negative size",
            s => { s.WriteSet(false); s.Write("train-images-idx3-ubyte", Idx([5, -2, 3], 30), false); },
            "impossible size"},
        {
            "a huge size",
            s =>
                {
                    s.WriteSet(false); s.Write(
                        "train-images-idx3-ubyte", Idx([int.MaxValue, int.MaxValue, int.MaxValue], 30), false);},
            "impossible size"},
        {
            "fewer labels", s => { s.WriteSet(false); s.Write("train-labels-idx1-ubyte", Idx([4], 4), false); },
            "4 labels do not belong to the 5 images"},
        {
            "an eleventh class",
            s => { s.WriteSet(false); s.Write("train-labels-idx1-ubyte", [.. Idx([5], 4), 10], false); },
            "label 10 of a set with 10 classes"},
        {
            "no gzip",
            s =>
                {
                    s.WriteSet(true); File.WriteAllText(
                        Path.Combine(s._folder.FullName, "train-images-idx3-ubyte.gz"), "hello");},
            "is damaged"},
        {
            "a folder in its place",
            s =>
                {
                    s.WriteSet(false); File
                        .Delete(Path.Combine(s._folder.FullName, "train-images-idx3-ubyte")); s._folder
                        .CreateSubdirectory("train-images-idx3-ubyte");},
            "no train-images-idx3-ubyte"},
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public void A_damaged_set_is_an_error_that_names_the_file(string what, Action<DataSetsSpec> damage, string words)
    {
        damage(this);
        var error = Assert.Throws<DataSetException>(() => DataSets.FashionMnist(_folder.FullName));
        Assert.True(
            error.Message.Contains(words, StringComparison.Ordinal)
                && error.Message.Contains(_folder.FullName, StringComparison.Ordinal),
            $"{what}: {error.Message}");
    }

    [Fact]
    public void Every_split_deals_each_example_at_most_once_and_at_least_two_to_each()
    {
        var digits = DataSets.Digits();
        Gen.Select(Gen.Int[1, 60], Gen.ULong, Gen.Double[0.05, 20], Gen.Int[1, 10]).Sample(
            (neurons, seed, number, labels) =>
            {
                AssertDealt(digits, Sharding.Iid(digits, neurons, seed), neurons);
                AssertDealt(digits, Sharding.Dirichlet(digits, neurons, number, seed), neurons);
                AssertDealt(digits, Sharding.ByLabel(digits, neurons, labels, seed), neurons);
                AssertDealt(
                    digits,
                    Sharding.Sizes(
                        digits, [.. Enumerable.Range(0, neurons).Select(k => 1 + number * (k % 3) / 10)], seed),
                    neurons);
            },
            iter: 60);
    }

    [Fact]
    public void Iid_shards_are_equal_and_the_same_seed_deals_the_same()
    {
        var digits = DataSets.Digits();
        var shards = Sharding.Iid(digits, 16, 3);
        Assert.All(shards, s => Assert.InRange(s.Length, 112, 113));
        Assert.Equal(digits.Count, shards.Sum(s => s.Length));
        Assert.Equal(shards, Sharding.Iid(digits, 16, 3));
        Assert.NotEqual(shards[0], Sharding.Iid(digits, 16, 4)[0]);
    }

    [Fact]
    public void Dirichlet_shards_are_equal_in_size_and_more_unequal_in_class_the_smaller_the_concentration()
    {
        var digits = DataSets.Digits();
        double LargestClass(double concentration) => Sharding.Dirichlet(digits, 20, concentration, 7)
            .Average(s => s.GroupBy(e => digits.Labels[e]).Max(g => (double)g.Count() / s.Length));
        Assert.All(Sharding.Dirichlet(digits, 20, 0.1, 7), s => Assert.Equal(digits.Count / 20, s.Length));
        Assert.True(LargestClass(0.1) > 0.45, $"{LargestClass(0.1)}");
        Assert.True(LargestClass(100) < 0.25, $"{LargestClass(100)}");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void By_label_shards_hold_so_many_classes_and_no_other(int labels)
    {
        var digits = DataSets.Digits();
        var shards = Sharding.ByLabel(digits, 12, labels, 7);
        Assert.All(shards, s => Assert.Equal(labels, s.Select(e => digits.Labels[e]).Distinct().Count()));
        Assert.Equal(
            Math.Min(10, 12 * labels), shards.SelectMany(s => s).Select(e => digits.Labels[e]).Distinct().Count());
    }

    [Fact]
    public void Shards_of_the_sizes_split_are_as_large_as_their_shares()
    {
        var shards = Sharding.Sizes(DataSets.Digits(), [1, 2, 7], 7);
        Assert.Equal([179, 360, 1258], shards.Select(s => s.Length));
        Assert.Contains(
            "fewer neurons",
            Assert.Throws<TooFewExamplesException>(
                () => Sharding.Sizes(DataSets.Digits(), [1, 1e6], 7)).Message.Replace(
                "milder split", "fewer neurons", StringComparison.Ordinal),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Too_many_neurons_are_an_error()
    {
        var digits = DataSets.Digits();
        Assert.Throws<TooFewExamplesException>(() => Sharding.Iid(digits, 899, 1));
        Assert.Throws<TooFewExamplesException>(() => Sharding.Dirichlet(digits, 899, 1, 1));
        Assert.Throws<TooFewExamplesException>(() => Sharding.ByLabel(digits, 450, 2, 1));
        Assert.Equal(898, Sharding.Iid(digits, 898, 1).Length);
    }

    [Fact]
    public void What_is_held_out_is_never_trained_on()
    {
        // Inputs name their example, so that overlaps show.
        var examples = new Examples(
            1, 2, [.. Enumerable.Range(0, 50).Select(k => (float)k)], [.. Enumerable.Range(0, 50).Select(k => k % 2)]);
        Gen.Select(Gen.Double[0.001, 0.999], Gen.Int[2, 50]).Sample((holdout, count) =>
        {
            var shard = Shard.Split(examples.Take([.. Enumerable.Range(0, count)]), holdout, 1, 2);
            Assert.True(shard.Train.Count >= 1 && shard.HeldOut.Count >= 1);
            Assert.Equal(count, shard.Train.Inputs.Concat(shard.HeldOut.Inputs).Distinct().Count());
            Assert.All(
                Enumerable.Range(0, shard.Train.Count),
                k => Assert.Equal((int)shard.Train.Inputs[k] % 2, shard.Train.Labels[k]));
        });
    }

    [Fact]
    public void Synthetic_clusters_have_their_spread()
    {
        var tight = DataSets.Synthetic(1, 400, 3, 4, 0);
        Assert.Equal(
            4,
            Enumerable.Range(0, 400).Select(e => string.Join(',', tight.Inputs[(3 * e)..(3 * e + 3)])).Distinct()
                .Count());
        Assert.All(Enumerable.Range(0, 4), c => Assert.Equal(100, tight.Labels.Count(l => l == c)));
    }

    void WriteSet(bool gzipped)
    {
        Write("train-images-idx3-ubyte", Idx([5, 2, 3], 30), gzipped);
        Write("train-labels-idx1-ubyte", [.. Idx([5], 0), 0, 3, 6, 9, 2], gzipped);
    }

    void Write(string name, byte[] bytes, bool gzipped)
    {
        using var file = File.Create(Path.Combine(_folder.FullName, gzipped ? name + ".gz" : name));
        using Stream stream = gzipped ? new GZipStream(file, CompressionMode.Compress) : file;
        stream.Write(bytes);
    }

    /// <summary>A header with these sizes, and values 0, 1, 2, ...</summary>
    static byte[] Idx(int[] sizes, int values)
    {
        var bytes = new byte[4 + 4 * sizes.Length + values];
        (bytes[2], bytes[3]) = (8, (byte)sizes.Length);
        for (var k = 0; k < sizes.Length; k++)
        {
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4 + 4 * k), sizes[k]);
        }
        for (var k = 0; k < values; k++)
        {
            bytes[4 + 4 * sizes.Length + k] = (byte)(sizes.Length == 1 ? k % 10 : k);
        }
        return bytes;
    }

    static void AssertDealt(Examples examples, int[][] dealt, int neurons)
    {
        Assert.Equal(neurons, dealt.Length);
        var all = dealt.SelectMany(d => d).ToArray();
        Assert.Equal(all.Length, all.Distinct().Count());
        Assert.All(all, index => Assert.InRange(index, 0, examples.Count - 1));
        Assert.All(dealt, d => Assert.True(d.Length >= 2));
    }
}
