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
            yield return Parse(path, number, line);
        }
    }

    static JournalRecord Parse(string path, long number, string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, JournalJson.Default.JournalRecord)
                ?? throw new JournalException($"{path}:{number}: no record on this line.");
        }
        catch (Exception damage) when (damage is JsonException or NotSupportedException)
        {
            throw new JournalException($"{path}:{number}: not a journal record: {damage.Message}", damage);
        }
    }
}

/// <summary>Where two journals part.</summary>
/// <param name="Block">Block of the first record that differs, if it names one.</param>
/// <param name="Neuron">Neuron of it, if it names one.</param>
/// <param name="What">Both records, or the lack of one.</param>
public sealed record JournalDifference(long? Block, int? Neuron, string What)
{
    /// <summary>The first difference between two journals, the audit's rows aside; null when there is none.</summary>
    public static JournalDifference? First(string pathA, string pathB)
    {
        using var a = Run(pathA).GetEnumerator();
        using var b = Run(pathB).GetEnumerator();
        while (true)
        {
            var left = a.MoveNext() ? a.Current : null;
            var right = b.MoveNext() ? b.Current : null;
            if (left is null && right is null)
            {
                return null;
            }
            var (x, y) = (Text(left), Text(right));
            if (x != y)
            {
                var (block, neuron) = PlaceOf(left ?? right!);
                return new JournalDifference(block, neuron, $"{x} against {y}");
            }
        }
    }

    static IEnumerable<JournalRecord> Run(string path) => JournalReader.Read(path).Where(r => r is not JournalRecord.Audited);

    static string Text(JournalRecord? record) =>
        record is null ? "the end of the journal" : JsonSerializer.Serialize(record, JournalJson.Default.JournalRecord);

    static (long? Block, int? Neuron) PlaceOf(JournalRecord record) => record switch
    {
        JournalRecord.BlockClosed block => (block.Height, null),
        JournalRecord.NeuronReported report => (report.Block, report.Neuron),
        JournalRecord.TrafficCounted traffic => (traffic.Block, null),
        _ => (null, null),
    };
}
