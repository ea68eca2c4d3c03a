using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace BitTensor.Studies;

/// <summary>The store belongs to other work.</summary>
public sealed class ResumeException(string message) : Exception(message);

/// <summary>
/// Finished items, one JSON object per line (JSON Lines): a checksum and the item, so that a run can be interrupted at
/// any time and resumed. The first line identifies the work. A line torn by a crash or damaged by a disk is dropped,
/// and its item is computed again.
/// </summary>
/// <typeparam name="T">A finished item.</typeparam>
public sealed class TrialStore<T> : IDisposable
    where T : class
{
    readonly JsonTypeInfo<T> _json;
    readonly FileStream _file;
    readonly Lock _turn = new();
    readonly List<T> _found = [];

    /// <summary>Opens or creates a store.</summary>
    /// <param name="path">File.</param>
    /// <param name="work">Identity of the work: one line, the same text for the same work.</param>
    /// <param name="json">JSON format of an item.</param>
    /// <exception cref="ResumeException">The file belongs to other work; it is left unchanged.</exception>
    /// <exception cref="InvalidDataException">
    /// The file is of another kind, or its first line is damaged; it is left unchanged.
    /// </exception>
    public TrialStore(string path, string work, JsonTypeInfo<T> json)
    {
        _json = json;
        _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        try
        {
            var end = Read(path, work);
            _file.SetLength(end);
            _file.Seek(0, SeekOrigin.End);
            if (end == 0)
            {
                Write(JsonSerializer.Serialize(work, TextJson.Default.String));
            }
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>The items in the file when the store was opened, in the order of writing.</summary>
    public IReadOnlyList<T> Found => _found;

    /// <summary>Adds an item; durable on return. Thread-safe.</summary>
    public void Add(T item)
    {
        var text = JsonSerializer.Serialize(item, _json);
        lock (_turn)
        {
            Write(text);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    void Write(string text)
    {
        _file.Write(Encoding.UTF8.GetBytes(TrialFile.LineOf(text)));
        _file.Flush();
    }

    /// <summary>Reads the whole lines; the position after the last of them.</summary>
    long Read(string path, string work)
    {
        long end = 0;
        var first = true;
        var identity = JsonSerializer.Serialize(work, TextJson.Default.String);
        foreach (var (line, after) in Lines())
        {
            var text = TrialFile.Checked(line);
            if (first && text is not null && text != identity)
            {
                throw new ResumeException(
                    $"{path} holds results of another scenario or seed: go on with the scenario that began it, or run "
                    + "into a new folder");
            }
            if (first && text is null)
            {
                throw new InvalidDataException(
                    $"{path} does not begin as a file of finished trials; move it away to begin anew");
            }
            if (!first && text is not null)
            {
                _found.Add(JsonSerializer.Deserialize(text, _json)!);
            }
            (first, end) = (false, after);
        }
        return end;
    }

    IEnumerable<(string Line, long After)> Lines()
    {
        using var reader = new StreamReader(_file, new UTF8Encoding(false), false, 1 << 16, leaveOpen: true);
        long at = 0;
        while (reader.ReadLine() is { } line)
        {
            at += Encoding.UTF8.GetByteCount(line) + 1;
            // A last line without a line feed was torn.
            if (at <= _file.Length)
            {
                yield return (line, at);
            }
        }
    }
}

/// <summary>Files of finished items.</summary>
public static class TrialFile
{
    const int ChecksumLength = 16;
    const string Head = "{\"checksum\":\"";
    const string Middle = "\",\"value\":";
    static readonly int ValueAt = Head.Length + ChecksumLength + Middle.Length;

    /// <summary>The finished items of a file, of whatever work; a line that is damaged counts as not there.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyList<T> ReadAll<T>(string path, JsonTypeInfo<T> json)
        where T : class =>
        [.. File.ReadLines(path).Select(Checked).Skip(1).OfType<string>()
            .Select(text => JsonSerializer.Deserialize(text, json)!)];

    /// <summary>The line of a text, with its end.</summary>
    internal static string LineOf(string text) => $"{Head}{Checksum(text)}{Middle}{text}}}\n";

    /// <summary>The text of a line; null when its checksum does not match.</summary>
    internal static string? Checked(string line)
    {
        if (line.Length <= ValueAt || !line.StartsWith(Head, StringComparison.Ordinal) || !line.EndsWith('}'))
        {
            return null;
        }
        var text = line[ValueAt..^1];
        return Checksum(text) == line.Substring(Head.Length, ChecksumLength) ? text : null;
    }

    static string Checksum(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..ChecksumLength];
}

/// <summary>JSON format of the identity of a work.</summary>
[JsonSerializable(typeof(string))]
sealed partial class TextJson : JsonSerializerContext;
