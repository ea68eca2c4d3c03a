using BitTensor.Protocol;

namespace BitTensor.Actors.Neurons;

/// <summary>An answered query that waits for its gradient: what was asked and the mask m_ij of the answer.</summary>
sealed record OpenQuery(Tensor Batch, double Mask, TimeSpan AnsweredAt);

/// <summary>
/// What a serving neuron remembers so that Backward need not carry the batch again: at most so many queries, for at most so long; the
/// oldest is forgotten first.
/// </summary>
sealed class OpenQueries(int capacity, TimeSpan remember)
{
    readonly Dictionary<QueryId, OpenQuery> _open = [];
    // In the order of answering; queries already taken out stay here until they reach the head.
    readonly Queue<(QueryId Query, TimeSpan AnsweredAt)> _order = new();

    public int Count => _open.Count;

    public void Add(QueryId query, OpenQuery answered)
    {
        Forget(answered.AnsweredAt - remember, capacity - 1);
        _open[query] = answered;
        _order.Enqueue((query, answered.AnsweredAt));
    }

    /// <summary>Takes the query out; null when it was never answered or is forgotten.</summary>
    public OpenQuery? Take(QueryId query, TimeSpan now)
    {
        Forget(now - remember, capacity);
        return _open.Remove(query, out var answered) ? answered : null;
    }

    void Forget(TimeSpan oldest, int keep)
    {
        while (_order.TryPeek(out var head) && (head.AnsweredAt < oldest || _open.Count > keep || !_open.ContainsKey(head.Query)))
        {
            _order.Dequeue();
            _open.Remove(head.Query);
        }
    }
}
