using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace BitTensor.Records;

/// <summary>One value that differs between two records.</summary>
/// <param name="Field">Its name, e.g. <c>loss</c> or <c>stake[3]</c>.</param>
/// <param name="Left">Value on the left, as it is written; empty when there is none.</param>
/// <param name="Right">Value on the right.</param>
public sealed record FieldDifference(string Field, string Left, string Right);

/// <summary>Where two journals part.</summary>
/// <param name="Block">Block of the first record that differs, if it names one.</param>
/// <param name="Neuron">Neuron of it, if it names one.</param>
/// <param name="What">Both records, or the lack of one.</param>
/// <param name="Fields">The values that differ, when both records are of one kind.</param>
public sealed record JournalDifference(long? Block, int? Neuron, string What, ImmutableArray<FieldDifference> Fields)
{
    const string End = "the end of the journal";

    /// <summary>Block and neuron of the first record that differs, for people.</summary>
    public string Place() => (Block, Neuron) switch
    {
        ({ } block, { } neuron) => $"block {block}, neuron {neuron}",
        ({ } block, null) => $"block {block}",
        _ => "outside of any block",
    };

    /// <summary>The first line, audit and all, in which a journal differs from the one it should be; null when there is none.</summary>
    /// <param name="path">The journal in doubt: its lines may be anything.</param>
    /// <param name="rightPath">The journal it should be.</param>
    /// <exception cref="IOException">One cannot be read.</exception>
    public static JournalDifference? First(string path, string rightPath) =>
        First(File.ReadLines(path, Encoding.UTF8), File.ReadLines(rightPath, Encoding.UTF8), rightPath);

    /// <summary>
    /// Likewise, as far as a run that ends after block <paramref name="last"/> can be compared with a longer one: without the traffic of
    /// that block, of which the shorter run counts more, and without audits, which stand where they became known.
    /// </summary>
    /// <exception cref="IOException">One cannot be read.</exception>
    public static JournalDifference? First(string path, string rightPath, long last) =>
        First(Through(path, last), Through(rightPath, last), rightPath);

    static JournalDifference? First(IEnumerable<string> left, IEnumerable<string> rightLines, string rightPath)
    {
        using var lefts = left.GetEnumerator();
        using var rights = rightLines.GetEnumerator();
        var place = (Block: (long?)null, Neuron: (int?)null);
        while (true)
        {
            var line = lefts.MoveNext() ? lefts.Current : null;
            var right = rights.MoveNext() ? rights.Current : null;
            if (line is null && right is null)
            {
                return null;
            }
            // What the line should be says where it stands; a line too many stands behind the last one.
            place = right is null ? place : PlaceOf(JournalReader.Parse(rightPath, right));
            if (line != right)
            {
                return new JournalDifference(place.Block, place.Neuron, $"{line ?? End} against {right ?? End}", FieldsOf(line, right));
            }
        }
    }

    static IEnumerable<string> Through(string path, long last)
    {
        foreach (var line in File.ReadLines(path, Encoding.UTF8))
        {
            // A line that is no record differs from any that is.
            var record = ReadOrNull(line);
            var block = record is null ? null : PlaceOf(record).Block;
            if (record is JournalRecord.Finished || block > last || (block == last && record is JournalRecord.TrafficCounted))
            {
                yield break;
            }
            if (record is not JournalRecord.Audited)
            {
                yield return line;
            }
        }
    }

    static JournalRecord? ReadOrNull(string line)
    {
        try
        {
            return JournalLine.Read(Encoding.UTF8.GetBytes(line));
        }
        catch (JournalException)
        {
            return null;
        }
    }

    static (long? Block, int? Neuron) PlaceOf(JournalRecord record) => record switch
    {
        JournalRecord.BlockClosed block => (block.Height, null),
        JournalRecord.Happened happened => (happened.Block, null),
        JournalRecord.NeuronReported report => (report.Block, report.Neuron),
        JournalRecord.TrafficCounted traffic => (traffic.Block, null),
        JournalRecord.Audited audited => (audited.Block, audited.Neuron),
        _ => (null, null),
    };

    static ImmutableArray<FieldDifference> FieldsOf(string? left, string? right)
    {
        if (left is null || right is null)
        {
            return [];
        }
        try
        {
            var (a, b) = (Flat(left), Flat(right));
            return a.GetValueOrDefault("record") != b.GetValueOrDefault("record")
                ? []
                : [.. a.Keys.Union(b.Keys).Where(k => a.GetValueOrDefault(k) != b.GetValueOrDefault(k))
                    .Select(k => new FieldDifference(k, a.GetValueOrDefault(k, ""), b.GetValueOrDefault(k, "")))];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    /// <summary>The values of one line by name, entries of arrays by name and index.</summary>
    static Dictionary<string, string> Flat(string line)
    {
        using var document = JsonDocument.Parse(line);
        var values = new Dictionary<string, string>();
        foreach (var property in document.RootElement.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.Array)
            {
                values[property.Name] = property.Value.GetRawText();
                continue;
            }
            foreach (var (entry, k) in property.Value.EnumerateArray().Select((e, k) => (e, k)))
            {
                values[$"{property.Name}[{k}]"] = entry.GetRawText();
            }
        }
        return values;
    }
}
