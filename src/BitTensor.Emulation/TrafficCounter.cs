using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace BitTensor.Emulation;

/// <summary>
/// Messages by kind and outcome. A parcel begins as <c>sent</c>, or as a link's own copy, <c>sent/duplicated</c> or <c>sent/replayed</c>, and
/// ends in exactly one other outcome, so per kind: the sum of these = the sum of the others + in flight.
/// </summary>
public sealed class TrafficCounter
{
    const long Untouched = -1;

    static readonly string[] Names = ["forward", "forward-reply", "backward", "submission", "receipt", "coalition"];

    readonly OutcomeNames _outcomes;
    long[] _counts = [];

    internal TrafficCounter(OutcomeNames outcomes) => _outcomes = outcomes;

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
        var number = _outcomes.NumberOf(kind, outcome);
        if (number >= _counts.Length)
        {
            var before = _counts.Length;
            Array.Resize(ref _counts, number / 8 * 8 + 8);
            Array.Fill(_counts, Untouched, before, _counts.Length - before);
        }
        ref var counted = ref _counts[number];
        counted = Math.Max(0, counted) + count;
    }

    /// <summary>Takes the counts since the last call, ordered by kind and outcome, and starts again at zero.</summary>
    public ImmutableArray<(string Kind, string Outcome, long Count)> Take()
    {
        var taken = new (string Kind, string Outcome, long Count)[_counts.Length - _counts.AsSpan().Count(Untouched)];
        var next = 0;
        for (var number = 0; number < _counts.Length; number++)
        {
            if (_counts[number] != Untouched)
            {
                var (kind, outcome) = _outcomes.NameOf(number);
                taken[next++] = (kind, outcome, _counts[number]);
            }
        }
        Array.Fill(_counts, Untouched);
        Array.Sort(taken, ByName);
        return ImmutableCollectionsMarshal.AsImmutableArray(taken);
    }

    static int ByName((string Kind, string Outcome, long Count) a, (string Kind, string Outcome, long Count) b)
    {
        var kinds = string.CompareOrdinal(a.Kind, b.Kind);
        return kinds != 0 ? kinds : string.CompareOrdinal(a.Outcome, b.Outcome);
    }
}

/// <summary>
/// Kinds and outcomes by number, in the order in which a run first meets them. All its counters share it, so that each of them is a row of numbers: that of
/// an inhabitant of a large network has left the caches by the time it counts again, what all share has not. May be used by many threads.
/// </summary>
sealed class OutcomeNames
{
    readonly Lock _gate = new();
    volatile (string Kind, string Outcome)[] _names = [];

    /// <summary>The number of a kind and an outcome; a new one if they are new.</summary>
    public int NumberOf(string kind, string outcome)
    {
        var names = _names;
        for (var k = 0; k < names.Length; k++)
        {
            // Names are mostly the same objects.
            if (ReferenceEquals(names[k].Outcome, outcome) && ReferenceEquals(names[k].Kind, kind))
            {
                return k;
            }
        }
        return Array.IndexOf(names, (kind, outcome)) is >= 0 and var known ? known : Add(kind, outcome);
    }

    /// <summary>The kind and the outcome of a number.</summary>
    public (string Kind, string Outcome) NameOf(int number) => _names[number];

    int Add(string kind, string outcome)
    {
        lock (_gate)
        {
            var known = Array.IndexOf(_names, (kind, outcome));
            if (known < 0)
            {
                known = _names.Length;
                _names = [.. _names, (kind, outcome)];
            }
            return known;
        }
    }
}
