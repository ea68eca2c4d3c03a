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
    readonly Dictionary<QueryId, LinkedListNode<(QueryId Query, OpenQuery Answered)>> _open = [];
    readonly LinkedList<(QueryId Query, OpenQuery Answered)> _oldestFirst = new();

    public int Count => _open.Count;

    public void Add(QueryId query, OpenQuery answered)
    {
        Remove(query);
        Forget(answered.AnsweredAt - remember, capacity - 1);
        _open[query] = _oldestFirst.AddLast((query, answered));
    }

    /// <summary>Takes the query out; null when it was never answered or is forgotten.</summary>
    public OpenQuery? Take(QueryId query, TimeSpan now)
    {
        Forget(now - remember, capacity);
        return Remove(query);
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _open.Clear();
        _oldestFirst.Clear();
    }

    OpenQuery? Remove(QueryId query)
    {
        if (!_open.Remove(query, out var node))
        {
            return null;
        }
        _oldestFirst.Remove(node);
        return node.Value.Answered;
    }

    void Forget(TimeSpan oldest, int keep)
    {
        while (_oldestFirst.First is { } first && (first.Value.Answered.AnsweredAt < oldest || _open.Count > keep))
        {
            Remove(first.Value.Query);
        }
    }
}
