using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;

namespace BitTensor.Records;

/// <summary>
/// Writes the journal: one JSON value per line. Keeps two hashes, one over the run and one over the audit.
/// </summary>
public sealed class JournalWriter : IDisposable
{
    readonly Stream _stream;
    readonly IncrementalHash _run = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    readonly IncrementalHash _audit = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    readonly ArrayBufferWriter<byte> _line = new();

    /// <summary>A journal on <paramref name="stream"/>; the writer disposes of the stream.</summary>
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
