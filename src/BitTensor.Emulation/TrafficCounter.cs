using System.Collections.Immutable;

namespace BitTensor.Emulation;

/// <summary>
/// Messages by kind and outcome. A parcel begins as <c>sent</c>, or as a link's own copy, <c>sent/duplicated</c> or <c>sent/replayed</c>, and
/// ends in exactly one other outcome, so per kind: the sum of these = the sum of the others + in flight.
/// </summary>
public sealed class TrafficCounter
{
    static readonly string[] Names = ["forward", "forward-reply", "backward", "submission", "receipt", "coalition"];

    // One inhabitant meets some dozen of them, and names are mostly the same object: looking through them is quicker than hashing them.
    (string Kind, string Outcome, long Count)[] _counts = new (string, string, long)[12];
    int _used;

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
        Count(Names[(int)kind], outcome, 1);
    }

    /// <summary>Counts something that is not a parcel, under a name of the caller's.</summary>
    public void Count(string kind, string outcome, long count)
    {
        for (var k = 0; k < _used; k++)
        {
            ref var entry = ref _counts[k];
            if (entry.Outcome == outcome && entry.Kind == kind)
            {
                entry.Count += count;
                return;
            }
        }
        if (_used == _counts.Length)
        {
            Array.Resize(ref _counts, 2 * _used);
        }
        _counts[_used++] = (kind, outcome, count);
    }

    /// <summary>Takes the counts since the last call, ordered by kind and outcome, and starts again at zero.</summary>
    public ImmutableArray<(string Kind, string Outcome, long Count)> Take()
    {
        var taken = ImmutableArray.Create(_counts.AsSpan(0, _used)).Sort(ByName);
        _used = 0;
        return taken;
    }

    static int ByName((string Kind, string Outcome, long Count) a, (string Kind, string Outcome, long Count) b)
    {
        var kinds = string.CompareOrdinal(a.Kind, b.Kind);
        return kinds != 0 ? kinds : string.CompareOrdinal(a.Outcome, b.Outcome);
    }
}
