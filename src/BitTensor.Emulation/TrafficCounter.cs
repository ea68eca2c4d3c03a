using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace BitTensor.Emulation;

/// <summary>
/// Messages by kind and outcome. A parcel begins as <c>sent</c>, or as a link's own copy, <c>sent/duplicated</c> or <c>sent/replayed</c>, and
/// ends in exactly one other outcome, so per kind: the sum of these = the sum of the others + in flight.
/// </summary>
public sealed class TrafficCounter
{
    static readonly string[] Names = ["forward", "forward-reply", "backward", "submission", "receipt", "coalition"];

    // A kind meets few outcomes, and names are mostly the same object: looking through them is quicker than hashing them.
    readonly List<(string Outcome, long Count)>[] _parcels = Array.ConvertAll(Names, _ => new List<(string, long)>());
    readonly SortedDictionary<string, List<(string Outcome, long Count)>> _others = new(StringComparer.Ordinal);

    /// <summary>Names of the kinds of parcels.</summary>
    public static IReadOnlyList<string> Kinds => Names;

    /// <summary>Parcels counted as begun so far, over all kinds: sent by somebody, or made by a link.</summary>
    public long Sent { get; private set; }

    /// <summary>Parcels counted as ended so far, over all kinds.</summary>
    public long Ended { get; private set; }

    /// <summary>True for the outcomes with which a parcel begins.</summary>
    public static bool Begins(string outcome) => outcome.StartsWith("sent", StringComparison.Ordinal);

    /// <summary>Counts one parcel.</summary>
    public void Count(ParcelKind kind, string outcome)
    {
        if (Begins(outcome))
        {
            Sent++;
        }
        else
        {
            Ended++;
        }
        Add(_parcels[(int)kind], outcome, 1);
    }

    /// <summary>Counts something that is not a parcel, under a name of the caller's.</summary>
    public void Count(string kind, string outcome, long count)
    {
        if (!_others.TryGetValue(kind, out var counts))
        {
            _others[kind] = counts = [];
        }
        Add(counts, outcome, count);
    }

    /// <summary>Takes the counts since the last call, ordered by kind and outcome, and starts again at zero.</summary>
    public ImmutableArray<(string Kind, string Outcome, long Count)> Take()
    {
        var all = Names.Zip(_parcels).Concat(_others.Select(o => (o.Key, o.Value))).SelectMany(k => k.Item2.Select(c => (Kind: k.Item1, c.Outcome, c.Count)));
        ImmutableArray<(string, string, long)> taken = [.. all.OrderBy(c => c.Kind, StringComparer.Ordinal).ThenBy(c => c.Outcome, StringComparer.Ordinal)];
        Array.ForEach(_parcels, p => p.Clear());
        _others.Clear();
        return taken;
    }

    static void Add(List<(string Outcome, long Count)> counts, string outcome, long count)
    {
        var entries = CollectionsMarshal.AsSpan(counts);
        for (var k = 0; k < entries.Length; k++)
        {
            if (entries[k].Outcome == outcome)
            {
                entries[k].Count += count;
                return;
            }
        }
        counts.Add((outcome, count));
    }
}
