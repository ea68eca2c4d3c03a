using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace BitTensor.Records;

/// <summary>One value that differs between two records.</summary>
/// <param name="Field">Its name, e.g. <c>loss</c> or <c>stake[3]</c>.</param>
/// <param name="Left">Value on the left, as written; empty when the left record lacks the field.</param>
/// <param name="Right">Value on the right.</param>
public sealed record FieldDifference(string Field, string Left, string Right);

/// <summary>The first difference of two journals.</summary>
/// <param name="Block">Block of the first record that differs, if it names one.</param>
/// <param name="Neuron">Neuron of that record, if it names one.</param>
/// <param name="What">Both lines, or the end of a journal in place of one.</param>
/// <param name="Fields">The values that differ, when both records are of one kind.</param>
public sealed record JournalDifference(long? Block, int? Neuron, string What, ImmutableArray<FieldDifference> Fields)
{
    const string End = "the end of the journal";

    /// <summary>Block and neuron of the first record that differs, for people.</summary>
    /// <param name="populationOf">Population of a neuron; null to leave it out.</param>
    public string Place(Func<int, string>? populationOf = null) => (Block, Neuron) switch
    {
        ({ } block, { } neuron) => $"block {block}, neuron {neuron}"
            + (populationOf is null ? "" : $" ({populationOf(neuron)})"),
        ({ } block, null) => $"block {block}",
        _ => "outside of any block",
    };

    /// <summary>
    /// The first line, audit included, in which a journal differs from its reference; null when they are equal. Lines
    /// of either may be damaged.
    /// </summary>
    /// <param name="path">The journal under test.</param>
    /// <param name="rightPath">The reference journal.</param>
    /// <exception cref="IOException">One cannot be read.</exception>
    public static JournalDifference? First(string path, string rightPath) =>
        First(File.ReadLines(path, Encoding.UTF8), File.ReadLines(rightPath, Encoding.UTF8));

    /// <summary>
    /// Likewise for a run that ends after block <paramref name="last"/> and a longer reference. Leaves out the traffic
    /// of that block, of which the shorter run counts more, and the audits, which appear when their results arrive.
    /// </summary>
    /// <exception cref="IOException">One cannot be read.</exception>
    public static JournalDifference? First(string path, string rightPath, long last) =>
        First(Through(path, last), Through(rightPath, last));

    static JournalDifference? First(IEnumerable<string> left, IEnumerable<string> rightLines)
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
            // The reference line tells block and neuron; a surplus or damaged line takes those of the one before it.
            place = right is not null && ReadOrNull(right) is { } record ? PlaceOf(record) : place;
            if (line != right)
            {
                return new JournalDifference(
                    place.Block, place.Neuron, $"{line ?? End} against {right ?? End}", FieldsOf(line, right));
            }
        }
    }

    static IEnumerable<string> Through(string path, long last)
    {
        foreach (var line in File.ReadLines(path, Encoding.UTF8))
        {
            // A damaged line differs from every record.
            var record = ReadOrNull(line);
            var block = record is null ? null : PlaceOf(record).Block;
            if (record is JournalRecord.Finished || block > last
                || (block == last && record is JournalRecord.TrafficCounted))
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
