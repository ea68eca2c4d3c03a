using BitTensor.Protocol;

namespace BitTensor.Actors.Neurons;

/// <summary>An answered query that waits for its gradient: what was asked and the mask m_ij of the answer.</summary>
readonly record struct OpenQuery(Tensor Batch, double Mask, TimeSpan AnsweredAt);

/// <summary>
/// What a serving neuron remembers so that Backward need not carry the batch again: at most so many queries, for at most so long; the
/// oldest is forgotten first. A query answered twice is remembered once, as of its last answer.
/// </summary>
sealed class OpenQueries(int capacity, TimeSpan remember)
{
    // Values, not nodes: a large network has many, and what a collection must follow costs it more than what is written anew.
    readonly Dictionary<QueryId, (OpenQuery Answered, long Number)> _open = [];
    // May hold some that are not open any more, so that none is looked for in its midst.
    readonly Queue<(QueryId Query, TimeSpan AnsweredAt, long Number)> _oldestFirst = new();
    long _answers;

    public int Count => _open.Count;

    public void Add(QueryId query, OpenQuery answered)
    {
        _open.Remove(query);
        Forget(answered.AnsweredAt - remember, capacity - 1);
        _open[query] = (answered, _answers);
        _oldestFirst.Enqueue((query, answered.AnsweredAt, _answers++));
        if (_oldestFirst.Count > 2 * _open.Count + 16)
        {
            DropClosed();
        }
    }

    /// <summary>Takes the query out; null when it was never answered or is forgotten.</summary>
    public OpenQuery? Take(QueryId query, TimeSpan now)
    {
        Forget(now - remember, capacity);
        return _open.Remove(query, out var open) ? open.Answered : null;
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _open.Clear();
        _oldestFirst.Clear();
    }

    void Forget(TimeSpan oldest, int keep)
    {
        while (_oldestFirst.TryPeek(out var first) && (first.AnsweredAt < oldest || _open.Count > keep))
        {
            if (IsOpen(first.Query, first.Number))
            {
                _open.Remove(first.Query);
            }
            _oldestFirst.Dequeue();
        }
    }

    void DropClosed()
    {
        for (var left = _oldestFirst.Count; left > 0; left--)
        {
            var entry = _oldestFirst.Dequeue();
            if (IsOpen(entry.Query, entry.Number))
            {
                _oldestFirst.Enqueue(entry);
            }
        }
    }

    bool IsOpen(QueryId query, long number) => _open.TryGetValue(query, out var open) && open.Number == number;
}
