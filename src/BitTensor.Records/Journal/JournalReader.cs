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

    /// <summary>
    /// The records of a journal whose process may have been killed: up to the first line that cannot be read, which the
    /// process was writing.
    /// </summary>
    /// <exception cref="FileNotFoundException">There is no journal.</exception>
    public static IEnumerable<JournalRecord> ReadReadable(string path)
    {
        using var records = Read(path).GetEnumerator();
        while (MovesOn(records))
        {
            yield return records.Current;
        }
    }

    static bool MovesOn(IEnumerator<JournalRecord> records)
    {
        try
        {
            return records.MoveNext();
        }
        catch (JournalException)
        {
            return false;
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
