using System.Text.Json;
using System.Text.Json.Serialization;

namespace BitTensor.Records;

/// <summary>JSON format of a record: compact, numbers that read back bit for bit, the kind of record first.</summary>
[JsonSerializable(typeof(JournalRecord))]
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
sealed partial class JournalJson : JsonSerializerContext;

/// <summary>A record to and from the bytes of its line.</summary>
public static class JournalLine
{
    /// <summary>The line, without its end.</summary>
    public static byte[] Bytes(JournalRecord record) =>
        JsonSerializer.SerializeToUtf8Bytes(record, JournalJson.Default.JournalRecord);

    /// <summary>The record of a line.</summary>
    /// <exception cref="JournalException">It is not a record.</exception>
    public static JournalRecord Read(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, JournalJson.Default.JournalRecord)
                ?? throw new JournalException("no record");
        }
        catch (Exception damage) when (damage is JsonException or NotSupportedException)
        {
            throw new JournalException($"not a journal record: {damage.Message}", damage);
        }
    }
}
