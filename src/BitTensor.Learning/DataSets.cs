using System.Globalization;
using System.IO.Compression;
using System.Reflection;
using BitTensor.Learning.Readers;
using BitTensor.Mechanism;
using BitTensor.Scenarios;

namespace BitTensor.Learning;

/// <summary>The data sets a scenario can name.</summary>
public static class DataSets
{
    static readonly string[] FashionMnistNames = ["train-images-idx3-ubyte", "train-labels-idx1-ubyte"];
    static readonly string[] UsualFolders = ["/usr/share/datasets/fashion-mnist", "data/fashion-mnist"];

    /// <summary>
    /// Optical recognition of handwritten digits (E. Alpaydin and C. Kaynak, 1998, UCI Machine Learning Repository):
    /// 1797 images of 8 x 8, 10 classes. Embedded. Pixels 0..16 are scaled to [0, 1].
    /// </summary>
    public static Examples Digits()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("digits.csv.gz")!;
        using var reader = new StreamReader(new GZipStream(stream, CompressionMode.Decompress));
        var (inputs, labels) = (new List<float>(), new List<int>());
        while (reader.ReadLine() is { } line)
        {
            var numbers = line.Split(',');
            inputs.AddRange(numbers[..^1].Select(n => int.Parse(n, CultureInfo.InvariantCulture) / 16f));
            labels.Add(int.Parse(numbers[^1], CultureInfo.InvariantCulture));
        }
        return new Examples(64, 10, [.. inputs], [.. labels]) { Image = new ImageSize(8, 8, 1) };
    }

    /// <summary>
    /// Fashion-MNIST (Xiao, Rasul and Vollgraf, 2017): the 60,000 training images of 28 x 28, 10 classes, from a folder
    /// of IDX files.
    /// </summary>
    /// <param name="folder">The folder; null tries the usual places.</param>
    /// <exception cref="DataSetException">The files are not there or are damaged.</exception>
    public static Examples FashionMnist(string? folder)
    {
        var places = folder is null ? UsualFolders : [folder];
        var place = Array.Find(places, p => FindIdx(p, "train-images-idx3-ubyte") is not null)
            ?? throw new DataSetException(
                $"Fashion-MNIST is not in {string.Join(" or ", places)}: no train-images-idx3-ubyte(.gz) there. "
                + "On Debian and Ubuntu install the package dataset-fashion-mnist, or fetch the IDX files from "
                + "github.com/zalandoresearch/fashion-mnist and name their folder under data.folder.");
        return Labelled(
            FindIdx(place, "train-images-idx3-ubyte")!,
            FindIdx(place, "train-labels-idx1-ubyte") ?? throw new DataSetException(
                $"{place} has the images but not train-labels-idx1-ubyte(.gz)."),
            classes: 10);
    }

    /// <summary>The files of Fashion-MNIST that <see cref="FashionMnist"/> reads; empty where there are none.</summary>
    /// <param name="folder">The folder; null tries the usual places.</param>
    public static IReadOnlyList<string> FashionMnistFiles(string? folder) =>
    [
        .. (folder is null ? UsualFolders : [folder])
            .Select(p => FashionMnistNames.Select(n => FindIdx(p, n)))
            .FirstOrDefault(f => f.First() is not null, []).OfType<string>(),
    ];

    /// <summary>Images of three dimensions and their labels, from two IDX files; pixels are scaled to [0, 1].</summary>
    /// <param name="images">File of the images.</param>
    /// <param name="labels">File of the labels.</param>
    /// <param name="classes">Number of classes; null for one more than the largest label.</param>
    /// <exception cref="DataSetException">A file is missing or damaged, or they do not belong together.</exception>
    public static Examples Labelled(string images, string labels, int? classes)
    {
        var (inputs, targets) = (Idx.Read(images, dimensions: 3), Idx.Read(labels, dimensions: 1));
        if (inputs.Sizes[0] != targets.Sizes[0])
        {
            throw DataFaults.Of(
                labels, ErrorCodes.MixedSizes,
                $"{targets.Sizes[0]} labels do not belong to the {inputs.Sizes[0]} images of {Path.GetFileName(images)}",
                "name the labels of these images");
        }
        if (classes is { } most && targets.Values.Max() >= most)
        {
            throw DataFaults.Of(
                labels, ErrorCodes.Damaged, $"label {targets.Values.Max()} of a set with {most} classes",
                "name the labels of these images");
        }
        var count = classes ?? targets.Values.Max() + 1;
        ClassNames.Check(labels, targets.Values.Distinct().Count(), "the file");
        return new Examples(
            inputs.Sizes[1] * inputs.Sizes[2], count, Array.ConvertAll(inputs.Values, v => v / 255f),
            Array.ConvertAll(targets.Values, v => (int)v))
        {
            Image = new ImageSize(inputs.Sizes[1], inputs.Sizes[2], 1),
        };
    }

    /// <summary>Gaussian clusters around one centre per class; the centres come from the unit normal.</summary>
    /// <param name="seed">Seed.</param>
    /// <param name="examples">How many.</param>
    /// <param name="features">Columns.</param>
    /// <param name="classes">Classes.</param>
    /// <param name="spread">Standard deviation around a centre.</param>
    public static Examples Synthetic(ulong seed, int examples, int features, int classes, double spread)
    {
        var dice = new RandomStream(seed, "synthetic");
        var centres = new double[classes * features];
        for (var k = 0; k < centres.Length; k++)
        {
            centres[k] = dice.NextNormal();
        }
        var (inputs, labels) = (new float[examples * features], new int[examples]);
        for (var e = 0; e < examples; e++)
        {
            labels[e] = e % classes;
            for (var f = 0; f < features; f++)
            {
                inputs[e * features + f] = (float)(centres[labels[e] * features + f] + spread * dice.NextNormal());
            }
        }
        return new Examples(features, classes, inputs, labels);
    }

    static string? FindIdx(string folder, string name) =>
        new[] { Path.Combine(folder, name), Path.Combine(folder, name + ".gz") }.FirstOrDefault(File.Exists);
}
