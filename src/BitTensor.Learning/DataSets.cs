using System.Globalization;
using System.IO.Compression;
using System.Reflection;
using BitTensor.Mechanism;

namespace BitTensor.Learning;

/// <summary>The data sets a scenario can name.</summary>
public static class DataSets
{
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
        return new Examples(64, 10, [.. inputs], [.. labels]);
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
        var images = Idx.Read(FindIdx(place, "train-images-idx3-ubyte")!, dimensions: 3);
        var labels = Idx.Read(FindIdx(place, "train-labels-idx1-ubyte") ?? throw new DataSetException(
            $"{place} has the images but not train-labels-idx1-ubyte(.gz)."), dimensions: 1);
        if (images.Sizes[0] != labels.Sizes[0] || labels.Values.Any(l => l > 9))
        {
            throw new DataSetException($"The images and labels in {place} do not belong together.");
        }
        return new Examples(
            images.Sizes[1] * images.Sizes[2], 10, Array.ConvertAll(images.Values, v => v / 255f),
            Array.ConvertAll(labels.Values, v => (int)v));
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
