using System.Text;
using System.Text.Json;

namespace BitTensor.Records;

/// <summary>Reads a journal.</summary>
public static class JournalReader
{
    /// <summary>The records in order, read lazily.</summary>
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

    /// <summary>The record on one line; <paramref name="place"/> names the line in errors.</summary>
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
