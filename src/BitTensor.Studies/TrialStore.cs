using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace BitTensor.Studies;

/// <summary>A store that belongs to other work than the one at hand.</summary>
public sealed class ResumeException(string message) : Exception(message);

/// <summary>
/// Finished work, one JSON value per line behind a checksum, so that a run can be ended at any time and gone on with.
/// The first line says what the work is. A line that a crash tore or a disk damaged is dropped: its item is done again.
/// </summary>
/// <typeparam name="T">A finished item.</typeparam>
public sealed class TrialStore<T> : IDisposable
    where T : class
{
    const int ChecksumLength = 16;

    readonly JsonTypeInfo<T> _json;
    readonly FileStream _file;
    readonly Lock _turn = new();
    readonly List<T> _found = [];

    /// <summary>Opens or creates a store.</summary>
    /// <param name="path">File.</param>
    /// <param name="work">What the work is: the same text for the same work. One line.</param>
    /// <param name="json">How an item is written.</param>
    /// <exception cref="ResumeException">The file belongs to other work. It is left as it is.</exception>
    /// <exception cref="InvalidDataException">
    /// The file is something else, or its first line is damaged. It is left as it is.
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
                Write(work);
            }
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>What was there when the store was opened, in the order it was written.</summary>
    public IReadOnlyList<T> Found => _found;

    /// <summary>Adds an item; after return it outlives the process. Safe on any thread.</summary>
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
        _file.Write(Encoding.UTF8.GetBytes($"{Checksum(text)} {text}\n"));
        _file.Flush();
    }

    /// <summary>Reads the whole lines; the position after the last of them.</summary>
    long Read(string path, string work)
    {
        long end = 0;
        var first = true;
        foreach (var (line, after) in Lines())
        {
            var text = Checked(line);
            if (first && text is not null && text != work)
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
            // A last line without its line feed was torn.
            if (at <= _file.Length)
            {
                yield return (line, at);
            }
        }
    }

    /// <summary>The text of a line, or null when it is not what was written.</summary>
    static string? Checked(string line) =>
        line.Length > ChecksumLength && Checksum(line[(ChecksumLength + 1)..]) == line[..ChecksumLength]
            ? line[(ChecksumLength + 1)..]
            : null;

    static string Checksum(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..ChecksumLength];
}
