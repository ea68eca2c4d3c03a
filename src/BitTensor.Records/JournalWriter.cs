using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace BitTensor.Records;

/// <summary>A journal cannot be read.</summary>
public sealed class JournalException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>How a record is written: compact JSON, numbers so that they read back bit for bit, the kind of record first.</summary>
[JsonSerializable(typeof(JournalRecord))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
sealed partial class JournalJson : JsonSerializerContext;

/// <summary>One record as the bytes of its line, for who passes it on.</summary>
public static class JournalLine
{
    /// <summary>The line, without its end.</summary>
    public static byte[] Bytes(JournalRecord record) => JsonSerializer.SerializeToUtf8Bytes(record, JournalJson.Default.JournalRecord);

    /// <summary>The record of a line.</summary>
    /// <exception cref="JournalException">It is not a record.</exception>
    public static JournalRecord Read(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, JournalJson.Default.JournalRecord) ?? throw new JournalException("no record");
        }
        catch (Exception damage) when (damage is JsonException or NotSupportedException)
        {
            throw new JournalException($"not a journal record: {damage.Message}", damage);
        }
    }
}

/// <summary>Writes the journal: one JSON value per line. Two hashes run along, one over the run and one over the audit.</summary>
public sealed class JournalWriter : IDisposable
{
    readonly Stream _stream;
    readonly IncrementalHash _run = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    readonly IncrementalHash _audit = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    readonly ArrayBufferWriter<byte> _line = new();

    /// <summary>A journal on <paramref name="stream"/>, which it owns from here on.</summary>
    public JournalWriter(Stream stream) => _stream = stream;

    /// <summary>SHA-256, lowercase hex, over all lines so far that do not come from the audit.</summary>
    public string Hash => Convert.ToHexStringLower(_run.GetCurrentHash());

    /// <summary>SHA-256, lowercase hex, over the audit's lines so far.</summary>
    public string AuditHash => Convert.ToHexStringLower(_audit.GetCurrentHash());

    /// <summary>Appends one record.</summary>
    public void Write(JournalRecord record)
    {
        _line.ResetWrittenCount();
        using (var writer = new Utf8JsonWriter(_line))
        {
            JsonSerializer.Serialize(writer, record, JournalJson.Default.JournalRecord);
        }
        _line.Write("\n"u8);
        _stream.Write(_line.WrittenSpan);
        (record is JournalRecord.Audited ? _audit : _run).AppendData(_line.WrittenSpan);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stream.Dispose();
        _run.Dispose();
        _audit.Dispose();
    }
}

/// <summary>Reads a journal.</summary>
public static class JournalReader
{
    /// <summary>The records in order, read as they are asked for.</summary>
    /// <exception cref="FileNotFoundException">There is no journal.</exception>
    /// <exception cref="JournalException">A line cannot be read; the message names it.</exception>
    public static IEnumerable<JournalRecord> Read(string path)
    {
        long number = 0;
        foreach (var line in File.ReadLines(path, Encoding.UTF8))
        {
            number++;
            yield return Parse($"{path}:{number}", line);
        }
    }

    /// <summary>The record on one line, which stands at <paramref name="place"/>.</summary>
    internal static JournalRecord Parse(string place, string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, JournalJson.Default.JournalRecord)
                ?? throw new JournalException($"{place}: no record on this line.");
        }
        catch (Exception damage) when (damage is JsonException or NotSupportedException)
        {
            throw new JournalException($"{place}: not a journal record: {damage.Message}", damage);
        }
    }
}
