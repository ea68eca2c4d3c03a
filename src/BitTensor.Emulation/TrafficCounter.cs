using System.Collections.Immutable;
using System.Runtime.InteropServices;
using BitTensor.Parcels;

namespace BitTensor.Emulation;

/// <summary>
/// Messages by kind and outcome. A parcel begins with one outcome and ends with exactly one other. So per kind: the sum
/// of the outcomes that begin = the sum of those that end + in flight.
/// </summary>
public sealed class TrafficCounter
{
    const long Untouched = -1;

    // By the number of the name. A row of numbers is small: the counter of a neuron of a large network has left
    // the caches by the time it counts again. The names, which all counters share, have not.
    long[] _counts = [];

    /// <summary>
    /// Parcels counted as begun so far, over all kinds: sent by a neuron or the ledger, or made by a link.
    /// </summary>
    public long Sent { get; private set; }

    /// <summary>Parcels counted as ended so far, over all kinds.</summary>
    public long Ended { get; private set; }

    /// <summary>Counts one parcel.</summary>
    public void Count(ParcelKind kind, ParcelOutcome outcome)
    {
        if (outcome.Begins)
        {
            Sent++;
        }
        else
        {
            Ended++;
        }
        Count(outcome.Of(kind), 1);
    }

    /// <summary>Counts something that is not a parcel.</summary>
    public void Count(CountName name, long count)
    {
        if (name.Number >= _counts.Length)
        {
            MakeRoom(name.Number);
        }
        ref var counted = ref _counts[name.Number];
        counted = Math.Max(0, counted) + count;
    }

    /// <summary>Takes the counts since the last call, ordered by kind and outcome, and starts again at zero.</summary>
    public ImmutableArray<MessageCount> Take()
    {
        var taken = new MessageCount[_counts.Length - _counts.AsSpan().Count(Untouched)];
        var next = 0;
        for (var number = 0; number < _counts.Length; number++)
        {
            if (_counts[number] != Untouched)
            {
                var name = CountName.At(number);
                taken[next++] = new MessageCount(name.Kind, name.Outcome, _counts[number]);
            }
        }
        Array.Fill(_counts, Untouched);
        Array.Sort(taken, MessageCount.Compare);
        return ImmutableCollectionsMarshal.AsImmutableArray(taken);
    }

    void MakeRoom(int number)
    {
        var before = _counts.Length;
        Array.Resize(ref _counts, number / 8 * 8 + 8);
        Array.Fill(_counts, Untouched, before, _counts.Length - before);
    }
}
