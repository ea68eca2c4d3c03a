using BitTensor.Scenarios;
using SkiaSharp;

namespace BitTensor.Learning.Readers;

/// <summary>
/// Examples from a folder with one folder of PNG or JPEG images per class, in the order of their names.
/// </summary>
static class ImageFolder
{
    // A small file can claim to be a huge image.
    const long MostPixels = 1L << 26;

    static readonly string[] Endings = [".png", ".jpg", ".jpeg"];

    /// <summary>The image files of a folder, by class.</summary>
    /// <exception cref="DataSetException">There is no such folder, or a class has no image.</exception>
    public static IReadOnlyList<(string Class, string File)> FilesOf(string folder) =>
        DataFaults.Guarded(folder, "folder of images", () => FilesIn(folder));

    /// <summary>Reads the folder that the data name.</summary>
    /// <exception cref="DataSetException">An image is damaged or of another size.</exception>
    public static Examples Read(DataSpec data)
    {
        var (files, faults) = (FilesOf(data.Path!), new DataFaults());
        var channels = data.Color == ImageColor.Rgb ? 3 : 1;
        var stated = data is { Width: { } width, Height: { } height } ? new ImageSize(height, width, channels) : null;
        var size = stated;
        var names = ClassNames.Ordered(files.Select(f => f.Class));
        ClassNames.Check(data.Path!, names.Count, "the folder");
        var (inputs, labels) = (new List<float>(), new List<int>());
        foreach (var (name, file) in files)
        {
            if (faults.AreMany)
            {
                break;
            }
            using var image = Decode(file, stated, faults);
            if (image is null)
            {
                continue;
            }
            size ??= new ImageSize(image.Height, image.Width, channels);
            if ((image.Height, image.Width) != (size.Height, size.Width))
            {
                faults.Add(
                    file, (1, 1), ErrorCodes.MixedSizes,
                    $"the image is {image.Width} x {image.Height} pixels, and the first one {size.Width} x {size.Height}",
                    "write data.width and data.height, to which all are scaled");
                continue;
            }
            AddPixels(inputs, image, channels);
            labels.Add(names.IndexOf(name));
            CheckRoom(inputs.Count, file);
        }
        faults.ThrowIfAny();
        return new Examples(size!.Height * size.Width * channels,
            names.Count, [.. inputs], [.. labels]) { Image = size };
    }

    static List<(string, string)> FilesIn(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"there is no folder {folder}");
        }
        var files = new List<(string, string)>();
        foreach (var of in Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal))
        {
            var images = Directory.EnumerateFiles(of)
                .Where(f => Endings.Contains(Path.GetExtension(f), StringComparer.OrdinalIgnoreCase))
                .Order(StringComparer.Ordinal).ToList();
            if (images.Count == 0)
            {
                throw DataFaults.Of(
                    of, ErrorCodes.TooFew, "the folder of this class has no PNG or JPEG image",
                    "add images, or delete the folder");
            }
            files.AddRange(images.Select(f => (Path.GetFileName(of), f)));
        }
        return files;
    }

    static SKBitmap? Decode(string file, ImageSize? size, DataFaults faults)
    {
        try
        {
            return DataFaults.Guarded(file, "PNG or JPEG image", () => Decoded(file, size));
        }
        catch (DataSetException damage)
        {
            var fault = damage.Faults[0];
            faults.Add(file, (fault.Line, fault.Column), fault.Code, fault.Message, fault.Remedy);
            return null;
        }
    }

    static SKBitmap Decoded(string file, ImageSize? size)
    {
        using var stream = File.OpenRead(file);
        using var codec = SKCodec.Create(stream, out var begun);
        if (begun != SKCodecResult.Success)
        {
            throw new InvalidDataException("its header is not that of an image");
        }
        var (width, height) = (codec.Info.Width, codec.Info.Height);
        if (codec.EncodedFormat is not (SKEncodedImageFormat.Png or SKEncodedImageFormat.Jpeg))
        {
            throw new InvalidDataException($"it is a {codec.EncodedFormat}");
        }
        if ((long)width * height > MostPixels)
        {
            throw DataFaults.Of(
                file, ErrorCodes.TooMuch, $"the image claims {width} x {height} pixels", "use images of at most 2^26");
        }
        var info = new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        SKBitmap? bitmap = new(info);
        try
        {
            var ended = codec.GetPixels(info, bitmap.GetPixels());
            if (ended != SKCodecResult.Success)
            {
                throw new InvalidDataException($"its pixels end with {ended}");
            }
            if (size is not null && (width, height) != (size.Width, size.Height))
            {
                var smooth = new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear);
                return bitmap.Resize(info.WithSize(size.Width, size.Height), smooth)
                    ?? throw new InvalidDataException("it cannot be scaled");
            }
            var whole = bitmap;
            bitmap = null;
            return whole;
        }
        finally
        {
            bitmap?.Dispose();
        }
    }

    /// <summary>Adds planes of values in [0, 1]; grey is the brightness of ITU-R BT.601.</summary>
    static void AddPixels(List<float> inputs, SKBitmap image, int channels)
    {
        var pixels = image.GetPixelSpan();
        for (var channel = 0; channel < channels; channel++)
        {
            for (var k = 0; k < pixels.Length; k += 4)
            {
                inputs.Add(channels == 3
                    ? pixels[k + channel] / 255f
                    : (0.299f * pixels[k] + 0.587f * pixels[k + 1] + 0.114f * pixels[k + 2]) / 255f);
            }
        }
    }

    static void CheckRoom(int numbers, string file)
    {
        if (numbers > DataSource.MostNumbers)
        {
            throw DataFaults.Of(
                file, ErrorCodes.TooMuch, "the images up to this one have more than 2^28 numbers",
                "write a smaller data.width and data.height, or keep fewer images");
        }
    }
}
