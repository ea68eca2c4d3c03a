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

/// <summary>Where two journals part.</summary>
/// <param name="Block">Block of the first record that differs, if it names one.</param>
/// <param name="Neuron">Neuron of it, if it names one.</param>
/// <param name="What">Both records, or the lack of one.</param>
public sealed record JournalDifference(long? Block, int? Neuron, string What)
{
    const string End = "the end of the journal";

    /// <summary>The first line, audit and all, in which a journal differs from the one it should be; null when there is none.</summary>
    /// <param name="path">The journal in doubt: its lines may be anything.</param>
    /// <param name="rightPath">The journal it should be.</param>
    /// <exception cref="IOException">One cannot be read.</exception>
    public static JournalDifference? First(string path, string rightPath)
    {
        using var lines = File.ReadLines(path, Encoding.UTF8).GetEnumerator();
        using var rightLines = File.ReadLines(rightPath, Encoding.UTF8).GetEnumerator();
        var place = (Block: (long?)null, Neuron: (int?)null);
        while (true)
        {
            var line = lines.MoveNext() ? lines.Current : null;
            var right = rightLines.MoveNext() ? rightLines.Current : null;
            if (line is null && right is null)
            {
                return null;
            }
            // What the line should be says where it stands; a line too many stands behind the last one.
            place = right is null ? place : PlaceOf(JournalReader.Parse(rightPath, right));
            if (line != right)
            {
                return new JournalDifference(place.Block, place.Neuron, $"{line ?? End} against {right ?? End}");
            }
        }
    }

    static (long? Block, int? Neuron) PlaceOf(JournalRecord record) => record switch
    {
        JournalRecord.BlockClosed block => (block.Height, null),
        JournalRecord.NeuronReported report => (report.Block, report.Neuron),
        JournalRecord.TrafficCounted traffic => (traffic.Block, null),
        JournalRecord.Audited audited => (audited.Block, audited.Neuron),
        _ => (null, null),
    };
}
