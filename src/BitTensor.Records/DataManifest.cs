using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace BitTensor.Records;

/// <summary>A file that a run read its data from.</summary>
/// <param name="Name">Full path.</param>
/// <param name="Bytes">Size.</param>
/// <param name="Sha256">SHA-256 of the content, hex.</param>
public sealed record DataFile(string Name, long Bytes, string Sha256)
{
    /// <summary>Reads and hashes a file.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static DataFile Of(string path)
    {
        using var stream = File.OpenRead(path);
        return new DataFile(path, stream.Length, Convert.ToHexStringLower(SHA256.HashData(stream)));
    }
}

/// <summary>
/// The files that a run read its data from: <c>data.json</c>. A run of data that are built in, or drawn, has none.
/// </summary>
/// <param name="Files">The files, in the order in which they are read.</param>
public sealed record DataManifest(ImmutableArray<DataFile> Files)
{
    /// <summary>Reads and hashes files.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static DataManifest Of(IEnumerable<string> files) => new([.. files.Select(DataFile.Of)]);

    /// <summary>Writes the manifest into a run folder, unless it is empty.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Write(string folder)
    {
        if (!Files.IsEmpty)
        {
            var text = JsonSerializer.Serialize(this, DataManifestJson.Default.DataManifest);
            File.WriteAllText(Path.Combine(folder, RunFolder.DataFile), text + "\n");
        }
    }

    /// <summary>Reads the manifest of a run folder; an empty one when the folder has none.</summary>
    /// <exception cref="InvalidDataException">The file cannot be read.</exception>
    public static DataManifest Read(string folder)
    {
        var path = Path.Combine(folder, RunFolder.DataFile);
        if (!File.Exists(path))
        {
            return new DataManifest([]);
        }
        try
        {
            var read = JsonSerializer.Deserialize(File.ReadAllText(path), DataManifestJson.Default.DataManifest);
            return read is { Files.IsDefault: false } && read.Files.All(f => f is { Name: not null, Sha256: not null })
                ? read
                : throw new InvalidDataException($"{path} does not name the files of a run.");
        }
        catch (JsonException damage)
        {
            throw new InvalidDataException($"{path} cannot be read: {damage.Message}", damage);
        }
    }

    /// <summary>What is different now, a line per file; empty when every file is as it was.</summary>
    /// <param name="now">The files that a run would read now, by the same names or in another folder.</param>
    public ImmutableArray<string> ChangesIn(DataManifest now)
    {
        var (before, after) = (Relative(Files), Relative(now.Files));
        return
        [
            .. before.Where(b => !after.ContainsKey(b.Key)).Select(b => $"{b.Value.Name} is not there"),
            .. after.Where(a => !before.ContainsKey(a.Key)).Select(a => $"{a.Value.Name} is new"),
            .. before.Where(b => after.TryGetValue(b.Key, out var a) && a.Sha256 != b.Value.Sha256)
                .Select(b => Changed(b.Value, after[b.Key])),
        ];
    }

    static string Changed(DataFile before, DataFile now) =>
        $"{now.Name} had {before.Bytes} bytes with sha256 {before.Sha256[..12]}, and has {now.Bytes} with "
        + $"{now.Sha256[..12]}";

    /// <summary>Files by their paths from the folder that all of them are in.</summary>
    static SortedDictionary<string, DataFile> Relative(ImmutableArray<DataFile> files)
    {
        var sorted = new SortedDictionary<string, DataFile>(StringComparer.Ordinal);
        var shared = files.Length == 0 ? 0 : files.Min(f => SharedLength(files[0].Name, f.Name));
        foreach (var file in files)
        {
            sorted[file.Name[shared..]] = file;
        }
        return sorted;
    }

    /// <summary>Length of the longest folder that both paths begin with.</summary>
    static int SharedLength(string a, string b)
    {
        var end = Math.Min(a.LastIndexOfAny(Separators), b.LastIndexOfAny(Separators)) + 1;
        var same = 0;
        while (same < end && a[same] == b[same])
        {
            same++;
        }
        return same == 0 ? 0 : a.LastIndexOfAny(Separators, same - 1) + 1;
    }

    static readonly char[] Separators = [Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar];
}

/// <summary>Serialization of <c>data.json</c>.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DataManifest))]
sealed partial class DataManifestJson : JsonSerializerContext;
