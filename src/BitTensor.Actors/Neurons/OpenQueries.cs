using System.Numerics;
using BitTensor.Protocol;

namespace BitTensor.Actors.Neurons;

/// <summary>An answered query that waits for its gradient: what was asked and the mask m_ij of the answer.</summary>
/// <param name="Batch">x, shape rows x features.</param>
/// <param name="Mask">m_ij.</param>
/// <param name="AnsweredAt">When it was answered, by the neuron's clock.</param>
/// <param name="Step">Steps that the neuron's model had made then.</param>
/// <param name="Onward">What the neuron's own peers answered about it; null where they were not asked.</param>
readonly record struct OpenQuery(
    Tensor Batch, double Mask, TimeSpan AnsweredAt, int Step = 0, OnwardQuery? Onward = null);

/// <summary>
/// What a serving neuron remembers so that Backward need not carry the batch again: at most so many queries, for at
/// most so long; the oldest is forgotten first. A query answered twice is remembered once, as of its last answer. Side
/// by side in one array, by open addressing with linear probing, so that little memory is touched for one (see
/// <see cref="Emulation.ByAddress{T}"/>).
/// </summary>
sealed class OpenQueries(int capacity, TimeSpan remember)
{
    const int Least = 8;

    // Of all that have answered nothing: it counts as full, since one place must stay free, so that nobody writes to
    // it.
    static readonly Entry[] None = new Entry[1];

    Entry[] _entries = None;
    // What there was when there was last no room, the oldest first; what has come since is younger than all of it.
    readonly Queue<(QueryId Query, long Number)> _oldestFirst = new();
    long _answers;

    /// <summary>
    /// Queries that take room; one that was remembered for too long gives it up when there is need of it.
    /// </summary>
    public int Count { get; private set; }

    /// <summary>Remembers an answer.</summary>
    /// <param name="query">The query.</param>
    /// <param name="answered">What was answered.</param>
    public void Add(QueryId query, OpenQuery answered)
    {
        var at = Find(query);
        if (_entries[at].Number == 0)
        {
            MakeRoom(answered.AnsweredAt);
            at = Find(query);
            Count++;
        }
        _entries[at] = new Entry(query, answered, ++_answers);
    }

    /// <summary>Takes the query out; null when it was never answered or is forgotten.</summary>
    public OpenQuery? Take(QueryId query, TimeSpan now)
    {
        var at = Find(query);
        if (_entries[at].Number == 0)
        {
            return null;
        }
        var open = _entries[at].Answered;
        RemoveAt(at);
        return IsForgotten(open, now) ? null : open;
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _entries = None;
        _oldestFirst.Clear();
        Count = 0;
    }

    bool IsForgotten(in OpenQuery open, TimeSpan now) => open.AnsweredAt < now - remember;

    /// <summary>Where the query is, or would be.</summary>
    int Find(QueryId query)
    {
        var at = HomeOf(query);
        while (_entries[at].Number != 0 && _entries[at].Query != query)
        {
            at = at + 1 & _entries.Length - 1;
        }
        return at;
    }

    /// <summary>Where the query would be, were it alone.</summary>
    int HomeOf(QueryId query)
    {
        var mixed = unchecked(
            ((ulong)query.Sequence * 0x9E3779B97F4A7C15UL + (uint)query.Caller) * 0xD6E8FEB86659FD93UL);
        return (int)(mixed >> 32) & _entries.Length - 1;
    }

    void MakeRoom(TimeSpan now)
    {
        if (Count >= capacity)
        {
            ForgetOldest();
        }
        else if (4 * (Count + 1) > 3 * _entries.Length)
        {
            DealAnew(now);
        }
    }

    /// <summary>Without what is forgotten, and with room for as many more as are left.</summary>
    void DealAnew(TimeSpan now)
    {
        var kept = Array.FindAll(_entries, e => e.Number != 0 && !IsForgotten(e.Answered, now));
        _entries = new Entry[Math.Max(Least, (int)BitOperations.RoundUpToPowerOf2((uint)(2 * kept.Length + 2)))];
        Count = kept.Length;
        foreach (var entry in kept)
        {
            _entries[Find(entry.Query)] = entry;
        }
    }

    void ForgetOldest()
    {
        var before = Count;
        while (Count == before)
        {
            if (_oldestFirst.Count == 0)
            {
                var inOrder = Array.FindAll(_entries, static e => e.Number != 0).OrderBy(static e => e.Number);
                inOrder.ToList().ForEach(e => _oldestFirst.Enqueue((e.Query, e.Number)));
            }
            var (query, number) = _oldestFirst.Dequeue();
            var at = Find(query);
            if (_entries[at].Number == number)
            {
                RemoveAt(at);
            }
        }
    }

    /// <summary>
    /// Those behind it that are not where they would be alone move up, so that a search never meets a gap.
    /// </summary>
    void RemoveAt(int gap)
    {
        var mask = _entries.Length - 1;
        for (var at = gap + 1 & mask; _entries[at].Number != 0; at = at + 1 & mask)
        {
            if ((at - HomeOf(_entries[at].Query) & mask) >= (at - gap & mask))
            {
                _entries[gap] = _entries[at];
                gap = at;
            }
        }
        _entries[gap] = default;
        Count--;
    }

    /// <summary>A query and its answer; answers are counted from 1, and 0 is a place that is free.</summary>
    readonly record struct Entry(QueryId Query, OpenQuery Answered, long Number);
}
