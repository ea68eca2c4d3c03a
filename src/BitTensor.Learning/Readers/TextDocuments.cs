using System.IO.Compression;
using System.Reflection;
using System.Text;
using BitTensor.Scenarios;

namespace BitTensor.Learning.Readers;

/// <summary>
/// Text for the prediction of the next byte: an example is a window of Context bytes, as numbers 0 to 255, and its
/// label the byte that follows.
/// </summary>
static class TextDocuments
{
    const int Bytes = 256;

    /// <summary>The files of the documents; one for a file, those of a folder in the order of their names.</summary>
    /// <exception cref="DataSetException">There is no such file, or the folder is empty.</exception>
    public static IReadOnlyList<string> FilesOf(string path) => DataFaults.Guarded(path, "text", () => FilesIn(path));

    /// <summary>
    /// The documents that the data name: a file each, a file's parts between lines of three hyphens, or the chapters
    /// of the text that is built in.
    /// </summary>
    /// <exception cref="DataSetException">A document is missing, empty or too long.</exception>
    public static IReadOnlyList<byte[]> Read(DataSpec data)
    {
        if (data.Path is not { } path)
        {
            return Chapters();
        }
        return [.. FilesOf(path).SelectMany(file => DataFaults.Guarded(file, "text", () => PartsOf(file)))];
    }

    /// <summary>
    /// One shard per neuron: document d belongs to neuron d modulo n, and the end of each document is held out. No byte
    /// that is trained on is in a window that is held out.
    /// </summary>
    /// <param name="documents">The documents.</param>
    /// <param name="data">Context, holdout, and the most windows of all documents.</param>
    /// <param name="neurons">How many.</param>
    /// <exception cref="DataSetException">There are fewer documents than neurons, or one is too short.</exception>
    public static List<Shard> Deal(IReadOnlyList<byte[]> documents, DataSpec data, int neurons)
    {
        if (documents.Count < neurons)
        {
            throw new DataSetException(
                $"{documents.Count} documents are too few for {neurons} neurons, each of which gets one at least; add "
                + "files, divide a file by lines of three hyphens, or use fewer neurons.");
        }
        var step = StepOf(documents, data);
        return
        [
            .. Enumerable.Range(0, neurons).Select(i => ShardOf(
                [.. documents.Index().Where(d => d.Index % neurons == i)], data, step)),
        ];
    }

    /// <summary>Bytes from one window to the next.</summary>
    static int StepOf(IReadOnlyList<byte[]> documents, DataSpec data)
    {
        var windows = documents.Sum(d => (long)d.Length);
        var most = Math.Min(data.Examples ?? long.MaxValue, DataSource.MostNumbers / data.Context);
        return (int)Math.Max(1, (windows + most - 1) / most);
    }

    static Shard ShardOf(IReadOnlyList<(int Index, byte[] Text)> documents, DataSpec data, int step)
    {
        var (train, heldOut) = (new List<(byte[], int)>(), new List<(byte[], int)>());
        foreach (var (index, text) in documents)
        {
            var first = (int)Math.Round(text.Length * (1 - data.Holdout));
            Add(train, text, 0, first, data.Context, step);
            Add(heldOut, text, first, text.Length, data.Context, step);
            if (train.Count == 0 || heldOut.Count == 0)
            {
                throw new DataSetException(
                    $"Document {index + 1} has {text.Length} bytes, too few to train and to hold out windows of "
                    + $"{data.Context} bytes and the next one; use longer documents or a smaller data.context.");
            }
        }
        return new Shard(Windows(train, data.Context), Windows(heldOut, data.Context));
    }

    static void Add(List<(byte[], int)> windows, byte[] text, int from, int until, int context, int step)
    {
        for (var start = from; start + context < until; start += step)
        {
            windows.Add((text, start));
        }
    }

    static Examples Windows(List<(byte[] Text, int Start)> windows, int context)
    {
        var (inputs, labels) = (new float[windows.Count * context], new int[windows.Count]);
        foreach (var (k, (text, start)) in windows.Index())
        {
            for (var c = 0; c < context; c++)
            {
                inputs[k * context + c] = text[start + c];
            }
            labels[k] = text[start + context];
        }
        return new Examples(context, Bytes, inputs, labels);
    }

    static List<string> FilesIn(string path)
    {
        if (!Directory.Exists(path))
        {
            File.OpenRead(path).Dispose();
            return [path];
        }
        List<string> files = [.. Directory.EnumerateFiles(path).Order(StringComparer.Ordinal)];
        return files.Count > 0
            ? files
            : throw DataFaults.Of(path, ErrorCodes.TooFew, "the folder has no file", "add a file per document");
    }

    static List<byte[]> PartsOf(string file)
    {
        if (new FileInfo(file).Length > DataSource.MostNumbers)
        {
            throw DataFaults.Of(file, ErrorCodes.TooMuch, "the text is longer than 2^28 bytes", "keep a part of it");
        }
        var text = Encoding.Latin1.GetString(File.ReadAllBytes(file)).Replace("\r\n", "\n", StringComparison.Ordinal);
        List<string> parts = [.. text.Split("\n---\n").Where(p => p.Length > 0)];
        return parts.Count > 0
            ? [.. parts.Select(Encoding.Latin1.GetBytes)]
            : throw DataFaults.Of(file, ErrorCodes.Empty, "the file is empty", "write text into it, or delete it");
    }

    /// <summary>
    /// Alice's Adventures in Wonderland (Lewis Carroll, 1865; in the public domain), the text of the Canterbury corpus:
    /// twelve chapters, 10 to 14 kB each.
    /// </summary>
    static List<byte[]> Chapters()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("alice.txt.gz")!;
        using var reader = new StreamReader(new GZipStream(stream, CompressionMode.Decompress), Encoding.ASCII);
        var chapters = new List<StringBuilder>();
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith(' ') && line.TrimStart().StartsWith("CHAPTER ", StringComparison.Ordinal))
            {
                chapters.Add(new StringBuilder());
            }
            chapters[^1].Append(line).Append('\n');
        }
        return [.. chapters.Select(c => Encoding.ASCII.GetBytes(c.ToString()))];
    }
}
