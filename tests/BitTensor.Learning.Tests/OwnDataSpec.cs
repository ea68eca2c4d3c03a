using System.Buffers.Binary;
using System.Text;
using BitTensor.Scenarios;
using Parquet;
using Parquet.Schema;
using SkiaSharp;
using Xunit;

namespace BitTensor.Learning.Tests;


/// <summary>Data of one's own: what is read, and what a damaged file says.</summary>
public sealed class OwnDataSpec : IDisposable
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bta-data-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_csv_file_gives_scaled_columns_and_classes_by_name()
    {
        var data = Csv("size; colour ;kind\n1;10;\"old; oak\"\n3;10;elm\n5;10;elm\n") with { Columns =
            ["colour", "size"] };
        var all = All(data);
        Assert.Equal((3, 2, 2), (all.Count, all.Features, all.Classes));
        // elm is class 0, the quoted name class 1; a constant column is 0, the other has mean 0 and deviation 1.
        Assert.Equal([(0f, -1.2247f, 1), (0f, 0f, 0), (0f, 1.2247f, 0)], Sorted(all));
        Assert.Equal([(10f, 1f, 1), (10f, 3f, 0), (10f, 5f, 0)], Sorted(All(data with { Scale = DataScale.None })));
    }

    [Fact]
    public void A_csv_file_without_header_numbers_its_columns_and_its_classes_count_by_value()
    {
        var data = Csv("10,2,0.5\n9,4,1.5\n10,6,2\n") with
        {
            Header = false, Target = "1", Columns = ["3"], Scale = DataScale.None,
        };
        Assert.Equal([(0.5f, 1), (1.5f, 0), (2f, 1)], All(data) is var all
            ? all.Inputs.Zip(all.Labels).OrderBy(p => p.First).ToArray()
            : []);
    }

    [Fact]
    public void A_regression_has_targets_in_the_place_of_labels()
    {
        var data = Csv("x,y\n1,10\n2,20\n3,60\n") with { Task = DataTask.Regression };
        var all = All(data);
        Assert.Equal((3, 0), (all.Count, all.Classes));
        Assert.Empty(all.Labels);
        Assert.Equal(0, all.Targets!.Sum(), 1e-5);
        Assert.Equal(3, all.Targets!.Sum(t => t * t), 1e-4);
        Assert.Equal([10, 20, 60], All(data with { Scale = DataScale.None }).Targets!.Order());
        // Every neuron's shard takes its targets along.
        var shards = DataSource.Shards(
            Csv("x,y\n" + string.Join('\n', Enumerable.Range(0, 40).Select(k => $"{k},{2 * k}"))) with
            {
                Task = DataTask.Regression, Scale = DataScale.None,
            }, [1, 1, 1], 5);
        Assert.All(shards, s => Assert.All(
            s.Train.Inputs.Zip(s.Train.Targets!), p => Assert.Equal(2 * p.First, p.Second)));
    }

    [Fact]
    public void A_parquet_file_is_read_as_the_same_table()
    {
        WriteParquet("t.parquet", [1.5, null, 3], [2, 4, 6], ["b", "a", "b"]);
        var data = Of(DataSet.Parquet, "t.parquet") with { Columns = ["n"], Scale = DataScale.None };
        Assert.Equal([(2f, 1), (4f, 0), (6f, 1)], All(data) is var all
            ? all.Inputs.Zip(all.Labels).OrderBy(p => p.First).ToArray()
            : []);
        Fails(data with { Columns = ["x"] }, ":2:1: error BTA019", "column 'x' has no value here");
    }

    [Theory]
    [InlineData(SKEncodedImageFormat.Png, ".png")]
    [InlineData(SKEncodedImageFormat.Jpeg, ".JPG")]
    public void A_folder_of_images_has_a_class_per_folder(SKEncodedImageFormat format, string ending)
    {
        Image("set/cats/1" + ending, 4, 2, new SKColor(255, 0, 0), format);
        Image("set/cats/2" + ending, 4, 2, new SKColor(255, 255, 255), format);
        Image("set/ants/1" + ending, 4, 2, new SKColor(0, 0, 0), format);
        Write("set/ants/readme.txt", "no image");
        var data = Of(DataSet.Images, "set");
        var all = All(data);
        Assert.Equal((3, 8, 2), (all.Count, all.Features, all.Classes));
        Assert.Equal(new ImageSize(2, 4, 1), all.Image);
        var means = all.Inputs.Chunk(8).Select(p => p.Average()).Zip(all.Labels).OrderBy(p => p.First).ToArray();
        Assert.Equal([0, 1, 1], means.Select(m => m.Second));
        Assert.Equal([0, 0.299f, 1], means.Select(m => m.First), (a, b) => Math.Abs(a - b) < 0.02);

        var red = All(data with { Color = ImageColor.Rgb });
        Assert.Equal((24, new ImageSize(2, 4, 3)), (red.Features, red.Image));
        var planes = red.Inputs.Chunk(24).Select(p => (p[..8].Average(), p[8..].Average()))
            .OrderBy(p => p.Item2).ThenBy(p => p.Item1);
        Assert.Equal([0, 1, 1], planes.Select(p => p.Item1), (a, b) => Math.Abs(a - b) < 0.02);

        Image("set/ants/2" + ending, 8, 8, new SKColor(0, 0, 0), format);
        Fails(data, $"2{ending}:1:1: error BTA053", "8 x 8 pixels, and the first one 4 x 2");
        Assert.Equal(9, All(data with { Width = 3, Height = 3 }).Features);
    }

    [Fact]
    public void Two_idx_files_are_images_and_their_labels()
    {
        WriteIdx();
        var all = All(Of(DataSet.Idx, "images") with { Labels = PathOf("labels") });
        Assert.Equal((5, 6, 3, new ImageSize(2, 3, 1)), (all.Count, all.Features, all.Classes, all.Image));
        Assert.Equal([0, 0, 1, 1, 2], all.Labels.Order());
    }

    [Fact]
    public void A_text_gives_windows_of_its_documents_and_holds_out_the_end_of_each()
    {
        Write("texts/b", "zyxwvutsrq");
        Write("texts/a", "abcdefghij\n---\nABCDEFGHIJKLMNOPQRST");
        var data = Of(DataSet.Text, "texts") with { Context = 2, Holdout = 0.4 };
        var shards = DataSource.Shards(data, [1, 1, 1], 1);
        static string[] Windows(Examples e) =>
            [.. Enumerable.Range(0, e.Count).Select(k => string.Concat(
                e.Inputs.Skip(2 * k).Take(2).Append(e.Labels[k]).Select(b => (char)b)))];
        Assert.Equal(["abc", "bcd", "cde", "def"], Windows(shards[0].Train));
        Assert.Equal(["ghi", "hij"], Windows(shards[0].HeldOut));
        Assert.Equal("ABC", Windows(shards[1].Train)[0]);
        Assert.Equal(["zyx", "yxw", "xwv", "wvu"], Windows(shards[2].Train));
        Assert.Equal(256, shards[0].Train.Classes);
        // Of three documents the first neuron of two gets the first and the third.
        Assert.Equal(8, DataSource.Shards(data, [1, 1], 1)[0].Train.Count);
        Assert.Contains("3 documents are too few for 4 neurons", Failure(data, 4), StringComparison.Ordinal);
        Assert.Contains("too few to train", Failure(data with { Context = 9 }, 1), StringComparison.Ordinal);
        Assert.InRange(DataSource.Shards(data with { Examples = 10 }, [1, 1, 1], 1).Sum(s => s.Train.Count), 3, 10);
    }

    [Fact]
    public void The_text_that_is_built_in_has_a_chapter_for_each_of_twelve_neurons()
    {
        var data = DataSpecOf(DataSet.Text);
        var shards = DataSource.Shards(data, [.. Enumerable.Repeat(1.0, 12)], 1);
        Assert.All(shards, s => Assert.InRange(s.Train.Count, 7000, 11000));
        Assert.All(shards, s => Assert.InRange(s.HeldOut.Count, 2000, 4000));
        Assert.Empty(DataSource.FilesOf(data));
        var first = string.Concat(shards[0].Train.Inputs.Take(32).Select(b => (char)b));
        Assert.Equal("CHAP", first.Trim());
    }

    /// <summary>What: file name, content, change of the section, and two parts of the message.</summary>
    public static TheoryData<string, DataSet, string, string, string> Damages => new()
    {
        { "empty", DataSet.Csv, "", ":1:1: error BTA019", "the file is empty" },
        { "a header alone", DataSet.Csv, "a,b\n", ":1:1: error BTA054", "0 rows" },
        { "one row", DataSet.Csv, "a,b\n1,x\n", ":1:1: error BTA054", "1 rows" },
        { "one class", DataSet.Csv, "a,b\n1,x\n2,x\n", ":1:1: error BTA054", "1 class(es)" },
        { "one column", DataSet.Csv, "a\n1\n2\n", ":1:1: error BTA054", "one column" },
        { "too few values", DataSet.Csv, "a,b,c\n1,2,x\n1,x\n",
            ":3:1: error BTA051", "has 2 values, and the first one has 3" },
        { "too many values", DataSet.Csv, "a,b\n1,x\n1,2,x\n", ":3:1: error BTA051", "has 3 values" },
        { "a word for a number", DataSet.Csv, "a,b,c\n1,2,x\n1, two,y\n", ":3:3: error BTA014", "'two' in column 'b'" },
        { "a number of another country", DataSet.Csv, "a;b\n1;x\n1,5;y\n", ":3:1: error BTA014", "'1,5'" },
        { "no value", DataSet.Csv, "a,b,c\n1,2,x\n1,,y\n", ":3:3: error BTA019", "a missing value is not zero" },
        { "no class", DataSet.Csv, "a,b\n1,x\n1,\n", ":3:3: error BTA019", "column 'b'" },
        { "a zero byte behind a number", DataSet.Csv, "a,b\n1,x\n2\0,y\n", ":3:1: error BTA014", "is not a number" },
        { "a class that is no UTF-8", DataSet.Csv, "a,b\n1,x\n1,\uFFFD\n", ":3:3: error BTA006", "not UTF-8" },
        { "not a number", DataSet.Csv, "a,b\n1,x\nNaN,y\n", ":3:1: error BTA018", "is not finite" },
        { "infinite", DataSet.Csv, "a,b\n1,x\n1e99,y\n", ":3:1: error BTA018", "1E+99" },
        { "a line break within quotes", DataSet.Csv, "a,b\n1,\"x\ny\"\nz,y\n", ":4:1: error BTA014", "'z'" },
        { "two columns of a name", DataSet.Csv, "a,a,b\n1,2,x\n", ":1:2: error BTA020", "both called 'a'" },
        { "binary", DataSet.Csv, "\0\u0001\u0002\n\0\n", ":1:1: error BTA054", "" },
        { "text for parquet", DataSet.Parquet, "a,b\n1,x\n", ":1:1: error BTA050", "no Parquet file, or is damaged" },
        { "empty parquet", DataSet.Parquet, "", ":1:1: error BTA019", "the file is empty" },
        { "empty text", DataSet.Text, "", ":1:1: error BTA019", "the file is empty" },
        { "a file for a folder", DataSet.Images, "x", ":1:1: error BTA040", "there is no folder" },
        { "text for idx", DataSet.Idx, "hello world", ":1:1: error BTA050", "not an IDX file" },
        { "empty idx", DataSet.Idx, "", ":1:1: error BTA050", "damaged" },
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public void A_damaged_file_is_an_error_with_its_place(
        string what, DataSet set, string content, string place, string words)
    {
        Write("own", content);
        var data = Of(set, "own") with { Labels = set == DataSet.Idx ? PathOf("own") : null };
        Fails(data, "own" + place, words);
        Assert.NotEmpty(what);
    }

    [Theory]
    [InlineData(DataSet.Csv)]
    [InlineData(DataSet.Parquet)]
    [InlineData(DataSet.Images)]
    [InlineData(DataSet.Idx)]
    [InlineData(DataSet.Text)]
    public void A_file_that_is_not_there_is_an_error_that_names_it(DataSet set)
    {
        var data = Of(set, "none") with { Labels = PathOf("none") };
        Fails(data, "none:1:1: error BTA040", "");
    }

    [Fact]
    public void Every_fault_of_a_table_is_told_up_to_twenty()
    {
        Assert.Equal(3, Faults(Csv("a,b\nx,1\ny,1\n1,2,3\n1,1\n")).Length);
        Assert.Equal(20, Faults(Csv("a,b\n" + string.Concat(Enumerable.Repeat("x,1\n", 1000)))).Length);
    }

    [Fact]
    public void A_column_that_is_not_there_is_an_error_that_lists_them()
    {
        var data = Csv("a,b,c\n1,2,x\n3,4,y\n");
        Fails(data with { Target = "d" }, ":1:1: error BTA052", "data.target as one of: a, b, c");
        Fails(data with { Columns = ["a", "e"] }, ":1:1: error BTA052", "no column is called 'e'");
        Fails(data with { Columns = ["a", "c"] }, ":1:3: error BTA021", "both input and target");
        Fails(data with { Task = DataTask.Regression }, ":2:5: error BTA014", "'x'");
    }

    [Fact]
    public void Classes_beyond_a_thousand_are_an_error_that_speaks_of_regression() => Fails(
        Csv("a,b\n" + string.Concat(Enumerable.Range(0, 1001).Select(k => $"1,{k}\n"))),
            ":1:1: error BTA055", "task: regression");

    [Fact]
    public void An_image_that_claims_to_be_huge_is_refused_before_it_is_decoded()
    {
        Image("set/a/1.png", 4, 4, new SKColor(1, 2, 3), SKEncodedImageFormat.Png);
        Image("set/b/1.png", 4, 4, new SKColor(1, 2, 3), SKEncodedImageFormat.Png);
        var bytes = File.ReadAllBytes(PathOf("set/b/1.png"));
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(16), 60000);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(20), 60000);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(29), Crc(bytes.AsSpan(12, 17)));
        File.WriteAllBytes(PathOf("set/b/1.png"), bytes);
        Fails(Of(DataSet.Images, "set"), "1.png:1:1: error BTA055", "60000 x 60000");
    }

    /// <summary>
    /// Every file cut off at every length, and with every byte changed: it is read, or the error is the one for data.
    /// </summary>
    [Theory]
    [InlineData(DataSet.Csv)]
    [InlineData(DataSet.Parquet)]
    [InlineData(DataSet.Images)]
    [InlineData(DataSet.Idx)]
    [InlineData(DataSet.Text)]
    public void Whatever_is_done_to_a_file_no_other_error_comes_of_it(DataSet set)
    {
        var (file, data) = Good(set);
        var bytes = File.ReadAllBytes(PathOf(file));
        Assert.Null(Tried(data));
        var (read, failed) = (0, 0);
        void Try(byte[] damaged)
        {
            File.WriteAllBytes(PathOf(file), damaged);
            var failure = Tried(data);
            Assert.True(failure is null or DataSetException, $"{failure}");
            _ = failure is null ? read++ : failed++;
        }
        var step = Math.Max(1, bytes.Length / 150);
        for (var k = 0; k < bytes.Length; k += step)
        {
            Try(bytes[..k]);
            foreach (var value in new byte[] { 0, 0x22, 0x7F, 0xFF })
            {
                Try([.. bytes[..k], value, .. bytes[(k + 1)..]]);
            }
        }
        Try([.. bytes, .. bytes]);
        Assert.True(failed > 0, $"{read} of the damaged files were read, and none was refused");
    }

    (string File, DataSpec Data) Good(DataSet set)
    {
        switch (set)
        {
            case DataSet.Csv:
                Write("own", "a,b\n1,x\n2,\"y z\"\n3,x\n");
                return ("own", Of(set, "own"));
            case DataSet.Parquet:
                WriteParquet("own", [1.5, 2, 3], [2, 4, 6], ["b", "a", "b"]);
                return ("own", Of(set, "own"));
            case DataSet.Images:
                Image("set/a/1.png", 3, 3, new SKColor(1, 2, 3), SKEncodedImageFormat.Png);
                Image("set/b/1.jpg", 3, 3, new SKColor(200, 2, 3), SKEncodedImageFormat.Jpeg);
                return ("set/b/1.jpg", Of(set, "set"));
            case DataSet.Idx:
                WriteIdx();
                return ("labels", Of(set, "images") with { Labels = PathOf("labels") });
            default:
                Write("own", "abcdefghijklmnopqrstuvwxyz");
                return ("own", Of(set, "own") with { Context = 3 });
        }
    }

    static Exception? Tried(DataSpec data)
    {
        try
        {
            DataSource.Shards(data, [1], 1);
            return null;
        }
#pragma warning disable CA1031
        catch (Exception failure)
#pragma warning restore CA1031
        {
            return failure;
        }
    }

    DataSpec Csv(string content)
    {
        Write("own.csv", content);
        return Of(DataSet.Csv, "own.csv");
    }

    DataSpec Of(DataSet set, string path) => DataSpecOf(set) with { Path = PathOf(path) };

    static DataSpec DataSpecOf(DataSet set) => DataSpec.Default with { Set = set };

    string PathOf(string path) => Path.Combine(_folder.FullName, path);

    void Write(string path, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(path))!);
        File.WriteAllText(PathOf(path), content, new UTF8Encoding(false));
    }

    void Image(string path, int width, int height, SKColor color, SKEncodedImageFormat format)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(path))!);
        using var bitmap = new SKBitmap(width, height);
        bitmap.Erase(color);
        using var data = bitmap.Encode(format, 95);
        File.WriteAllBytes(PathOf(path), data.ToArray());
    }

    void WriteIdx()
    {
        File.WriteAllBytes(
            PathOf("images"),
            [0, 0, 8, 3, 0, 0, 0, 5, 0, 0, 0, 2, 0, 0, 0, 3, .. Enumerable.Range(0, 30).Select(k => (byte)k)]);
        File.WriteAllBytes(PathOf("labels"), [0, 0, 8, 1, 0, 0, 0, 5, 0, 1, 2, 0, 1]);
    }

    void WriteParquet(string path, double?[] x, long[] n, string[] kind)
    {
        var fields = new DataField[] { new DataField<double?>("x"),
            new DataField<long>("n"), new DataField<string>("k") };
        using var file = File.Create(PathOf(path));
#pragma warning disable CA2025 // Each task has ended before the file closes.
        var writer = ParquetWriter.CreateAsync(new ParquetSchema(fields), file).GetAwaiter().GetResult();
#pragma warning restore CA2025
        using (var group = writer.CreateRowGroup())
        {
            group.WriteAsync<double>(fields[0], x).GetAwaiter().GetResult();
            group.WriteAsync<long>(fields[1], n).GetAwaiter().GetResult();
            group.WriteAsync(fields[2], kind).GetAwaiter().GetResult();
            group.CompleteValidate();
        }
        writer.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    /// <summary>All examples, train and held out, of one neuron.</summary>
    static Examples All(DataSpec data)
    {
        var shard = DataSource.Shards(data, [1], 1)[0];
        var (a, b) = (shard.Train, shard.HeldOut);
        return a with
        {
            Inputs = [.. a.Inputs, .. b.Inputs],
            Labels = [.. a.Labels, .. b.Labels],
            Targets = a.Targets is null ? null : [.. a.Targets, .. b.Targets!],
        };
    }

    static (float, float, int)[] Sorted(Examples all) =>
    [
        .. Enumerable.Range(0, all.Count)
            .Select(k => (Rounded(all.Inputs[2 * k]), Rounded(all.Inputs[2 * k + 1]), all.Labels[k])).Order(),
    ];

    static float Rounded(float value) => MathF.Round(value, 4);

    static System.Collections.Immutable.ImmutableArray<ScenarioError> Faults(DataSpec data) =>
        Assert.Throws<DataSetException>(() => DataSource.Shards(data, [1], 1)).Faults;

    static string Failure(DataSpec data, int neurons) => Assert.Throws<DataSetException>(
        () => DataSource.Shards(data, [.. Enumerable.Repeat(1.0, neurons)], 1)).Message;

    static void Fails(DataSpec data, string place, string words)
    {
        var message = string.Join('\n', Faults(data));
        Assert.True(
            message.Contains(place, StringComparison.Ordinal) && message.Contains(words, StringComparison.Ordinal),
            message);
    }

    /// <summary>CRC-32 of a PNG chunk.</summary>
    static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var k = 0; k < 8; k++)
            {
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xEDB88320;
            }
        }
        return ~crc;
    }
}
